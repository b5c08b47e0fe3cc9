"""Drafts: the comment that an account is writing on a task, kept until it is sent or thrown away."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, ForeignKey, String, delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from app.store.database import Base
from app.store.tasks import Task

LONGEST = 4000
"""Characters; as long as a comment may be."""


class Draft(Base):
    __tablename__ = "drafts"
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), primary_key=True, autoincrement=False)
    task_id: Mapped[int] = mapped_column(ForeignKey("tasks.id"), primary_key=True, autoincrement=False, index=True)
    text: Mapped[str] = mapped_column(String(LONGEST))
    updated_at: Mapped[datetime]


def keep_draft(connection: Connection, account_id: int, task_id: int, text: str, now: datetime) -> None:
    """Keep the text (at most LONGEST characters) in place of what the account wrote on the task before."""
    statement = insert(Draft).values(account_id=account_id, task_id=task_id, text=text, updated_at=now)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=[Draft.account_id, Draft.task_id],
            set_={"text": statement.excluded.text, "updated_at": statement.excluded.updated_at},
        )
    )


def draft_of(connection: Connection, account_id: int, task_id: int) -> str | None:
    found: str | None = connection.execute(
        select(Draft.text).where(Draft.account_id == account_id, Draft.task_id == task_id)
    ).scalar_one_or_none()
    return found


def drop_draft(connection: Connection, account_id: int, task_id: int) -> None:
    connection.execute(delete(Draft).where(Draft.account_id == account_id, Draft.task_id == task_id))


def drop_drafts(connection: Connection, account_id: int, task_ids: Sequence[int]) -> None:
    connection.execute(delete(Draft).where(Draft.account_id == account_id, Draft.task_id.in_(task_ids)))


def drop_drafts_of_closed(connection: Connection, before: datetime) -> int:
    """Remove the drafts on tasks that ended before that instant; returns how many."""
    ended = select(Task.id).where(Task.id == Draft.task_id, Task.finished_at < before).exists()
    return connection.execute(delete(Draft).where(ended)).rowcount
