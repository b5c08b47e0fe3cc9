"""A procedure may call processes of other files: they come with it, are checked with it and belong to its version."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from app.commands.diagram import command
from tests.actions.diagrams import CLERK, DIAGRAMS, OFFICER, ROOM_HEAD, line
from tests.actions.drawing import diagram, end, give_back, receive, start, step
from tests.actions.scene import Scene
from tests.actions.test_publish_version import refused, send

CALL = '<bpmn:callActivity id="appraisal" name="Thẩm định" calledElement="appraise" />'
FAIL = '<bpmn:endEvent id="failed"><bpmn:errorEventDefinition id="failed_error" /></bpmn:endEvent>'


def main() -> bytes:
    return diagram(
        "calling",
        [start(), receive(), CALL, step("review", ROOM_HEAD), give_back(), end()],
        line("start", "receive", "appraisal", "review", "give_back", "done"),
    )


def appraise(last: str = end("appraised"), name: str = "appraised") -> bytes:
    return diagram(
        "appraise",
        [start(), step("look", OFFICER), step("note", CLERK), last],
        line("start", "look", "note", name),
    )


def test_a_dossier_goes_through_the_called_process_and_back_into_it(scene: Scene) -> None:
    answer = send(scene, main(), called=[("tham-dinh.bpmn", appraise())])
    assert answer.status_code == 201, answer.text
    body: Any = answer.json
    assert [found["id"] for found in body["steps"]] == ["receive", "look", "note", "review", "give_back"]
    code = scene.at_step("review")
    scene.do("return", "head", scene.task(code, "review").id, {"to_step": "look", "comment": "Xem lại."})
    assert scene.open_steps(code) == ["look"]
    scene.sound(code)


def test_without_it_the_call_leads_nowhere(scene: Scene) -> None:
    problem = refused(scene, 422, "diagram_rejected", main())
    assert "call.process-unknown" in {found["code"] for found in problem["problems"]}


def test_its_faults_name_its_file(scene: Scene) -> None:
    problem = refused(scene, 422, "diagram_rejected", main(), called=[("tham-dinh.bpmn", b"PK\x03\x04")])
    assert ("tham-dinh.bpmn", "file.not-xml") in {(found.get("file"), found["code"]) for found in problem["problems"]}


def test_an_error_that_it_does_not_catch_is_the_callers_to_catch(scene: Scene) -> None:
    failing = appraise(FAIL, "failed")
    problem = refused(scene, 422, "diagram_rejected", main(), called=[("tham-dinh.bpmn", failing)])
    assert "error.uncaught" in {found["code"] for found in problem["problems"] if found["severity"] == "error"}


def test_a_file_that_nothing_calls_is_told(scene: Scene) -> None:
    body: Any = send(scene, DIAGRAMS["linear"], called=[("tham-dinh.bpmn", appraise())]).json
    (found,) = [found for found in body["warnings"] if found["code"] == "call.unused"]
    assert found["file"] == "tham-dinh.bpmn"


def test_the_check_takes_it_along(scene: Scene) -> None:
    sent = {"diagram": (BytesIO(main()), "a.bpmn"), "called": [(BytesIO(appraise()), "b.bpmn")]}
    answer: Any = scene.client("admin").post("/api/v1/diagrams/check", data=sent).json
    assert answer["verdict"] == "ok", answer
    sent = {"diagram": (BytesIO(main()), "a.bpmn"), "called": [(BytesIO(b"<"), "b.bpmn")]}
    answer = scene.client("admin").post("/api/v1/diagrams/check", data=sent).json
    assert answer["verdict"] == "rejected"
    assert "b.bpmn" in {found.get("file") for found in answer["problems"]}


def test_files_of_one_command_may_call_each_other(tmp_path: Path) -> None:
    for name, content in (("a.bpmn", main()), ("b.bpmn", appraise()), ("c.bpmn", b"no diagram")):
        (tmp_path / name).write_bytes(content)
    names = [str(tmp_path / name) for name in ("a.bpmn", "c.bpmn", "b.bpmn")]
    result = CliRunner().invoke(command, ["check", *names])
    found = [json.loads(line_) for line_ in result.output.splitlines()]
    assert [one["file"] for one in found] == names
    assert [one["verdict"] for one in found] == ["ok", "rejected", "ok"]
    assert [step_["id"] for step_ in found[0]["steps"]] == ["receive", "look", "note", "review", "give_back"]
    assert result.exit_code == 1
