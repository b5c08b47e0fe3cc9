"""Whether what was forwarded can still be taken back: nobody has touched what came of it, wherever it stands meanwhile."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection

from app.actions.running import Running
from app.engine.taking_back import undoing
from app.store import tasks
from app.store.tasks import TaskRow


def untouched(connection: Connection, running: Running, task: TaskRow, opened: Iterable[TaskRow]) -> bool:
    """Of the dossier's `opened` tasks those that came of `task` were not looked at nor taken, and there was none before them.

    There need not be any: a branch waits for the others at its join, or for a timer.
    """
    undone = undoing(running.engine, task.engine_task)
    if undone is None or undone.moved or not tasks.is_latest(connection, task):
        return False
    followers = [
        other for other in opened if other.instance_id == task.instance_id and other.engine_task in undone.closes
    ]
    return all(follower.opened_at is None and _untaken(follower) for follower in followers)


def _untaken(task: TaskRow) -> bool:
    """Whether nobody has it, or only because it was given to her when it opened."""
    return task.assignee_id is None or task.version == 1
