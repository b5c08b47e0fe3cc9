"""The wait for a payment that a procedure's own diagram draws: when it begins and when it ends (QT-19.3, title).

The clock stands still while every open step of the procedure is one that waits; where another step is open beside it,
somebody works on the dossier and the time runs.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.rules import events
from app.rules.clock_state import ClockState
from app.rules.decisions_pause import PAYMENT
from app.rules.events import Event

PAID = frozenset({events.FORWARDED, events.MESSAGE_RECEIVED})
"""Moves that leave such a step because the payment has come."""
KINDS = frozenset({events.PAYMENT_REQUESTED, events.PAYMENT_RECEIVED, events.PAYMENT_WAIT_ENDED})


@dataclass(frozen=True, slots=True)
class Opened:
    """A step of the procedure that is open after a move: the task, the step's id, what a dossier waits for there."""

    key: str
    step: str
    pause: str | None


@dataclass(frozen=True, slots=True)
class Wait:
    """What a move does to the wait. `ended` and `begun`: the step at which it ends or begins, None where it does not; `paid`:
    by a payment; `fresh`: the move itself opened a step."""

    ended: str | None = None
    begun: str | None = None
    paid: bool = False
    fresh: bool = False

    def before(self, at: datetime, paper: Mapping[str, Any]) -> tuple[Event, ...]:
        """The clock's event before the move; `paper`: {"file": …} of what came along."""
        if self.ended is None:
            return ()
        kind = events.PAYMENT_RECEIVED if self.paid else events.PAYMENT_WAIT_ENDED
        return (Event(kind, at, data={"step": self.ended, **(paper if self.paid else {})}),)

    def after(self, at: datetime, paper: Mapping[str, Any]) -> tuple[Event, ...]:
        """The clock's event after the move."""
        if self.begun is None:
            return ()
        return (Event(events.PAYMENT_REQUESTED, at, data={"step": self.begun, **paper}),)


def wait_of(
    state: ClockState, kind: str, opened: Sequence[Opened], kept: Collection[str], waiting: Collection[str]
) -> Wait:
    """What a move of that kind does to the wait of a dossier that no request holds. `opened`: the steps open after it, of which
    `kept` (keys) were open before; `waiting`: ids of the diagram's steps that wait for a payment."""
    if state.started_at is None or state.result_at is not None:
        return Wait()
    waited = state.paused_for == PAYMENT
    waits = bool(opened) and all(found.pause == PAYMENT for found in opened)
    ends = waited and not (waits and kept)
    begins = waits and (ends or not waited)
    fresh = [found for found in opened if found.key not in kept]
    return Wait(
        ended=_left(state, waiting) if ends else None,
        begun=(fresh or list(opened))[0].step if begins else None,
        paid=kind in PAID,
        fresh=bool(fresh),
    )


def _left(state: ClockState, waiting: Collection[str]) -> str:
    """The step at which it was waited; in a version to which the dossier was moved meanwhile it may be drawn otherwise."""
    held = [one.step for one in state.holdings]
    return next(iter([*(step for step in held if step in waiting), *held]), "")
