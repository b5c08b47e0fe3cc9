"""Requirements group 17: duties are delegated as a whole or within limits, and signed for in the delegator's name."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from tests.actions.delegating import DECISION, delegate, end
from tests.actions.scene import Scene
from tests.regulation.requests import ask, main_task
from tests.signatures.conftest import Bench


@pytest.mark.rule("TN-25.2")
def test_a_bodys_duties_are_delegated_as_a_whole(scene: Scene) -> None:
    """All procedures, all steps of the head's position, those of side processes too; she goes on herself meanwhile."""
    scene.publish("decision")
    made = delegate(scene, "head", "clerk", "assigned_room_head")
    assert (made["procedures"], made["steps"]) == ([], [])
    first, second = scene.at_step("review"), scene.at_step("review", "decision", data={"amount": 10})
    scene.do("forward", "clerk", scene.task(first, "review").id)
    scene.do("forward", "clerk", scene.task(second, "review").id, {"decision": "agree"})
    third = scene.at_step("process")
    ask(scene, "request-extension", third, {"reason": "Phải xác minh thêm", "appointment": "2026-12-16T07:00:00+07:00"})
    (asked,) = [task for task in scene.open_tasks(third) if task.instance_kind == "extension"]
    assert asked.position == "assigned_room_head"
    assert asked.id in [row["id"] for row in scene.get("clerk", "/tasks?inbox=delegated")["data"]]
    scene.do("forward", "head", asked.id, {"decision": "agree"})
    end(scene, "head", made["id"])
    fourth = scene.at_step("review")
    scene.refused(403, "not_a_candidate", "forward", "clerk", scene.task(fourth, "review").id)


@pytest.mark.rule("TN-25.2")
def test_what_a_delegate_asks_for_comes_back_to_the_delegator(scene: Scene) -> None:
    """Nothing stays with somebody who may not do it any more once the delegation is over."""
    code = scene.at_step("review")
    made = delegate(scene, "head", "clerk", "assigned_room_head")
    task = scene.task(code, "review").id
    scene.do("arrange-visit", "clerk", task, _visit())
    with scene.reading() as connection:
        data = connection.execute(
            text("SELECT data FROM instances WHERE data IS NOT NULL ORDER BY id DESC LIMIT 1")
        ).scalar_one()
    assert data["asker"]["account"] == "head"
    end(scene, "head", made["id"])
    assert not [one for one in scene.open_tasks(code) if one.assignee == "clerk"]


def _visit() -> dict[str, object]:
    return {
        "content": "Xác minh thực địa",
        "visit_at": "2026-11-25T08:00:00+07:00",
        "place": "UBND xã",
        "participants": "Phòng Nghiệp vụ",
    }


@pytest.mark.rule("QT-15.4")
@pytest.mark.parametrize(
    ("signs", "name", "title"),
    [
        (True, "Nguyễn Thị clerk", "KT. Trưởng phòng, Văn thư"),
        (False, "Nguyễn Thị head", "Trưởng phòng"),
    ],
)
def test_a_slip_says_in_whose_name_it_is_signed(scene: Scene, bench: Bench, signs: bool, name: str, title: str) -> None:
    bench.add_pkcs12("Văn thư", bench.authority.issue("Nguyễn Thị clerk"), account="clerk")
    delegate(scene, "head", "clerk", "assigned_room_head", signs=signs, form="KT.")
    code = scene.at_step("review")
    task = scene.task(code, "review").id
    body = {"reason": "Thiếu giấy xác nhận", "items": ["Giấy xác nhận"], "slip": {"sign": True}}
    if not signs:
        why = scene.refused(403, "forbidden", "request-supplement", "clerk", task, body)
        assert "không gồm quyền ký" in why["detail"]
        body["slip"] = {}
    scene.do("request-supplement", "clerk", task, body)
    assert main_task(scene, code) == task
    with scene.reading() as connection:
        content = connection.execute(text("SELECT content FROM slips ORDER BY id DESC LIMIT 1")).scalar_one()
    assert (content["signer_name"], content["signer_title"]) == (name, title)
    issued = scene.last(code, "slip_issued")
    assert (issued.data["delegated_by"], issued.data["decision_number"]) == ("head", DECISION)
