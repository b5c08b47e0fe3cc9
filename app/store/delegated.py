"""Delegations as the work of every day reads them: which count for an account today, and what was done under each.

`delegations` are only added and ended, by `app.store.delegations`.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    ColumnElement,
    Connection,
    ForeignKey,
    Index,
    Text,
    and_,
    exists,
    func,
    insert,
    or_,
    select,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.store.database import Base, BigId, Code
from app.store.holdings import AccountPosition


class Delegation(Base):
    """`delegate_id` does what waits for `position_id` of `delegator_id`, from one day to another, both included."""

    __tablename__ = "delegations"
    __table_args__ = (
        Index(None, "delegate_id", "to_day"),
        Index(None, "delegator_id", "to_day"),
        CheckConstraint("from_day <= to_day", name="days"),
        CheckConstraint("delegator_id <> delegate_id", name="delegate"),
        CheckConstraint("daily_most > 0", name="daily_most"),
    )
    id: Mapped[BigId]
    delegator_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    delegate_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    position_id: Mapped[int] = mapped_column(ForeignKey("positions.id"))
    from_day: Mapped[date]
    to_day: Mapped[date]
    procedures: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    """Ids of the procedures that it is limited to; empty: all."""
    steps: Mapped[list[str]] = mapped_column(ARRAY(Text))
    """Keys of the steps that it is limited to (`app.rules.delegation.step_key`); empty: all."""
    signs: Mapped[bool]
    """With the authority to sign in the delegator's name."""
    form: Mapped[Code]
    """How he then signs: TUQ. or KT."""
    daily_most: Mapped[int | None]
    decision_number: Mapped[str]
    reason: Mapped[str]
    made_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    made_at: Mapped[datetime]
    ended_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    ended_at: Mapped[datetime | None]


class DelegatedAct(Base):
    """One act under a delegation; `day` is the local day of it."""

    __tablename__ = "delegated_acts"
    __table_args__ = (Index(None, "delegation_id", "day"), Index(None, "task_id"))
    id: Mapped[BigId]
    delegation_id: Mapped[int] = mapped_column(ForeignKey("delegations.id"))
    task_id: Mapped[int] = mapped_column(ForeignKey("tasks.id"))
    action: Mapped[Code]
    at: Mapped[datetime]
    day: Mapped[date]


def counts_on(day: Any) -> ColumnElement[bool]:
    """The condition that a delegation counts on that day: it was not ended, and the delegator holds the position herself.

    Whether both accounts are active, and in the agency still, is for the query to ask that has them.
    """
    held = exists().where(
        AccountPosition.account_id == Delegation.delegator_id,
        AccountPosition.position_id == Delegation.position_id,
        AccountPosition.valid_from <= day,
        or_(AccountPosition.valid_to.is_(None), AccountPosition.valid_to >= day),
    )
    return and_(Delegation.ended_at.is_(None), Delegation.from_day <= day, Delegation.to_day >= day, held)


def still_counts(connection: Connection, delegation_id: int, day: date, *, alone: bool) -> bool:
    """Whether it counts, and goes on counting until this transaction ends; `alone`: nobody else acts under it meanwhile."""
    query = select(Delegation.id).where(Delegation.id == delegation_id, counts_on(day))
    return connection.execute(query.with_for_update(read=not alone)).one_or_none() is not None


def tasks_worked(connection: Connection, delegation_id: int, day: date, but: int) -> int:
    """How many tasks were worked under it on that day, but that one."""
    query = select(func.count(DelegatedAct.task_id.distinct())).where(
        DelegatedAct.delegation_id == delegation_id, DelegatedAct.day == day, DelegatedAct.task_id != but
    )
    number: int = connection.execute(query).scalar_one()
    return number


def acted_under(connection: Connection, task_id: int) -> bool:
    """Whether somebody worked that task under a delegation."""
    return connection.execute(select(exists().where(DelegatedAct.task_id == task_id))).scalar_one() is True


def add_act(connection: Connection, delegation_id: int, task_id: int, action: str, at: datetime, day: date) -> None:
    connection.execute(
        insert(DelegatedAct).values(delegation_id=delegation_id, task_id=task_id, action=action, at=at, day=day)
    )
