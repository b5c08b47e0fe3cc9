"""Warnings and colours: functions of the folded clock and `now`, never stored (QT-21).

Three facts that are easily taken for one: past the appointment (QT-21a), past the deadline (the overdue mark, QT-18.6), past a
step's limit (QT-21c). A dossier can be overdue and not yet red.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from app.rules.clock_state import ClockState, HeldStep

if TYPE_CHECKING:
    from app.rules.clock import ClockRules

Colour = Literal["paused", "late", "due_soon", "step_late", "on_time", "done"]


@dataclass(frozen=True, slots=True)
class Facts:
    """What is so at one instant. The first four are False while the clock is paused and from the result on.

    - appointment_passed: now is after the appointment; transfer_limit_passed: a holding agency has used up its transfer limit
      (QT-21a)
    - due_soon: the appointment is still to come and less than the profile's `due_soon` of working time is left (QT-21b)
    - step_late: a step's limit is used up (QT-21c)
    - overdue: see `is_overdue`; paused: the clock stands still for the applicant
    """

    appointment_passed: bool
    transfer_limit_passed: bool
    due_soon: bool
    step_late: bool
    overdue: bool
    paused: bool


def facts(state: ClockState, now: datetime, rules: ClockRules, key: str | None = None) -> Facts:
    """The facts of a dossier, or of its open task `key`: then only that task's agency and step are looked at."""
    overdue, paused = is_overdue(state, now), state.paused_at is not None
    if not state.running:
        return Facts(False, False, False, False, overdue, paused)
    held = [one for one in state.holdings if key is None or one.key == key]
    passed = state.appointment_at is not None and now > state.appointment_at
    return Facts(
        appointment_passed=passed,
        transfer_limit_passed=any(_past_transfer_limit(state, one, now) for one in held),
        due_soon=not passed and _close(state, now, rules),
        step_late=any(one.due_at is not None and now >= one.due_at for one in held),
        overdue=overdue,
        paused=paused,
    )


def colour(state: ClockState, now: datetime, rules: ClockRules, key: str | None = None) -> Colour:
    """The colour of a dossier, or of its open task `key`: the gravest of its warnings.

    `done` from the result on, `paused` while it waits for the applicant. Working out which warnings there are looks at the
    appointment and the transfer limit; the overdue mark is another fact (`is_overdue`).
    """
    if state.result_at is not None:
        return "done"
    found = facts(state, now, rules, key)
    if found.paused:
        return "paused"
    if found.appointment_passed or found.transfer_limit_passed:
        return "late"
    if found.due_soon:
        return "due_soon"
    return "step_late" if found.step_late else "on_time"


def warnings(state: ClockState, now: datetime, rules: ClockRules, key: str | None = None) -> tuple[str, ...]:
    """The rules of QT-21 that warn at `now`, in order (see `Facts`); none while paused or with a result."""
    found = facts(state, now, rules, key)
    said = (
        ("QT-21a", found.appointment_passed or found.transfer_limit_passed),
        ("QT-21b", found.due_soon),
        ("QT-21c", found.step_late),
    )
    return tuple(rule for rule, so in said if so)


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
