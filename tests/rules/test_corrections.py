"""Corrections: what is folded afterwards is as if the history had been right from the start."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.rules import events
from app.rules.clock import Applied, ClockRefusal, ClockState, fold
from app.rules.corrections import effective
from app.rules.events import Event, EventError
from tests.rules.calendars import at, shown
from tests.rules.histories import RULES, step
from tests.rules.lives import MANY_CALENDARS, ONE_CALENDAR, Life, lives
from tests.rules.shorthand import FIVE_DAYS, HOUR, accepted, moved

EVERY_RULES = [*ONE_CALENDAR, *MANY_CALENDARS]
pytestmark = pytest.mark.rule("QT-28.5c")


def correction(when: str, seq: int, **data: Any) -> Event:
    return Event(events.CORRECTED, at(when), data={"seq": seq, "reason": "ghi nhầm"} | data)


def corrected(*history: Event) -> Applied:
    return fold(effective(enumerate(history, 1)), RULES)


def refused(*history: Event) -> str:
    with pytest.raises(ClockRefusal) as caught:
        effective(enumerate(history, 1))
    assert caught.value.rule == "QT-28.5c"
    return caught.value.text


HISTORY = (
    accepted("2026-03-16 07:00", step("desk", "1"), limit_seconds=8 * HOUR),
    moved("forwarded", "2026-03-16 09:00", "1", step("specialist", "2")),
    moved("apologised", "2026-03-16 10:00", "", file="x", appointment="2026-03-20T07:00"),
    moved("result_confirmed", "2026-03-17 09:00", "2", step("archive", "3")),
)


# Any history -----------------------------------------------------------------------------------------------------------


@settings(deadline=None)
@given(lives(EVERY_RULES), st.data())
def test_a_corrected_history_is_folded_like_one_that_was_right_from_the_start(life: Life, data: st.DataObject) -> None:
    """One event is spoilt, in its instant or its data, and then corrected."""
    right = [event for event in life.kept if event.kind != events.CORRECTED]
    if not right:
        return
    place = data.draw(st.integers(0, len(right) - 1))
    wrong = replace(right[place], at=data.draw(between_neighbours(right, place)), data=spoilt(right[place]))
    undone = {name: None for name in wrong.data if name not in right[place].data}
    told = {"seq": place + 1, "at": right[place].at.isoformat(), "data": undone | dict(right[place].data)}
    correct = Event(events.CORRECTED, life.now + timedelta(hours=1), data=told)
    history = [*right[:place], wrong, *right[place + 1 :], correct]

    assert fold(effective(enumerate(history, 1)), life.rules).state == fold(right, life.rules).state


@st.composite
def between_neighbours(draw: Any, right: list[Event], place: int) -> Any:
    earliest = right[place - 1].at if place else right[place].at - timedelta(days=1)
    latest = right[place + 1].at if place + 1 < len(right) else right[place].at + timedelta(hours=1)
    return earliest + timedelta(seconds=draw(st.integers(0, int((latest - earliest).total_seconds()))))


def spoilt(event: Event) -> dict[str, Any]:
    """Other data of the same form, and something that does not belong there."""
    data = dict(event.data) | {"late_reason": "ghi nhầm", "entered_at": event.at.isoformat()}
    if event.data.get("limit_seconds"):
        data["limit_seconds"] = 99
    if event.data.get("appointment"):
        data["appointment"] = (event.at + timedelta(days=90)).isoformat()
    return data


@settings(deadline=None)
@given(lives(EVERY_RULES), st.data())
def test_an_apology_that_never_was_leaves_nothing_behind(life: Life, data: st.DataObject) -> None:
    right = [event for event in life.kept if event.kind != events.CORRECTED]
    place = data.draw(st.integers(0, len(right)))
    when = right[place - 1].at if place else life.now - timedelta(days=90)
    mistaken = Event(events.APOLOGISED, when, data={"appointment": "2030-01-07T07:00:00+07:00", "agencies": ["A"]})
    undo = Event(events.CORRECTED, life.now, data={"seq": place + 1, "void": True})
    history = [*right[:place], mistaken, *right[place:], undo]

    assert fold(effective(enumerate(history, 1)), life.rules).state == fold(right, life.rules).state


# One by one ------------------------------------------------------------------------------------------------------------


def test_an_instant_is_corrected_between_its_neighbours_with_a_trace() -> None:
    fixed = corrected(*HISTORY, correction("2026-03-17 14:00", 2, at=at("2026-03-16 08:00").isoformat()))

    assert [(one.step, one.seconds) for one in fixed.segments] == [("desk", HOUR), ("specialist", 9 * HOUR)]
    assert [line.mark for line in fixed.lines if line.event == "forwarded"] == ["corrected"]
    assert fixed.lines[-1].text == "Sửa việc số 2 trong diễn biến: ghi nhầm"
    assert (fixed.lines[-1].rule, fixed.lines[-1].after) == ("QT-28.5c", "2026-03-16T08:00:00+07:00")


def test_data_is_corrected_and_what_follows_is_reckoned_from_it() -> None:
    fixed = corrected(*HISTORY, correction("2026-03-17 14:00", 1, data={"limit_seconds": 16 * HOUR})).state

    assert shown_deadline(fixed) == "2026-03-17 17:00"
    assert fold(HISTORY, RULES).state.deadline_at == at("2026-03-16 17:00")


def test_the_last_correction_of_an_event_counts() -> None:
    first = correction("2026-03-17 14:00", 1, data={"limit_seconds": 16 * HOUR})
    second = correction("2026-03-17 15:00", 1, data={"limit_seconds": 24 * HOUR})

    assert shown_deadline(corrected(*HISTORY, first, second).state) == "2026-03-18 17:00"


def test_a_voided_result_opens_the_dossier_again_where_it_had_been_moved() -> None:
    reopened = corrected(*HISTORY, correction("2026-03-17 14:00", 4, void=True)).state

    assert (reopened.result_at, reopened.outcome) == (None, None)
    assert [held.step for held in reopened.holdings] == ["archive"]
    assert reopened.charging


def test_a_voided_apology_takes_back_its_mark_and_its_date() -> None:
    without = corrected(*HISTORY[:3], correction("2026-03-17 08:00", 3, void=True)).state

    assert (without.overdue, without.apologies, without.appointment_at) == (False, 0, at("2026-03-17 07:00"))


def test_a_correction_after_delivery_still_changes_what_came_before() -> None:
    delivered = moved("delivered", "2026-03-18 09:00", "3")
    fixed = corrected(*HISTORY, delivered, correction("2026-03-18 10:00", 5, at=at("2026-03-17 11:00").isoformat()))

    assert fixed.state.delivered_at == at("2026-03-17 11:00")


def test_the_clock_itself_takes_nothing_from_a_correction_but_a_line() -> None:
    before, after = fold(HISTORY, RULES), fold([*HISTORY, correction("2026-03-17 14:00", 1)], RULES)

    assert after.state == before.state
    assert len(after.lines) == len(before.lines) + 1


@pytest.mark.parametrize("when", ["2026-03-16 06:59", "2026-03-16 10:00:01"])
def test_an_instant_beyond_its_neighbours_is_refused(when: str) -> None:
    assert "liền trước" in refused(*HISTORY, correction("2026-03-17 14:00", 2, at=at(when).isoformat()))


def test_nothing_is_moved_into_the_future() -> None:
    assert "sau lúc sửa" in refused(*HISTORY, correction("2026-03-17 14:00", 4, at=at("2026-03-17 15:00").isoformat()))


@pytest.mark.parametrize(("seq", "data"), [(7, {}), (5, {}), (1, {"void": True}), (2, {"void": True})])
def test_what_is_not_there_and_what_moves_cannot_be_corrected_away(seq: int, data: dict[str, Any]) -> None:
    assert refused(*HISTORY, correction("2026-03-17 14:00", seq, **data))


def test_neither_a_correction_nor_what_was_voided_is_corrected_again() -> None:
    first = correction("2026-03-17 14:00", 1, data={"limit_seconds": 16 * HOUR})
    void = correction("2026-03-17 14:30", 3, void=True)

    assert "việc gốc" in refused(*HISTORY, first, correction("2026-03-17 15:00", 5))
    assert "hủy" in refused(*HISTORY, void, correction("2026-03-17 15:00", 3))


@pytest.mark.parametrize(
    "data",
    [
        {"seq": "1"},
        {"seq": True},
        {},
        {"seq": 1, "at": "mai"},
        {"seq": 1, "at": "2026-03-16T07:00"},
        {"seq": 1, "data": []},
    ],
)
def test_a_correction_that_cannot_be_read_is_a_fault(data: dict[str, Any]) -> None:
    with pytest.raises(EventError):
        effective(enumerate([*HISTORY, Event(events.CORRECTED, at("2026-03-17 14:00"), data=data)], 1))


# Late entry ------------------------------------------------------------------------------------------------------------


def test_what_was_entered_after_an_outage_counts_at_its_true_time_and_says_so() -> None:
    entered = {"entered_at": at("2026-03-18 08:15").isoformat(), "late_reason": "mất điện toàn huyện"}
    late = moved("forwarded", "2026-03-16 09:00", "1", step("specialist", "2"), **entered)
    whole = fold((accepted("2026-03-16 07:00", step("desk", "1"), **FIVE_DAYS), late), RULES)
    told = [line for line in whole.lines if line.event == "forwarded"]

    assert [(one.step, one.seconds) for one in whole.segments] == [("desk", 2 * HOUR)]
    assert told[0].text == "Nhập bù lúc 08:15 ngày 18/03/2026, tính theo thời điểm thật: mất điện toàn huyện"
    assert (told[0].rule, told[0].after) == ("QT-28.5c", "2026-03-16T09:00:00+07:00")
    assert {line.mark for line in told} == {"late_entry"}


def shown_deadline(state: ClockState) -> str:
    assert state.deadline_at is not None
    return shown(state.deadline_at)
