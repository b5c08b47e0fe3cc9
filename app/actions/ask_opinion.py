"""Ask for an opinion (lấy ý kiến): agencies answer in writing within a limit while the step goes on (QT-17.3, ST-14.3c).

One request an agency, so that each has its own limit and its own answer; whoever does not answer in time is told to the head
of the desk (NĐ 61/2018 Art. 19(5)).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.actions.asking import Request, ask_from, checked_agencies
from app.actions.given import Given
from app.actions.work import Work
from app.errors import DomainError, invalid
from app.rules.side import OPINION
from app.store.tasks import TaskRow


@dataclass(frozen=True, slots=True)
class AskOpinion:
    """`content`: what is asked; `agencies`: their codes; `limit_at`: by when; `attachments`: the coordination document."""

    task_id: int
    content: str | None
    agencies: tuple[str, ...] = ()
    limit_at: datetime | None = None
    attachments: tuple[int, ...] = ()
    version: int | None = None

    def act(self, work: Work, task: TaskRow) -> None:
        """Each agency has a task of its own. Errors: DomainError invalid, slip_required without the document (QT-17.3)."""
        if self.limit_at is None or self.limit_at <= work.now:
            raise invalid({"limit_at": ["Hãy ghi thời hạn trả lời, ở sau lúc này."]})
        if not self.attachments:
            raise DomainError(
                "slip_required",
                "Phải đính kèm văn bản lấy ý kiến.",
                errors={"attachments": ["Thiếu văn bản lấy ý kiến."]},
                extra={"rule": "QT-17.3"},
            )
        Given(attachments=self.attachments).check_attachments(work)
        for agency in checked_agencies(work, self.agencies):
            details = {"agency": agency, "limit_at": self.limit_at.isoformat(), "attachments": list(self.attachments)}
            request = Request(OPINION, details, {"agency": agency}, limit_at=self.limit_at)
            ask_from(work, task, "ask-opinion", self.content, request)
