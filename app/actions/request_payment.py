"""Request payment (yêu cầu thực hiện nghĩa vụ tài chính): time stands still until the proof is in (QT-19.3; status 6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.actions.asking import Given, Request, ask_from
from app.actions.work import Work
from app.errors import invalid
from app.rules.side import PAYMENT
from app.store.tasks import TaskRow


@dataclass(frozen=True, slots=True)
class RequestPayment:
    """`amount` in đồng; `limit_at`: the last day to pay, after which the desk and the applicant are told but time still waits;
    `attachments`: the notice."""

    task_id: int
    reason: str | None
    amount: int | None = None
    limit_at: datetime | None = None
    attachments: tuple[int, ...] = ()
    version: int | None = None

    def act(self, work: Work, task: TaskRow) -> None:
        """The procedure's steps wait; the proof, once recorded, lets the same step go on by itself."""
        if self.limit_at is None or self.limit_at <= work.now:
            raise invalid({"limit_at": ["Hãy ghi hạn nộp tiền, ở sau lúc này."]})
        details = {"amount": self.amount, "limit_at": self.limit_at.isoformat()}
        given = Given(comment=self.reason, attachments=self.attachments)
        request = Request(PAYMENT, details, limit_at=self.limit_at, given=given)
        ask_from(work, task, "request-payment", self.reason, request)
