"""Requirements group 6: warnings in colour and in words, three facts beside the overdue mark (QT-21, QT-18.6)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from app.rules.clock import ClockRules, facts, fold
from app.rules.events import Event
from app.store import inbox
from app.store.deliveries import Delivery
from app.store.inbox import Scope
from tests import factories
from tests.actions.scene import Scene
from tests.regulation.scenes import clock_of, local, on_paper
from tests.rules.calendars import OFFICE_CALENDAR, at
from tests.rules.histories import QUANG_TRI, RULES, step

HOUR = 3600
NOTHING = dict.fromkeys(
    ("appointment_passed", "transfer_limit_passed", "due_soon", "step_late", "overdue", "paused"), False
)


def so(task: Any) -> set[str]:
    """The facts that are so."""
    assert set(task["facts"]) == set(NOTHING)
    return {name for name, value in task["facts"].items() if value}


def accepted(limit: int, **data: Any) -> Event:
    data = {"limit_seconds": limit} | data
    return Event("accepted", at("2026-03-16 08:00"), opens=(step("specialist", "1"),), data=data)


@pytest.mark.rule("QT-21a", "QT-18.6")
def test_a_dossier_can_be_overdue_and_not_yet_past_its_appointment() -> None:
    # Three hours: the deadline is 11:00, the appointment the next session's opening, 13:30.
    state = fold([accepted(3 * HOUR)], RULES).state
    before, after = facts(state, at("2026-03-16 13:30"), RULES), facts(state, at("2026-03-16 13:31"), RULES)

    assert (before.overdue, before.appointment_passed) == (True, False)
    assert (after.overdue, after.appointment_passed) == (True, True)


@pytest.mark.rule("QT-21a")
def test_an_agency_past_its_transfer_limit_is_warned_of_before_the_appointment() -> None:
    state = fold([accepted(40 * HOUR, agency_limits={"A": 2 * HOUR})], RULES).state
    found = facts(state, at("2026-03-16 10:01"), RULES)

    assert (found.transfer_limit_passed, found.appointment_passed, found.overdue) == (True, False, False)


@pytest.mark.rule("QT-21b")
@pytest.mark.parametrize(("due_soon", "from_when"), [("P1D", "2026-03-17 13:30"), ("PT4H", "2026-03-18 09:00")])
def test_how_soon_is_soon_is_the_profiles_to_say(due_soon: str, from_when: str) -> None:
    rules = ClockRules(OFFICE_CALENDAR, replace(QUANG_TRI, due_soon=due_soon))
    # Sixteen hours from Monday 08:00 end on Wednesday 08:00; the appointment is at 13:30.
    state = fold([accepted(16 * HOUR)], rules).state
    assert state.due_soon_at is not None

    assert state.due_soon_at == rules.calendar.back(at("2026-03-18 13:30"), rules.due_soon_seconds)
    assert not facts(state, state.due_soon_at, rules).due_soon
    assert facts(state, at(from_when).replace(minute=at(from_when).minute + 1), rules).due_soon


@pytest.mark.rule("QT-21c")
def test_a_step_is_warned_of_when_it_is_due() -> None:
    state = fold([accepted(80 * HOUR)], RULES).state  # the specialist has sixteen hours: until Wednesday 08:00

    assert not facts(state, at("2026-03-18 07:59"), RULES, "1").step_late
    assert facts(state, at("2026-03-18 08:00"), RULES, "1").step_late


@pytest.mark.rule("QT-21", "QT-21a", "QT-21c")
def test_inbox_task_and_dossier_tell_the_same_facts_in_words(scene: Scene) -> None:
    code = on_paper(scene, "opinion")
    scene.clock.set_local(
        "2026-11-24 08:01"
    )  # the office had eight hours since Monday 08:00, for step and transfer alike
    (listed,) = scene.get("official", "/tasks")["data"]
    task = scene.get("official", f"/tasks/{listed['id']}")
    dossier = scene.get("official", f"/dossiers/{code}")

    assert so(listed) == so(task) == so(dossier) == so(dossier["open_tasks"][0])
    assert so(listed) == {"transfer_limit_passed", "step_late"}
    assert listed["colour"] == "late"
    told = [(one["rule"], one["words"], one["told"]) for one in listed["warnings"]]
    assert told == [("QT-21a", "Quá hạn chuyển cơ quan", True), ("QT-21c", "Quá hạn bước", False)]


@pytest.mark.rule("QT-21a")
def test_what_is_counted_late_is_what_is_shown_late(scene: Scene) -> None:
    on_paper(scene, "opinion")
    scope = Scope(0, (), agencies=(scene.province.office,))
    for when, colour in (("2026-11-24 08:00", "step_late"), ("2026-11-24 08:01", "late")):
        scene.clock.set_local(when)
        (listed,) = scene.get("official", "/tasks")["data"]
        with scene.reading() as connection:
            assert inbox.count_colours(connection, "agency", scope, scene.clock()) == {colour: 1}
        assert listed["colour"] == colour


@pytest.mark.rule("QT-18.6", "QT-21")
def test_an_overdue_dossier_is_called_what_its_province_calls_it(scene: Scene) -> None:
    scene.publish("linear", limit="P1D")
    code = scene.at_step("process", "linear")
    scene.clock.set_local("2026-11-24 08:01")
    dossier = scene.get("binh", f"/dossiers/{code}")

    assert "overdue" in so(dossier)
    assert [one["words"] for one in dossier["warnings"] if one["fact"] == "overdue"] == ["Quá hạn"]


@pytest.mark.rule("QT-21b", "QT-21a")
def test_the_deadline_watch_tells_whom_its_diagram_names_when_the_profile_says(scene: Scene) -> None:
    with scene.writing() as connection:
        heads = scene.province.positions["head"], scene.province.positions["director"]
        for position in heads:
            factories.set_columns(connection, "positions", position, head=True)
    scene.publish("linear", limit="P2D")
    code = scene.at_step("process", "linear")
    clock = clock_of(scene, code)
    assert scene.timers(code)["due_soon_reached"] == clock.due_soon_at

    def told(template: str) -> list[str]:
        with scene.reading() as connection:
            rows = connection.execute(select(Delivery.recipient).where(Delivery.template == template))
            return sorted(row.recipient for row in rows)

    assert clock.due_soon_at is not None
    assert clock.deadline_at is not None
    scene.clock.at = clock.due_soon_at
    scene.tick()
    assert told("deadline_due_soon") == ["binh@example.org", "chi@example.org", "head@example.org"]
    scene.clock.at = clock.deadline_at
    scene.tick()
    assert told("deadline_passed") == [
        "binh@example.org",
        "chi@example.org",
        "desk@example.org",
        "director@example.org",
        "head@example.org",
    ]
    assert local("2026-11-25 08:00") == clock.deadline_at
