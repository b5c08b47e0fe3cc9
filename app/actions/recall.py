"""Recall (thu hồi): take back what was just forwarded and nobody has opened yet.

It may have become several steps, stand at a join that waits for other branches, or wait for a timer.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.actions.checks import require_legal
from app.actions.work import Work, own_hands
from app.store.tasks import TaskRow


@dataclass(frozen=True, slots=True)
class Recall:
    task_id: int
    version: int | None = None
    comment: str | None = None

    def act(self, work: Work, task: TaskRow) -> None:
        """The step opens again in the caller's hands; the time that the next position had it stays theirs.

        What was forwarded under a delegation waits for its whole position again."""
        require_legal("recall", work, task)
        running = work.diagrams.get(task.instance_id)
        running.engine.go_back(task.engine_task)
        assignees = {task.engine_task: own_hands(work.caller)} if work.caller and work.under(task) is None else {}
        work.move("recalled", running, None, details={"comment": self.comment}, assignees=assignees, note=task.note)
