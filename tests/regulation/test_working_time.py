"""Requirements group 2: working time, deadlines and appointments (QT-18.2, QT-18.3; Labour Code Art. 111, 112)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from app.calendars import default_calendar
from tests.rules.calendars import OFFICE_CALENDAR as OFFICE
from tests.rules.calendars import at, shown

DAY = 480 * 60


@pytest.mark.rule("QT-18.2")
@pytest.mark.parametrize(
    ("happened", "counts"),
    [
        ("2026-03-11 07:00", "2026-03-11 07:00"),
        ("2026-03-11 06:59:59", "2026-03-11 07:00"),
        ("2026-03-11 11:30", "2026-03-11 11:30"),
        ("2026-03-11 11:30:01", "2026-03-11 13:30"),
        ("2026-03-11 17:00", "2026-03-11 17:00"),
        ("2026-03-11 17:00:01", "2026-03-12 07:00"),
        ("2026-03-13 18:00", "2026-03-16 07:00"),
        ("2026-02-15 10:00", "2026-02-23 07:00"),
        ("2026-08-22 06:00", "2026-08-22 07:00"),
        ("2026-08-31 10:00", "2026-09-03 07:00"),
    ],
)
def test_what_is_done_outside_hours_counts_at_the_next_opening(happened: str, counts: str) -> None:
    assert shown(OFFICE.counted(at(happened))) == counts


@pytest.mark.rule("QT-18.2")
@pytest.mark.parametrize(
    ("start", "seconds", "due"),
    [
        ("2026-03-11 18:20", 2 * DAY, "2026-03-13 17:00"),
        ("2026-03-16 13:30", DAY, "2026-03-17 11:30"),
        ("2026-03-16 11:30", 0, "2026-03-16 13:30"),
        ("2026-03-16 17:00", 0, "2026-03-17 07:00"),
        ("2026-03-16 09:00", 0, "2026-03-16 09:00"),
        ("2026-03-16 11:30", 60, "2026-03-16 13:31"),
        ("2026-03-16 11:29:59", 1, "2026-03-16 11:30"),
        ("2026-03-16 11:29:59", 2, "2026-03-16 13:30:01"),
        ("2026-08-17 08:15:30", DAY, "2026-08-18 08:15:30"),
        ("2026-08-28 16:00", DAY, "2026-09-03 16:00"),
        ("2026-08-21 16:00", DAY, "2026-08-22 16:00"),
        ("2026-08-22 16:00", DAY, "2026-08-24 16:00"),
        ("2026-02-13 16:00", DAY, "2026-02-23 16:00"),
    ],
)
def test_a_limit_is_used_up_in_working_seconds_only(start: str, seconds: int, due: str) -> None:
    assert shown(OFFICE.due(at(start), seconds)) == due


@pytest.mark.rule("QT-18.3")
@pytest.mark.parametrize(
    ("deadline", "appointment"),
    [
        ("2026-03-17 10:00", "2026-03-17 13:30"),
        ("2026-03-17 11:30", "2026-03-17 13:30"),
        ("2026-03-17 13:30", "2026-03-18 07:00"),
        ("2026-03-17 07:00", "2026-03-17 13:30"),
        ("2026-03-20 17:00", "2026-03-23 07:00"),
        ("2026-08-21 15:00", "2026-08-22 07:00"),
        ("2026-08-28 17:00", "2026-09-03 07:00"),
        ("2026-03-21 10:00", "2026-03-23 07:00"),
    ],
)
def test_the_appointment_opens_the_session_after_the_deadlines(deadline: str, appointment: str) -> None:
    assert shown(OFFICE.next_session(at(deadline))) == appointment


@pytest.mark.rule("QT-18.2")
def test_time_between_is_negative_backwards_and_knows_seconds() -> None:
    morning, next_day = at("2026-03-16 08:00:15"), at("2026-03-17 08:00")

    assert OFFICE.between(morning, next_day) == DAY - 15
    assert OFFICE.between(next_day, morning) == -(DAY - 15)
    assert OFFICE.between(at("2026-03-14 08:00"), at("2026-03-15 20:00")) == 0


@pytest.mark.rule("QT-18.2")
def test_any_offset_means_the_same_instant() -> None:
    utc = datetime(2026, 3, 11, 11, 20, tzinfo=UTC)

    assert OFFICE.due(utc, DAY) == OFFICE.due(at("2026-03-11 18:20"), DAY)


@pytest.mark.rule("QT-21b")
@pytest.mark.parametrize(
    ("appointment", "from_then_on"),
    [
        ("2026-03-16 07:00", "2026-03-13 07:00"),
        ("2026-03-17 13:30", "2026-03-16 13:30"),
        ("2026-09-03 13:30", "2026-08-28 13:30"),
        ("2026-08-24 10:00", "2026-08-22 10:00"),
    ],
)
def test_one_working_day_before_an_appointment(appointment: str, from_then_on: str) -> None:
    assert shown(OFFICE.back(at(appointment), DAY)) == from_then_on


@pytest.mark.parametrize(
    ("day", "worked"),
    [
        ("2026-01-01", False),  # New Year
        ("2026-02-16", False),  # the eve of the lunar New Year
        ("2026-02-20", False),
        ("2026-04-27", False),  # Hùng Kings' day fell on a Sunday: Labour Code Art. 111(3)
        ("2026-04-30", False),
        ("2026-05-01", False),
        ("2026-09-01", False),
        ("2026-09-02", False),
        ("2027-05-03", False),  # 1 May on a Saturday
        ("2026-08-31", False),  # swapped ...
        ("2026-08-22", False),  # ... with this Saturday, which the default week does not have
        ("2026-08-29", False),
        ("2026-03-11", True),
        ("1850-03-11", True),  # a Monday before there is any data
        ("2150-01-01", True),  # a Thursday after it
    ],
)
def test_the_default_calendar_has_the_countrys_holidays(day: str, worked: bool) -> None:
    whole_day = default_calendar().between(at(f"{day} 00:00"), at(f"{day} 23:59:59"))

    assert whole_day == (DAY if worked else 0)
