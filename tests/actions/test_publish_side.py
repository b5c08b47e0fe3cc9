"""A province redraws a side process: it is checked like any diagram and belongs to the version it was published with."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from app.actions import library
from app.actions.publish_version import MAIN_FILE
from app.commands.diagram import command
from app.engine.shared import REQUESTS, side_files
from app.errors import DomainError
from app.store import procedures
from tests.actions.diagrams import DIAGRAMS, line
from tests.actions.drawing import diagram, end, start, step
from tests.actions.scene import Scene
from tests.actions.test_publish_version import refused, send
from tests.engine.side_faults import redrawn


def visit(position: str = "@asker", **properties: str) -> bytes:
    """A verification in two steps of this province's own."""
    return diagram(
        "verification",
        [
            start(),
            step("prepare_visit", "clerk", "PT4H", agency="lead"),
            step("hold_visit", position, "none", agency="asker", effect="record_verification", **properties),
            end(),
        ],
        line("start", "prepare_visit", "hold_visit", "done"),
    )


def files(scene: Scene) -> dict[str, tuple[str, bytes]]:
    with scene.reading() as connection:
        found = procedures.version_in_force(connection, scene.province.procedure, scene.clock().date())
        assert found is not None
        return procedures.version_files(connection, found.id)


def problems(scene: Scene, *sides: tuple[str, bytes], main: bytes = DIAGRAMS["linear"]) -> list[dict[str, Any]]:
    problem = refused(scene, 422, "diagram_rejected", main, sides=list(sides))
    return [found for found in problem["problems"] if found["severity"] == "error"]


def test_it_takes_the_place_of_the_shipped_one_in_this_version(scene: Scene) -> None:
    plain: Any = send(scene, DIAGRAMS["linear"]).json
    answer = send(scene, DIAGRAMS["linear"], sides=[("xac-minh.bpmn", visit())])
    assert answer.status_code == 201, answer.text
    body: Any = answer.json
    assert body["sha256"] != plain["sha256"], "the set is hashed as one"
    assert [found["id"] for found in body["steps"]] == [found["id"] for found in plain["steps"]]
    kept = files(scene)
    assert kept["verification.bpmn"] == ("side", visit())
    others = {name: content for name, (kind, content) in kept.items() if kind == "side" and name != "verification.bpmn"}
    assert others == {name: content for name, content in side_files().items() if name != "verification.bpmn"}
    with scene.reading() as connection:
        found = procedures.version_in_force(connection, scene.province.procedure, scene.clock().date())
        assert found is not None
        drawn = library.definition(connection, found.id, body["sha256"], "verification")
    assert list(drawn.steps) == ["prepare_visit", "hold_visit"]


def test_the_version_before_and_the_one_after_have_the_shipped_one(scene: Scene) -> None:
    send(scene, DIAGRAMS["linear"], sides=[("v.bpmn", visit())])
    send(scene, DIAGRAMS["linear"])
    with scene.reading() as connection:
        kept = connection.execute(
            text(
                "SELECT v.number, f.content FROM version_files f JOIN procedure_versions v ON v.id = f.version_id"
                " WHERE f.name = 'verification.bpmn' AND v.procedure_id = :id ORDER BY v.number"
            ),
            {"id": scene.province.procedure},
        ).all()
    shipped = side_files()["verification.bpmn"]
    assert [(number, bytes(content)) for number, content in kept] == [(1, shipped), (2, visit()), (3, shipped)]


def test_every_shipped_one_may_be_sent_as_it_is(scene: Scene) -> None:
    sides = [(f"{name}-{number}.bpmn", side_files()[f"{name}.bpmn"]) for number, name in enumerate(REQUESTS)]
    answer = send(scene, DIAGRAMS["linear"], sides=sides)
    assert answer.status_code == 201, answer.text
    assert answer.json["sha256"] == send(scene, DIAGRAMS["linear"]).json["sha256"]  # type: ignore[index]


# Refused -----------------------------------------------------------------------------------------------------------------


def test_what_the_gate_refuses_is_told_with_the_file(scene: Scene) -> None:
    lame = redrawn("supplement", ('name="effect" value="receive_supplement"', 'name="paper" value="none"'))
    (found,) = problems(scene, ("bo-sung.bpmn", lame))
    assert (found["code"], found["file"], found["element"]) == ("side.effect-missing", "bo-sung.bpmn", "supplement")
    assert "receive_supplement" in found["message"]


def test_all_files_are_told_at_once(scene: Scene) -> None:
    main = diagram("wrong", [start(), step("process", "a,b"), end()], line("start", "process", "done"))
    found = problems(scene, ("a.bpmn", b"{}"), ("b.bpmn", redrawn("opinion", ("@agency_inbox", "@mayor"))), main=main)
    assert {(one["code"], one.get("file")) for one in found} == {
        ("step.position-several", None),
        ("file.not-xml", "a.bpmn"),
        ("step.role-unknown", "b.bpmn"),
    }


