"""Time limits as published procedures state them: ISO 8601 durations in working or in calendar time, or "the same day".

A step has a duration. A whole procedure may instead have to be done within the working day on which it was received, or within
the next one when it came after a cut-off (certification: NĐ 23/2015 Art. 7, 15:00).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Literal, cast

if TYPE_CHECKING:
    from app.rules.calendar import WorkCalendar

LimitUnit = Literal["working", "calendar"]
LIMIT_UNITS: tuple[LimitUnit, ...] = ("working", "calendar")

CALENDAR_DAY = 86_400
MOST_YEARS = 200
"""Beyond it a clock would soon have to name instants that no calendar has."""
_NUMBER = r"\d{1,9}(?:[.,]\d{1,9})?"
_DURATION = re.compile(
    rf"P(?:(?P<weeks>{_NUMBER})W)?(?:(?P<days>{_NUMBER})D)?"
    rf"(?:T(?=\d)(?:(?P<hours>{_NUMBER})H)?(?:(?P<minutes>{_NUMBER})M)?(?:(?P<seconds>{_NUMBER})S)?)?",
    re.ASCII,
)


class LimitError(ValueError):
    """A limit that cannot be read; the text (Vietnamese) quotes it and says what is expected."""


@dataclass(frozen=True, slots=True)
class Limit:
    """How long something may take: whole seconds of working time, or of elapsed (calendar) time."""

    seconds: int
    unit: LimitUnit = "working"

    def to_list(self) -> list[Any]:
        """JSON form: `[seconds, unit]`."""
        return [self.seconds, self.unit]

    @classmethod
    def from_list(cls, data: Sequence[Any] | None) -> Limit | None:
        """The inverse of `to_list`; None stays None."""
        return None if data is None else cls(int(data[0]), _unit(data[1]))


_CUT_OFF = re.compile(r"(?P<hour>[01]\d|2[0-3]):(?P<minute>[0-5]\d)", re.ASCII)
SAME_DAY = "same_day/"
"""How the text of such a limit begins; the cut-off follows."""


@dataclass(frozen=True, slots=True)
class SameDay:
    """Within the working day of the start; within the next one when the start is after `cut_off` (local `HH:MM`), or when
    nothing is left of its day. Errors: LimitError for a cut-off that is no time of day."""

    cut_off: str

    def __post_init__(self) -> None:
        if not isinstance(self.cut_off, str) or not _CUT_OFF.fullmatch(self.cut_off):
            raise LimitError(f"giờ chốt {self.cut_off!r} không đúng: ghi giờ và phút, ví dụ 15:00")

    def is_late(self, start: datetime, calendar: WorkCalendar) -> bool:
        """Whether a start is after the cut-off; exactly at it is not after."""
        local = calendar.local(start)
        hour, minute = map(int, self.cut_off.split(":"))
        return (local.hour, local.minute, local.second) > (hour, minute, 0)

    def deadline(self, start: datetime, calendar: WorkCalendar) -> datetime:
        """The end of the last working period of the day that counts; always after `start`, a counted instant.

        Errors: CalendarError when the calendar has no working day any more.
        """
        end = calendar.day_end(start)
        if end is None or end <= start or self.is_late(start, calendar):
            end = calendar.day_end(calendar.next_day(start))
        assert end is not None  # noqa: S101 - the next working day has hours
        return end


def parse_published(text: str, unit: str = "working", seconds_per_day: int = 28_800) -> Limit | SameDay | None:
    """Read the limit of a whole procedure: as `parse_limit`, or `same_day/15:00` (see `SameDay`). Errors: LimitError."""
    if text.startswith(SAME_DAY):
        return SameDay(text.removeprefix(SAME_DAY))
    return parse_limit(text, unit, seconds_per_day)


def parse_limit(iso: str, unit: str = "working", seconds_per_day: int = 28_800) -> Limit | None:
    """Read an ISO 8601 duration (`PT4H`, `P1D`, `P0.5D`); `none` means that the step is not counted.

    A working day is `seconds_per_day` seconds once and for all (QT-18.2: real time, later never turned back into days); a
    calendar day is 24 hours. Weeks are calendar time only; months and years have no fixed length and are refused, as are
    zero and anything finer than a second. Errors: LimitError.
    """
    text = iso.strip()
    if text == "none":
        return None
    checked_unit = _unit(unit)
    match = _DURATION.fullmatch(text)
    if match is None or text == "P":
        raise LimitError(f"thời hạn {iso!r} không đọc được: ghi theo ISO 8601, ví dụ PT4H, P1D, PT30M, hoặc none")
    parts = {name: Fraction(value.replace(",", ".")) for name, value in match.groupdict().items() if value}
    if "weeks" in parts and checked_unit == "working":
        raise LimitError(f"thời hạn {iso!r}: tuần không có nghĩa trong giờ làm việc, hãy ghi bằng ngày hoặc giờ")
    day = seconds_per_day if checked_unit == "working" else CALENDAR_DAY
    lengths = {"weeks": 7 * CALENDAR_DAY, "days": day, "hours": 3600, "minutes": 60, "seconds": 1}
    seconds = sum((value * lengths[name] for name, value in parts.items()), Fraction(0))
    if seconds <= 0:
        raise LimitError(f"thời hạn {iso!r} phải lớn hơn 0; bước không tính thời hạn thì ghi none")
    if seconds.denominator != 1:
        raise LimitError(f"thời hạn {iso!r} không tròn giây")
    if seconds > MOST_YEARS * 366 * CALENDAR_DAY:
        raise LimitError(f"thời hạn {iso!r} quá dài: nhiều nhất {MOST_YEARS} năm")
    return Limit(int(seconds), checked_unit)


def _unit(text: Any) -> LimitUnit:
    if text not in LIMIT_UNITS:
        raise LimitError(
            f"đơn vị thời hạn {text!r} không đúng: chỉ có working (giờ làm việc) hoặc calendar (theo lịch)"
        )
    return cast(LimitUnit, text)
