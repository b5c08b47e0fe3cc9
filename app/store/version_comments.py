"""What the centre's check says of a version, element by element, and what its designers answer (ST-10.3b)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, ForeignKey, func, insert, select
from sqlalchemy.orm import Mapped, mapped_column

from app.store.accounts import Account
from app.store.database import Base, BigId, many


class VersionComment(Base):
    __tablename__ = "version_comments"
    id: Mapped[BigId]
    version_id: Mapped[int] = mapped_column(ForeignKey("procedure_versions.id"), index=True)
    element: Mapped[str | None]
    """Id of the element of the diagram that it is about; null: the version as a whole."""
    text: Mapped[str]
    answer_to: Mapped[int | None] = mapped_column(ForeignKey("version_comments.id"))
    said_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    said_at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class VersionCommentRow:
    """`username` and `name` are of who said it."""

    id: int
    element: str | None
    text: str
    answer_to: int | None
    said_by: int
    username: str
    name: str
    said_at: datetime


def comments_of(connection: Connection, version_id: int) -> Sequence[VersionCommentRow]:
    """Everything that was said of a version, the oldest first."""
    found = connection.execute(
        select(
            VersionComment.id,
            VersionComment.element,
            VersionComment.text,
            VersionComment.answer_to,
            VersionComment.said_by,
            Account.username,
            Account.name,
            VersionComment.said_at,
        )
        .join(Account, Account.id == VersionComment.said_by)
        .where(VersionComment.version_id == version_id)
        .order_by(VersionComment.id)
    )
    return many(VersionCommentRow, found)


def count_comments(connection: Connection, version_id: int) -> int:
    found = select(func.count()).select_from(VersionComment).where(VersionComment.version_id == version_id)
    number: int = connection.execute(found).scalar_one()
    return number


def add_comment(
    connection: Connection,
    version_id: int,
    text: str,
    account_id: int,
    now: datetime,
    *,
    element: str | None = None,
    answer_to: int | None = None,
) -> int:
    row = {
        "version_id": version_id,
        "element": element,
        "text": text,
        "answer_to": answer_to,
        "said_by": account_id,
        "said_at": now,
    }
    return int(connection.execute(insert(VersionComment).values(row).returning(VersionComment.id)).scalar_one())
