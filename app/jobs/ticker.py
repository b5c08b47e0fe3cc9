"""The tick: every few seconds the due timers take effect, each once, whichever worker gets there first (QT-21).

The timers of a round wait for the disk together: what a crash takes away of them is due again, with all that it did.
A failing timer counts an attempt and becomes an incident in the end; it never stops the tick.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import structlog
from sqlalchemy.exc import OperationalError

from app.actions.fire_timer import fire, give_up
from app.engine.instance import EngineIncident
from app.errors import DomainError
from app.store import timers
from app.store.transaction import durable_together, reading

MOST = 200
"""Timers of one round; a tick goes on with the next round until none is due, or it is FULL."""
FULL = 1000
"""After so many a tick ends although more are due: whoever ticks says that it lives, and asks again at once."""

log = structlog.get_logger(__name__)


def tick(now: datetime, ending: Callable[[], bool] = lambda: False) -> int:
    """Let what is due by `now` take effect, FULL timers or a few more at most; returns how many did. Once `ending` says so it
    begins no further timer. Errors: OperationalError, and DomainError unavailable, when the database is away."""
    fired = 0
    left: set[int] = set()  # somebody else has them, or they failed
    while fired < FULL and not ending():
        with reading() as connection:
            due = [row for row in timers.due_timers(connection, now, MOST + len(left)) if row[0] not in left]
        if not due:
            break
        with durable_together():
            for timer_id, dossier_id in due[:MOST]:
                if ending():
                    break
                if _fire(timer_id, dossier_id, now):
                    fired += 1
                else:
                    left.add(timer_id)
    return fired


def _fire(timer_id: int, dossier_id: int, now: datetime) -> int:
    try:
        return int(fire(timer_id, dossier_id, now))
    except OperationalError:
        raise
    except Exception as problem:
        if isinstance(problem, DomainError) and problem.code == "unavailable":
            raise  # the database is away: no fault of the timer
        log.exception("timer_failed", timer=timer_id, dossier=dossier_id)
        give_up(timer_id, dossier_id, _reason(problem), now)
        return 0


def _reason(problem: Exception) -> str:
    """Why it failed, for whoever reads of the incident."""
    if isinstance(problem, DomainError):
        return problem.detail
    if isinstance(problem, EngineIncident):
        return str(problem)
    return f"Đến thời điểm hẹn nhưng hệ thống không xử lý được ({type(problem).__name__}: {problem})."
