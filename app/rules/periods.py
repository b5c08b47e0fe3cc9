"""Months, quarters and years as they are reported (ST-26.1), and weeks by which trends are followed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Final, Literal

PeriodKind = Literal["week", "month", "quarter", "year"]
PERIODS: Final[tuple[PeriodKind, ...]] = ("month", "quarter", "year")
"""Those that are reported."""
_MONTHS: Final = {"month": 1, "quarter": 3, "year": 12}


@dataclass(frozen=True, slots=True)
class Period:
    """From the first day of `first`'s week (Monday), month, quarter or year; `end` is the day after its last."""

    kind: PeriodKind
    first: date
    end: date

    @property
    def name(self) -> str:
        if self.kind == "week":
            return f"Tuần {self.first:%d/%m}–{self.end - _DAY:%d/%m/%Y}"
        if self.kind == "month":
            return f"Tháng {self.first.month}/{self.first.year}"
        if self.kind == "quarter":
            return f"Quý {_ROMAN[(self.first.month - 1) // 3]}/{self.first.year}"
        return f"Năm {self.first.year}"

    def bounds(self, tz: tzinfo) -> tuple[datetime, datetime]:
        """Its beginning and its end as instants."""
        first, end = (datetime.combine(day, time(), tz) for day in (self.first, self.end))
        return first, end

    def moved(self, steps: int) -> Period:
        """The period of the same kind so many after this one, or before."""
        if self.kind == "week":
            return period_of(self.kind, self.first + 7 * steps * _DAY)
        return period_of(self.kind, _month(self.first, steps * _MONTHS[self.kind]))


_DAY: Final = timedelta(days=1)
_ROMAN: Final = ("I", "II", "III", "IV")


def period_of(kind: PeriodKind, day: date) -> Period:
    """The period of that kind in which the day lies."""
    if kind == "week":
        first = day - day.weekday() * _DAY
        return Period(kind, first, first + 7 * _DAY)
    length = _MONTHS[kind]
    first = date(day.year, (day.month - 1) // length * length + 1, 1)
    return Period(kind, first, _month(first, length))


def _month(first: date, steps: int) -> date:
    months = first.year * 12 + first.month - 1 + steps
    return date(months // 12, months % 12 + 1, 1)
