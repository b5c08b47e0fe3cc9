"""The printed total against the sum of the steps: a warning, never a block."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from app.drafting.model import DraftStep, Place, Remark
from app.drafting.times import hours_of, spoken


def sum_of(steps: Sequence[DraftStep]) -> Fraction:
    """Hours of the longest way through: steps that share a limit once, of alternative routes the longest."""
    keys = {step.key: n for n, step in enumerate(steps)}
    longest = [Fraction(0)] * (len(steps) + 1)
    first = _first_of_groups(steps)
    for n in range(len(steps) - 1, -1, -1):
        step = steps[n]
        own = hours_of(step.limit, step.limit_unit) if first.get(step.limit_group, n) == n else Fraction(0)
        ways = [_target(route.to, n, keys, len(steps)) for route in step.routes] or [n + 1]
        longest[n] = own + max(longest[way] for way in ways)
    return longest[0]


def total_remark(steps: Sequence[DraftStep], total: str, unit: str, place: Place | None) -> Remark | None:
    """Whether the printed total agrees; None where they cannot be compared."""
    counted = [step for step in steps if step.limit not in (None, "none")]
    if not counted or any(step.limit_unit != unit for step in counted):
        return None
    printed, found = hours_of(total, unit), sum_of(steps)
    if printed == found:
        return Remark(
            "read",
            "total.agrees",
            f"Tổng thời gian in trong văn bản khớp với các bước: {said(found, unit)}.",
            place,
            None,
            "total",
        )
    message = (
        f"Tổng in trong văn bản là {said(printed, unit)}, cộng các bước được {said(found, unit)}, "
        f"chênh {said(abs(printed - found), unit)}. "
        "Hãy đối chiếu với quyết định; nếu văn bản ghi như vậy thì vẫn dùng được."
    )
    return Remark("doubtful", "total.differs", message, place, None, "total")


def block_remark(title: str, printed: Fraction, steps: Sequence[DraftStep], place: Place | None) -> Remark:
    """As `total_remark`, for a stage's or agency's part."""
    found = sum_of([step for step in steps if not step.routes] if any(step.routes for step in steps) else steps)
    name = title or "phần này"
    if printed == found:
        return Remark(
            "read",
            "block.agrees",
            f"Thời gian in cho “{name}” khớp với các bước của phần: {spoken(found)}.",
            place,
            None,
            "total",
        )
    message = (
        f"Thời gian in cho “{name}” là {spoken(printed)}, cộng các bước của phần được {spoken(found)}. Hãy kiểm tra."
    )
    return Remark("doubtful", "block.differs", message, place, None, "total")


def said(hours: Fraction, unit: str) -> str:
    """Hours and days of working or calendar time."""
    if unit == "working":
        return spoken(hours)
    return spoken(hours / 3).split("(")[1].strip(")").replace("ngày làm việc", "ngày theo lịch")


def _first_of_groups(steps: Sequence[DraftStep]) -> Mapping[str | None, int]:
    first: dict[str | None, int] = {}
    for n, step in enumerate(steps):
        if step.limit_group is not None:
            first.setdefault(step.limit_group, n)
    return first


def _target(to: str, at: int, keys: Mapping[str, int], end: int) -> int:
    if to == "end":
        return end
    found = keys.get(to, at + 1)
    return found if found > at else at + 1
