"""Claim: one of a position's holders takes a waiting task (QT-22.2b)."""

from __future__ import annotations

from dataclasses import dataclass

from app.actions.checks import require_legal
from app.actions.work import Work, own_hands
from app.store.tasks import TaskRow


@dataclass(frozen=True, slots=True)
class Claim:
    task_id: int
    version: int | None = None

    def act(self, work: Work, task: TaskRow) -> None:
        """The caller becomes the assignee; time is attributed to her from now on."""
        caller = require_legal("claim", work, task)
        work.reassign("claimed", task, own_hands(caller), {})
