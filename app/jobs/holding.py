"""A restored place waits: no timer fires and no job is done until somebody lets it go (docs/backup.md)."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event
from types import FrameType

import structlog
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from app.actions.release_restored import carry_out
from app.errors import DomainError
from app.runtime import runtime

LOOK_EVERY = 2.0
"""Seconds between two looks at whether it was let go."""

log = structlog.get_logger(__name__)


def wait_for_release(app: Flask) -> bool:
    """Return when nothing is held (any more): True; or False when a signal asked the process to stop while it waited."""
    if _free(app):
        return True
    with _stop_signals() as stop:
        log.warning("worker_held", reason="restored", hint="motcua restore release")
        while not stop.wait(LOOK_EVERY):
            if _free(app):
                return True
    return False


def _free(app: Flask) -> bool:
    with app.app_context():
        try:
            return carry_out(runtime().now())
        except (SQLAlchemyError, DomainError) as problem:
            # The database is away for a moment; nothing is known, so nothing is begun.
            log.warning("worker_waits", reason=str(problem).splitlines()[0])
            return False


@contextmanager
def _stop_signals() -> Iterator[Event]:
    stop = Event()

    def ask(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    before = {number: signal.signal(number, ask) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
