"""Publish: only what passed the gate, by whom it may, as the next version; what runs keeps its own (QT-22.3)."""

from __future__ import annotations

import json
from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import text
from werkzeug.test import TestResponse

from app.actions.publish_version import MAIN_FILE
from app.engine.shared import SIDE_PROCESSES
from app.store import procedures
from tests.actions.diagrams import DIAGRAMS, OFFICER, line
from tests.actions.drawing import diagram, end, start, step
from tests.actions.scene import Scene, is_problem

DECISION = {"decision_number": "45/QĐ-UBND", "decided_on": "2026-11-01", "effective_from": "2026-11-23"}


def send(
    scene: Scene,
    diagram: bytes | None,
    username: str = "admin",
    procedure: str = "1.000001",
    forms: dict[str, bytes] | None = None,
    sides: list[tuple[str, bytes]] | None = None,
    called: list[tuple[str, bytes]] | None = None,
    key: str | None = None,
    name: str = "quy-trinh.bpmn",
    **fields: Any,
) -> TestResponse:
    values: dict[str, Any] = {field: value for field, value in {**DECISION, **fields}.items() if value is not None}
    if diagram is not None:
        values["diagram"] = (BytesIO(diagram), name)
    values["forms"] = [(BytesIO(content), file) for file, content in (forms or {}).items()]
    values["side"] = [(BytesIO(content), file) for file, content in sides or []]
    values["called"] = [(BytesIO(content), file) for file, content in called or []]
    headers = {"Idempotency-Key": key} if key else {}
    return scene.client(username).post(f"/api/v1/procedures/{procedure}/versions", data=values, headers=headers)


def refused(scene: Scene, status: int, code: str, *arguments: Any, **fields: Any) -> Any:
    scene.client(fields.get("username", "admin"))
    with scene.unchanged():
        answer = send(scene, *arguments, **fields)
    return is_problem(answer, status, code)


@pytest.mark.rule("QT-22.3", "QT-22.2")
def test_a_diagram_becomes_the_version_that_new_dossiers_follow(scene: Scene) -> None:
    running = scene.at_step("process")
    answer = send(scene, DIAGRAMS["decision"])
    assert answer.status_code == 201, answer.text
    body: Any = answer.json
    assert body["version"] == 2
    assert [found["id"] for found in body["steps"]][:2] == ["receive", "review"]
    assert body["steps"][1]["position"] == "assigned_room_head"
    with scene.reading() as connection:
        row = connection.execute(
            text("SELECT * FROM procedure_versions WHERE number = 2 AND procedure_id = :id"),
            {"id": scene.province.procedure},
        ).one()
    assert (row.decision_number, row.decided_on.isoformat(), row.effective_from.isoformat()) == tuple(DECISION.values())
    assert row.published_by == scene.province.accounts["admin"]

    code = scene.register(data={"amount": 7})["code"]
    scene.do("forward", "desk", scene.task(code, "receive").id)
    scene.do("forward", "head", scene.task(code, "review").id, {"decision": "agree"})
    assert scene.open_steps(code) == ["issue"]
    scene.sound(code)
    scene.do("forward", "binh", scene.task(running, "process").id)
    assert scene.open_steps(running) == ["review"], "it goes on under the version it was received under"


def test_a_version_is_a_closed_set_with_a_hash(scene: Scene) -> None:
    form = {"type": "default", "components": [{"type": "textfield", "key": "reason"}]}
    body: Any = send(scene, DIAGRAMS["linear"], forms={"review.form": json.dumps(form).encode()}).json
    with scene.reading() as connection:
        found = procedures.version_in_force(connection, scene.province.procedure, scene.clock().date())
        assert found is not None
        files = procedures.version_files(connection, found.id)
    assert {name: kind for name, (kind, _) in files.items()} == {
        MAIN_FILE: "main",
        **{f"{name}.bpmn": "side" for name in SIDE_PROCESSES},
        "forms/review.form": "form",
    }
    assert found.sha256 == body["sha256"]
    assert files[MAIN_FILE][1] == DIAGRAMS["linear"]
    assert len(body["sha256"]) == 64
    assert send(scene, DIAGRAMS["linear"]).json["sha256"] != body["sha256"], "without the form it is another set"  # type: ignore[index]


@pytest.mark.rule("QT-22.2c")
def test_a_diagram_without_the_desks_steps_gets_them(scene: Scene) -> None:
    bare = diagram("bare", [start(), step("process", OFFICER), end()], line("start", "process", "done"))
    body: Any = send(scene, bare).json
    assert [(found["stage"], found["position"]) for found in body["steps"]] == [
        ("receive", "desk_officer"),
        ("resolve", OFFICER),
        ("return", "desk_officer"),
    ]
    code = scene.register()["code"]
    for _ in range(2):
        (task,) = scene.open_tasks(code)
        scene.do("forward", scene.holder(task), task.id)
    (task,) = scene.open_tasks(code)
    scene.do("confirm-result", "desk", task.id)
    assert scene.do("deliver-result", "desk", task.id)["status"]["number"] == 10
    scene.sound(code)


