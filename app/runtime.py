"""What the composition root hands to routes: the settings and the clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from flask import Flask, current_app, g

from app.config import Settings

_KEY = "motcua"


@dataclass(frozen=True, slots=True)
class Runtime:
    """`now` answers an aware instant; tests hand in a clock that they move."""

    settings: Settings
    now: Callable[[], datetime]


def wall_clock() -> datetime:
    return datetime.now(UTC)


def install(app: Flask, settings: Settings, now: Callable[[], datetime]) -> None:
    app.extensions[_KEY] = Runtime(settings, now)


def runtime() -> Runtime:
    """The running application's. RuntimeError outside an application context."""
    found: Runtime = current_app.extensions[_KEY]
    return found


def asked_at() -> datetime:
    """The one instant of this request, the same for everything that is decided in it."""
    if "asked_at" not in g:
        g.asked_at = runtime().now()
    at: datetime = g.asked_at
    return at
