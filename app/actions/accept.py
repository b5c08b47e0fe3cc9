"""Accept (tiếp nhận): an online dossier is checked and taken in; its clock starts now (QT-18.1)."""

from __future__ import annotations

from dataclasses import dataclass

from app.actions.checks import require_legal
from app.actions.intake import check_ends, take_in
from app.actions.work import Work
from app.errors import DomainError
from app.rules.fees import BEFOREHAND, settled
from app.rules.services import prepaid
from app.store import dossiers, fees
from app.store.procedure_changes import as_received
from app.store.tasks import TaskRow


@dataclass(frozen=True, slots=True)
class Accept:
    task_id: int
    version: int | None = None
    comment: str | None = None
    fees_paid: bool | None = None
    """Whether the officer has seen that what is paid beforehand was paid."""

    def act(self, work: Work, task: TaskRow) -> None:
        """The intake ends; the procedure starts and its `receive` step is open in the caller's hands; a receipt is issued."""
        require_legal("accept", work, task)
        if owes(work):
            if not self.fees_paid:
                why = "Người nộp chưa nộp khoản phí, lệ phí phải nộp trước: báo người nộp, hoặc xác nhận là đã nộp."
                raise DomainError("invalid", why, errors={"fees_paid": [why]}, extra={"rule": "ST-11.2c"})
            dossiers.merge_intake(work.connection, work.dossier.id, {"fees_paid": True})
        running = work.diagrams.get(task.instance_id)
        check_ends(running, task, "accept")
        work.move("checked", running, task, details={"comment": self.comment, "fees_paid": self.fees_paid})
        take_in(work, running.row.sha256)


def owes(work: Work) -> bool:
    """Whether a fee that is paid before acceptance is still open (ST-11.2c, TN-PL.6): neither said nor collected."""
    procedure = as_received(work.connection, work.dossier.procedure, work.dossier.received_at)
    if procedure is None or not prepaid(procedure.fees):
        return False
    if dossiers.contents(work.connection, work.dossier.id).intake.get("fees_paid"):
        return False
    return not settled(procedure.fees, fees.paid_lines(work.connection, work.dossier.id), BEFOREHAND)
