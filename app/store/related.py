"""Other dossiers of an applicant: the same identity number; without one, the same telephone number and name.

Found through the indexes of `dossier_contents`, newest first, among MOST_LOOKED at: who files for others has thousands.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, text

from app.store.database import many

MOST_LOOKED = 300


@dataclass(frozen=True, slots=True)
class RelatedRow:
    code: str
    procedure_name: str
    agency_name: str
    status: int
    received_at: datetime
    appointment_at: datetime | None
    closed_at: datetime | None


# OFFSET 0: first the applicant's own, through the index; then which of them may be seen.
_RELATED = """
    SELECT d.code, p.name, a.name, d.status, d.received_at, d.appointment_at, d.closed_at
      FROM (SELECT c.dossier_id FROM dossier_contents c
             WHERE {same} AND c.dossier_id <> :dossier ORDER BY c.dossier_id DESC LIMIT :most OFFSET 0) mine
      JOIN dossiers d ON d.id = mine.dossier_id
      JOIN procedures p ON p.id = d.procedure_id
      JOIN agencies a ON a.id = d.agency_id
     WHERE :everything OR d.agency_id = ANY(CAST(:agencies AS bigint[]))
        OR EXISTS (SELECT 1 FROM tasks t WHERE t.dossier_id = d.id AND t.agency_id = ANY(CAST(:agencies AS bigint[])))
     ORDER BY d.id DESC LIMIT :limit
"""
_BY_NUMBER = text(
    _RELATED.format(same="motcua_number(c.applicant ->> 'id_number') = motcua_number(CAST(:id_number AS text))")
)
_BY_PHONE = text(
    _RELATED.format(
        same="motcua_phone(c.applicant ->> 'phone') = motcua_phone(CAST(:phone AS text))"
        " AND motcua_fold(c.applicant_name) = motcua_fold(CAST(:name AS text))"
    )
)


def related_dossiers(
    connection: Connection,
    dossier_id: int,
    applicant: dict[str, str],
    agency_ids: Collection[int] | None,
    limit: int,
) -> list[RelatedRow]:
    """At most `limit` other dossiers of the same applicant, newest first, in which these agencies have a part (None: all)."""
    values = {
        "dossier": dossier_id,
        "most": MOST_LOOKED,
        "limit": limit,
        "everything": agency_ids is None,
        "agencies": sorted(agency_ids or ()),
    }
    if any(sign.isalnum() for sign in applicant.get("id_number") or ""):
        rows = connection.execute(_BY_NUMBER, values | {"id_number": applicant["id_number"]})
    elif any(sign.isdigit() for sign in applicant.get("phone") or "") and applicant.get("name"):
        rows = connection.execute(_BY_PHONE, values | {"phone": applicant["phone"], "name": applicant["name"]})
    else:
        return []
    return many(RelatedRow, rows)
