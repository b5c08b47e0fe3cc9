"""Request a supplement (yêu cầu bổ sung): what the applicant must add, and time stands still until then (QT-19.3a, QT-19.3b).

Asked before the original appointment, or after a recorded apology; the slip goes through its approval and time is paused when
its file is recorded. Another thing than returning a dossier as a result (`reject`): that ends it (defect 15).
"""

from __future__ import annotations

from dataclasses import dataclass

from app.actions.asking import Given, Request, ask_from, merged_agencies
from app.actions.work import Work
from app.rules.side import SUPPLEMENT
from app.store.tasks import TaskRow


@dataclass(frozen=True, slots=True)
class RequestSupplement:
    """`items`: what is missing, a line each; `attachments`: the slip, where the asker may issue it herself;
    `agencies`: participants whose requests are merged into this one slip (QT-19.3d)."""

    task_id: int
    reason: str | None
    items: tuple[str, ...] = ()
    attachments: tuple[int, ...] = ()
    agencies: tuple[str, ...] = ()
    version: int | None = None

    def act(self, work: Work, task: TaskRow) -> None:
        """The procedure's steps wait; the request goes to whoever approves it."""
        details = {"items": list(self.items) or None, "agencies": merged_agencies(work, self.agencies)}
        given = Given(comment=self.reason, attachments=self.attachments)
        request = Request(SUPPLEMENT, details, {"merged": bool(self.agencies)}, given=given)
        ask_from(work, task, "request-supplement", self.reason, request)
