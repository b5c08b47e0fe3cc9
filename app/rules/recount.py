"""A dossier's clock counted again, because a holiday was announced late or hours were changed (QT-18.2, defect 21).

The deadline is worked out anew from the first event on; the appointment that the applicant was given stays as it was issued
until a person re-sets it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.rules import events
from app.rules.clock import Applied, ClockRules, ClockState, apply, fold
from app.rules.events import Event

ISSUED = {
    "appointment": "appointment_at",
    "slip_appointment": "slip_appointment_at",
    "original_appointment": "original_appointment_at",
}
"""What the applicant was told, by its name in the event."""


@dataclass(frozen=True, slots=True)
class Recounted:
    """The clock under the new calendars; `event` is to be added to the history, None where nothing came out otherwise."""

    applied: Applied
    event: Event | None = None


def count_again(
    history: Sequence[Event], stored: ClockState, rules: ClockRules, at: datetime, reason: str
) -> Recounted:
    """Fold the whole history by `rules`, keeping the appointment of `stored`. Errors: CalendarError, EventError."""
    folded = fold(history, rules, check=False)
    if folded.state.to_dict() == stored.to_dict():
        return Recounted(folded)
    kept_ones = {name: _text(getattr(stored, field)) for name, field in ISSUED.items()}
    data = {**kept_ones, "deadline": _text(stored.deadline_at), "reason": reason}
    event = Event(events.CALENDAR_CHANGED, at, data={name: value for name, value in data.items() if value is not None})
    kept = apply(folded.state, event, rules, check=False)
    return Recounted(
        Applied(kept.state, folded.segments + kept.segments, folded.lines + kept.lines),
        event,
    )


def reset_wanted(state: ClockState, rules: ClockRules) -> str | None:
    """Why a person must give the applicant another date, or None: `before_deadline` or `closed` (the desk is, then)."""
    appointment = state.appointment_at
    if appointment is None or state.result_at is not None or state.paused_at is not None:
        return None
    if state.deadline_at is not None and appointment < state.deadline_at:
        return "before_deadline"
    desk = rules.desk or rules.calendar
    return "closed" if desk.counted(appointment) != appointment else None


def _text(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()
