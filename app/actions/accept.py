"""Accept (tiếp nhận): an online dossier is checked and taken in; its clock starts now (QT-18.1)."""

from __future__ import annotations

from dataclasses import dataclass

from app.actions.checks import require_legal
from app.actions.intake import check_ends, take_in
from app.actions.work import Work
from app.store.tasks import TaskRow


@dataclass(frozen=True, slots=True)
class Accept:
    task_id: int
    version: int | None = None
    comment: str | None = None

    def act(self, work: Work, task: TaskRow) -> None:
        """The intake ends; the procedure starts and its `receive` step is open in the caller's hands; a receipt is issued."""
        require_legal("accept", work, task)
        running = work.diagrams.get(task.instance_id)
        check_ends(running, task, "accept")
        work.move("checked", running, task, details={"comment": self.comment})
        take_in(work, running.row.sha256)
