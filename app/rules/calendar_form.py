"""The written form of a working calendar, read and checked: what an administrator edits and `--calendar` names."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

DayHours = tuple[tuple[int, int], ...]  # periods of one day, seconds from midnight, in order, not overlapping
WeekHours = tuple[DayHours, ...]  # seven days from Monday

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_ZONES = {"Asia/Ho_Chi_Minh": 7 * 3600, "Asia/Saigon": 7 * 3600}
_OFFSET = re.compile(r"([+-])(\d\d):([0-5]\d)", re.ASCII)
_CLOCK = re.compile(r"(\d\d):([0-5]\d)(?::([0-5]\d))?", re.ASCII)
_KEYS = frozenset({"tz", "weekly", "patterns", "holidays", "swapped_rest_days", "working_saturdays", "minutes_per_day"})


class CalendarError(ValueError):
    """Calendar data that cannot be used, or a question it cannot answer. The text (Vietnamese) names the place."""


@dataclass(frozen=True, slots=True)
class CalendarForm:
    """A checked calendar: `patterns` are (first day as ordinal, week), in order, the first one from the beginning of time;
    `exceptions` gives single days (ordinal) other hours than their weekday has."""

    offset_seconds: int
    seconds_per_day: int
    patterns: tuple[tuple[int, WeekHours], ...]
    exceptions: Mapping[int, DayHours]


def read_form(data: Mapping[str, Any]) -> CalendarForm:
    """Check a calendar's data.

    `{"tz", "weekly": {"mon-fri": [["07:00", "11:30"], …]}, "holidays": [date], "swapped_rest_days": [date],
    "working_saturdays": [date], "minutes_per_day": 480, "patterns": [{"from": date|null, "to": date|null, "weekly": {…}}]}`.
    Weekday keys are single days, ranges or comma lists. A pattern replaces `weekly` from its first to its last day, both
    included (summer and winter hours). Holidays and swapped rest days are off; a working Saturday has that week's Monday
    hours. Dates are ISO; a day may end at 24:00. Everything but `weekly` is optional. Errors: CalendarError.
    """
    if not isinstance(data, Mapping):
        raise CalendarError("lịch: phải là một đối tượng JSON")
    unknown = sorted(str(key) for key in data if key not in _KEYS)
    if unknown:
        raise CalendarError(f"lịch: không có mục {', '.join(unknown)}")
    if "weekly" not in data and "patterns" not in data:
        raise CalendarError("weekly: thiếu giờ làm việc trong tuần")
    base = _week(data.get("weekly", {}), "weekly")
    patterns = _patterns(data.get("patterns", []), base)
    if not any(any(week) for _, week in patterns):
        raise CalendarError("weekly: không có giờ làm việc nào")
    minutes = data.get("minutes_per_day", 480)
    if isinstance(minutes, bool) or not isinstance(minutes, int) or not 0 < minutes <= 1440:
        raise CalendarError(f"minutes_per_day: {minutes!r} phải là số nguyên từ 1 đến 1440")
    return CalendarForm(
        _offset(data.get("tz", "Asia/Ho_Chi_Minh")), minutes * 60, patterns, _exceptions(data, patterns)
    )


def _offset(tz: Any) -> int:
    if isinstance(tz, str) and tz in _ZONES:
        # Fixed at +07:00 also for the years before 1975, when the zone's history knew other offsets: all times here are
        # those of one office clock.
        return _ZONES[tz]
    match = _OFFSET.fullmatch(tz) if isinstance(tz, str) else None
    if match is None or int(match[2]) > 14:
        raise CalendarError(f"tz: {tz!r} không dùng được; chỉ có Asia/Ho_Chi_Minh hoặc độ lệch cố định như +07:00")
    return (int(match[2]) * 3600 + int(match[3]) * 60) * (-1 if match[1] == "-" else 1)


def _week(weekly: Any, place: str) -> WeekHours:
    if not isinstance(weekly, Mapping):
        raise CalendarError(f"{place}: phải là một đối tượng, ví dụ {{'mon-fri': [['07:00', '11:30']]}}")
    hours: dict[int, DayHours] = {}
    for key, periods in weekly.items():
        where = f"{place}.{key}"
        checked = _periods(periods, where)
        for weekday in _weekdays(key, where):
            if weekday in hours:
                raise CalendarError(f"{where}: ngày {_WEEKDAYS[weekday]} đã có giờ ở mục khác")
            hours[weekday] = checked
    return tuple(hours.get(weekday, ()) for weekday in range(7))


def _weekdays(key: Any, where: str) -> Iterator[int]:
    for part in str(key).split(","):
        first, dash, last = part.strip().partition("-")
        if first not in _WEEKDAYS or (dash and last not in _WEEKDAYS):
            raise CalendarError(f"{where}: ngày trong tuần phải là {', '.join(_WEEKDAYS)} hoặc khoảng như mon-fri")
        start, end = _WEEKDAYS.index(first), _WEEKDAYS.index(last or first)
        if end < start:
            raise CalendarError(f"{where}: khoảng ngày đi ngược")
        yield from range(start, end + 1)


def _periods(periods: Any, where: str) -> DayHours:
    checked: list[tuple[int, int]] = []
    for index, period in enumerate(_sequence(periods, where)):
        place = f"{where}[{index}]"
        pair = _sequence(period, place)
        if len(pair) != 2:
            raise CalendarError(f"{place}: phải là cặp [giờ mở, giờ đóng]")
        opening, close = (_clock(value, place) for value in pair)
        if opening >= close:
            raise CalendarError(f"{place}: giờ mở phải trước giờ đóng")
        if checked and opening < checked[-1][1]:
            raise CalendarError(f"{place}: các buổi phải theo thứ tự và không chồng nhau")
        checked.append((opening, close))
    return tuple(checked)


def _clock(value: Any, place: str) -> int:
    match = _CLOCK.fullmatch(value) if isinstance(value, str) else None
    seconds = int(match[1]) * 3600 + int(match[2]) * 60 + int(match[3] or 0) if match else -1
    if not 0 <= seconds <= 86_400:
        raise CalendarError(f"{place}: {value!r} không phải giờ dạng HH:MM")
    return seconds


def _sequence(value: Any, place: str) -> Sequence[Any]:
    if not isinstance(value, (list, tuple)):
        raise CalendarError(f"{place}: phải là một danh sách")
    return value


def read_day(value: Any, place: str) -> date:
    """A date as ISO text (`2026-09-02`) or a date. Errors: CalendarError naming `place`."""
    if type(value) is date:
        return value
    try:
        if isinstance(value, str) and len(value) == 10:
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise CalendarError(f"{place}: {value!r} không phải ngày dạng 2026-09-02")


def _patterns(patterns: Any, base: WeekHours) -> tuple[tuple[int, WeekHours], ...]:
    """Dated patterns laid over the base week, as the days on which the hours change."""
    spans: list[tuple[int, int | None, WeekHours, str]] = []
    for index, pattern in enumerate(_sequence(patterns, "patterns")):
        place = f"patterns[{index}]"
        if (
            not isinstance(pattern, Mapping)
            or "weekly" not in pattern
            or not pattern.keys() <= {"from", "to", "weekly"}
        ):
            raise CalendarError(f"{place}: phải có weekly, và có thể có from, to")
        first, last = pattern.get("from"), pattern.get("to")
        start = 0 if first is None else read_day(first, f"{place}.from").toordinal()
        end = None if last is None else read_day(last, f"{place}.to").toordinal()
        if end is not None and end < start:
            raise CalendarError(f"{place}: from phải trước hoặc bằng to")
        spans.append((start, end, _week(pattern["weekly"], f"{place}.weekly"), place))
    spans.sort(key=lambda span: span[0])
    changes: list[tuple[int, WeekHours]] = [(0, base)]
    free_from: int | None = 0
    for start, end, week, place in spans:
        if free_from is None or start < free_from:
            raise CalendarError(f"{place}: chồng lên khoảng thời gian khác")
        if changes[-1][0] == start:
            changes.pop()
        changes.append((start, week))
        free_from = None if end is None else end + 1
        if free_from is not None:
            changes.append((free_from, base))
    return tuple(changes)


def _exceptions(data: Mapping[str, Any], patterns: tuple[tuple[int, WeekHours], ...]) -> dict[int, DayHours]:
    changes = [day for day, _ in patterns]

    def week_of(day: int) -> WeekHours:
        return patterns[bisect_right(changes, day) - 1][1]

    exceptions: dict[int, DayHours] = {}
    for key in ("holidays", "swapped_rest_days"):
        for index, value in enumerate(_sequence(data.get(key, []), key)):
            exceptions[read_day(value, f"{key}[{index}]").toordinal()] = ()
    for index, value in enumerate(_sequence(data.get("working_saturdays", []), "working_saturdays")):
        place = f"working_saturdays[{index}]"
        day = read_day(value, place).toordinal()
        if exceptions.get(day) == ():
            raise CalendarError(f"{place}: ngày {value} vừa là ngày nghỉ vừa là ngày làm bù")
        week = week_of(day)
        exceptions[day] = week[0] or next((hours for hours in week if hours), ())
    return {day: hours for day, hours in exceptions.items() if hours != week_of(day)[(day - 1) % 7]}