def test_a_process_that_is_no_side_process_is_refused(scene: Scene) -> None:
    (found,) = problems(scene, ("quy-trinh.bpmn", DIAGRAMS["linear"]))
    assert (found["code"], found["element"]) == ("side.unknown", "linear")
    assert "verification" in found["message"], "it says which ids there are"


def test_a_mistyped_id_is_named_beside_what_follows_from_it(scene: Scene) -> None:
    mistyped = visit().replace(b'"verification"', b'"verifications"')
    codes = {found["code"] for found in problems(scene, ("v.bpmn", mistyped))}
    assert codes == {"side.unknown", "step.position-role", "step.agency-asker", "effect.misplaced"}


def test_two_that_draw_the_same_process_are_refused(scene: Scene) -> None:
    (found,) = problems(scene, ("a.bpmn", visit()), ("b.bpmn", side_files()["verification.bpmn"]))
    assert (found["code"], found["element"], found["file"]) == ("side.repeated", "verification", "b.bpmn")


def test_two_files_of_one_name_are_refused(scene: Scene) -> None:
    problem = refused(scene, 422, "invalid", DIAGRAMS["linear"], sides=[("v.bpmn", visit()), ("v.bpmn", visit())])
    assert set(problem["errors"]) == {"side"}


def test_more_files_than_there_are_side_processes_are_refused(scene: Scene) -> None:
    sides = [(f"{number}.bpmn", visit()) for number in range(11)]
    assert set(refused(scene, 422, "invalid", DIAGRAMS["linear"], sides=sides)["errors"]) == {"side"}


@pytest.mark.rule("QT-22.2a")
def test_its_positions_must_exist_and_its_roles_are_filled_later(scene: Scene) -> None:
    (found,) = problems(scene, ("v.bpmn", visit("astronaut")))
    assert (found["code"], found["element"]) == ("step.position-unknown", "hold_visit")
    assert send(scene, DIAGRAMS["linear"], sides=[("v.bpmn", visit("@unit_head"))]).status_code == 201


def test_it_calls_no_other_process(scene: Scene) -> None:
    calling = visit().replace(b"</bpmn:process>", b'<bpmn:callActivity id="c" calledElement="linear" /></bpmn:process>')
    assert "call.process-unknown" in {found["code"] for found in problems(scene, ("v.bpmn", calling))}


@pytest.mark.parametrize("name", ["../../intake.bpmn", MAIN_FILE, "forms/review.form", "a" * 300, "v\0.bpmn"])
def test_a_name_that_means_harm_is_only_a_name(scene: Scene, name: str) -> None:
    assert send(scene, DIAGRAMS["linear"], sides=[(name, visit())]).status_code == 201
    assert files(scene)[MAIN_FILE][1] == DIAGRAMS["linear"]


def test_the_same_key_with_another_side_process_is_another_request(scene: Scene) -> None:
    first = send(scene, DIAGRAMS["linear"], key="k", sides=[("v.bpmn", visit())])
    with scene.unchanged():
        assert send(scene, DIAGRAMS["linear"], key="k", sides=[("v.bpmn", visit())]).json == first.json
        assert send(scene, DIAGRAMS["linear"], key="k", sides=[("v.bpmn", visit("clerk"))]).status_code == 422
        assert send(scene, DIAGRAMS["linear"], key="k").status_code == 422


# Versions of before ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("process", REQUESTS)
def test_a_version_that_has_no_such_side_process_says_so(scene: Scene, process: str) -> None:
    with scene.reading() as connection, pytest.raises(DomainError) as caught:
        library.definition(connection, 0, f"a version of before {process}", process)
    assert caught.value.code == "wrong_state"
    assert "ban hành lại" in caught.value.detail


def test_the_command_line_checks_and_publishes_them(
    scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.commands.environment.application", scene.app.app_context)
    side, main = tmp_path / "visit.bpmn", tmp_path / "main.bpmn"
    side.write_bytes(visit())
    main.write_bytes(DIAGRAMS["linear"])
    checked = CliRunner().invoke(command, ["check", str(side)])
    assert checked.exit_code == 0
    verdict = json.loads(checked.stdout)
    assert (verdict["verdict"], verdict["problems"]) == ("ok", [])
    assert [one["effect"] for one in verdict["steps"]] == [None, "record_verification"]

    decided = ["--decision", "45/QĐ-UBND", "--decided-on", "2026-11-01", "--effective-from", "2026-11-22"]
    deploy = ["deploy", str(main), "--procedure", "1.000001", *decided, "--side", str(side)]
    assert json.loads(CliRunner().invoke(command, deploy).stdout)["version"] == 2
    assert files(scene)["verification.bpmn"][1] == visit()
    side.write_bytes(visit("@mayor"))
    refusal = CliRunner().invoke(command, deploy)
    assert refusal.exit_code == 1
    assert "step.role-unknown" in refusal.stderr
