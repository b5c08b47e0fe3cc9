"""Steps whose position nobody holds: they open as soon as somebody does, and an open one that nobody could take any more
becomes vacant.

Who holds what changes beside the actions (accounts, days on which a position begins or ends), so the worker looks again and
again.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from app.actions import timing
from app.actions.recount import settle
from app.actions.runner import whole_second
from app.actions.running import MAIN
from app.actions.work import Work
from app.errors import DomainError
from app.logs import get_logger
from app.rules.permissions import WORKERS
from app.store import dossiers, tasks, timers
from app.store.tasks import TaskRow
from app.store.transaction import reading, transaction
from app.wording import LOCAL

log = get_logger(__name__)


def review_vacancies(now: datetime) -> int:
    """Bring the tasks after who holds their positions today, each in a transaction of its own; answers how many changed.

    Errors: OperationalError, DomainError unavailable: go on later.
    """
    with reading() as connection:
        found = tasks.changed_holders(connection, now.astimezone(LOCAL).date(), WORKERS)
    return sum(_review(task_id, dossier_id, now) for task_id, dossier_id in found)


def _review(task_id: int, dossier_id: int, now: datetime) -> bool:
    try:
        with transaction() as connection:
            return _follow(connection, task_id, dossier_id, now)
    except OperationalError:
        raise
    except DomainError as refusal:
        if refusal.code == "unavailable":
            raise  # the database is away: no fault of the dossier
        log.warning("vacancy_not_reviewed", dossier=dossier_id, task=task_id, reason=refusal.detail)
    except Exception:  # one dossier's trouble is not the others'
        log.exception("vacancy_not_reviewed", dossier=dossier_id, task=task_id)
    return False


def _follow(connection: Connection, task_id: int, dossier_id: int, now: datetime) -> bool:
    dossier = dossiers.lock_dossier(connection, dossier_id)
    if dossier is None:
        return False
    work = Work(connection, dossier, tasks.tasks_of(connection, dossier.id), whole_second(now), None)
    task = next((task for task in work.live_tasks() if task.id == task_id), None)
    if task is None:
        return False
    epoch = dossier.clock_epoch
    settle(work)
    changed = fill(work, task) if task.state == "vacant" else _vacate(work, task)
    if changed or dossier.clock_epoch != epoch:
        work.finish()
    return changed


def fill(work: Work, task: TaskRow) -> bool:
    """Open a vacant step whose position somebody holds now, with what is left of its limit; False where nobody does."""
    if not tasks.fill_task(work.connection, task, work.today, WORKERS):
        return False
    due_at, warn_at = task.due_at, None
    if task.instance_kind == MAIN:
        held = work.clock.holding(task.engine_task) if work.clock.result_at is None else None
        due_at, warn_at = (held.due_at, held.due_soon_at) if held else (None, None)
    timers.add_timers(work.connection, work.dossier.id, timing.alarms(task, due_at, warn_at, work.now))
    work.record("vacancy_filled", task, {"position": task.position, "agency": task.agency})
    return True


def _vacate(work: Work, task: TaskRow) -> bool:
    """Nobody could take the step any more: it waits, and its alarms with it."""
    if not tasks.vacate_task(work.connection, task, work.today, WORKERS):
        return False
    timers.drop_task_timers(work.connection, [task.id])
    work.stand_vacant(task)
    return True
