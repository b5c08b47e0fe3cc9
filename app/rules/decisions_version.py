"""A dossier moved to another version of its procedure: time already used stays, due times of open steps stay (QT-22.3).

What the new diagram changes for the clock is what its steps are called, and how long each agency may keep the dossier
(QT-21a); the limits of steps that come later are those of the new diagram anyway.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from app.rules.clock_state import ClockState, Meter
from app.rules.events import Event
from app.rules.explain import Line
from app.rules.holdings import started, stopped
from app.rules.limits import Limit
from app.rules.terms import Changes, Decided, whole_seconds

if TYPE_CHECKING:
    from app.rules.clock import ClockRules

_TEXTS = {
    "version_moved": "Chuyển sang phiên bản khác của quy trình: thời gian đã dùng và hạn của bước đang mở giữ nguyên",
    "version_move_undone": "Trở lại phiên bản trước của quy trình: thời gian đã dùng và hạn của bước đang mở giữ nguyên",
}


def move_version(state: ClockState, event: Event, at: datetime, rules: ClockRules) -> Decided:
    numbers = [event.data.get(name) for name in ("from_version", "to_version")]
    before, after = (f"phiên bản {number}" if number is not None else None for number in numbers)
    lines = [Line(at, event.kind, "QT-22.3", _TEXTS[event.kind], before, after)]
    changes: Changes = {}
    renamed = event.data.get("renamed") or {}
    meters = dict(state.meters)
    if renamed:
        changes["holdings"] = tuple(replace(held, step=renamed.get(held.step, held.step)) for held in state.holdings)
        for held, called in zip(state.holdings, changes["holdings"], strict=True):
            if held.meter != called.meter and held.meter in meters:
                meters[called.meter] = meters.pop(held.meter)
    limits = event.data.get("agency_limits")
    if limits is not None and state.started_at is not None:
        meters = _relimited(state, meters, limits, at, rules)
    if meters != dict(state.meters):
        changes["meters"] = meters
    return changes, lines


def _relimited(
    state: ClockState, meters: Mapping[str, Meter], limits: Mapping[str, Any], at: datetime, rules: ClockRules
) -> dict[str, Meter]:
    """Each agency's limit is the new diagram's, with what it has used of the former one used of this one."""
    found = {name: meter for name, meter in meters.items() if not name.startswith("@")}
    for agency, value in limits.items():
        seconds = whole_seconds(value, f"agency_limits.{agency}")
        if seconds is None:
            continue
        name, limit = f"@{agency}", Limit(seconds)
        meter = meters.get(name)
        if meter is not None and meter.limit == limit:
            found[name] = meter
            continue
        calendar = rules.calendar_of(agency, False)
        used = stopped(meter, at, calendar).used if meter is not None else 0
        holds = state.running and any(held.agency == agency for held in state.holdings)
        fresh = Meter(limit, used)
        found[name] = started(fresh, limit, at, calendar) if holds else fresh
    return found
