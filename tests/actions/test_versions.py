"""A procedure's versions: which is followed on which day, how each stands, what is otherwise, and repealed ones (ST-26.7)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from app.api.versions import DiffSchema, StandingSchema, VersionDetailSchema
from tests import factories
from tests.actions.diagrams import DIAGRAMS
from tests.actions.scene import Scene, is_problem
from tests.actions.test_move_version import LATER, drawn, post, publish, version_of
from tests.actions.test_publish_version import send

REPEAL = {
    "decision_number": "99/QĐ-UBND",
    "decided_on": "2026-11-20",
    "repealed_on": "2026-11-25",
    "reason": "Trung ương bãi bỏ thủ tục",
}


@pytest.fixture
def linear(scene: Scene) -> str:
    return scene.publish("linear")


def states(scene: Scene, procedure: str = "linear") -> list[str]:
    rows = scene.get("binh", f"/procedures/{procedure}/versions")["data"]
    for row in rows:
        StandingSchema().load(row)
    return [row["state_title"] for row in rows]


def repeal(scene: Scene, number: int, procedure: str = "linear", username: str = "admin", **body: Any) -> Any:
    return post(scene, f"/procedures/{procedure}/versions/{number}/repeal", REPEAL | body, username)


def refused_registration(scene: Scene, procedure: str = "linear") -> str:
    scene.client("desk")
    with scene.unchanged():
        answer = scene.post_dossier(procedure=procedure)
    detail: str = is_problem(answer, 409, "wrong_state")["detail"]
    return detail


@pytest.mark.rule("ST-26.7", "QT-22.3")
def test_a_version_waits_for_its_day_and_replaces_the_former_one_then(scene: Scene, linear: str) -> None:
    publish(scene, LATER, effective_from="2026-12-01")
    assert states(scene) == ["Sắp có hiệu lực", "Đang áp dụng"]
    scene.clock.set_local("2026-11-30 16:59")
    scene.clients.clear()
    before = scene.register(procedure=linear)["code"]
    scene.clock.set_local("2026-12-01 07:00")
    scene.clients.clear()
    after = scene.register(procedure=linear)["code"]
    assert (version_of(scene, before), version_of(scene, after)) == (1, 2)
    assert states(scene) == ["Đang áp dụng", "Đã được thay thế"]
    rows = scene.get("binh", "/procedures/linear/versions")["data"]
    assert [(row["version"], row["running"], row["in_force"]) for row in rows] == [(2, 1, True), (1, 1, False)]
    assert rows[0]["published_by"] == "admin"


def test_of_two_versions_of_one_day_the_later_published_is_followed(scene: Scene, linear: str) -> None:
    publish(scene, LATER, effective_from="2026-12-01")
    publish(scene, drawn("process"), effective_from="2026-12-01")
    scene.clock.set_local("2026-12-01 09:00")
    assert states(scene) == ["Đang áp dụng", "Đã được thay thế", "Đã được thay thế"]
    assert version_of(scene, scene.register(procedure=linear)["code"]) == 3


@pytest.mark.rule("ST-10.3b")
def test_a_version_that_waits_for_its_check_is_followed_by_nobody(scene: Scene, linear: str) -> None:
    scene.govern("soc_trang")
    publish(scene, LATER)
    assert states(scene) == ["Chờ kiểm tra", "Đang áp dụng"]
    assert version_of(scene, scene.register(procedure=linear)["code"]) == 1
    is_problem(post(scene, "/procedures/linear/moves/preview", {"to": 2}), 409, "wrong_state")
    is_problem(repeal(scene, 2), 409, "wrong_state")


def test_one_version_with_its_steps_and_files_as_published(scene: Scene, linear: str) -> None:
    form = json.dumps(
        {"type": "default", "components": [{"type": "textfield", "key": "name", "label": "Họ tên"}]}
    ).encode()
    answer = send(scene, DIAGRAMS["decision"], procedure=linear, forms={"phieu.form": form})
    assert answer.status_code == 201, answer.text
    found = scene.get("binh", "/procedures/linear/versions/2")
    VersionDetailSchema().load(found)
    assert [step["id"] for step in found["steps"]][:2] == ["receive", "review"]
    kinds = {file["kind"] for file in found["files"]}
    assert kinds == {"main", "side", "form"}
    assert found["files"][0]["name"] == "diagram.bpmn"
    file = scene.client("binh").get("/api/v1/procedures/linear/versions/2/diagram")
    assert (file.status_code, file.data) == (200, DIAGRAMS["decision"])
    assert file.headers["Content-Disposition"] == 'attachment; filename="linear-2.bpmn"'
    for path in ("", "/diagram", "/diff"):
        is_problem(scene.client("binh").get(f"/api/v1/procedures/linear/versions/9{path}"), 404, "not_found")
        is_problem(scene.client("binh").get(f"/api/v1/procedures/nowhere/versions/1{path}"), 404, "not_found")


@pytest.mark.rule("ST-26.7")
def test_what_a_version_has_otherwise_is_told_in_words(scene: Scene, linear: str) -> None:
    publish(scene, LATER)
    found = scene.get("binh", "/procedures/linear/versions/2/diff")
    DiffSchema().load(found)
    assert (found["version"], found["against"]) == (2, 1)
    assert [change["text"] for change in found["changes"]] == [
        "Thêm bước “Bước approve” (vị trí principal, thời hạn 4 giờ làm việc).",
        "Sau bước “Bước review” đi tới “Bước approve” (trước đây “Bước give_back”).",
    ]
    back = scene.get("binh", "/procedures/linear/versions/1/diff?against=2")
    assert back["changes"][0]["text"] == "Bỏ bước “Bước approve”."
    assert scene.get("binh", "/procedures/linear/versions/1/diff")["changes"] == []
    is_problem(scene.client("binh").get("/api/v1/procedures/linear/versions/1/diff?against=9"), 404, "not_found")
    is_problem(scene.client("binh").get("/api/v1/procedures/linear/versions/1/diff?against=x"), 422, "invalid")


# Repealed --------------------------------------------------------------------------------------------------------------


@pytest.mark.rule("ST-26.7")
def test_from_its_day_on_a_repealed_version_takes_no_new_dossier_and_the_running_ones_go_on(
    scene: Scene, linear: str
) -> None:
    running = scene.at_step("process", linear)
    answer = repeal(scene, 1)
    assert (answer.status_code, answer.json["state"]) == (200, "in_force")
    (row,) = scene.get("binh", "/procedures/linear/versions")["data"]
    assert (row["repeal"]["number"], row["repeal"]["repealed_on"]) == ("99/QĐ-UBND", "2026-11-25")
    assert row["repeal"]["repealed_by"] == "admin"
    assert scene.register(procedure=linear)["code"], "until then it is followed"

    scene.clock.set_local("2026-11-25 08:00")
    scene.clients.clear()
    assert states(scene) == ["Đã bãi bỏ"]
    told = refused_registration(scene)
    assert "đã bãi bỏ từ ngày 25/11/2026 theo 99/QĐ-UBND" in told
    detail = scene.get("desk", "/procedures/linear")
    assert (detail["version"], detail["steps"]) == (None, [])
    listed = {row["code"]: row["in_force"] for row in scene.get("desk", "/procedures")["data"]}
    assert listed["linear"] is False
    scene.do("forward", "binh", scene.task(running, "process").id)
    assert scene.open_steps(running) == ["review"]
    scene.sound(running)

    publish(scene, LATER, effective_from="2026-11-25")
    assert version_of(scene, scene.register(procedure=linear)["code"]) == 2


def test_what_a_repealed_version_had_replaced_does_not_come_back(scene: Scene, linear: str) -> None:
    publish(scene, LATER)
    assert repeal(scene, 2, repealed_on="2026-11-23").status_code == 200
    assert states(scene) == ["Đã bãi bỏ", "Đang áp dụng"], "of the day on which it took effect: it never did"
    publish(scene, drawn("process"))
    scene.clock.set_local("2026-11-24 08:00")
    scene.clients.clear()
    assert repeal(scene, 3, repealed_on="2026-11-24").status_code == 200
    assert states(scene) == ["Đã bãi bỏ", "Đã bãi bỏ", "Đã được thay thế"]
    refused_registration(scene)


def test_a_version_that_is_to_come_is_called_off_and_the_desk_hears_when_the_next_one_comes(scene: Scene) -> None:
    send(scene, LATER)
    with scene.writing() as connection:
        factories.procedure(connection, "9.000001", [scene.province.health])
    publish(scene, LATER, "9.000001", effective_from="2026-12-01")
    assert "áp dụng từ ngày 01/12/2026" in refused_registration(scene, "9.000001")
    assert repeal(scene, 1, "9.000001", repealed_on="2026-12-01").status_code == 200
    assert "chưa có quy trình nội bộ có hiệu lực." in refused_registration(scene, "9.000001")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"repealed_on": "2026-11-22"}, "repealed_on"),
        ({"decided_on": "2026-11-26"}, "decided_on"),
        ({"reason": " "}, "reason"),
        ({"decision_number": ""}, "decision_number"),
        ({"repealed_on": "mai"}, "repealed_on"),
    ],
)
def test_a_repeal_names_its_decision_its_day_and_why(
    scene: Scene, linear: str, body: dict[str, Any], field: str
) -> None:
    scene.client("admin")
    with scene.unchanged():
        assert field in is_problem(repeal(scene, 1, **body), 422, "invalid")["errors"]


def test_who_publishes_repeals_once(scene: Scene, linear: str) -> None:
    is_problem(repeal(scene, 1, username="director"), 403, "forbidden")
    is_problem(repeal(scene, 7), 404, "not_found")
    first = post(scene, "/procedures/linear/versions/1/repeal", REPEAL, key="b-1")
    assert post(scene, "/procedures/linear/versions/1/repeal", REPEAL, key="b-1").json == first.json
    is_problem(repeal(scene, 1), 409, "settled")
    publish(scene, LATER)
    publish(scene, LATER)
    is_problem(repeal(scene, 2), 409, "wrong_state")


def test_nobody_is_moved_to_a_repealed_version(scene: Scene, linear: str) -> None:
    scene.at_step("process", linear)
    publish(scene, LATER)
    assert repeal(scene, 2, repealed_on="2026-11-23").status_code == 200
    is_problem(post(scene, "/procedures/linear/moves/preview", {"to": 2}), 409, "wrong_state")
