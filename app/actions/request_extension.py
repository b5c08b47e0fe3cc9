"""Request an extension (đề nghị gia hạn): the agency proposes a new date; the desk's apology brings it to the applicant.

One act in two halves under NĐ 61/2018 Art. 19(9); where the profile says `separate` the desk records the extension by itself
(ST-14.3đ). Either way the step goes on meanwhile: asking for time never stops the work.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.actions.asking import Given, Request, ask_from, merged_agencies
from app.actions.work import Work
from app.errors import invalid
from app.rules.side import EXTENSION
from app.store.tasks import TaskRow


@dataclass(frozen=True, slots=True)
class RequestExtension:
    """`appointment`: the new date proposed (QT-19.1b); `agencies`: whose extensions are merged into it (QT-19.1c)."""

    task_id: int
    reason: str | None
    appointment: datetime | None = None
    attachments: tuple[int, ...] = ()
    agencies: tuple[str, ...] = ()
    version: int | None = None

    def act(self, work: Work, task: TaskRow) -> None:
        """The proposal goes to whoever approves it, and then to the desk."""
        ask_extension(work, task, "request-extension", self)


def ask_extension(work: Work, task: TaskRow, action: str, asked: RequestExtension) -> None:
    """Ask for a new date. Errors: DomainError invalid without one, or for one that has passed."""
    if asked.appointment is None:
        raise invalid({"appointment": ["Hãy ghi thời gian hẹn lại."]})
    if asked.appointment <= work.now:
        raise invalid({"appointment": ["Thời gian hẹn lại phải ở sau lúc này."]})
    separate = work.rules.profile.extension == "separate" and action == "request-extension"
    details = {"appointment": asked.appointment.isoformat(), "agencies": merged_agencies(work, asked.agencies)}
    given = Given(comment=asked.reason, attachments=asked.attachments, appointment=asked.appointment)
    as_desk = action == "apologise"
    request = Request(EXTENSION, details, {"separate": separate}, given=given, as_desk=as_desk)
    ask_from(work, task, action, asked.reason, request)
