"""Joint handlers (người phối hợp): who contributes to a step without moving it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, ForeignKey, Index, UniqueConstraint, literal_column, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from app.store.accounts import Account
from app.store.database import Base, BigId, many


class JointHandler(Base):
    __tablename__ = "joint_handlers"
    __table_args__ = (
        UniqueConstraint("task_id", "account_id"),
        Index(None, "account_id", postgresql_where=literal_column("contributed_at IS NULL")),
    )
    id: Mapped[BigId]
    task_id: Mapped[int] = mapped_column(ForeignKey("tasks.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    asked: Mapped[str]
    added_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    added_at: Mapped[datetime]
    contribution: Mapped[str | None]
    contributed_at: Mapped[datetime | None]


@dataclass(frozen=True, slots=True)
class JointRow:
    username: str
    name: str
    asked: str
    added_at: datetime
    contribution: str | None
    contributed_at: datetime | None


def ask(connection: Connection, task_id: int, account_id: int, asked: str, by: int, now: datetime) -> bool:
    """Ask an account to contribute; one that has contributed is asked again. False when it is being asked already."""
    statement = insert(JointHandler).values(
        task_id=task_id, account_id=account_id, asked=asked, added_by=by, added_at=now
    )
    again = {"asked": asked, "added_by": by, "added_at": now, "contribution": None, "contributed_at": None}
    done = connection.execute(
        statement.on_conflict_do_update(
            index_elements=[JointHandler.task_id, JointHandler.account_id],
            set_=again,
            where=JointHandler.contributed_at.is_not(None),
        ).returning(JointHandler.id)
    )
    return done.first() is not None


def asked(connection: Connection, task_id: int, account_id: int) -> str | None:
    """What an account is asked for on a task and has not answered yet, or None."""
    found: str | None = connection.execute(
        select(JointHandler.asked).where(
            JointHandler.task_id == task_id,
            JointHandler.account_id == account_id,
            JointHandler.contributed_at.is_(None),
        )
    ).scalar_one_or_none()
    return found


def contribute(connection: Connection, task_id: int, account_id: int, text: str, now: datetime) -> None:
    connection.execute(
        update(JointHandler)
        .where(JointHandler.task_id == task_id, JointHandler.account_id == account_id)
        .values(contribution=text, contributed_at=now)
    )


def joint_of(connection: Connection, task_id: int) -> list[JointRow]:
    """Who contributes to a task, in the order in which they were asked."""
    rows = connection.execute(
        select(
            Account.username,
            Account.name,
            JointHandler.asked,
            JointHandler.added_at,
            JointHandler.contribution,
            JointHandler.contributed_at,
        )
        .join(Account, Account.id == JointHandler.account_id)
        .where(JointHandler.task_id == task_id)
        .order_by(JointHandler.id)
    )
    return many(JointRow, rows)
