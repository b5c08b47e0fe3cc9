"""The draft results of dossiers: the newest version of each, as whoever approves it reads and signs it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ARRAY, BigInteger, Connection, any_, bindparam, cast, select
from sqlalchemy.orm import aliased

from app.store.attachments import DRAFT, RESULT, Attachment
from app.store.file_facts import QUARANTINED, File


@dataclass(frozen=True, slots=True)
class DraftRow:
    id: int
    dossier_id: int
    name: str
    kind: str
    media_type: str
    size: int
    signatures: list[dict[str, Any]] | None
    waits: bool
    """It lies in quarantine: nobody reads or signs it."""


def newest_drafts(connection: Connection, dossier_ids: Sequence[int]) -> dict[int, DraftRow]:
    """By dossier: its newest draft of a result, else its newest result, each in its last signed version."""
    later = aliased(Attachment)
    rows = connection.execute(
        select(
            Attachment.id,
            Attachment.dossier_id,
            Attachment.name,
            Attachment.kind,
            Attachment.media_type,
            Attachment.size,
            Attachment.signatures,
            select(File.sha256).where(File.sha256 == Attachment.sha256, File.scan.in_(QUARANTINED)).exists(),
        )
        .where(
            Attachment.dossier_id == any_(cast(bindparam("dossiers"), ARRAY(BigInteger))),
            Attachment.kind.in_((DRAFT, RESULT)),
            ~select(later.id).where(later.signed_from == Attachment.id).exists(),
        )
        .order_by((Attachment.kind == DRAFT).asc(), Attachment.id),
        {"dossiers": list(dossier_ids)},
    )
    return {row.dossier_id: DraftRow(*row) for row in rows}
