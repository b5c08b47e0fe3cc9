"""Paper received (xác nhận đã nhận hồ sơ giấy): a step's people confirm that the papers have come (QT-20.1a, ST-13.3)."""

from __future__ import annotations

from dataclasses import dataclass

from app.actions.checks import require_legal
from app.actions.work import Work
from app.store.tasks import TaskRow


@dataclass(frozen=True, slots=True)
class PaperReceived:
    task_id: int
    version: int | None = None
    comment: str | None = None

    def act(self, work: Work, task: TaskRow) -> None:
        """Who confirmed it and when is kept; the step goes on."""
        require_legal("paper-received", work, task)
        work.take(task)
        work.record("paper_received", task, {"comment": self.comment})
