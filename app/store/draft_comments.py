"""Comments on a draft: about an element of its diagram or about the whole, with answers; settled, never removed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, ForeignKey, String, func, insert, select, update
from sqlalchemy.orm import Mapped, aliased, mapped_column

from app.store.accounts import Account
from app.store.database import Base, BigId, many, one

LONGEST = 4000
"""Characters of a comment."""
MOST = 500
"""Comments that a draft may have."""


class DraftComment(Base):
    __tablename__ = "draft_comments"
    id: Mapped[BigId]
    draft_id: Mapped[int] = mapped_column(ForeignKey("diagram_drafts.id"), index=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("draft_comments.id"))
    """The comment that it answers; answers have none of their own."""
    element: Mapped[str | None]
    """The id of what it is about in the diagram; None for the whole."""
    element_name: Mapped[str | None]
    """What that was called when the comment was made."""
    revision: Mapped[int]
    """The state of the draft that was looked at."""
    text: Mapped[str] = mapped_column(String(LONGEST))
    made_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    made_at: Mapped[datetime]
    resolved_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    resolved_at: Mapped[datetime | None]


@dataclass(frozen=True, slots=True)
class CommentRow:
    """`by` and `resolved_by` are names of people."""

    id: int
    draft_id: int
    parent_id: int | None
    element: str | None
    element_name: str | None
    revision: int
    text: str
    by_id: int
    by: str
    at: datetime
    resolved_by: str | None
    resolved_at: datetime | None


_Resolver = aliased(Account)
_COMMENT = (
    select(
        DraftComment.id,
        DraftComment.draft_id,
        DraftComment.parent_id,
        DraftComment.element,
        DraftComment.element_name,
        DraftComment.revision,
        DraftComment.text,
        DraftComment.made_by,
        Account.name,
        DraftComment.made_at,
        _Resolver.name,
        DraftComment.resolved_at,
    )
    .join(Account, Account.id == DraftComment.made_by)
    .outerjoin(_Resolver, _Resolver.id == DraftComment.resolved_by)
)


def add_comment(connection: Connection, values: Mapping[str, Any]) -> int:
    """A new comment; its id."""
    added: int = connection.execute(insert(DraftComment).values(**values).returning(DraftComment.id)).scalar_one()
    return added


def find_comment(connection: Connection, draft_id: int, comment_id: int) -> CommentRow | None:
    found = connection.execute(_COMMENT.where(DraftComment.id == comment_id, DraftComment.draft_id == draft_id))
    return one(CommentRow, found.one_or_none())


def comments_of(connection: Connection, draft_id: int) -> list[CommentRow]:
    """The comments on a draft with their answers, the oldest first."""
    query = _COMMENT.where(DraftComment.draft_id == draft_id).order_by(DraftComment.id).limit(MOST)
    return many(CommentRow, connection.execute(query))


def count_comments(connection: Connection, draft_id: int) -> int:
    query = select(func.count()).select_from(DraftComment).where(DraftComment.draft_id == draft_id)
    number: int = connection.execute(query).scalar_one()
    return number


def open_comments(connection: Connection, draft_ids: Sequence[int]) -> dict[int, int]:
    """How many comments of each draft nobody has settled yet."""
    query = (
        select(DraftComment.draft_id, func.count())
        .where(
            DraftComment.draft_id.in_(draft_ids), DraftComment.parent_id.is_(None), DraftComment.resolved_at.is_(None)
        )
        .group_by(DraftComment.draft_id)
    )
    return {row[0]: row[1] for row in connection.execute(query)}


def settle_comment(connection: Connection, comment_id: int, account_id: int | None, now: datetime | None) -> None:
    """Settled by that account at that instant; None for both opens it again."""
    changed = {"resolved_by": account_id, "resolved_at": now}
    connection.execute(update(DraftComment).where(DraftComment.id == comment_id).values(changed))