def test_a_later_version_waits_for_its_day(scene: Scene) -> None:
    assert send(scene, DIAGRAMS["linear"], effective_from="2026-12-01").status_code == 201
    first = scene.dossier(scene.register()["code"]).version_id
    scene.clock.set_local("2026-12-01 00:00")
    assert scene.dossier(scene.register()["code"]).version_id != first


# Refused -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("username", ["desk", "head", "director", "control"])
def test_only_designers_publish(scene: Scene, username: str) -> None:
    refused(scene, 403, "forbidden", DIAGRAMS["linear"], username=username)


def test_what_the_gate_refuses_is_told_with_its_problems(scene: Scene) -> None:
    stuck = diagram(
        "stuck",
        [start(), step("process", f"{OFFICER},clerk"), end(), step("lost", OFFICER)],
        line("start", "process", "done"),
    )
    problem = refused(scene, 422, "diagram_rejected", stuck)
    errors = {found["code"]: found for found in problem["problems"] if found["severity"] == "error"}
    assert errors["step.position-several"]["element"] == "process"
    assert errors["step.position-several"]["line"] >= 1


@pytest.mark.parametrize(
    "content",
    [b"", b"\0\0\0", b"<bpmn", b"%PDF-1.7", b"PK\x03\x04", b"<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>", b"{}"],
)
def test_a_file_that_is_no_diagram_is_422(scene: Scene, content: bytes) -> None:
    problem = refused(scene, 422, "diagram_rejected", content)
    assert problem["problems"]


@pytest.mark.rule("QT-22.2a", "QT-22.4")
def test_a_position_that_no_agency_has_is_named(scene: Scene) -> None:
    wrong = diagram("wrong", [start(), step("process", "astronaut"), end()], line("start", "process", "done"))
    problem = refused(scene, 422, "diagram_rejected", wrong)
    (found,) = [one for one in problem["problems"] if one["code"] == "step.position-unknown"]
    assert found["element"] == "process"
    assert "astronaut" in found["message"]


FILLED = diagram(
    "filled",
    [start(), step("process", f'{OFFICER}" camunda:formKey="reasons'), end()],
    line("start", "process", "done"),
)
FORM = json.dumps({"type": "default", "components": []}).encode()


def test_a_form_that_was_not_sent_is_named(scene: Scene) -> None:
    problem = refused(scene, 422, "diagram_rejected", FILLED)
    (found,) = problem["problems"]
    assert (found["code"], found["severity"], found["element"]) == ("form.missing", "error", "process")
    assert "reasons" in found["message"]
    assert send(scene, FILLED, forms={"reasons.json": FORM}).status_code == 201


def told(scene: Scene, content: bytes, *forms: str) -> list[str]:
    """The codes of what a check says that publishing would refuse."""
    values: dict[str, Any] = {
        "diagram": (BytesIO(content), "x.bpmn"),
        "forms": [(BytesIO(FORM), form) for form in forms],
    }
    answer = scene.client("desk").post("/api/v1/diagrams/check", data=values)
    body: Any = answer.json
    assert body["verdict"] == "ok"
    assert all(found["severity"] == "warning" for found in body["problems"])
    return [found["code"] for found in body["problems"] if found["code"] in ("step.position-unknown", "form.missing")]


def test_a_check_warns_of_what_publishing_would_refuse(scene: Scene) -> None:
    assert told(scene, DIAGRAMS["linear"]) == []
    assert told(scene, FILLED) == [], "which forms there will be is not known"
    assert told(scene, FILLED, "other.json") == ["form.missing"]
    assert told(scene, FILLED, "reasons.json") == []
    wrong = diagram("wrong", [start(), step("process", "astronaut"), end()], line("start", "process", "done"))
    assert told(scene, wrong) == ["step.position-unknown"]


def test_steps_that_need_another_time_than_the_procedure_are_told(scene: Scene) -> None:
    def differs(limit: str) -> list[str]:
        timed = diagram("timed", [start(), step("process", OFFICER, limit), end()], line("start", "process", "done"))
        body: Any = send(scene, timed).json
        return [found["message"] for found in body["warnings"] if found["code"] == "procedure.limit-differs"]

    with scene.reading() as connection:
        procedure = procedures.find_procedure(connection, "1.000001")
    assert procedure is not None
    (message,) = differs("P400D")
    assert "400 ngày làm việc" in message
    assert procedure.limit == "P10D"
    assert "10 ngày làm việc" in message
    assert differs("P10D") == []
    assert differs("none") == []


