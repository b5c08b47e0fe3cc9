"""Drafts: what an account has typed into the form of a task, kept until it is sent or thrown away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, ForeignKey, String, delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from app.store.database import Base, one
from app.store.tasks import Task

LONGEST = 4000
"""Characters of the comment; as long as one may be."""
MOST_CHARACTERS = 100_000
"""Of all other fields together."""


class Draft(Base):
    __tablename__ = "drafts"
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), primary_key=True, autoincrement=False)
    task_id: Mapped[int] = mapped_column(ForeignKey("tasks.id"), primary_key=True, autoincrement=False, index=True)
    text: Mapped[str] = mapped_column(String(LONGEST))
    """The comment."""
    updated_at: Mapped[datetime]
    fields: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    """Every other field of the form: its name -> its values."""
    action: Mapped[str | None] = mapped_column(String(64))
    """The action whose part of the form was open, besides the first."""
    page: Mapped[str | None] = mapped_column(String(64))
    """The key of the page (a form's key) that kept it."""


@dataclass(frozen=True, slots=True)
class DraftRow:
    text: str
    updated_at: datetime
    fields: Mapping[str, list[str]]
    action: str | None
    page: str | None


_DRAFT = select(Draft.text, Draft.updated_at, Draft.fields, Draft.action, Draft.page)


def keep_draft(connection: Connection, account_id: int, task_id: int, draft: DraftRow) -> None:
    """Keep this in place of what the account had typed on the task before."""
    values = {
        "text": draft.text,
        "updated_at": draft.updated_at,
        "fields": dict(draft.fields),
        "action": draft.action,
        "page": draft.page,
    }
    statement = insert(Draft).values(account_id=account_id, task_id=task_id, **values)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=[Draft.account_id, Draft.task_id], set_={name: statement.excluded[name] for name in values}
        )
    )


def draft_of(connection: Connection, account_id: int, task_id: int) -> DraftRow | None:
    query = _DRAFT.where(Draft.account_id == account_id, Draft.task_id == task_id)
    return one(DraftRow, connection.execute(query).one_or_none())


def drop_draft(connection: Connection, account_id: int, task_id: int) -> None:
    connection.execute(delete(Draft).where(Draft.account_id == account_id, Draft.task_id == task_id))


def drop_drafts(connection: Connection, account_id: int, task_ids: Sequence[int]) -> None:
    connection.execute(delete(Draft).where(Draft.account_id == account_id, Draft.task_id.in_(task_ids)))


def drop_drafts_of_closed(connection: Connection, before: datetime) -> int:
    """Remove the drafts on tasks that ended before that instant; returns how many."""
    ended = select(Task.id).where(Task.id == Draft.task_id, Task.finished_at < before).exists()
    return connection.execute(delete(Draft).where(ended)).rowcount
