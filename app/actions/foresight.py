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
from app.rules.side import (
    EXTENSION,
    PAYMENT,
    REJECTION,
    SIDE,
    STOPPING,
    SUPPLEMENT,
    VERIFICATION,
    WITHDRAWAL,
)
from app.store import requests
from app.store.tasks import TaskRow

_DECIDES: Mapping[str, str] = {
    "request-supplement": events.SUPPLEMENT_REQUESTED,
    "request-payment": events.PAYMENT_REQUESTED,
    "request-extension": events.APOLOGISED,
    "apologise": events.APOLOGISED,
}
"""Actions with the event that they lead to in the end."""
_STARTS: Mapping[str, str] = {
    "request-supplement": SUPPLEMENT,
    "reject": REJECTION,
    "withdraw": WITHDRAWAL,
    "stop": STOPPING,
    "request-payment": PAYMENT,
    "request-extension": EXTENSION,
    "apologise": EXTENSION,
    "arrange-visit": VERIFICATION,
}
"""Actions with the side process that they start, of which a dossier has one at a time."""
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


def request_refusal(action: str, work: Work) -> Refusal | None:
    """A request of that kind is open already, and there may be one of them only."""
    rule = SIDE.get(_STARTS.get(action, ""))
    if rule is None or rule.many or rule.process not in requests.open_kinds(work.connection, work.dossier.id):
        return None
    return Refusal("wrong_state", f"Thủ tục “{rule.title}” đang được thực hiện cho hồ sơ này.", rule.rule)


def _decided_by(work: Work, task: TaskRow) -> str | None:
    """The event that completing a step of a request is, of those that the regulation may refuse."""
    if task.instance_kind not in SIDE or task.state != "open":
        return None
    effect = work.diagrams.get(task.instance_id).definition.steps[task.step].effect
    kind = EFFECTS[effect].kind if effect else None
    return kind if kind in _REFUSABLE else None
