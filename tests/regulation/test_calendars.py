"""Whose working hours count, and what a change of them may do (QT-18.2, QT-18.3; Labour Code Art. 111, 112; defect 21)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.calendars import has_holidays, with_holidays
from app.rules.calendar import CalendarError, WorkCalendar
from app.rules.clock import EMPTY, ClockRules, ClockState, apply, fold
from app.rules.events import ACCEPTED, APOLOGISED, CALENDAR_CHANGED, FORWARDED, Event
from app.rules.recount import count_again, reset_wanted
from tests.rules.calendars import OFFICE, at, calendars, shown
from tests.rules.histories import QUANG_TRI, step
from tests.rules.lives import DESK_CALENDAR, MANY_CALENDARS, ONE_CALENDAR, Life, lives

DAY = 8 * 3600
SUMMER = {"mon-fri": [["06:30", "11:00"], ["13:30", "17:00"]]}
WINTER = {"mon-fri": [["07:30", "11:30"], ["13:00", "17:00"]]}


def calendar(**data: Any) -> WorkCalendar:
    return WorkCalendar.from_dict({"weekly": {"mon-fri": [["07:00", "11:30"], ["13:30", "17:00"]]}} | data)


def rules(**data: Any) -> ClockRules:
    return ClockRules(calendar(**data), QUANG_TRI)


def accepted(text: str, seconds: int) -> Event:
    opens = (step("specialist", "t1"),)
    return Event(ACCEPTED, at(text), opens=opens, data={"limit_seconds": seconds})


# The calendar ------------------------------------------------------------------------------------------------------------


@pytest.mark.rule("QT-18.2")
def test_summer_and_winter_hours_change_inside_a_running_limit() -> None:
    """From 1 November the office opens an hour later: time is counted as it is worked, not in days of eight hours."""
    seasons = calendar(weekly=WINTER, patterns=[{"from": "2026-04-01", "to": "2026-10-31", "weekly": SUMMER}])
    assert shown(seasons.due(at("2026-10-30 06:30"), DAY)) == "2026-10-30 17:00"
    assert shown(seasons.due(at("2026-10-30 16:00"), 2 * 3600)) == "2026-11-02 08:30"
    assert shown(seasons.next_session(at("2026-10-30 17:00"))) == "2026-11-02 07:30"


@pytest.mark.rule("QT-18.2")
def test_a_swapped_day_is_off_and_its_saturday_is_worked_with_mondays_hours() -> None:
    """Monday 31-08-2026 is off and worked on Saturday 22-08-2026 (facts.md, e)."""
    swapped = calendar(swapped_rest_days=["2026-08-31"], working_saturdays=["2026-08-22"])
    assert shown(swapped.counted(at("2026-08-22 08:00"))) == "2026-08-22 08:00"
    assert shown(swapped.counted(at("2026-08-31 08:00"))) == "2026-09-01 07:00"
    assert swapped.between(at("2026-08-22 00:00"), at("2026-08-23 00:00")) == DAY


@pytest.mark.rule("QT-18.2")
def test_day_and_night_an_hour_is_an_hour() -> None:
    always = calendar(weekly={"mon-sun": [["00:00", "24:00"]]}, minutes_per_day=1440)
    assert shown(always.due(at("2026-08-22 23:30"), 3600)) == "2026-08-23 00:30"


@pytest.mark.rule("QT-18.3")
def test_the_deadline_runs_by_the_office_and_the_appointment_is_a_session_of_the_desk() -> None:
    by_both = ClockRules(calendar(), QUANG_TRI, desk=DESK_CALENDAR)
    state = fold([accepted("2026-11-27 08:00", DAY)], by_both).state
    assert state.deadline_at is not None
    assert state.appointment_at is not None
    assert shown(state.deadline_at) == "2026-11-30 08:00"
    friday = fold([accepted("2026-11-27 07:00", DAY)], by_both).state
    assert friday.appointment_at is not None
    assert shown(friday.appointment_at) == "2026-11-28 07:00", "the desk is open on Saturday morning"


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ({"weekly": {"mon-fry": []}}, "weekly.mon-fry: ngày trong tuần"),
        ({"weekly": {"mon": [["07:00", "25:00"]]}}, "weekly.mon[0]"),
        ({"weekly": {"mon": [["07:00", "11:30"], ["11:00", "17:00"]]}}, "weekly.mon[1]"),
        ({"weekly": {"mon-wed": [["07:00", "11:30"]], "tue": [["07:00", "11:30"]]}}, "weekly.tue"),
        ({"patterns": [{"from": "2026-11-01", "to": "2026-10-01", "weekly": WINTER}]}, "patterns[0]"),
        (
            {"patterns": [{"from": "2026-01-01", "weekly": WINTER}, {"from": "2026-06-01", "weekly": SUMMER}]},
            "patterns[1]: chồng lên",
        ),
        ({"swapped_rest_days": ["31/8/2026"]}, "swapped_rest_days[0]"),
        ({"working_saturdays": ["2026-08-22"], "holidays": ["2026-08-22"]}, "working_saturdays[0]"),
        ({"tz": "Asia/Bangkok"}, "tz:"),
        ({"minutes_per_day": 0}, "minutes_per_day:"),
    ],
)
def test_what_is_wrong_with_a_calendar_is_told_with_its_place(data: dict[str, Any], told: str) -> None:
    with pytest.raises(CalendarError) as refused:
        calendar(**data)
    assert str(refused.value).startswith(told)


def test_next_years_holidays_are_added_as_days_that_can_be_edited() -> None:
    data = {"weekly": OFFICE["weekly"], "holidays": ["2026-01-01"], "swapped_rest_days": ["2027-04-30"]}
    assert not has_holidays(data, 2027)
    added = with_holidays(data, 2027)
    assert {"2026-01-01", "2027-01-01", "2027-05-01", "2027-09-02"} <= set(added["holidays"])
    assert "2027-04-30" not in added["holidays"], "what the office has set itself stays as it is"
    assert has_holidays(added, 2027)
    assert with_holidays(added, 2027) == added
    WorkCalendar.from_dict(added)


# A change under way (defect 21) ------------------------------------------------------------------------------------------


@pytest.mark.rule("QT-18.2", "QT-18.3")
def test_a_late_holiday_moves_the_deadline_but_never_the_issued_appointment() -> None:
    past = [accepted("2026-11-23 08:00", 2 * DAY)]
    before = fold(past, rules()).state
    counted = count_again(past, before, rules(holidays=["2026-11-24"]), at("2026-11-23 15:00"), "Nghỉ bão")
    after = counted.applied.state
    assert (shown_or(before.deadline_at), shown_or(after.deadline_at)) == ("2026-11-25 08:00", "2026-11-26 08:00")
    assert after.appointment_at == before.appointment_at == at("2026-11-25 13:30")
    assert reset_wanted(after, rules(holidays=["2026-11-24"])) == "before_deadline"
    told = [line for line in counted.applied.lines if line.event == CALENDAR_CHANGED]
    assert any("Nghỉ bão" in line.text for line in told)
    assert any("giữ nguyên" in line.text for line in told)


@pytest.mark.rule("QT-18.3", "QT-19.1a")
def test_only_an_apology_moves_the_appointment_that_a_late_holiday_has_made_impossible() -> None:
    past = [accepted("2026-11-23 08:00", 2 * DAY)]
    storm = rules(holidays=["2026-11-25"])
    counted = count_again(past, fold(past, rules()).state, storm, at("2026-11-23 15:00"), "Nghỉ bão")
    assert reset_wanted(counted.applied.state, storm) is not None
    data = {"appointment": "2026-11-26T13:30:00+07:00", "file": "slip", "reason": "Nghỉ bão"}
    apologised = apply(counted.applied.state, Event(APOLOGISED, at("2026-11-23 16:00"), data=data), storm, check=False)
    assert apologised.state.appointment_at == at("2026-11-26 13:30")
    assert reset_wanted(apologised.state, storm) is None


@pytest.mark.rule("QT-20.1")
def test_a_day_off_announced_afterwards_is_charged_to_nobody() -> None:
    past = [
        accepted("2026-11-23 07:00", 5 * DAY),
        Event(FORWARDED, at("2026-11-25 07:00"), closes=("t1",), opens=(step("head", "t2"),)),
    ]
    off = rules(holidays=["2026-11-24"])
    counted = count_again(past, fold(past, rules()).state, off, at("2026-11-25 08:00"), "Nghỉ bão")
    (first,) = counted.applied.segments
    assert (first.step, first.seconds) == ("specialist", DAY)


# Whatever happened, whatever changes ----------------------------------------------------------------------------------------


def changed(rules: ClockRules, data: dict[str, Any], everywhere: bool) -> ClockRules:
    """The same province after a change of the dossier's calendar, or of everybody's."""
    other = WorkCalendar.from_dict(data)
    if everywhere:
        return replace(rules, calendar=other, desk=other, agencies={})
    return replace(rules, calendar=other)


def issued(state: ClockState) -> tuple[object, ...]:
    return state.appointment_at, state.slip_appointment_at, state.original_appointment_at


LIVES = lives([*ONE_CALENDAR, *MANY_CALENDARS]).filter(lambda life: bool(life.kept) and life.state.result_at is None)


@settings(deadline=None)
@given(LIVES, calendars(), calendars(), st.booleans(), st.timedeltas(timedelta(0), timedelta(days=9)))
def test_after_any_change_the_stored_clock_is_the_whole_fold_and_what_was_issued_stands(
    life: Life, first: dict[str, Any], second: dict[str, Any], everywhere: bool, later: timedelta
) -> None:
    past, state, law = list(life.kept), life.state, life.rules
    for data in (first, second):
        law = changed(law, data, everywhere)
        counted = count_again(past, state, law, life.now + later, "Lịch đổi")
        assert issued(counted.applied.state) == issued(state)
        past += [counted.event] if counted.event else []
        state = counted.applied.state
        whole = fold(past, law, check=False)
        assert whole.state == state
        assert whole.segments == counted.applied.segments
        again = count_again(past, state, law, life.now + later, "Lịch đổi")
        assert again.event is None, "counting twice changes nothing"
    on = apply(state, Event(FORWARDED, life.now + later), law, check=False)
    assert fold([*past, Event(FORWARDED, life.now + later)], law, check=False).state == on.state


@settings(deadline=None)
@given(LIVES)
def test_a_change_that_touches_nothing_leaves_no_trace(life: Life) -> None:
    counted = count_again(life.kept, life.state, life.rules, life.now, "Lịch đổi")
    assert (counted.event, counted.applied.state) == (None, life.state)
    assert count_again([], EMPTY, life.rules, life.now, "").event is None


def shown_or(instant: Any) -> str:
    return "" if instant is None else shown(instant)
