"""Deliver result (trả kết quả): the applicant has it, the dossier is closed (QT-18.5, ST-16.1a)."""

from __future__ import annotations

from dataclasses import dataclass

from app.actions.checks import require_legal
from app.actions.work import Work
from app.errors import DomainError
from app.store.tasks import TaskRow


@dataclass(frozen=True, slots=True)
class DeliverResult:
    task_id: int
    version: int | None = None
    comment: str | None = None

    def act(self, work: Work, task: TaskRow) -> None:
        """The last step is done, the main diagram ends and the dossier has status 10."""
        require_legal("deliver-result", work, task)
        running = work.diagrams.get(task.instance_id)
        running.engine.complete(task.engine_task, {})
        if not running.engine.finished:
            raise DomainError(
                "wrong_state", "Hồ sơ còn bước khác đang mở nên chưa đóng được.", extra={"rule": "QT-18.5"}
            )
        work.move("delivered", running, task, details={"comment": self.comment})
