"""Remind (nhắc đến nhận kết quả): an applicant whose result lies at the desk is told again, once a day at most (ST-16.2)."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from app.actions.on_dossier import work_on_dossier
from app.actions.runner import Context, Outcome
from app.actions.telling_applicant import tell_applicant
from app.errors import DomainError
from app.store import history
from app.wording import LOCAL


@dataclass(frozen=True, slots=True)
class RemindResult:
    dossier: str

    def perform(self, connection: Connection, context: Context) -> Outcome:
        """Errors: DomainError not_found, forbidden, wrong_state."""
        work = work_on_dossier(connection, context, "remind-result", self.dossier)
        if work.clock.result_at is None:
            raise DomainError("wrong_state", "Hồ sơ chưa có kết quả nên chưa nhắc người nộp đến nhận.")
        told = [row.at for row in history.history_of(connection, work.dossier.id) if row.kind == "result_reminded"]
        if told and told[-1].astimezone(LOCAL).date() == work.today:
            raise DomainError("wrong_state", "Hôm nay đã nhắc người nộp này rồi.")
        tell_applicant(work, "result_ready")
        work.record("result_reminded", None, {})
        work.finish()
        return Outcome(work, None)
