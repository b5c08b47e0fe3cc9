"""The calendar against a slow count of every minute and every second, on strange calendars."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from app.rules.calendar import WorkCalendar
from tests.rules.calendars import LOCAL, OFFICE, OFFICE_CALENDAR, calendars, instants
from tests.rules.slow_count import SlowCount

MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)
ANY_INSTANT = st.integers(-70 * 31_557_600, 230 * 31_557_600).map(lambda count: datetime.fromtimestamp(count, UTC))
ANY_SECONDS = st.integers(0, 500 * 28_800)


def aware(naive: datetime) -> datetime:
    return naive.replace(tzinfo=LOCAL)


def naive(instant: datetime) -> datetime:
    return instant.astimezone(LOCAL).replace(tzinfo=None)


@settings(max_examples=150, deadline=None)
@given(calendars(), instants(), st.integers(0, 1500))
def test_due_is_where_a_walk_minute_by_minute_arrives(data: dict[str, Any], start: datetime, minutes: int) -> None:
    due = WorkCalendar.from_dict(data).due(aware(start), minutes * 60)

    assert naive(due) == SlowCount(data).due(start, minutes)


@settings(max_examples=150, deadline=None)
@given(calendars(), instants(), instants())
def test_between_is_the_count_of_worked_minutes(data: dict[str, Any], start: datetime, end: datetime) -> None:
    seconds = WorkCalendar.from_dict(data).between(aware(start), aware(end))

    assert seconds == 60 * SlowCount(data).between(start, end)


@settings(max_examples=100, deadline=None)
@given(calendars(), instants())
def test_counted_and_next_session_are_where_a_walk_finds_them(data: dict[str, Any], at: datetime) -> None:
    calendar = WorkCalendar.from_dict(data)

    assert naive(calendar.counted(aware(at))) == SlowCount(data).counted(at)
    assert naive(calendar.next_session(aware(at))) == SlowCount(data).next_session(at)


@settings(max_examples=100, deadline=None)
@given(calendars(), instants(), st.integers(0, 1500))
def test_back_is_where_a_walk_backwards_arrives(data: dict[str, Any], end: datetime, minutes: int) -> None:
    slow = SlowCount(data)
    start = naive(WorkCalendar.from_dict(data).back(aware(end), minutes * 60))

    assert start == (slow.back(end, minutes) if minutes else min(end, slow.next_work(end)))


@settings(max_examples=60, deadline=None)
@given(instants(SECOND).filter(lambda at: at.day in range(17, 22)), st.integers(0, 14_000))
def test_seconds_are_counted_one_by_one(start: datetime, seconds: int) -> None:
    due = OFFICE_CALENDAR.due(aware(start), seconds)

    assert naive(due) == SlowCount(OFFICE, SECOND).due(start, seconds)


@given(ANY_INSTANT, ANY_SECONDS)
def test_between_undoes_due(start: datetime, seconds: int) -> None:
    assert OFFICE_CALENDAR.between(start, OFFICE_CALENDAR.due(start, seconds)) == seconds


@given(ANY_INSTANT, ANY_SECONDS)
def test_due_undoes_between_wherever_work_is_going_on(start: datetime, seconds: int) -> None:
    end = OFFICE_CALENDAR.due(start, seconds)
    counted = OFFICE_CALENDAR.due(start, 0)

    assert OFFICE_CALENDAR.due(counted, OFFICE_CALENDAR.between(counted, end)) == end


@given(ANY_INSTANT, ANY_SECONDS.filter(bool), ANY_SECONDS.filter(bool))
def test_two_limits_one_after_the_other_are_one_limit(start: datetime, first: int, second: int) -> None:
    calendar = OFFICE_CALENDAR

    assert calendar.due(calendar.due(start, first), second) == calendar.due(start, first + second)


@given(ANY_INSTANT, ANY_INSTANT, ANY_INSTANT)
def test_time_adds_up_over_any_middle(a: datetime, b: datetime, c: datetime) -> None:
    calendar = OFFICE_CALENDAR

    assert calendar.between(a, b) + calendar.between(b, c) == calendar.between(a, c)
    assert calendar.between(a, b) == -calendar.between(b, a)


@given(ANY_INSTANT, ANY_INSTANT, ANY_SECONDS, ANY_SECONDS)
def test_later_or_longer_is_never_due_earlier(a: datetime, b: datetime, short: int, long: int) -> None:
    calendar = OFFICE_CALENDAR
    early, late = sorted((a, b))
    little, much = sorted((short, long))

    assert calendar.due(early, little) <= calendar.due(late, much)
    assert calendar.counted(early) <= calendar.counted(late)
    assert calendar.back(early, much) <= calendar.back(late, little)


@given(ANY_INSTANT, ANY_SECONDS)
def test_back_leaves_exactly_that_much_and_not_a_second_later(end: datetime, seconds: int) -> None:
    start = OFFICE_CALENDAR.back(end, seconds)

    assert OFFICE_CALENDAR.between(start, end) == seconds
    if seconds:
        assert OFFICE_CALENDAR.between(start + SECOND, end) == seconds - 1


@given(ANY_INSTANT)
def test_results_are_whole_seconds_in_utc(at: datetime) -> None:
    calendar = OFFICE_CALENDAR
    for result in (calendar.counted(at), calendar.due(at, 60), calendar.back(at, 60), calendar.next_session(at)):
        assert (result.microsecond, result.tzinfo) == (0, UTC)
