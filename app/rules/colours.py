"""Warnings and colours: functions of the folded clock and `now`, never stored (QT-21)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Literal

from app.rules.clock_state import ClockState, HeldStep

if TYPE_CHECKING:
    from app.rules.clock import ClockRules

Colour = Literal["paused", "late", "due_soon", "step_late", "on_time", "done"]
_BY_WARNING: tuple[tuple[str, Colour], ...] = (
    ("QT-21a", "late"),
    ("QT-21b", "due_soon"),
    ("QT-21c", "step_late"),
)


def colour(state: ClockState, now: datetime, rules: ClockRules, key: str | None = None) -> Colour:
    """The colour of a dossier, or of its open task `key`: the gravest of its warnings.

    `done` from the result on, `paused` while it waits for the applicant. Working out which warnings there are looks at the
    appointment and the transfer limit; the overdue mark is another fact (`is_overdue`).
    """
    if state.result_at is not None:
        return "done"
    if state.paused_at is not None:
        return "paused"
    found = warnings(state, now, rules, key)
    return next((name for rule, name in _BY_WARNING if rule in found), "on_time")


def warnings(state: ClockState, now: datetime, rules: ClockRules, key: str | None = None) -> tuple[str, ...]:
    """The rules of QT-21 that warn at `now`, in order; none while paused or with a result.

    21a: past the appointment, or the holding agency is past its transfer limit. 21b: less than `due_soon` of working time
    left to the appointment. 21c: a step's limit is used up. With `key` only that task's agency and step are looked at.
    """
    if not state.running:
        return ()
    held = [one for one in state.holdings if key is None or one.key == key]
    found = []
    passed = state.appointment_at is not None and now > state.appointment_at
    if passed or any(_past_transfer_limit(state, one, now) for one in held):
        found.append("QT-21a")
    if not passed and _close(state, now, rules):
        found.append("QT-21b")
    if any(one.due_at is not None and now >= one.due_at for one in held):
        found.append("QT-21c")
    return tuple(found)


def is_overdue(state: ClockState, now: datetime) -> bool:
    """The overdue mark (QT-18.6, QT-19.1a), told in words beside the colour.

    Of a finished dossier, what its result decided; of an open one, marked for good or past its deadline; a paused one is
    measured where it stopped.
    """
    if state.overdue or state.result_at is not None or state.deadline_at is None:
        return state.overdue
    return (state.paused_at or now) > state.deadline_at


def _past_transfer_limit(state: ClockState, held: HeldStep, now: datetime) -> bool:
    meter = state.meters.get(f"@{held.agency}")
    return meter is not None and meter.due_at is not None and now > meter.due_at


def _close(state: ClockState, now: datetime, rules: ClockRules) -> bool:
    if state.appointment_at is None:
        return False
    if state.due_soon_at is not None and now <= state.due_soon_at:
        return False  # spares a calendar question for the many dossiers that are far from their appointment
    return rules.calendar.between(now, state.appointment_at) < rules.due_soon_seconds
