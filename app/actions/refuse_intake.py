"""Refuse intake (từ chối tiếp nhận): an online dossier is not accepted, with a written reason (HT-8.1a, QT-15.3, TN-11.3b)."""

from __future__ import annotations

from dataclasses import dataclass

from app.actions.checks import comment_of, require_legal
from app.actions.given import Given
from app.actions.intake import check_ends
from app.actions.signed import require_signed
from app.actions.telling_applicant import tell_applicant
from app.actions.work import Work
from app.errors import DomainError
from app.rules import events
from app.store.tasks import TaskRow


@dataclass(frozen=True, slots=True)
class RefuseIntake:
    """`attachments`: the refusal slip, signed."""

    task_id: int
    reason: str | None
    attachments: tuple[int, ...] = ()
    version: int | None = None

    def act(self, work: Work, task: TaskRow) -> None:
        """The dossier ends unaccepted (status 3): its clock never ran; the applicant is told why at once (QT-15.5)."""
        require_legal("refuse-intake", work, task)
        reason = comment_of(self.reason)
        Given(attachments=self.attachments).check_attachments(work)
        if work.rules.profile.slip_files == "required" and not self.attachments:
            why = "Phải đính kèm Phiếu từ chối tiếp nhận giải quyết hồ sơ."
            raise DomainError("invalid", why, errors={"attachments": [why]}, extra={"rule": "QT-15.3"})
        if "refusal" in work.rules.profile.signed_slips:
            require_signed(work, self.attachments, "refusal")
        running = work.diagrams.get(task.instance_id)
        check_ends(running, task, "refuse")
        details = {"comment": reason, "attachments": list(self.attachments) or None}
        data = {"file": self.attachments[0]} if self.attachments else {}
        work.move(events.NOT_ACCEPTED, running, task, details=details, clock_data=data)
        if not running.engine.finished:
            raise DomainError("incident", "Sơ đồ tiếp nhận của thủ tục này không kết thúc khi từ chối.")
        tell_applicant(work, "not_accepted", reason)
