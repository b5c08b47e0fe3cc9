"""A calendar as a year on paper: months of days that are off, worked instead, or as always, and the hours of each season."""

from __future__ import annotations

from calendar import Calendar
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from app.rules.calendar import WorkCalendar
from app.rules.calendar_form import DayHours, read_day

WEEKDAYS = ("T2", "T3", "T4", "T5", "T6", "T7", "CN")
WEEKDAY_NAMES = ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ nhật")
MARKS = {
    "holidays": ("holiday", "Nghỉ lễ"),
    "swapped_rest_days": ("swap", "Nghỉ hoán đổi"),
    "working_saturdays": ("working", "Làm bù"),
}
FIRST_YEAR, LAST_YEAR = 2000, 2100


def year_view(data: Mapping[str, Any], year: int) -> dict[str, Any]:
    """`{year, months: [{number, weeks: [[cell | None]]}], marked: [{kind, title, spans}], seasons: [{title, hours}]}`."""
    calendar = WorkCalendar.from_dict(data)
    marked = _marked(data, year)
    months = [
        {"number": month, "weeks": [_week(week, month, calendar, marked) for week in _weeks(year, month)]}
        for month in range(1, 13)
    ]
    return {
        "year": year,
        "months": months,
        "marked": [
            {"kind": kind, "title": title, "spans": _spans(day for day, found in marked.items() if found == kind)}
            for kind, title in MARKS.values()
        ],
        "seasons": seasons(data),
    }


def _weeks(year: int, month: int) -> list[list[date]]:
    return Calendar().monthdatescalendar(year, month)


def _week(
    week: list[date], month: int, calendar: WorkCalendar, marked: Mapping[date, str]
) -> list[dict[str, Any] | None]:
    titles = dict(MARKS.values())
    cells: list[dict[str, Any] | None] = []
    for day in week:
        if day.month != month:
            cells.append(None)
            continue
        kind = marked.get(day) or ("open" if calendar.hours(day) else "rest")
        cells.append({"day": day.day, "kind": kind, "title": titles.get(kind, "")})
    return cells


def _marked(data: Mapping[str, Any], year: int) -> dict[date, str]:
    found = {}
    for name, (kind, _) in MARKS.items():
        for value in data.get(name, []):
            day = read_day(value, name)
            if day.year == year:
                found[day] = kind
    return found


def _spans(days: Any) -> list[str]:
    """Days as people read them: `01/01`, `16/02 – 20/02`."""
    spans: list[list[date]] = []
    for day in sorted(days):
        if spans and day == spans[-1][1] + timedelta(days=1):
            spans[-1][1] = day
        else:
            spans.append([day, day])
    return [f"{first:%d/%m}" if first == last else f"{first:%d/%m} – {last:%d/%m}" for first, last in spans]


def seasons(data: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The weekly hours, those of the seasons after the usual ones: `{title, hours: [(days, periods)]}`."""
    found = [{"title": "Thường lệ", "hours": _hours(data.get("weekly", {}))}] if data.get("weekly") else []
    for pattern in data.get("patterns", []):
        first, last = pattern.get("from"), pattern.get("to")
        title = f"Từ {_day(first)}" if first else "Từ trước"
        title += f" đến hết {_day(last)}" if last else " trở đi"
        found.append({"title": title, "hours": _hours(pattern["weekly"])})
    return found


def _day(value: Any) -> str:
    return f"{read_day(value, 'patterns'):%d/%m/%Y}"


def _hours(weekly: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Neighbouring weekdays of the same hours in one line."""
    calendar = WorkCalendar.from_dict({"weekly": weekly}) if any(weekly.values()) else None
    monday = date(2024, 1, 1)
    each: list[DayHours] = [calendar.hours(monday + timedelta(days=day)) if calendar else () for day in range(7)]
    lines: list[tuple[int, int, DayHours]] = []
    for number, periods in enumerate(each):
        if lines and lines[-1][2] == periods:
            lines[-1] = (lines[-1][0], number, periods)
        else:
            lines.append((number, number, periods))
    return [(_weekday_words(first, last), _periods_words(periods)) for first, last, periods in lines]


def _weekday_words(first: int, last: int) -> str:
    return WEEKDAY_NAMES[first] if first == last else f"{WEEKDAY_NAMES[first]} – {WEEKDAY_NAMES[last]}"


def _periods_words(periods: DayHours) -> str:
    if periods == ((0, 86_400),):
        return "Cả ngày đêm"
    return ", ".join(f"{_clock(opening)}–{_clock(close)}" for opening, close in periods) or "Nghỉ"


def _clock(seconds: int) -> str:
    return f"{seconds // 3600:02d}:{seconds % 3600 // 60:02d}"
