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
from app.failures import in_a_line
from app.runtime import runtime

LOOK_EVERY = 2.0
"""Seconds between two looks at whether it was let go."""

log = structlog.get_logger(__name__)


def wait_for_release(app: Flask) -> bool:
    """Return when nothing is held (any more): True; or False when a signal asked the process to stop while it waited."""
    free = _free(app)
    if free:
        return True
    told = False
    with _stop_signals() as stop:
        while not free:
            if free is False and not told:
                log.warning("worker_held", reason="restored", hint="motcua restore release")
                told = True
            if stop.wait(LOOK_EVERY):
                return False
            free = _free(app)
    return True


def _free(app: Flask) -> bool | None:
    """Whether nothing is held; None while the database is away: nothing is known then, so nothing is begun."""
    with app.app_context():
        try:
            return carry_out(runtime().now())
        except (SQLAlchemyError, DomainError) as problem:
            log.warning("worker_waits", reason=in_a_line(problem))
            return None


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