@pytest.mark.parametrize("process", SIDE_PROCESSES)
def test_the_name_of_a_side_process_is_taken(scene: Scene, process: str) -> None:
    """The version holds that process already; a dossier would run it instead of the procedure."""
    taken = diagram(process, [start(), step("process", OFFICER), end()], line("start", "process", "done"))
    problem = refused(scene, 422, "diagram_rejected", taken)
    codes = [found["code"] for found in problem["problems"] if found["severity"] == "error"]
    assert codes[0] == "process.reserved"
    assert all(code.startswith("side.") for code in codes[1:]), "what the gate asks of such a process"


def test_an_unknown_procedure_is_404(scene: Scene) -> None:
    refused(scene, 404, "not_found", DIAGRAMS["linear"], procedure="9.999")


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"decided_on": "2026-02-30"}, "decided_on"),
        ({"decided_on": "30/11/2026"}, "decided_on"),
        ({"decided_on": None}, "decided_on"),
        ({"effective_from": "2026-13-01"}, "effective_from"),
        ({"effective_from": "hôm nay"}, "effective_from"),
        ({"effective_from": "2026-10-31"}, "effective_from"),
        ({"effective_from": "99999-01-01"}, "effective_from"),
        ({"decision_number": ""}, "decision_number"),
        ({"decision_number": None}, "decision_number"),
        ({"decision_number": "a\0b"}, "decision_number"),
        ({"extra": "1"}, "extra"),
        ({"forms": {"review.form": b"{"}}, "forms"),
        ({"forms": {"review.form": b"[]"}}, "forms"),
        ({"forms": {"review.form": b"[" * 100_000}}, "forms"),
        ({"forms": {"review.form": b'{"components": [NaN]}'}}, "forms"),
        ({"forms": {f"{number}.form": b'{"components": []}' for number in range(41)}}, "forms"),
    ],
)
def test_a_decision_that_cannot_be_is_refused_by_name(scene: Scene, fields: dict[str, Any], field: str) -> None:
    problem = refused(scene, 422, "invalid", DIAGRAMS["linear"], **fields)
    assert set(problem["errors"]) == {field}


def test_a_missing_diagram_is_422(scene: Scene) -> None:
    assert set(refused(scene, 422, "invalid", None)["errors"]) == {"diagram"}


def test_a_name_that_means_harm_is_only_a_name(scene: Scene) -> None:
    for name in ("../../intake.bpmn", "intake.bpmn", "diagram\0.bpmn", "a" * 5000):
        assert send(scene, DIAGRAMS["linear"], name=name).status_code == 201
    code = scene.register(channel="online")["code"]
    assert scene.open_steps(code) == ["check_online"]


# Twins -------------------------------------------------------------------------------------------------------------------


def test_two_at_once_get_two_numbers(scene: Scene) -> None:
    scene.client("admin")
    answers = scene.at_once(*[lambda: send(scene, DIAGRAMS["linear"])] * 2)
    assert sorted(answer.json["version"] for answer in answers) == [2, 3]


def test_the_same_key_publishes_once(scene: Scene) -> None:
    """A client that tries again draws another multipart boundary: the request is its content."""
    first = send(scene, DIAGRAMS["linear"], key="publish-1")
    assert first.status_code == 201, first.text
    with scene.unchanged():
        again = send(scene, DIAGRAMS["linear"], key="publish-1")
    assert (again.status_code, again.json) == (201, first.json)
    with scene.unchanged():
        is_problem(send(scene, DIAGRAMS["decision"], key="publish-1"), 422, "key_reused")
        is_problem(send(scene, DIAGRAMS["linear"], key="publish-1", effective_from="2026-12-24"), 422, "key_reused")
    assert send(scene, DIAGRAMS["linear"], key="publish-2").json["version"] == 3  # type: ignore[index]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8"])
def test_a_diagram_in_another_encoding_is_shown_like_every_other(scene: Scene, encoding: str) -> None:
    drawn = DIAGRAMS["decision"].decode()
    body = drawn[drawn.index("?>") + 2 :] if drawn.startswith("<?xml") else drawn
    content = f'<?xml version="1.0" encoding="{encoding}"?>{body}'.encode(encoding)
    answer = send(scene, content)
    assert answer.status_code == 201, answer.text
    shown = scene.get("desk", f"/dossiers/{scene.at_step('receive')}/diagram")
    assert shown["xml"].startswith("<")
    assert 'id="review"' in shown["xml"]
    assert shown["steps"] == {"receive": "current"}
