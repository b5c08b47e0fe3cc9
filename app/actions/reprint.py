"""Reprint (in lại phiếu): a slip that was lost is printed again and marked as a copy; what was issued stays as it is."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from app.actions.checks import comment_of
from app.actions.on_dossier import work_on_dossier
from app.actions.runner import Context, Outcome
from app.errors import DomainError
from app.store import slips


@dataclass(frozen=True, slots=True)
class Reprint:
    dossier: str
    slip_id: int
    reason: str | None

    def perform(self, connection: Connection, context: Context) -> Outcome:
        """The copy's number is that of its row in the history: `extra["copy"]`.

        Errors: DomainError not_found, forbidden, comment_required.
        """
        work = work_on_dossier(connection, context, "reprint", self.dossier)
        found = slips.find_slip(connection, work.dossier.id, self.slip_id)
        if found is None:
            raise DomainError("not_found", "Hồ sơ không có phiếu này.")
        reason = comment_of(self.reason)
        work.record("slip_reprinted", None, {"slip": self.slip_id, "kind": found.kind, "comment": reason})
        work.finish()
        return Outcome(work, None, [], {"slip": self.slip_id, "copy": work.dossier.history_seq})
