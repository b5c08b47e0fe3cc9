"""Confirm result (xác nhận có kết quả): the moment of result, where the clock stops (QT-18.4, QT-18.6)."""

from __future__ import annotations

from dataclasses import dataclass

from app.actions.checks import require_legal
from app.actions.ending import end_beside
from app.actions.telling_applicant import tell_applicant
from app.actions.work import Work
from app.rules.events import Event
from app.store.tasks import TaskRow


@dataclass(frozen=True, slots=True)
class ConfirmResult:
    task_id: int
    version: int | None = None
    comment: str | None = None

    def act(self, work: Work, task: TaskRow) -> None:
        """The dossier is resolved (status 9) and nothing warns any more; the task stays with the desk until delivery."""
        self.confirm(work, task)
        tell_applicant(work, "result_ready")

    def confirm(self, work: Work, task: TaskRow) -> None:
        """The same without a word to the applicant, for one who stands at the desk and is handed the result now."""
        require_legal("confirm-result", work, task)
        event = Event("result_confirmed", work.now, data={"outcome": "granted"})
        work.apply(event)
        work.record("result_confirmed", task, {"comment": self.comment}, event)
        work.take(task)
        for other in work.live_tasks():
            work.silence(other)
        end_beside(work)
