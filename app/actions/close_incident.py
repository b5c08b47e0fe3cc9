"""Close (đóng sự cố): an administrator says that nothing more is to be done about it.

Only where the dossier does not stand for it: an action that its official can do otherwise, an alarm that no diagram waits for.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from app.actions.on_incident import locked_incident, said, work_on_incident
from app.actions.runner import Context, Outcome
from app.actions.standing import Ending
from app.errors import DomainError
from app.store import incidents, timers
from app.store.incidents import TIMER, VACANCY, IncidentRow


@dataclass(frozen=True, slots=True)
class CloseIncident:
    incident_id: int
    reason: str

    def perform(self, connection: Connection, context: Context) -> Outcome:
        """Errors: DomainError forbidden, not_found, settled, invalid, wrong_state."""
        reason = said(self.reason)
        dossier, row = locked_incident(connection, context, self.incident_id)
        if (why := why_not_close(row)) is not None:
            raise DomainError("wrong_state", why)
        work = work_on_incident(connection, context, dossier, row)
        work.ending = Ending("closed", reason)
        if row.timer_id is not None:
            timers.drop_timers(connection, [row.timer_id])
        incidents.resolve(connection, row.id, work.now, context.caller.account_id, "closed", reason)
        work.record("incident_closed", None, {"incident": row.id, "reason": reason})
        work.finish()
        return Outcome(work, None, extra={"incident": row.id})


def why_not_close(row: IncidentRow) -> str | None:
    """Why it cannot be closed: the dossier would stand with nobody knowing of it."""
    if row.kind == VACANCY:
        return "Bước vẫn chưa có người giữ vị trí: hãy giao vị trí, hoặc chuyển hồ sơ đến bước khác."
    if row.kind == TIMER and row.details.get("timer") == "event":
        return "Quy trình đang chờ đồng hồ hẹn này: hãy cho thực hiện lại, hoặc sửa chữa."
    return None
