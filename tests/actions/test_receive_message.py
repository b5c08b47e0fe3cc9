"""Messages of other systems: what waits for them goes on, whatever else refuses them and changes nothing (procedure 18)."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from typing import Any

import pytest
from werkzeug.test import TestResponse

from app.actions.publish_version import PublishVersion, publish
from tests import factories
from tests.actions.diagrams import DIAGRAMS, line
from tests.actions.drawing import arrival, diagram, end, start, step
from tests.actions.scene import Scene, is_problem
from tests.factories import LONG_AGO, START

pytestmark = pytest.mark.rule("QT-19.3t")


@pytest.fixture
def scene(scene: Scene) -> Scene:
    """With an account of the payment platform, which may do nothing but send messages."""
    with scene.writing() as connection:
        factories.account(connection, "platform", scene.province.health, permissions=("dossier.message",))
    return scene


def try_send(scene: Scene, code: str, name: str, who: str = "platform", key: str = "", **body: Any) -> TestResponse:
    headers = {"Idempotency-Key": key} if key else {}
    return scene.client(who).post(f"/api/v1/dossiers/{code}/messages", json={"name": name, **body}, headers=headers)


def send(scene: Scene, code: str, name: str, **body: Any) -> Mapping[str, Any]:
    answer = try_send(scene, code, name, **body)
    assert answer.status_code == 200, answer.text
    assert isinstance(answer.json, dict)
    return answer.json


def assessed(scene: Scene) -> str:
    """A dossier that waits for the tax office's message and for nothing else."""
    scene.publish("paying_by_message")
    code: str = scene.register(procedure="paying_by_message")["code"]
    scene.do("forward", "desk", scene.task(code, "receive").id)
    assert scene.open_steps(code) == []
    scene.sound(code)
    return code


def waits(scene: Scene, code: str) -> list[str]:
    return [wait["name"] for wait in scene.get("desk", f"/dossiers/{code}")["waits_for"]["messages"]]


def test_a_payment_goes_on_by_itself_and_says_where_to(scene: Scene) -> None:
    code = assessed(scene)
    assert waits(scene, code) == ["tax_assessed"]
    answer = send(scene, code, "tax_assessed", data={"amount": 5000})
    assert (answer["delivered"], answer["status"]["number"]) == (["assessed"], 6)
    assert (scene.open_steps(code), waits(scene, code)) == (["pay"], ["payment_received"])
    assert scene.kinds(code)[-2:] == ["message_received", "payment_requested"]
    scene.sound(code)
    scene.clock.move(days=3)
    answer = send(scene, code, "payment_received", data={"amount": 5000, "voucher": "0123"})
    assert (answer["delivered"], answer["status"]["number"]) == (["paid"], 4)
    assert scene.open_steps(code) == ["verify_large"]
    assert scene.kinds(code)[-2:] == ["payment_received", "message_received"]
    row = scene.last(code, "message_received")
    assert row.username == "platform"
    assert (row.data["message"], row.data["data"]["voucher"]) == ("payment_received", "0123")
    assert row.data["event"]["kind"] == "message_received"
    assert scene.get("desk", f"/dossiers/{code}")["data"] == {}, "what people entered is not touched"
    (paid,) = [task for task in scene.every_task(code) if task.step == "pay"]
    assert (paid.state, paid.outcome) == ("cancelled", "message_received")
    scene.sound(code)


def test_the_desk_does_it_where_the_message_does_not_come(scene: Scene) -> None:
    code = assessed(scene)
    send(scene, code, "tax_assessed")
    scene.do("forward", "desk", scene.task(code, "pay").id, {"attachments": [scene.attach(code)]})
    assert scene.open_steps(code) == ["give_back"]
    scene.sound(code)
    with scene.unchanged():
        answer = try_send(scene, code, "payment_received")
    problem = is_problem(answer, 409, "wrong_state")
    assert (problem["waits_for"], problem["detail"]) == (
        [],
        "Hồ sơ không chờ tin “payment_received”; không chờ tin nào.",
    )


def test_what_nobody_waits_for_is_refused_and_told_what_is_waited_for(scene: Scene) -> None:
    code = assessed(scene)
    with scene.unchanged():
        answer = try_send(scene, code, "payment_received")
    problem = is_problem(answer, 409, "wrong_state")
    assert problem["waits_for"] == ["tax_assessed"]
    assert "đang chờ: “tax_assessed”" in problem["detail"]


def test_the_same_key_delivers_once(scene: Scene) -> None:
    code = assessed(scene)
    first = try_send(scene, code, "tax_assessed", key="a-1")
    again = try_send(scene, code, "tax_assessed", key="a-1")
    assert (first.status_code, again.status_code, again.json) == (200, 200, first.json)
    assert scene.kinds(code).count("message_received") == 1
    is_problem(try_send(scene, code, "payment_received", key="a-1"), 422, "key_reused")


def test_its_paper_comes_with_it(scene: Scene) -> None:
    code = assessed(scene)
    send(scene, code, "tax_assessed")
    uploaded = scene.client("platform").post(
        f"/api/v1/dossiers/{code}/attachments", data={"file": (BytesIO(b"%PDF-1.7 voucher"), "chung-tu.pdf")}
    )
    assert uploaded.status_code == 201, uploaded.text
    assert isinstance(uploaded.json, dict)
    number = uploaded.json["id"]
    send(scene, code, "payment_received", attachments=[number])
    assert scene.last(code, "payment_received").data["event"]["data"]["file"] == number
    assert scene.last(code, "message_received").data["attachments"] == [number]
    scene.sound(code)


