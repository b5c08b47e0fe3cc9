"""Deliver result (trả kết quả): the applicant has it, the dossier is closed (QT-18.5, ST-16.1a)."""

from __future__ import annotations

from dataclasses import dataclass, field

from app.actions.checks import require_legal
from app.actions.handing import Handing
from app.actions.late import LateEntry, true_time
from app.actions.work import Work
from app.errors import DomainError
from app.store.tasks import TaskRow


@dataclass(frozen=True, slots=True)
class DeliverResult:
    task_id: int
    version: int | None = None
    handing: Handing = field(default_factory=Handing)

    def act(self, work: Work, task: TaskRow) -> None:
        """The last step is done, the main diagram ends and the dossier has status 10, at the time when it really was."""
        require_legal("deliver-result", work, task)
        details = self.handing.details(work)
        if self.handing.handed_at is not None:
            entered_at = work.now
            at = true_time(self.handing.handed_at, work.now, work.clock.last_at, "handed_at", "ST-16.3")
            work.set_back(LateEntry(at, entered_at))
            details["entered_at"] = entered_at.isoformat() if at < entered_at else None
        running = work.diagrams.get(task.instance_id)
        running.engine.complete(task.engine_task, {})
        if not running.engine.finished:
            raise DomainError(
                "wrong_state", "Hồ sơ còn bước khác đang mở nên chưa đóng được.", extra={"rule": "QT-18.5"}
            )
        work.move("delivered", running, task, details=details)
