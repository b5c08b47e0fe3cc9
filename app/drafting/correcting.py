"""What people change of a draft that was read from a table: fields, order, steps split, joined, added, removed; doubts settled.

Everything is a new `TableDraft`; a remark that a change answers counts as settled.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from app.drafting.duties import ascii_id
from app.drafting.model import DraftStep, Remark, Route, TableDraft
from app.rules.limits import LimitError, parse_limit

STAGES = {"receive": "Tiếp nhận", "resolve": "Giải quyết", "return": "Trả kết quả"}
UNITS = {
    "hours": "giờ làm việc",
    "days": "ngày làm việc",
    "calendar_days": "ngày theo lịch",
    "calendar_hours": "giờ theo lịch",
    "none": "không tính thời gian",
    "": "chưa rõ",
}
LARGEST, MOST_STEPS, MOST_ROUTES = 999, 150, 6
_SECONDS = {"hours": 3600, "days": 28_800, "calendar_hours": 3600, "calendar_days": 86_400}


def key_of(remark: Remark) -> str:
    """Names a remark, also after others were settled."""
    said = f"{remark.code}|{remark.step}|{remark.field}|{remark.place}|{remark.message}"
    return hashlib.sha256(said.encode()).hexdigest()[:12]


def open_doubts(draft: TableDraft, settled: Sequence[str]) -> list[Remark]:
    """Doubts that nobody settled and whose step is still there."""
    keys = {step.key for step in draft.steps}
    return [r for r in draft.doubts if key_of(r) not in settled and (r.step is None or r.step in keys)]


def amount_of(limit: str | None, unit: str) -> tuple[str, str]:
    """A limit as a form shows it: "0,5" and one of `UNITS`."""
    if limit is None:
        return "", ""
    if limit == "none":
        return "", "none"
    try:
        read = parse_limit(limit, unit)
    except LimitError:
        read = None
    if read is None:
        return "", ""
    prefix = "calendar_" if unit == "calendar" else ""
    span = "hours" if limit.startswith("PT") else "days"
    amount = read.seconds / _SECONDS[prefix + span]
    return f"{amount:.4f}".rstrip("0").rstrip(".").replace(".", ","), prefix + span


def limit_of(amount: str, unit: str) -> tuple[str | None, str]:
    """What a form says, as ISO 8601 and its unit. Raises ValueError with what to tell."""
    time = "calendar" if unit.startswith("calendar") else "working"
    if unit == "none":
        return "none", time
    text = amount.strip().replace(",", ".")
    if not text and not unit:
        return None, time
    if unit not in _SECONDS:
        raise ValueError("Hãy chọn đơn vị của thời gian.")
    try:
        number = float(text)
    except ValueError:
        raise ValueError("Hãy ghi số ngày hoặc số giờ, ví dụ 0,5.") from None
    if not 0 < number <= LARGEST:
        raise ValueError(f"Thời gian phải lớn hơn 0 và không quá {LARGEST}.")
    minutes = round(number * _SECONDS[unit] / 60)
    if not minutes:
        raise ValueError("Thời gian phải ít nhất một phút.")
    return _iso(minutes, _SECONDS[unit] // 60 if unit.endswith("days") else 0), time


def changed(
    draft: TableDraft, head: Mapping[str, str], steps: Mapping[str, Mapping[str, Any]]
) -> tuple[TableDraft, list[Remark]]:
    """The draft with what a form says of it (`name`, `code`, `total`…) and of its steps, and the remarks that this answers."""
    made = tuple(_step(step, steps[step.key]) if step.key in steps else step for step in draft.steps)
    new = replace(draft, steps=made, **head)  # type: ignore[arg-type]
    touched = {(old.key, name) for old, now in zip(draft.steps, made, strict=True) for name in _differing(old, now)}
    whole = {
        name
        for name in ("name", "code", "total", "decision_number", "decided_on")
        if getattr(draft, name) != getattr(new, name)
    }
    answered = [r for r in draft.remarks if (r.step, r.field) in touched or (r.step is None and r.field in whole)]
    return new, answered


def _differing(old: DraftStep, now: DraftStep) -> list[str]:
    return [name for name in DraftStep.__dataclass_fields__ if getattr(old, name) != getattr(now, name)]


def _step(step: DraftStep, said: Mapping[str, Any]) -> DraftStep:
    values = dict(said)
    routes = values.pop("routes", None)
    if routes is not None:
        values["routes"] = _routes(step.routes, routes)
    return replace(step, **values)


def _routes(old: Sequence[Route], rows: Sequence[tuple[str, str]]) -> tuple[Route, ...]:
    """Ways by title and aim; a title that stays keeps its value."""
    values = {route.title: route.value for route in old}
    taken: set[str] = set()
    made = []
    for title, to in rows[:MOST_ROUTES]:
        value = values.get(title) or ascii_id(title, 40) or "outcome"
        while value in taken:
            value += "_x"
        taken.add(value)
        made.append(Route(value, title, to))
    return tuple(made)


def removed(draft: TableDraft, key: str) -> TableDraft:
    """Without a step; what led to it goes on to the next."""
    steps = [_unlinked(step, key, None) for step in draft.steps if step.key != key]
    return replace(draft, steps=tuple(steps))


def moved(draft: TableDraft, key: str, by: int) -> TableDraft:
    """A step one place up (-1) or down (1)."""
    steps, at = list(draft.steps), _index(draft, key)
    to = at + by
    if at >= 0 and 0 <= to < len(steps):
        steps[at], steps[to] = steps[to], steps[at]
    return replace(draft, steps=tuple(steps))


def split(draft: TableDraft, key: str) -> TableDraft:
    """A step twice, for a row that holds the work of two positions; the second has its own limit still to be said."""
    at = _index(draft, key)
    if at < 0 or len(draft.steps) >= MOST_STEPS:
        return draft
    step = draft.steps[at]
    twin = replace(
        step, key=_free(draft), limit=None, limit_text="", limit_group=None, routes=(), returns=None, position=None
    )
    first = replace(step, routes=())
    twin = replace(twin, routes=step.routes)
    return replace(draft, steps=(*draft.steps[:at], first, twin, *draft.steps[at + 1 :]))


def merged(draft: TableDraft, key: str) -> TableDraft:
    """A step and the one after it as one; the work of both is said, limit and position stay the first one's."""
    at = _index(draft, key)
    if at < 0 or at + 1 >= len(draft.steps):
        return draft
    one, other = draft.steps[at], draft.steps[at + 1]
    works = [text for text in (one.work or one.name, other.work or other.name) if text]
    both = replace(
        one,
        work="\n".join(dict.fromkeys(works)),
        routes=one.routes or other.routes,
        returns=one.returns or other.returns,
    )
    steps = [both if step.key == one.key else step for step in draft.steps if step.key != other.key]
    return replace(draft, steps=tuple(_unlinked(step, other.key, one.key) for step in steps))


