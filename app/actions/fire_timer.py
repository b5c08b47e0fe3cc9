"""A timer is due: the worker names its row, and the row takes effect once, whoever else ticks (QT-21, QT-21c).

Event timers move the diagram that waits for them; a step's alarms are told to whoever holds the step, and stand in the
history.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from app.actions.notices import announce
from app.actions.recount import settle
from app.actions.runner import whole_second
from app.actions.standing import raise_on, timer_stopped
from app.actions.telling_officials import tell_holder
from app.actions.work import Work
from app.store import dossiers, tasks, timers
from app.store.timers import TimerRow
from app.store.transaction import transaction

MOST_ATTEMPTS = 5
RETRY_AFTER = timedelta(minutes=1)


def fire(timer_id: int, dossier_id: int, now: datetime) -> bool:
    """Let one due timer take effect in a transaction of its own; False when somebody else has it or it is not due."""
    with transaction() as connection:
        dossier = dossiers.lock_dossier(connection, dossier_id, skip_locked=True)
        timer = timers.timer_by_id(connection, timer_id) if dossier else None
        if dossier is None or timer is None or timer.due_at > now:
            return False
        work = Work(connection, dossier, tasks.tasks_of(connection, dossier.id), whole_second(now), None)
        settled = settle(work)
        if settled and ((timer := timers.timer_by_id(connection, timer_id)) is None or timer.due_at > now):
            work.finish()  # a calendar changed meanwhile, and with it the time that the timer waits for
            return False
        if timer.kind == "event":
            _fire_event(work, timer)
        else:
            _sound_alarm(work, timer)
        timers.drop_timers(connection, [timer.id])
        announce(work)
        work.finish()
        return True


def give_up(timer_id: int, dossier_id: int, reason: str, now: datetime) -> None:
    """A firing failed: try again later, a few times; then it is an incident, and the others go on."""
    with transaction() as connection:
        dossier = dossiers.lock_dossier(connection, dossier_id)
        if dossier is None:
            return
        stopped = timers.count_attempt(connection, timer_id, reason, MOST_ATTEMPTS, now, now + RETRY_AFTER)
        if stopped is not None:
            task = tasks.task_by_id(connection, stopped.task_id) if stopped.task_id is not None else None
            raise_on(connection, dossier, timer_stopped(stopped, task, reason), whole_second(now), None)


def _fire_event(work: Work, timer: TimerRow) -> None:
    running = work.diagrams.get(timer.instance_id)
    running.waiting.pop(str(timer.engine_task), None)
    work.fired = timer
    running.engine.fire(str(timer.engine_task))
    work.move("timer_fired", running, None, details={"element": timer.element, "due_at": timer.due_at.isoformat()})


def _sound_alarm(work: Work, timer: TimerRow) -> None:
    task = next((task for task in work.open_tasks() if task.id == timer.task_id), None)
    if task is not None:
        work.record(timer.kind, task, {"due_at": timer.due_at.isoformat(), "assignee": task.assignee})
        tell_holder(work, task, timer.kind, {"limit_at": task.due_at.isoformat()} if task.due_at else {})
