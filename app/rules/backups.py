"""When a backup is due and which ones are kept (HT-20.1, ST-25.4, LA-4.6, TN-7.5).

Days, weeks and months are those of the clock that the caller's instants stand on: local time in, local time out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from app.rules.limits import SameDay

HOUR, DAY, WEEK = "hour", "day", "week"
EVERY: Final = (HOUR, DAY, WEEK)
LENGTHS: Final[Mapping[str, timedelta]] = {HOUR: timedelta(hours=1), DAY: timedelta(days=1), WEEK: timedelta(weeks=1)}
_UNITS: Final[Mapping[str, str]] = {"h": "%Y-%m-%d %H", "d": "%Y-%m-%d", "w": "%G-%V", "m": "%Y-%m"}
_KEPT = re.compile(r"([1-9][0-9]{0,2})([hdwm])", re.ASCII)


@dataclass(frozen=True, slots=True)
class Schedule:
    """`every` hour, day or week; `at` (`HH:MM`) is the time of day of a daily one, of Sunday's of a weekly one."""

    every: str
    at: str

    def last_time(self, now: datetime) -> datetime:
        """The latest instant, not after `now`, at which a backup was to be made."""
        if self.every == HOUR:
            return now.replace(minute=0, second=0, microsecond=0)
        hour, minute = (int(part) for part in self.at.split(":"))
        at = now.replace(hour=hour, minute=minute, second=0, microsecond=0)
        if self.every == WEEK:
            at -= timedelta(days=(now.weekday() + 1) % 7)
        return at if at <= now else at - LENGTHS[self.every]

    def is_due(self, last: datetime | None, now: datetime) -> bool:
        """Whether there is none since then; `last` is the moment that the newest one shows."""
        return last is None or last < self.last_time(now)

    def is_late(self, last: datetime | None, now: datetime) -> bool:
        """Whether the one that was due has not come for half a period: somebody has to look."""
        return last is None or last < self.last_time(now - LENGTHS[self.every] / 2)


def read_kept(text: str) -> dict[str, int]:
    """`48h 14d 8w 12m`: how many hours, days, weeks and months keep their last backup. Errors: ValueError."""
    found: dict[str, int] = {}
    for part in text.split():
        match = _KEPT.fullmatch(part)
        if match is None or match[2] in found:
            raise ValueError(f"{text!r} phải có dạng 48h 14d 8w 12m")
        found[match[2]] = int(match[1])
    if not found:
        raise ValueError(f"{text!r} phải có dạng 48h 14d 8w 12m")
    return found


def kept_of(taken: Iterable[datetime], kept: Mapping[str, int]) -> set[datetime]:
    """Those of the backups that stay: the last one of each of the latest hours, days, weeks, months that have one; and
    always the newest."""
    newest_first = sorted(set(taken), reverse=True)
    stay = set(newest_first[:1])
    for unit, number in kept.items():
        last_of: dict[str, datetime] = {}
        for at in newest_first:
            last_of.setdefault(at.strftime(_UNITS[unit]), at)
        stay |= set(list(last_of.values())[:number])
    return stay


def check_at(value: object) -> str:
    """A time of day, `HH:MM`. Errors: ValueError."""
    return SameDay(str(value)).cut_off
