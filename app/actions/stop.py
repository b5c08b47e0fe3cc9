"""Stop (dừng giải quyết): on request and without a decision yet, the desk issues the stop notice (NĐ 118/2025 Art. 21)."""

from __future__ import annotations

from dataclasses import dataclass

from app.actions.asking import Given, Request, ask_from
from app.actions.work import Work
from app.rules.side import STOPPING
from app.store.tasks import TaskRow


@dataclass(frozen=True, slots=True)
class Stop:
    """`attachments`: the stop notice."""

    task_id: int
    reason: str | None
    attachments: tuple[int, ...] = ()
    version: int | None = None

    def act(self, work: Work, task: TaskRow) -> None:
        """The procedure's steps wait; the notice ends the dossier with status 8."""
        given = Given(comment=self.reason, attachments=self.attachments)
        ask_from(work, task, "stop", self.reason, Request(STOPPING, given=given, as_desk=True))
