"""Reject (trả hồ sơ không giải quyết): not eligible; the refusal is the result (QT-17.4, QT-18.4, QT-19.2)."""

from __future__ import annotations

from dataclasses import dataclass

from app.actions.asking import Given, Request, ask_from, merged_agencies
from app.actions.work import Work
from app.rules.legality import RETURN
from app.rules.side import REJECTION
from app.store.tasks import TaskRow


@dataclass(frozen=True, slots=True)
class Reject:
    """`agencies`: participants whose refusals are merged into this one (QT-19.2b)."""

    task_id: int
    reason: str | None
    attachments: tuple[int, ...] = ()
    agencies: tuple[str, ...] = ()
    version: int | None = None

    def act(self, work: Work, task: TaskRow) -> None:
        """The procedure's steps wait while the refusal is approved; the desk's confirmation ends the dossier."""
        details = {"agencies": merged_agencies(work, self.agencies)}
        # At the desk's last step the procedure's own approvals lie behind: the signed slip has come with the dossier.
        signed = {"by_leader": True, "has_clerk": False} if task.stage == RETURN else {}
        given = Given(comment=self.reason, attachments=self.attachments)
        ask_from(work, task, "reject", self.reason, Request(REJECTION, details, signed, given=given))
