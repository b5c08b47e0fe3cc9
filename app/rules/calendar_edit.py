"""Editing a calendar's data as offices announce things: days off, a swapped day with its Saturday, other hours for a season."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

HOLIDAY, SWAP, WORKING, USUAL, HOURS = "holiday", "swap", "working", "usual", "hours"
KINDS = (HOLIDAY, SWAP, WORKING, USUAL, HOURS)
MOST_DAYS = 62
"""Days that one announcement may name; hours of a season may hold longer."""
_OFF = ("holidays", "swapped_rest_days")
_SINGLE = (*_OFF, "working_saturdays")
_PERIOD = re.compile(r"(\d{1,2})[:hg.](\d\d)?\s*[-–]\s*(\d{1,2})[:hg.](\d\d)?", re.ASCII)


class EditError(ValueError):
    """What was announced cannot be entered; `field` is first, last, makeup, weekdays, saturday or sunday."""

    def __init__(self, field: str, told: str) -> None:
        super().__init__(told)
        self.field = field


@dataclass(frozen=True, slots=True)
class Announcement:
    """From `first` to `last`, both included. `makeup`: the day worked instead (SWAP). `weekly`: the hours (HOURS), of which
    `last` None means until further notice."""

    kind: str
    first: date
    last: date | None = None
    makeup: date | None = None
    weekly: Mapping[str, Any] | None = None


def edited(data: Mapping[str, Any], announced: Announcement) -> dict[str, Any]:
    """The calendar's data with the announcement entered; the days are moved from where they stood. Errors: EditError."""
    if announced.last is not None and announced.last < announced.first:
        raise EditError("last", "Ngày cuối phải từ ngày đầu trở đi.")
    if announced.kind == HOURS:
        return _season(data, announced)
    days = _days(announced)
    lists = {name: {str(day) for day in data.get(name, [])} for name in _SINGLE}
    for name in _SINGLE:
        lists[name] -= days
    target = {HOLIDAY: "holidays", SWAP: "swapped_rest_days", WORKING: "working_saturdays"}.get(announced.kind)
    if target is not None:
        lists[target] |= days
    if announced.kind == SWAP:
        _swap(lists, announced, days)
    return {**data, **{name: sorted(found) for name, found in lists.items() if found or name in data}}


def _days(announced: Announcement) -> set[str]:
    last = announced.last or announced.first
    count = (last - announced.first).days + 1
    if count > MOST_DAYS:
        raise EditError("last", f"Mỗi lần chỉ ghi nhiều nhất {MOST_DAYS} ngày.")
    return {(announced.first + timedelta(days=number)).isoformat() for number in range(count)}


def _swap(lists: Mapping[str, set[str]], announced: Announcement, days: set[str]) -> None:
    if announced.makeup is None:
        raise EditError("makeup", "Hoán đổi thì phải ghi ngày làm bù.")
    makeup = announced.makeup.isoformat()
    if makeup in days:
        raise EditError("makeup", "Ngày làm bù không được trùng ngày nghỉ.")
    for name in _OFF:
        lists[name].discard(makeup)
    lists["working_saturdays"].add(makeup)


def _season(data: Mapping[str, Any], announced: Announcement) -> dict[str, Any]:
    pattern = {
        "from": announced.first.isoformat(),
        "to": announced.last.isoformat() if announced.last else None,
        "weekly": dict(announced.weekly or {}),
    }
    others = [one for one in data.get("patterns", []) if one.get("from") != pattern["from"]]
    patterns = sorted([*others, pattern], key=lambda one: str(one.get("from") or ""))
    return {**data, "patterns": patterns}


def read_periods(text: str, field: str) -> list[list[str]]:
    """`07:00-11:30, 13:30-17:00` as periods; blank for a day off. Errors: EditError."""
    found = []
    for part in filter(None, (one.strip() for one in re.split(r"[,;]", text))):
        match = _PERIOD.fullmatch(part)
        if match is None:
            raise EditError(field, f"“{part}” không phải khoảng giờ dạng 07:00-11:30.")
        opening, close = (f"{int(match[at]):02d}:{match[at + 1] or '00'}" for at in (1, 3))
        found.append([opening, close])
    return found
