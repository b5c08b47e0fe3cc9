"""An administrator's actions on an incident: found, permitted, its dossier locked, and still open once the lock is held."""

from __future__ import annotations

from sqlalchemy import Connection

from app.actions.runner import Context, work_on
from app.actions.work import Work
from app.errors import DomainError, invalid
from app.rules.permissions import lacking
from app.store import dossiers, incidents, tasks
from app.store.dossiers import DossierRow
from app.store.incidents import IncidentRow

PERMISSION = "incident.manage"
RESOLVED = "Sự cố này đã được giải quyết; hãy tải lại danh sách."


def locked_incident(connection: Connection, context: Context, incident_id: int) -> tuple[DossierRow, IncidentRow]:
    """The incident and its dossier. Errors: DomainError forbidden, not_found, settled."""
    if not context.caller.may(PERMISSION):
        raise DomainError("forbidden", lacking((PERMISSION,)))
    found = incidents.incident_by_id(connection, incident_id)
    if found is None:
        raise DomainError("not_found", "Không có sự cố này.")
    dossier = dossiers.lock_dossier(connection, found.dossier_id)
    row = incidents.incident_by_id(connection, incident_id)
    if dossier is None or row is None or row.resolved_at is not None:
        raise DomainError("settled", RESOLVED)
    return dossier, row


def work_on_incident(connection: Connection, context: Context, dossier: DossierRow, row: IncidentRow) -> Work:
    """The administrator's work on the locked dossier."""
    return work_on(connection, dossier, tasks.tasks_of(connection, dossier.id, also=row.task_id or 0), context)


def said(reason: str | None) -> str:
    """Why the administrator does it; it stands in the dossier's history. Errors: DomainError invalid."""
    if not reason or not reason.strip():
        raise invalid({"reason": ["Phải ghi lý do."]})
    return reason.strip()
