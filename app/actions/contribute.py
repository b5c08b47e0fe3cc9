"""Contribute (gửi ý kiến phối hợp): what a joint handler was asked for; the step does not move (QT-17.4)."""

from __future__ import annotations

from dataclasses import dataclass

from app.actions.checks import comment_of, require_legal
from app.actions.given import Given
from app.actions.work import Work
from app.store import joint_handlers
from app.store.tasks import TaskRow


@dataclass(frozen=True, slots=True)
class Contribute:
    task_id: int
    comment: str | None
    attachments: tuple[int, ...] = ()
    version: int | None = None

    def act(self, work: Work, task: TaskRow) -> None:
        """The text stands with the step for whoever holds it, and in the history with its files."""
        caller = require_legal("contribute", work, task)
        text = comment_of(self.comment)
        Given(attachments=self.attachments).check_attachments(work)
        joint_handlers.contribute(work.connection, task.id, caller.account_id, text, work.now)
        work.record("contributed", task, {"comment": text, "attachments": list(self.attachments) or None})
