"""Release: give a claimed task back to everybody who holds its position."""

from __future__ import annotations

from dataclasses import dataclass

from app.actions.checks import require_legal
from app.actions.work import Work
from app.store.tasks import TaskRow


@dataclass(frozen=True, slots=True)
class Release:
    task_id: int
    version: int | None = None

    def act(self, work: Work, task: TaskRow) -> None:
        """Nobody is the assignee any more; the step's limit goes on."""
        require_legal("release", work, task)
        work.reassign("released", task, None, {})
