"""An independent, slow count of working time: it looks at every tick, one after the other, and knows no arithmetic.

It reads a calendar's data by itself, so that it shares neither code nor ideas with `app.rules.calendar`. Instants are local
naive datetimes.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
SEARCH_TICKS = 400_000


class NothingFoundError(AssertionError):
    """The walk went on for too long: the calendar has no work near there."""


class SlowCount:
    """Walks over one calendar's data in steps of `tick`."""

    def __init__(self, data: dict[str, Any], tick: timedelta = timedelta(minutes=1)) -> None:
        self.data = data
        self.tick = tick
        self.days: dict[date, list[tuple[time, time]]] = {}

    def periods_on(self, day: date) -> list[tuple[time, time]]:
        """Opening and closing times of one day."""
        if day not in self.days:
            self.days[day] = self.read_periods(day)
        return self.days[day]

    def read_periods(self, day: date) -> list[tuple[time, time]]:
        listed = day.isoformat()
        if listed in self.data.get("holidays", []) or listed in self.data.get("swapped_rest_days", []):
            return []
        weekly = self.data["weekly"]
        for pattern in self.data.get("patterns", []):
            if (pattern["from"] or "0001-01-01") <= listed <= (pattern["to"] or "9999-12-31"):
                weekly = pattern["weekly"]
        name = "mon" if listed in self.data.get("working_saturdays", []) else WEEKDAYS[day.weekday()]
        for days, periods in weekly.items():
            first, _, last = days.partition("-")
            if WEEKDAYS.index(first) <= WEEKDAYS.index(name) <= WEEKDAYS.index(last or first):
                return [(time.fromisoformat(opening), time.fromisoformat(close)) for opening, close in periods]
        return []

    def works(self, at: datetime) -> bool:
        """Whether the tick that begins at `at` is worked: periods are half-open."""
        return any(opening <= at.time() < close for opening, close in self.periods_on(at.date()))

    def in_session(self, at: datetime) -> bool:
        """Whether `at` lies in a session, both its ends included."""
        return any(opening <= at.time() <= close for opening, close in self.periods_on(at.date()))

    def next_work(self, at: datetime) -> datetime:
        """`at` if work goes on there, else where it goes on."""
        for _ in range(SEARCH_TICKS):
            if self.works(at):
                return at
            at += self.tick
        raise NothingFoundError

    def due(self, start: datetime, ticks: int) -> datetime:
        """Walk on from `start` until `ticks` worked ticks have passed; with none to walk, until work goes on."""
        if ticks == 0:
            return self.next_work(start)
        at = start
        while ticks:
            at = self.next_work(at) + self.tick
            ticks -= 1
        return at

    def counted(self, at: datetime) -> datetime:
        return at if self.in_session(at) else self.next_work(at)

    def next_session(self, at: datetime) -> datetime:
        """Walk to the end of the session that holds `at`, if any, then on to where work begins again."""
        for opening, close in self.periods_on(at.date()):
            if opening <= at.time() <= close:
                while at.time() != close:
                    at += self.tick
                break
        return self.next_work(at)

    def between(self, start: datetime, end: datetime) -> int:
        """Worked ticks from `start` to `end`, negative when `end` is before it."""
        if end < start:
            return -self.between(end, start)
        count = 0
        at = start
        while at < end:
            count += self.works(at)
            at += self.tick
        return count

    def back(self, end: datetime, ticks: int) -> datetime:
        """Walk back from `end` over `ticks` worked ticks, to where the last of them begins."""
        at = end
        for _ in range(SEARCH_TICKS):
            if ticks == 0:
                return at
            at -= self.tick
            ticks -= self.works(at)
        raise NothingFoundError
