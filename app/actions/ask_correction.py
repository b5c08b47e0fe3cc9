"""Ask for correction (yêu cầu sửa, bổ sung khi tiếp nhận): an online dossier goes back to the applicant with guidance
(HT-8.1a, ST-11.2c; NĐ 61/2018 Art. 17(2))."""

from __future__ import annotations

from dataclasses import dataclass

from app.actions.checks import comment_of, require_legal
from app.actions.given import Given
from app.actions.intake import check_ends
from app.actions.telling_applicant import tell_applicant
from app.actions.work import Work
from app.errors import DomainError
from app.rules.intake import AWAIT_CORRECTION
from app.store import dossiers
from app.store.tasks import TaskRow


@dataclass(frozen=True, slots=True)
class AskCorrection:
    """`guidance`: all that has to be corrected, at once; `called`: what was said by telephone; `attachments`: the slip."""

    task_id: int
    guidance: str | None
    called: str | None = None
    attachments: tuple[int, ...] = ()
    version: int | None = None

    def act(self, work: Work, task: TaskRow) -> None:
        """The intake waits for the applicant (status 5) and nothing is due meanwhile; he is told by e-mail, and by telephone
        where `called` says so."""
        require_legal("ask-correction", work, task)
        guidance = comment_of(self.guidance)
        Given(attachments=self.attachments).check_attachments(work)
        running = work.diagrams.get(task.instance_id)
        check_ends(running, task, "correct")
        details = {"comment": guidance, "attachments": list(self.attachments) or None}
        opened = work.move("correction_asked", running, task, details=details, note=guidance)
        if [led.step for led in opened] != [AWAIT_CORRECTION]:
            raise DomainError(
                "wrong_state", "Sơ đồ tiếp nhận của thủ tục này không có bước chờ người nộp sửa, bổ sung.",
                extra={"rule": "HT-8.1a"},
            )  # fmt: skip
        work.dossier.held_by = AWAIT_CORRECTION
        tell_applicant(work, "correction_asked", guidance, anyway=True)
        if self.called:
            log_call(work, opened[0], self.called)


def log_call(work: Work, task: TaskRow, said: str) -> None:
    """Write down a telephone call to the applicant (ST-11.2c, QT-16.4d)."""
    phone = dossiers.contents(work.connection, work.dossier.id).applicant.get("phone")
    work.record("applicant_called", task, {"comment": said, "phone": phone})
