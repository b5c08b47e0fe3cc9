"""The default calendar: office hours with Vietnam's public holidays, as plain data that an administrator then edits.

Outside `app/rules`, because the holidays come from a package. It knows the lunar New Year, the Hùng Kings' day, the days off
that the Labour Code gives for a holiday on a weekend (Art. 111(3)) and the working days that yearly decisions swapped away. The
default week ends on Friday whatever was swapped: who works the Saturday instead enters it as `working_saturdays`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import holidays

from app.rules.calendar import WorkCalendar

FIRST_YEAR, LAST_YEAR = 1901, 2100  # what the package knows; beyond, every week is an ordinary one
OFFICE_HOURS = {"mon-fri": [["07:00", "11:30"], ["13:30", "17:00"]]}
MINUTES_PER_DAY = 480
DAYS = ("holidays", "swapped_rest_days", "working_saturdays")
"""The single days of a calendar's data."""


def default_calendar_data(first_year: int = FIRST_YEAR, last_year: int = LAST_YEAR) -> dict[str, Any]:
    """The default calendar's data for these years, both included, in the form that `WorkCalendar.from_dict` reads."""
    days = holidays.country_holidays("VN", years=range(first_year, last_year + 1))
    return {
        "tz": "Asia/Ho_Chi_Minh",
        "weekly": OFFICE_HOURS,
        "holidays": [day.isoformat() for day in sorted(days) if first_year <= day.year <= last_year],
        "swapped_rest_days": [],
        "working_saturdays": [],
        "minutes_per_day": MINUTES_PER_DAY,
    }


def with_holidays(data: Mapping[str, Any], year: int) -> dict[str, Any]:
    """A calendar's data with the public holidays of a year added; days that it has already stay as they are."""
    given = {str(day) for key in DAYS for day in data.get(key, [])}
    fresh = {day for day in default_calendar_data(year, year)["holidays"] if day not in given}
    return {**data, "holidays": sorted({str(day) for day in data.get("holidays", [])} | fresh)}


def has_holidays(data: Mapping[str, Any], year: int) -> bool:
    """Whether a calendar knows any holiday of that year."""
    return any(str(day).startswith(f"{year:04d}-") for day in data.get("holidays", []))


@cache
def default_calendar() -> WorkCalendar:
    """The default calendar over all years that have data; built once a process."""
    return WorkCalendar.from_dict(default_calendar_data())
