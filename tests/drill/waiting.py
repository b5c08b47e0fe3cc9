"""The one place of the drill that waits: for a condition, never for time to pass."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Event
from typing import TypeVar

T = TypeVar("T")
PAUSE = 0.02  # seconds between two looks


class NeverError(AssertionError):
    """What was waited for did not come about in time."""


def until(what: str, condition: Callable[[], T], seconds: float) -> T:
    """The first true answer of `condition`; NeverError, naming `what`, after so many seconds."""
    end = time.monotonic() + seconds
    while not (found := condition()):
        if time.monotonic() > end:
            raise NeverError(f"{what}: not within {seconds:.0f} s")
        pause()
    return found


def pause() -> None:
    Event().wait(PAUSE)
