"""The shipped diagrams on the real engine: each runs from its start to its end, saved and loaded at every stop."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.engine.definition import build_definition
from app.engine.instance import Instance
from tests.content.diagram_reading import SHARED, procedure_diagrams
from tests.content.published import TABLES
from tests.engine.side_runs import SideRun


@pytest.mark.parametrize("path", procedure_diagrams(), ids=lambda path: path.stem)
def test_a_procedure_passes_through_every_position_of_its_table(path: Path) -> None:
    table = TABLES[path.stem]
    definition = build_definition({path.name: path.read_bytes()})
    instance = Instance.start(definition, {}, table.data)
    passed = []
    while not instance.finished:
        for task in instance.open_steps():
            passed.append((task.step.id, task.step.position, task.step.agency))
            instance.complete(task.engine_task, {})
            instance = Instance.load(definition, instance.save(), table.data)
        if not instance.finished and not instance.open_steps():
            (timer,) = instance.timers()
            instance.fire(timer.engine_task)
    asked = len(table.data.get("asked_agencies", ())) or 1
    assert passed == [row[:3] for row in table.rows for _ in range(asked if row[2] == "=item" else 1)]


LINES = [path for path in procedure_diagrams() if TABLES[path.stem].line]


@pytest.mark.parametrize("path", LINES, ids=lambda path: path.stem)
def test_the_last_step_can_be_returned_to_the_second_and_done_again(path: Path) -> None:
    definition = build_definition({path.name: path.read_bytes()})
    instance = Instance.start(definition, {}, {})
    rows = TABLES[path.stem].rows
    for _ in rows[1:]:
        instance.complete(instance.open_steps()[0].engine_task, {})
    (last,) = instance.open_steps()
    earlier = instance.earlier_steps(last.engine_task)
    assert [entry.step.id for entry in earlier] == [row[0] for row in reversed(rows[:-1])]
    instance.go_back(earlier[-2].engine_task)
    again = []
    while not instance.finished:
        (task,) = instance.open_steps()
        again.append(task.step.id)
        instance.complete(task.engine_task, {})
    assert again == [row[0] for row in rows[1:]]


def test_the_watch_announces_each_instant_once_and_ends_with_the_call_to_the_applicant() -> None:
    definition = build_definition({"deadline_watch.bpmn": (SHARED / "deadline_watch.bpmn").read_bytes()})
    instance = Instance.start(definition, {}, {})
    said = []
    for instant in ("due_soon_at", "deadline_at", "appointment_at"):
        waiting = {timer.instant: timer.engine_task for timer in instance.timers()}
        assert instance.open_steps() == []
        instance.fire(waiting[instant])
        said += [notice.template for notice in instance.take_notices()]
        instance = Instance.load(definition, instance.save(), {})
    assert said == ["deadline_due_soon", "deadline_passed", "appointment_passed"]
    assert not instance.finished
    (call,) = instance.open_steps()
    assert (call.step.id, call.step.position, call.step.agency) == ("contact_applicant", "desk_officer", "lead")
    instance.complete(call.engine_task, {})
    assert instance.finished


def test_the_intake_ends_when_the_desk_has_checked() -> None:
    for decision in ("accept", "refuse"):
        run = SideRun("intake")
        assert run.open == ["check_online"]
        assert run.do("check_online", decision).finished


def test_an_online_dossier_is_corrected_and_checked_again_as_often_as_it_takes() -> None:
    run = SideRun("intake")
    for _ in range(3):
        assert run.do("check_online", "correct").open == ["await_correction"]
        assert run.do("await_correction").open == ["check_online"], "what was decided before does not decide again"
    assert run.do("check_online", "accept").finished
