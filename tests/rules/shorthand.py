"""Short words for clock tests: events in one line, and what one asks of a state."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from app.rules.clock import ClockRefusal, ClockRules, ClockState, apply, fold
from app.rules.events import Event, Holding
from tests.rules.calendars import OFFICE_CALENDAR, at, shown
from tests.rules.histories import QUANG_TRI, RULES

HOUR = 3600
FIVE_DAYS = {"limit_seconds": 40 * HOUR}


def run(*events: Event, rules: ClockRules = RULES) -> ClockState:
    return fold(events, rules).state


def accepted(when: str, *opens: Holding, **data: Any) -> Event:
    return Event("accepted", at(when), opens=opens, data=data or FIVE_DAYS)


def moved(kind: str, when: str, closes: str, *opens: Holding, **data: Any) -> Event:
    return Event(kind, at(when), tuple(closes.split()), opens, data)


def due(state: ClockState, key: str) -> str | None:
    held = state.holding(key)
    assert held is not None
    return None if held.due_at is None else shown(held.due_at)


def soon(state: ClockState, key: str) -> str | None:
    held = state.holding(key)
    assert held is not None
    return None if held.due_soon_at is None else shown(held.due_soon_at)


def switched(**switches: Any) -> ClockRules:
    return ClockRules(OFFICE_CALENDAR, replace(QUANG_TRI, **switches))


def refusal(state: ClockState, event: Event, rules: ClockRules = RULES) -> str:
    """The rule that refuses the event; the state is a value, so nothing can have changed."""
    with pytest.raises(ClockRefusal) as caught:
        apply(state, event, rules)
    assert caught.value.text.endswith(".")
    return caught.value.rule
