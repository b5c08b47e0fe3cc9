"""Papers that an applicant handed in before, and results that she was given: used again, not asked for again (TN-21.7)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, func, or_, select
from sqlalchemy.orm import aliased

from app.rules.status import DELIVERED, RESOLVED
from app.store.attachments import PAPER, RESULT, Attachment
from app.store.database import many, one
from app.store.dossiers import Dossier, DossierContents
from app.store.file_facts import QUARANTINED, UNSCANNED, File
from app.store.procedures import Procedure

LEAST_OF_A_NUMBER = 8
"""Signs of an identity number; with fewer one could try them all."""
MOST_DOSSIERS = 200
"""The newest dossiers of somebody that are looked through: who files for others has thousands."""


@dataclass(frozen=True, slots=True)
class PaperRow:
    """A file of an earlier dossier; `components` are those of its procedure."""

    id: int
    sha256: str
    name: str
    size: int
    media_type: str
    kind: str
    component: str | None
    origin: str | None
    added_at: datetime
    dossier_id: int
    dossier: str
    procedure: str
    procedure_name: str
    result_name: str
    components: list[Any]


def _papers(id_number: str) -> Select[*tuple[Any, ...]]:
    newer = aliased(Attachment)
    own = func.motcua_number(DossierContents.applicant["id_number"].astext) == func.motcua_number(id_number)
    dossiers = (
        select(DossierContents.dossier_id).where(own).order_by(DossierContents.dossier_id.desc()).limit(MOST_DOSSIERS)
    )
    signed_since = select(newer.id).where(newer.signed_from == Attachment.id)
    return (
        select(
            Attachment.id,
            Attachment.sha256,
            Attachment.name,
            Attachment.size,
            Attachment.media_type,
            Attachment.kind,
            Attachment.component,
            Attachment.origin,
            Attachment.added_at,
            Dossier.id,
            Dossier.code,
            Procedure.code,
            Procedure.name,
            Procedure.result_name,
            Procedure.components,
        )
        .join(Dossier, Dossier.id == Attachment.dossier_id)
        .join(Procedure, Procedure.id == Dossier.procedure_id)
        .outerjoin(File, File.sha256 == Attachment.sha256)
        .where(
            Attachment.dossier_id.in_(dossiers),
            func.coalesce(File.scan, UNSCANNED).not_in(QUARANTINED),
            ~signed_since.exists(),
            or_(
                Attachment.kind == PAPER,
                (Attachment.kind == RESULT) & Dossier.status.in_((RESOLVED.number, DELIVERED.number)),
            ),
        )
    )


def papers_of_applicant(connection: Connection, id_number: str, limit: int) -> list[PaperRow]:
    """What may be used again of the applicant with that identity number, the newest first, the same content once.

    Nothing in quarantine, of two versions the signed one, of results those that the desk has confirmed (HT-8.4c).
    """
    if _too_short(id_number):
        return []
    rows = many(PaperRow, connection.execute(_papers(id_number).order_by(Attachment.id.desc()).limit(4 * limit)))
    seen: set[tuple[str, str | None]] = set()
    found = []
    for row in rows:
        if (row.sha256, row.component) not in seen:
            seen.add((row.sha256, row.component))
            found.append(row)
    return found[:limit]


def find_paper(connection: Connection, id_number: str, attachment_id: int) -> PaperRow | None:
    """That file, if it is one of the applicant's that may be used again."""
    if _too_short(id_number):
        return None
    found = connection.execute(_papers(id_number).where(Attachment.id == attachment_id)).one_or_none()
    return one(PaperRow, found)


def _too_short(id_number: str) -> bool:
    return sum(sign.isalnum() for sign in id_number) < LEAST_OF_A_NUMBER