def test_only_who_may_send_sends_and_who_sends_sees_nothing(scene: Scene) -> None:
    code = assessed(scene)
    for who in ("desk", "director", "admin"):
        is_problem(try_send(scene, code, "tax_assessed", who=who), 403, "forbidden")
    assert scene.client("platform").get(f"/api/v1/dossiers/{code}").status_code == 403
    assert scene.client("platform").get("/api/v1/tasks").status_code == 403
    is_problem(try_send(scene, "000.00.12.H50-261123-9999", "tax_assessed"), 404, "not_found")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"data": {"text": "x" * 5000}}, "data"),
        ({"data": []}, "data"),
        ({"attachments": [999]}, "attachments"),
        ({"attachments": ["x"]}, "attachments"),
        ({"name": ""}, "name"),
        ({"name": "x" * 300}, "name"),
        ({"sender": "x"}, "sender"),
    ],
)
def test_what_cannot_be_taken_changes_nothing(scene: Scene, body: dict[str, Any], field: str) -> None:
    code = assessed(scene)
    scene.client("platform")
    with scene.unchanged():
        answer = try_send(scene, code, **{"name": "tax_assessed", **body})
    problem = is_problem(answer, 422, "invalid")
    assert [name for name in problem["errors"] if name.startswith(field)], problem


def test_while_a_request_holds_the_dossier_the_sender_tries_later(scene: Scene) -> None:
    code = assessed(scene)
    send(scene, code, "tax_assessed")
    scene.do("stop", "desk", scene.task(code, "pay").id, {"reason": "Không nộp tiền."})
    shown = scene.get("desk", f"/dossiers/{code}")["waits_for"]["messages"]
    assert [(wait["name"], wait["held"]) for wait in shown] == [("payment_received", True)]
    with scene.unchanged():
        answer = try_send(scene, code, "payment_received")
    assert "hãy gửi lại sau" in is_problem(answer, 409, "task_suspended")["detail"]
    (asked,) = [task for task in scene.open_tasks(code) if task.instance_kind == "stopping"]
    scene.do("return", scene.holder(asked), asked.id, {"comment": "Đã nộp."})
    assert send(scene, code, "payment_received")["status"]["number"] == 4
    scene.sound(code)


def test_after_its_end_nothing_is_taken(scene: Scene) -> None:
    code = assessed(scene)
    send(scene, code, "tax_assessed")
    body = {"reason": "Không có nhu cầu nữa.", "attachments": [scene.attach(code)]}
    scene.do("withdraw", "desk", scene.task(code, "pay").id, body)
    is_problem(try_send(scene, code, "payment_received"), 409, "wrong_state")


def test_returned_from_after_the_message_it_is_waited_for_again(scene: Scene) -> None:
    code = assessed(scene)
    send(scene, code, "tax_assessed")
    send(scene, code, "payment_received", data={"amount": 1})
    task = scene.task(code, "verify")
    offers = {offer["name"]: offer for offer in scene.get("binh", f"/tasks/{task.id}")["actions"]}
    assert offers["return"]["allowed"]
    scene.do("return", "binh", task.id, {"comment": "Xem lại."})
    scene.sound(code)


def test_a_side_process_that_waits_for_it_goes_on_too(scene: Scene) -> None:
    """A province whose verification begins when the surveyors' system says that it was measured."""
    redrawn = diagram(
        "verification",
        [
            start(),
            arrival("measured", "plot_measured"),
            step("hold_visit", "@asker", "none", agency="asker", effect="record_verification"),
            end(),
        ],
        line("start", "measured", "hold_visit", "done"),
        ["plot_measured"],
    )
    with scene.writing() as connection:
        factories.procedure(connection, "measured", [scene.province.health])
    command = PublishVersion(
        "measured", DIAGRAMS["linear"], "linear.bpmn", "12/QĐ-UBND", LONG_AGO, LONG_AGO, sides={"v.bpmn": redrawn}
    )
    with scene.app.app_context():
        publish(command, scene.province.accounts["admin"], START, scene.guard)
    code = scene.at_step("process", "measured")
    body = {
        "comment": "Đo đạc.",
        "visit_at": "2026-11-30T08:00:00+07:00",
        "place": "Thửa 12",
        "participants": "Chi nhánh",
    }
    scene.do("arrange-visit", "binh", scene.task(code, "process").id, body)
    assert (scene.open_steps(code), waits(scene, code)) == (["process"], ["plot_measured"])
    scene.sound(code)
    assert send(scene, code, "plot_measured")["delivered"] == ["measured"]
    assert scene.open_steps(code) == ["hold_visit", "process"]
    assert "event" not in scene.last(code, "message_received").data, "the dossier's own time is not touched"
    scene.sound(code)


def test_two_at_once_deliver_once(scene: Scene) -> None:
    code = assessed(scene)
    scene.client("platform")
    clients = [scene.sign_in("platform") for _ in range(2)]
    path = f"/api/v1/dossiers/{code}/messages"
    answers = scene.at_once(*(lambda one=one: one.post(path, json={"name": "tax_assessed"}) for one in clients))
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    scene.sound(code)
