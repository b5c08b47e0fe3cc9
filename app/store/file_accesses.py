"""Who had which file, when: written for every access, never changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, ForeignKey, Index, Select, insert, literal_column, select
from sqlalchemy.orm import Mapped, mapped_column

from app.store.accounts import Account
from app.store.database import Base, BigId, many

DOWNLOAD, VIEW, PAGE, THUMBNAIL, LISTED = "download", "view", "page", "thumbnail", "listed"
ACCESSES = (DOWNLOAD, VIEW, PAGE, THUMBNAIL, LISTED)
_ONCE_A = timedelta(minutes=1)
"""Pictures of pages are asked for by the dozen: one row a page, viewer and minute tells as much."""


class FileAccess(Base):
    __tablename__ = "file_accesses"
    __table_args__ = (Index(None, "attachment_id", "at"),)
    id: Mapped[BigId]
    attachment_id: Mapped[int] = mapped_column(ForeignKey("attachments.id"))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    """Null for an applicant who came with the token of her slip."""
    what: Mapped[str]
    """One of ACCESSES."""
    page: Mapped[int | None]
    at: Mapped[datetime]
    address: Mapped[str | None]
    """The network address it was asked from."""


@dataclass(frozen=True, slots=True)
class AccessRow:
    id: int
    what: str
    page: int | None
    at: datetime
    address: str | None
    account: str | None
    name: str | None


def note_access(
    connection: Connection,
    attachment_id: int,
    account_id: int | None,
    what: str,
    now: datetime,
    *,
    page: int | None = None,
    address: str | None = None,
) -> None:
    """Write an access down; that of a picture only when the same was not written within the last minute."""
    if what in (PAGE, THUMBNAIL):
        same: Select[Any] = select(literal_column("1")).where(
            FileAccess.attachment_id == attachment_id,
            FileAccess.at > now - _ONCE_A,
            FileAccess.account_id.is_not_distinct_from(account_id),
            FileAccess.what == what,
            FileAccess.page.is_not_distinct_from(page),
            FileAccess.address.is_not_distinct_from(address),
        )
        if connection.execute(same.limit(1)).one_or_none() is not None:
            return
    connection.execute(
        insert(FileAccess).values(
            attachment_id=attachment_id, account_id=account_id, what=what, page=page, at=now, address=address
        )
    )


def accesses_of(connection: Connection, attachment_id: int, before: int | None, limit: int) -> list[AccessRow]:
    """The accesses to one attachment, the latest first, after the row `before`."""
    query = (
        select(
            FileAccess.id,
            FileAccess.what,
            FileAccess.page,
            FileAccess.at,
            FileAccess.address,
            Account.username,
            Account.name,
        )
        .outerjoin(Account, Account.id == FileAccess.account_id)
        .where(FileAccess.attachment_id == attachment_id)
        .order_by(FileAccess.id.desc())
        .limit(limit)
    )
    if before is not None:
        query = query.where(FileAccess.id < before)
    return many(AccessRow, connection.execute(query))
