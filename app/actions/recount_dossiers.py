"""After a calendar changed: every open dossier that runs by it, one after another, each in a transaction of its own.

A worker that dies leaves off between two dossiers, and whoever comes next goes on there; several at once do not count one
twice, because the dossier's lock, its epoch and the progress are in one transaction.
"""

from __future__ import annotations

from datetime import datetime

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from app.actions.calendar_notices import tell_agencies
from app.actions.notices import announce
from app.actions.recount import settle
from app.actions.runner import whole_second
from app.actions.work import Work
from app.errors import DomainError
from app.store import calendar_changes, dossiers, tasks
from app.store.calendar_changes import ChangeRow
from app.store.concerned import concerned
from app.store.transaction import reading, transaction

PAGE = 200

log = structlog.get_logger(__name__)


def recount_dossiers(change_id: int, now: datetime) -> None:
    """Count what is left of a change's dossiers. Errors: OperationalError, DomainError unavailable: go on later."""
    while page := _next(change_id):
        for dossier_id in page:
            _recount(change_id, dossier_id, now)
    with transaction() as connection:
        change = calendar_changes.find_change(connection, change_id)
        if change is not None and calendar_changes.finish_change(connection, change_id, now):
            tell_agencies(connection, change, now)


def _next(change_id: int) -> list[int]:
    with reading() as connection:
        change: ChangeRow | None = calendar_changes.find_change(connection, change_id)
        if change is None or change.finished_at is not None:
            return []
        return concerned(connection, change.calendar_id, change.last_dossier, PAGE)


def _recount(change_id: int, dossier_id: int, now: datetime) -> None:
    try:
        with transaction() as connection:
            _settle(connection, dossier_id, now)
            calendar_changes.step_past(connection, change_id, dossier_id)
    except OperationalError:
        raise
    except Exception as problem:
        if isinstance(problem, DomainError) and problem.code == "unavailable":
            raise  # the database is away: no fault of the dossier
        log.exception("recount_failed", dossier=dossier_id, change=change_id)
        with transaction() as connection:
            calendar_changes.step_past(connection, change_id, dossier_id, failed=True)


def _settle(connection: Connection, dossier_id: int, now: datetime) -> None:
    dossier = dossiers.lock_dossier(connection, dossier_id)
    if dossier is None or dossier.result_at is not None or dossier.closed_at is not None:
        return
    epoch = dossier.clock_epoch
    work = Work(connection, dossier, tasks.tasks_of(connection, dossier.id), whole_second(now), None)
    settle(work)
    if dossier.clock_epoch != epoch:
        announce(work)
        work.finish()
