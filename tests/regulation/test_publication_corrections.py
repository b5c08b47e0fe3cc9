"""Defect 24: a decision is replaced or repealed, only its configuration is put right; and by when things are due, in days."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from app.rules.calendar import WorkCalendar
from app.rules.publication import APPROVED, PENDING, UNCHECKED, working_days_between
from app.rules.versions import CORRECTED, IN_FORCE, REPEALED, REPLACED, UPCOMING, Version, in_force, state_of
from tests.rules.calendars import OFFICE, OFFICE_CALENDAR

DAY = date(2026, 11, 23)
YESTERDAY, TOMORROW, NEXT_WEEK = (DAY + timedelta(days=days) for days in (-1, 1, 7))
FIRST = Version(1, DAY - timedelta(days=90), UNCHECKED)
FAULTY = Version(2, DAY - timedelta(days=9), UNCHECKED)
RIGHT = Version(3, FAULTY.effective_from, UNCHECKED, stands_for=2, applies_from=DAY)


def states(*every: Version, day: date = DAY) -> list[str]:
    return [state_of(one, every, day) for one in every]


@pytest.mark.rule("QT-22.3", "ST-26.7")
def test_a_correction_stands_in_the_faulty_ones_place_from_its_own_day_on() -> None:
    every = [FIRST, FAULTY, RIGHT]
    assert in_force(every, YESTERDAY) == FAULTY
    assert in_force(every, DAY) == RIGHT
    assert states(*every) == [REPLACED, CORRECTED, IN_FORCE]


@pytest.mark.rule("QT-22.3", "ST-26.7")
def test_a_later_decision_goes_before_every_correction_of_an_earlier_one() -> None:
    """Also where it was entered late, so that its effective day lies before the day of the correction."""
    later = Version(4, DAY - timedelta(days=2), UNCHECKED)
    assert in_force([FIRST, FAULTY, RIGHT, later], DAY) == later
    corrected_first = Version(4, FIRST.effective_from, UNCHECKED, stands_for=1, applies_from=DAY)
    assert in_force([FIRST, FAULTY, corrected_first], DAY) == FAULTY
    same_day = Version(3, FAULTY.effective_from, UNCHECKED)
    correction = Version(4, FAULTY.effective_from, UNCHECKED, stands_for=2, applies_from=DAY)
    assert in_force([FIRST, FAULTY, same_day, correction], DAY) == same_day


@pytest.mark.rule("QT-22.3")
def test_a_correction_can_be_corrected_and_one_before_the_decisions_day_waits_for_it() -> None:
    again = Version(4, FAULTY.effective_from, UNCHECKED, stands_for=2, applies_from=DAY)
    assert states(FAULTY, RIGHT, again) == [CORRECTED, CORRECTED, IN_FORCE]
    coming = Version(2, NEXT_WEEK, UNCHECKED)
    right = Version(3, NEXT_WEEK, UNCHECKED, stands_for=2, applies_from=DAY)
    assert states(FIRST, coming, right) == [IN_FORCE, CORRECTED, UPCOMING]
    assert in_force([FIRST, coming, right], NEXT_WEEK) == right


@pytest.mark.rule("ST-26.7")
def test_what_a_correction_put_right_never_comes_back() -> None:
    repealed = Version(3, FAULTY.effective_from, UNCHECKED, TOMORROW, stands_for=2, applies_from=DAY)
    assert in_force([FIRST, FAULTY, repealed], TOMORROW) is None
    coming = Version(2, NEXT_WEEK, UNCHECKED)
    called_off = Version(3, NEXT_WEEK, UNCHECKED, NEXT_WEEK, stands_for=2, applies_from=DAY)
    assert in_force([FIRST, coming, called_off], NEXT_WEEK) == FIRST
    assert states(FIRST, coming, called_off) == [IN_FORCE, CORRECTED, REPEALED]


@pytest.mark.rule("ST-10.3b")
def test_a_correction_that_waits_for_its_check_has_put_nothing_right_yet() -> None:
    waits = Version(3, FAULTY.effective_from, PENDING, stands_for=2, applies_from=DAY)
    assert in_force([FIRST, FAULTY, waits], DAY) == FAULTY
    passed = Version(3, FAULTY.effective_from, APPROVED, stands_for=2, applies_from=DAY)
    assert in_force([FIRST, FAULTY, passed], DAY) == passed


@pytest.mark.rule("HT-6.1", "TN-7.1", "ST-10.3b")
def test_what_is_left_is_told_in_working_days() -> None:
    monday = DAY
    assert working_days_between(OFFICE_CALENDAR, monday, monday) == 0
    assert working_days_between(OFFICE_CALENDAR, monday, date(2026, 11, 27)) == 4
    assert working_days_between(OFFICE_CALENDAR, date(2026, 11, 27), date(2026, 11, 30)) == 1
    holiday = WorkCalendar.from_dict(OFFICE | {"holidays": ["2026-11-25"]})
    assert working_days_between(holiday, monday, date(2026, 11, 27)) == 3
    assert working_days_between(OFFICE_CALENDAR, monday, date(2196, 11, 27)) == 400
