"""What the clock would say: asked before somebody goes through an approval, or fills in a form, for nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from app.actions.effects import EFFECTS
from app.actions.work import Work
from app.rules import clock, events
from app.rules.clock import ClockRefusal
from app.rules.events import Event
from app.rules.refusal import Refusal
from app.rules.side import SIDE
from app.store.tasks import TaskRow

_DECIDES: Mapping[str, str] = {
    "request-supplement": events.SUPPLEMENT_REQUESTED,
    "request-payment": events.PAYMENT_REQUESTED,
    "request-extension": events.APOLOGISED,
    "apologise": events.APOLOGISED,
}
"""Actions with the event that they lead to in the end."""
_REFUSABLE = frozenset({*_DECIDES.values(), events.EXTENDED})


def clock_refusal(action: str, work: Work, task: TaskRow) -> Refusal | None:
    """What the regulation would say to the action now, were it recorded at once with everything attached."""
    kind = _decided_by(work, task) if action == "forward" else _DECIDES.get(action)
    if kind is None or work.clock.started_at is None:
        return None
    if action == "request-extension" and work.rules.profile.extension == "separate":
        kind = events.EXTENDED
    far = max(work.now, work.clock.appointment_at or work.now) + timedelta(days=400)
    event = Event(kind, work.now, data={"file": 1, "appointment": far.isoformat()})
    try:
        clock.apply(work.clock, event, work.rules)
    except ClockRefusal as refusal:
        return Refusal("wrong_state", refusal.text, refusal.rule)
    return None


def _decided_by(work: Work, task: TaskRow) -> str | None:
    """The event that completing a step of a request is, of those that the regulation may refuse."""
    if task.instance_kind not in SIDE or task.state != "open":
        return None
    effect = work.diagrams.get(task.instance_id).definition.steps[task.step].effect
    kind = EFFECTS[effect].kind if effect else None
    return kind if kind in _REFUSABLE else None
