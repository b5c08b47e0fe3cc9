"""What is told to an applicant on the portal: it stands there from the commit on, and stays."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, ForeignKey, bindparam, insert, select
from sqlalchemy.orm import Mapped, mapped_column

from app.store.database import Base, BigId, Code, many
from app.store.statement import Statement


class PortalNotice(Base):
    __tablename__ = "portal_notices"
    id: Mapped[BigId]
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossiers.id"), index=True)
    template: Mapped[Code]
    subject: Mapped[str]
    body: Mapped[str]
    created_at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class NoticeRow:
    id: int
    template: str
    subject: str
    body: str
    created_at: datetime


_ADD = Statement(
    insert(PortalNotice).values(
        {name: bindparam(name) for name in ("dossier_id", "template", "subject", "body", "created_at")}
    )
)


def add_notice(connection: Connection, dossier_id: int, template: str, subject: str, body: str, now: datetime) -> None:
    """Put a notice up."""
    _ADD.run(
        connection,
        {"dossier_id": dossier_id, "template": template, "subject": subject, "body": body, "created_at": now},
    )


def notices_of(connection: Connection, dossier_id: int) -> list[NoticeRow]:
    """A dossier's notices, oldest first."""
    query = (
        select(PortalNotice.id, PortalNotice.template, PortalNotice.subject, PortalNotice.body, PortalNotice.created_at)
        .where(PortalNotice.dossier_id == dossier_id)
        .order_by(PortalNotice.id)
    )
    return many(NoticeRow, connection.execute(query))
