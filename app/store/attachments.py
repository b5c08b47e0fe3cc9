"""Attachments of a dossier. The bytes lie in the content-addressed file store; this row says who added what, when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, ForeignKey, func, insert, null, select, update
from sqlalchemy.orm import Mapped, mapped_column

from app.store.database import Base, BigId, many, one
from app.store.file_facts import QUARANTINED, UNSCANNED, File, note_file

PAPER, DRAFT, RESULT, SLIP = "paper", "draft_result", "result", "slip"
KINDS = (PAPER, DRAFT, RESULT, SLIP)
"""What a file is to its dossier: one of its papers, a draft of the result (ST-14.3a), the result as issued (ST-15.2), or the
file of a slip (QT-15.3)."""


class Attachment(Base):
    __tablename__ = "attachments"
    id: Mapped[BigId]
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossiers.id"), index=True)
    sha256: Mapped[str] = mapped_column(index=True)
    name: Mapped[str]
    size: Mapped[int]
    media_type: Mapped[str]
    kind: Mapped[str] = mapped_column(default=PAPER, server_default=PAPER)
    """One of KINDS."""
    component: Mapped[str | None]
    """Code of the procedure's component that the file is."""
    origin: Mapped[str | None]
    """Where an electronic paper comes from (HT-7.3)."""
    added_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    added_at: Mapped[datetime]
    signatures: Mapped[list[Any] | None]
    """What `app.signatures.validate` found in it; null: not looked at."""
    signatures_checked_at: Mapped[datetime | None]
    signed_from: Mapped[int | None] = mapped_column(ForeignKey("attachments.id"), index=True)
    """The file of which this is a signed version (QT-15.4)."""
    reused_from: Mapped[int | None] = mapped_column(ForeignKey("attachments.id"))
    """The file of an earlier dossier of the same applicant that this one is (TN-21.7)."""


@dataclass(frozen=True, slots=True)
class AttachmentRow:
    id: int
    dossier_id: int
    sha256: str
    name: str
    size: int
    media_type: str
    kind: str
    component: str | None
    origin: str | None
    added_by: int
    added_at: datetime
    signatures: list[Any] | None = None
    signed_from: int | None = None
    reused_from: int | None = None
    scan: str = UNSCANNED
    scan_result: str | None = None
    pages: int | None = None
    has_javascript: bool | None = None
    encrypted: bool | None = None
    readable: bool | None = None
    looked_at: datetime | None = None

    @property
    def quarantined(self) -> bool:
        """Whether nobody may have it: not scanned yet, or something was found in it."""
        return self.scan in QUARANTINED


_ATTACHMENT = select(
    Attachment.id,
    Attachment.dossier_id,
    Attachment.sha256,
    Attachment.name,
    Attachment.size,
    Attachment.media_type,
    Attachment.kind,
    Attachment.component,
    Attachment.origin,
    Attachment.added_by,
    Attachment.added_at,
    Attachment.signatures,
    Attachment.signed_from,
    Attachment.reused_from,
    func.coalesce(File.scan, UNSCANNED),
    File.scan_result,
    File.pages,
    File.has_javascript,
    File.encrypted,
    File.readable,
    File.looked_at,
).outerjoin(File, File.sha256 == Attachment.sha256)


def add_attachment(
    connection: Connection,
    dossier_id: int,
    sha256: str,
    name: str,
    size: int,
    media_type: str,
    account_id: int,
    now: datetime,
    *,
    kind: str = PAPER,
    component: str | None = None,
    origin: str | None = None,
    signatures: list[dict[str, Any]] | None = None,
    signed_from: int | None = None,
    reused_from: int | None = None,
    waits: bool = False,
) -> int:
    """A new row, and the content known from now on. `waits`: in quarantine until scanned, unless it was before."""
    note_file(connection, sha256, size, media_type, now, waits=waits)
    attachment_id: int = connection.execute(
        insert(Attachment)
        .values(
            dossier_id=dossier_id,
            sha256=sha256,
            name=name,
            size=size,
            media_type=media_type,
            kind=kind,
            component=component,
            origin=origin,
            added_by=account_id,
            added_at=now,
            signatures=null() if signatures is None else signatures,
            signatures_checked_at=None if signatures is None else now,
            signed_from=signed_from,
            reused_from=reused_from,
        )
        .returning(Attachment.id)
    ).scalar_one()
    return attachment_id


def attachments_of(connection: Connection, dossier_id: int) -> list[AttachmentRow]:
    rows = connection.execute(_ATTACHMENT.where(Attachment.dossier_id == dossier_id).order_by(Attachment.id))
    return many(AttachmentRow, rows)


def places_of(connection: Connection, sha256: str) -> dict[int, list[AttachmentRow]]:
    """Every attachment of that content, by its dossier, in the order in which dossiers are locked."""
    found: dict[int, list[AttachmentRow]] = {}
    rows = connection.execute(
        _ATTACHMENT.where(Attachment.sha256 == sha256).order_by(Attachment.dossier_id, Attachment.id)
    )
    for row in many(AttachmentRow, rows):
        found.setdefault(row.dossier_id, []).append(row)
    return found


def find_attachment(connection: Connection, dossier_id: int, attachment_id: int) -> AttachmentRow | None:
    row = connection.execute(
        _ATTACHMENT.where(Attachment.dossier_id == dossier_id, Attachment.id == attachment_id)
    ).one_or_none()
    return one(AttachmentRow, row)


def keep_signatures(
    connection: Connection, attachment_id: int, signatures: list[dict[str, Any]], now: datetime
) -> None:
    """Keep what was found in a file when it was looked at."""
    connection.execute(
        update(Attachment)
        .where(Attachment.id == attachment_id)
        .values(signatures=signatures, signatures_checked_at=now)
    )


def attachment_by_id(connection: Connection, attachment_id: int) -> AttachmentRow | None:
    """Whichever dossier it is of."""
    return one(AttachmentRow, connection.execute(_ATTACHMENT.where(Attachment.id == attachment_id)).one_or_none())
