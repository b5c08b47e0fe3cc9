"""Press (đôn đốc): a head reminds who holds a step; nothing moves by it (ST-26.1)."""

from __future__ import annotations

from dataclasses import dataclass

from app.actions.checks import comment_of, require_legal
from app.actions.telling_officials import tell_holder
from app.actions.work import Work
from app.store.tasks import TaskRow


@dataclass(frozen=True, slots=True)
class Press:
    task_id: int
    comment: str | None
    version: int | None = None

    def act(self, work: Work, task: TaskRow) -> None:
        """Whoever has the step, or all who could take it, are told who presses and why; the history keeps it."""
        caller = require_legal("press", work, task)
        comment = comment_of(self.comment)
        told = tell_holder(work, task, "pressed", {"reason": f"{caller.name}: {comment}"})
        work.record("pressed", task, {"comment": comment, "to": task.assignee, "count": told})
