"""Withdraw (rút hồ sơ): the applicant asks in writing, with a reason, and the desk confirms it (QT-17.4, QT-19.2c)."""

from __future__ import annotations

from dataclasses import dataclass

from app.actions.asking import Given, Request, ask_from
from app.actions.work import Work
from app.rules.side import WITHDRAWAL
from app.store.tasks import TaskRow


@dataclass(frozen=True, slots=True)
class Withdraw:
    """`attachments`: the signed request; `task_id`: any open step of the dossier."""

    task_id: int
    reason: str | None
    attachments: tuple[int, ...] = ()
    version: int | None = None

    def act(self, work: Work, task: TaskRow) -> None:
        """The procedure's steps wait; with the signed request attached the desk's own act confirms it at once."""
        given = Given(comment=self.reason, attachments=self.attachments)
        ask_from(work, task, "withdraw", self.reason, Request(WITHDRAWAL, given=given, as_desk=True))
