"""Apologise (xin lỗi và hẹn lại): the desk tells the applicant a new date and why (QT-19.1a, ST-16.1d, TN-11.4g)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.actions.request_extension import RequestExtension, ask_extension
from app.actions.work import Work
from app.store.tasks import TaskRow


@dataclass(frozen=True, slots=True)
class Apologise:
    """`task_id`: any open step of the dossier; `appointment`: the new date; `attachments`: the apology slip."""

    task_id: int
    reason: str | None
    appointment: datetime | None = None
    attachments: tuple[int, ...] = ()
    agencies: tuple[str, ...] = ()
    version: int | None = None

    def act(self, work: Work, task: TaskRow) -> None:
        """With slip and date given the desk's act is recorded at once; the appointment moves, the deadline does not."""
        asked = RequestExtension(self.task_id, self.reason, self.appointment, self.attachments, self.agencies)
        ask_extension(work, task, "apologise", asked)
