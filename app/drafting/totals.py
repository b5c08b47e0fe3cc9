"""The sum of a draft's limits beside the printed one: one working day is eight hours, a shared limit counts once."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from app.drafting.model import TableDraft
from app.drafting.times import hours_of, spoken
from app.rules.limits import LimitError, parse_limit

DAY = 8


@dataclass(frozen=True, slots=True)
class Sum:
    """`limit` as ISO 8601; `words` as people say it; `agrees` None where nothing is printed or units differ."""

    limit: str
    words: str
    printed: str
    agrees: bool | None


def sum_of(draft: TableDraft) -> Sum:
    """All steps one after another, as the table has them."""
    hours, groups, units = Fraction(0), set(), set()
    for step in draft.steps:
        if not step.limit or step.limit == "none" or not is_limit(step.limit, step.limit_unit):
            continue
        units.add(step.limit_unit)
        if step.limit_group:
            if step.limit_group in groups:
                continue
            groups.add(step.limit_group)
        hours += hours_of(step.limit, step.limit_unit)
    printed, agrees = "", None
    if draft.total and draft.total != "none" and is_limit(draft.total, draft.total_unit):
        whole = hours_of(draft.total, draft.total_unit)
        printed = draft.total_text or spoken(whole)
        agrees = whole == hours if units <= {draft.total_unit} else None
    return Sum(_iso(hours), spoken(hours), printed, agrees)


def is_limit(limit: str, unit: str) -> bool:
    """Whether the gate can read it."""
    try:
        return parse_limit(limit, unit) is not None
    except LimitError:
        return False


def _iso(hours: Fraction) -> str:
    days, rest = divmod(hours, DAY)
    minutes = round(rest * 60)
    whole, part = divmod(minutes, 60)
    text = f"P{days}D" if days else "P"
    if whole or part or not days:
        text += "T" + (f"{whole}H" if whole or not part else "") + (f"{part}M" if part else "")
    return text
