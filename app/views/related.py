"""Other dossiers of a dossier's applicant, as far as the caller may see them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from app.access.caller import Caller
from app.rules.status import status_of
from app.store import dossiers, related
from app.store.related import RelatedRow
from app.store.transaction import reading
from app.views.visibility import visible_dossier

MOST = 20


def related_of(caller: Caller, code: str) -> list[dict[str, Any]]:
    """[{code, procedure_name, agency_name, status, received_at, appointment_at, closed_at}], newest first.

    Errors: DomainError not_found.
    """
    with reading() as connection:
        dossier = visible_dossier(connection, code, caller)
        applicant = dossiers.contents(connection, dossier.id).applicant
        return related_to(connection, caller, dossier.id, applicant, MOST)


def related_to(
    connection: Connection, caller: Caller, dossier_id: int, applicant: dict[str, Any], most: int
) -> list[dict[str, Any]]:
    """As `related_of`, of an applicant already read: one statement."""
    seen = None if caller.may("control.view") else caller.agency_ids
    return [related_view(row) for row in related.related_dossiers(connection, dossier_id, applicant, seen, most)]


def related_view(row: RelatedRow) -> dict[str, Any]:
    status = status_of(row.status)
    return {
        "code": row.code,
        "procedure_name": row.procedure_name,
        "agency_name": row.agency_name,
        "status": {"number": row.status, "name": status.name},
        "received_at": row.received_at,
        "appointment_at": row.appointment_at,
        "closed_at": row.closed_at,
    }
