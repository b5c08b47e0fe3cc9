"""When a backup is due, when somebody has to look, and which ones stay."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.backups import EVERY, LENGTHS, Schedule, kept_of, read_kept
from app.wording import LOCAL

SUNDAY = datetime(2026, 11, 22, 22, 0, tzinfo=LOCAL)
MINUTE = timedelta(minutes=1)
INSTANTS = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)).map(lambda at: at.replace(tzinfo=LOCAL))  # noqa: DTZ001


@pytest.mark.rule("TN-7.5")
def test_an_hourly_backup_is_due_once_in_every_hour() -> None:
    schedule = Schedule("hour", "22:00")
    at = datetime(2026, 11, 23, 9, 0, tzinfo=LOCAL)
    assert schedule.is_due(None, at)
    assert schedule.is_due(at - MINUTE, at)
    assert not schedule.is_due(at, at + 59 * MINUTE)
    assert schedule.is_due(at + 2 * MINUTE, at + 60 * MINUTE)


def test_a_daily_one_at_its_time_of_day() -> None:
    schedule = Schedule("day", "22:00")
    assert not schedule.is_due(SUNDAY - timedelta(days=1), SUNDAY - MINUTE)
    assert schedule.is_due(SUNDAY - timedelta(days=1), SUNDAY)
    assert not schedule.is_due(SUNDAY + MINUTE, SUNDAY + timedelta(hours=23))


@pytest.mark.rule("LA-4.6")
def test_a_weekly_one_on_sundays() -> None:
    schedule = Schedule("week", "22:00")
    for days in range(7):
        assert schedule.last_time(SUNDAY + timedelta(days=days)) == SUNDAY
    assert schedule.last_time(SUNDAY - MINUTE) == SUNDAY - timedelta(days=7)


@given(st.sampled_from(EVERY), INSTANTS)
def test_the_moment_of_a_schedule_has_come_and_is_less_than_a_period_old(every: str, now: datetime) -> None:
    last = Schedule(every, "02:30").last_time(now)
    assert last <= now < last + LENGTHS[every]


@given(st.sampled_from(EVERY), INSTANTS, st.timedeltas(timedelta(), timedelta(days=20)))
def test_what_is_late_is_due(every: str, now: datetime, age: timedelta) -> None:
    schedule = Schedule(every, "02:30")
    assert schedule.is_late(None, now)
    if schedule.is_late(now - age, now):
        assert schedule.is_due(now - age, now)
        assert age > LENGTHS[every] / 2


def test_of_hours_days_weeks_and_months_the_last_one_stays() -> None:
    hourly = {SUNDAY - timedelta(hours=number) for number in range(24 * 100)}
    kept = kept_of(hourly, read_kept("3h 2d 2w 3m"))
    assert sorted(kept, reverse=True) == [
        SUNDAY,
        SUNDAY - timedelta(hours=1),
        SUNDAY - timedelta(hours=2),
        datetime(2026, 11, 21, 23, 0, tzinfo=LOCAL),
        datetime(2026, 11, 15, 23, 0, tzinfo=LOCAL),
        datetime(2026, 10, 31, 23, 0, tzinfo=LOCAL),
        datetime(2026, 9, 30, 23, 0, tzinfo=LOCAL),
    ]


@given(st.sets(INSTANTS, min_size=1, max_size=60), st.integers(1, 5))
def test_the_newest_always_stays_and_retention_is_settled_at_once(taken: set[datetime], number: int) -> None:
    kept = {"d": number, "m": number}
    stay = kept_of(taken, kept)
    assert max(taken) in stay
    assert len(stay) <= 2 * number
    assert kept_of(stay, kept) == stay


@pytest.mark.parametrize("text", ["", "0d", "5", "5x", "1d 2d", "1000h", "-1d", "1d,2w"])
def test_what_is_no_retention_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="48h 14d 8w 12m"):
        read_kept(text)
