"""A dossier of another system on the clock: the dates that it had are its dates, and the time before is nobody's."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from app.rules import events
from app.rules.calendar import WorkCalendar
from app.rules.clock import EMPTY, Applied, ClockRefusal, ClockState, apply, fold, is_overdue
from app.rules.events import Event, EventError, Holding
from app.rules.limits import Limit
from app.rules.outcome import classify, standing_of
from tests.rules.calendars import OFFICE, OFFICE_CALENDAR, at
from tests.rules.histories import QUANG_TRI, RULES

HOUR = 3600
NOW = at("2026-11-23 08:00")
STEP = Holding("t1", "A", "specialist", limit=Limit(16 * HOUR))


def imported(**data: Any) -> Event:
    said = {"received_at": "2026-11-02T09:00:00+07:00", "limit_seconds": 80 * HOUR} | data
    return Event(events.IMPORTED, NOW, opens=(STEP,), data=said)


def taken(**data: Any) -> ClockState:
    return apply(EMPTY, imported(**data), RULES).state


def test_deadline_and_appointment_are_as_given() -> None:
    state = taken(deadline="2026-11-27T16:00:00+07:00", appointment="2026-11-30T09:00:00+07:00")
    assert state.deadline_at == at("2026-11-27 16:00")
    assert state.appointment_at == state.slip_appointment_at == at("2026-11-30 09:00")
    assert state.started_at == at("2026-11-02 09:00")
    assert (state.rounds, state.overdue, state.charging) == (1, False, True)


def test_without_them_they_are_as_for_one_received_then() -> None:
    state = taken()
    as_received = apply(
        EMPTY, Event(events.ACCEPTED, at("2026-11-02 09:00"), data={"limit_seconds": 80 * HOUR}), RULES
    ).state
    assert (state.deadline_at, state.appointment_at) == (as_received.deadline_at, as_received.appointment_at)


def test_a_deadline_that_has_passed_is_overdue_without_a_mark() -> None:
    state = taken(deadline="2026-11-13T17:00:00+07:00")
    assert not state.overdue
    assert is_overdue(state, NOW)


def test_the_time_before_is_nobodys_and_the_steps_limit_begins_now() -> None:
    first = apply(EMPTY, imported(), RULES)
    assert first.segments == ()
    (held,) = first.state.holdings
    assert (held.since, held.due_at) == (NOW, OFFICE_CALENDAR.due(NOW, 16 * HOUR))


def test_what_follows_follows_as_ever() -> None:
    forwarded = Event(events.FORWARDED, at("2026-11-23 10:00"), ("t1",), (replace(STEP, key="t2"),))
    asked = Event(events.SUPPLEMENT_REQUESTED, at("2026-11-24 08:00"), data={"file": 1})
    came = Event(events.SUPPLEMENT_RECEIVED, at("2026-11-25 08:00"))
    history = [imported(deadline="2026-11-27T16:00:00+07:00"), forwarded, asked, came]
    state = EMPTY
    for event in history:
        state = apply(state, event, RULES).state
    assert state == fold(history, RULES).state
    assert state.deadline_at == OFFICE_CALENDAR.due(at("2026-11-25 08:00"), 80 * HOUR)
    assert state.rounds == 2
    resumed: Applied = fold(history, replace_clock("resume"))
    assert resumed.state.deadline_at is not None
    assert resumed.state.deadline_at < state.deadline_at


def replace_clock(how: str) -> Any:
    return replace(RULES, profile=replace(QUANG_TRI, supplement_clock=how))


@pytest.mark.parametrize(("result", "classed"), [("2026-11-19", "early"), ("2026-11-21", "late")])
def test_a_result_of_before_is_classed_by_the_deadline_of_before(result: str, classed: str) -> None:
    state = taken(deadline="2026-11-20T17:00:00+07:00", result_at=f"{result}T09:00:00+07:00")
    assert state.outcome == "granted"
    assert state.timeliness == classed
    assert not state.charging


def test_another_calendar_leaves_the_given_dates() -> None:
    given = [imported(deadline="2026-11-27T16:00:00+07:00", appointment="2026-11-30T09:00:00+07:00")]
    closed = WorkCalendar.from_dict(OFFICE | {"holidays": ["2026-11-24", "2026-11-25"]})
    state = fold(given, replace(RULES, calendar=closed)).state
    assert (state.deadline_at, state.appointment_at) == (at("2026-11-27 16:00"), at("2026-11-30 09:00"))


def test_it_comes_first_and_once() -> None:
    with pytest.raises(ClockRefusal):
        apply(taken(), imported(), RULES)
    with pytest.raises(EventError):
        apply(EMPTY, Event(events.IMPORTED, NOW), RULES)


def test_one_that_is_withdrawn_is_measured_by_nothing() -> None:
    gone = Event(events.IMPORT_WITHDRAWN, NOW + timedelta(hours=1), ("t1",))
    state = apply(taken(deadline="2026-11-13T17:00:00+07:00"), gone, RULES).state
    zone = OFFICE_CALENDAR.tz
    assert (classify(state, QUANG_TRI, zone), standing_of(state, NOW, QUANG_TRI, zone)) == (None, None)
    assert not state.holdings
    assert not is_overdue(state, NOW)


def test_every_date_explains_itself_as_coming_from_the_old_system() -> None:
    lines = apply(EMPTY, imported(deadline="2026-11-27T16:00:00+07:00"), RULES).lines
    assert [line.rule for line in lines] == ["QT-16.2", "QT-18.2", "QT-18.3", "QT-20.1"]
    assert all("hệ thống cũ" in line.text.lower() for line in lines)
