"""Which drafts, results and slips wait for somebody's signature: PDFs of dossiers whose open step is hers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ARRAY, BigInteger, Connection, any_, bindparam, cast, select, union
from sqlalchemy.orm import aliased

from app.store.attachments import DRAFT, RESULT, SLIP, Attachment
from app.store.database import many
from app.store.dossiers import Dossier, DossierContents
from app.store.file_facts import QUARANTINED, File
from app.store.procedures import Procedure
from app.store.tasks import Task

MOST_TASKS = 300
"""Of the most urgent steps; what lies behind them comes up once these are done."""


@dataclass(frozen=True, slots=True)
class UnsignedRow:
    attachment: int
    name: str
    kind: str
    size: int
    added_at: datetime
    signatures: list[dict[str, Any]] | None
    signed_from: int | None
    added_by: int
    dossier: str
    applicant: str
    procedure: str
    procedure_name: str
    task: int
    step_name: str
    due_at: datetime | None


def unsigned_files(connection: Connection, account_id: int, position_ids: Sequence[int]) -> list[UnsignedRow]:
    """The newest version of each such file that she has not signed herself, the most urgent step first."""
    mine = _open().where(Task.assignee_id == account_id).order_by(Task.due_at, Task.id).limit(MOST_TASKS)
    held = cast(bindparam("positions"), ARRAY(BigInteger))
    free = (
        _open()
        .where(Task.assignee_id.is_(None), Task.position_id == any_(held))
        .order_by(Task.due_at, Task.id)
        .limit(MOST_TASKS)
    )
    found = union(select(mine.subquery()), select(free.subquery())).subquery()
    later = aliased(Attachment)
    rows = connection.execute(
        select(
            Attachment.id,
            Attachment.name,
            Attachment.kind,
            Attachment.size,
            Attachment.added_at,
            Attachment.signatures,
            Attachment.signed_from,
            Attachment.added_by,
            Dossier.code,
            DossierContents.applicant_name,
            Procedure.code,
            Procedure.name,
            found.c.id,
            found.c.step_name,
            found.c.due_at,
        )
        .join(found, found.c.dossier_id == Attachment.dossier_id)
        .join(Dossier, Dossier.id == Attachment.dossier_id)
        .join(DossierContents, DossierContents.dossier_id == Dossier.id)
        .join(Procedure, Procedure.id == Dossier.procedure_id)
        .where(
            Attachment.kind.in_((DRAFT, RESULT, SLIP)),
            Attachment.media_type == "application/pdf",
            ~select(later.id).where(later.signed_from == Attachment.id).exists(),
            ~select(File.sha256).where(File.sha256 == Attachment.sha256, File.scan.in_(QUARANTINED)).exists(),
        )
        .order_by(found.c.due_at.nulls_last(), Attachment.dossier_id, Attachment.id, found.c.id),
        {"positions": list(position_ids)},
    )
    seen: dict[int, UnsignedRow] = {}
    for row in many(UnsignedRow, rows):
        seen.setdefault(row.attachment, row)
    signed = signed_by(connection, account_id, list(seen))
    return [row for row in seen.values() if row.attachment not in signed]


def _open() -> Any:
    return select(Task.id, Task.dossier_id, Task.step_name, Task.due_at).where(Task.state == "open")


def signed_by(connection: Connection, account_id: int, attachment_ids: Sequence[int]) -> set[int]:
    """Those of these files of which she made this version or an earlier one by signing."""
    chain = (
        select(Attachment.id.label("newest"), Attachment.signed_from, Attachment.added_by)
        .where(Attachment.id == any_(cast(bindparam("ids"), ARRAY(BigInteger))), Attachment.signed_from.is_not(None))
        .cte(recursive=True)
    )
    earlier = aliased(Attachment)
    chain = chain.union_all(
        select(chain.c.newest, earlier.signed_from, earlier.added_by).where(
            earlier.id == chain.c.signed_from, earlier.signed_from.is_not(None)
        )
    )
    found = connection.execute(
        select(chain.c.newest).where(chain.c.added_by == account_id).distinct(), {"ids": list(attachment_ids)}
    )
    return set(found.scalars())
