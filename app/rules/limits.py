"""Time limits as published procedures state them: ISO 8601 durations in working or in calendar time."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal, cast

LimitUnit = Literal["working", "calendar"]
LIMIT_UNITS: tuple[LimitUnit, ...] = ("working", "calendar")

CALENDAR_DAY = 86_400
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
    return Limit(int(seconds), checked_unit)


def _unit(text: Any) -> LimitUnit:
    if text not in LIMIT_UNITS:
        raise LimitError(
            f"đơn vị thời hạn {text!r} không đúng: chỉ có working (giờ làm việc) hoặc calendar (theo lịch)"
        )
    return cast(LimitUnit, text)