def added(draft: TableDraft, key: str) -> TableDraft:
    """A new step after this one."""
    at = _index(draft, key)
    if len(draft.steps) >= MOST_STEPS:
        return draft
    place = draft.steps[at].place if at >= 0 else ""
    step = DraftStep(_free(draft), str(len(draft.steps) + 1), "Bước mới", place=place)
    return replace(draft, steps=(*draft.steps[: at + 1], step, *draft.steps[at + 1 :]))


def _unlinked(step: DraftStep, gone: str, instead: str | None) -> DraftStep:
    routes = tuple(replace(route, to=instead or "next") if route.to == gone else route for route in step.routes)
    returns = instead if step.returns == gone else step.returns
    return replace(step, routes=routes, returns=None if returns == step.key else returns)


def _index(draft: TableDraft, key: str) -> int:
    return next((index for index, step in enumerate(draft.steps) if step.key == key), -1)


def _free(draft: TableDraft) -> str:
    taken, number = {step.key for step in draft.steps}, len(draft.steps) + 1
    while f"step_{number}" in taken:
        number += 1
    return f"step_{number}"


def _iso(minutes: int, day: int) -> str:
    """ISO 8601 of minutes; `day`: how many of them a day has, 0 to say it in hours."""
    days, rest = divmod(minutes, day) if day else (0, minutes)
    hours, left = divmod(rest, 60)
    time = (f"{hours}H" if hours else "") + (f"{left}M" if left else "")
    return "P" + (f"{days}D" if days else "") + (f"T{time}" if time else "")
