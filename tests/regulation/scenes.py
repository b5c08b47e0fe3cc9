"""Dossiers of two agencies under way, and what their clocks say."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.rules.clock import ClockState, Meter
from app.wording import LOCAL
from tests.actions.scene import Scene

ONLINE: dict[str, Any] = {"components": [{"code": "application", "kind": "electronic", "quantity": 1}]}


def on_paper(scene: Scene, step: str, procedure: str = "two_agencies") -> str:
    """A dossier handed in on paper, forwarded at once to `step`; the rest of its time begins on Monday at 08:00."""
    scene.publish(procedure)
    return scene.at_step(step, procedure)


def without_paper(scene: Scene, step: str) -> str:
    scene.publish("two_agencies")
    return scene.at_step(step, "two_agencies", (), **ONLINE)


def counted_kinds(scene: Scene, code: str) -> list[str]:
    """The events that the clock folded, in order."""
    return [row.data["event"]["kind"] for row in scene.history(code) if "event" in row.data]


def charged(scene: Scene, code: str) -> dict[str, int]:
    """Working seconds by agency, of what has ended."""
    totals: dict[str, int] = {}
    for part in scene.segments(code):
        if part.charged:
            totals[part.agency] = totals.get(part.agency, 0) + part.seconds
    return totals


def meter(scene: Scene, code: str, name: str) -> Meter:
    return clock_of(scene, code).meters[name]


def clock_of(scene: Scene, code: str) -> ClockState:
    return ClockState.from_dict(scene.dossier(code).clock)


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LOCAL)
