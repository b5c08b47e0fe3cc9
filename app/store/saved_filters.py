"""Filters of the inbox that an account keeps under a name; at most one of them is where its day begins."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Connection,
    ForeignKey,
    Index,
    UniqueConstraint,
    delete,
    func,
    insert,
    literal_column,
    select,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.store.accounts import Account
from app.store.database import Base, BigId, many, one


class SavedFilter(Base):
    __tablename__ = "saved_filters"
    __table_args__ = (
        UniqueConstraint("account_id", "name"),
        Index("ix_saved_filters_start", "account_id", unique=True, postgresql_where=literal_column("is_start")),
    )
    id: Mapped[BigId]
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    name: Mapped[str]
    filter: Mapped[dict[str, Any]]
    is_start: Mapped[bool]
    """Shown when the inbox is opened without asking for anything."""
    version: Mapped[int]


@dataclass(frozen=True, slots=True)
class SavedFilterRow:
    id: int
    name: str
    filter: dict[str, Any]
    is_start: bool
    version: int


_ROW = select(SavedFilter.id, SavedFilter.name, SavedFilter.filter, SavedFilter.is_start, SavedFilter.version)


def filters_of(connection: Connection, account_id: int) -> list[SavedFilterRow]:
    """The account's filters in the order in which it made them."""
    rows = connection.execute(_ROW.where(SavedFilter.account_id == account_id).order_by(SavedFilter.id))
    return many(SavedFilterRow, rows)


def lock_filters_of(connection: Connection, account_id: int) -> None:
    """Nobody else adds one, names one or moves the start meanwhile: two tabs would break a limit of the table."""
    connection.execute(select(Account.id).where(Account.id == account_id).with_for_update(key_share=True))


def filter_of(connection: Connection, account_id: int, filter_id: int) -> SavedFilterRow | None:
    """One of the account's own filters, locked until the transaction ends."""
    found = _ROW.where(SavedFilter.account_id == account_id, SavedFilter.id == filter_id)
    return one(SavedFilterRow, connection.execute(found.with_for_update()).one_or_none())


def name_taken(connection: Connection, account_id: int, name: str, but: int = 0) -> bool:
    """Whether another filter of the account is called that, whatever the letters' case."""
    others = select(SavedFilter.id).where(SavedFilter.account_id == account_id, SavedFilter.id != but)
    return (
        connection.execute(others.where(func.lower(SavedFilter.name) == func.lower(name)).limit(1)).first() is not None
    )


def add_filter(connection: Connection, account_id: int, name: str, filter: Mapping[str, Any], is_start: bool) -> int:
    values = {"account_id": account_id, "name": name, "filter": dict(filter), "is_start": is_start, "version": 1}
    made: int = connection.execute(insert(SavedFilter).values(values).returning(SavedFilter.id)).scalar_one()
    return made


def change_filter(connection: Connection, filter_id: int, values: Mapping[str, Any]) -> None:
    changed = {**values, "version": SavedFilter.version + 1}
    connection.execute(update(SavedFilter).where(SavedFilter.id == filter_id).values(changed))


def no_start(connection: Connection, account_id: int, but: int = 0) -> None:
    """No filter of the account, but that one, is where its day begins."""
    connection.execute(
        update(SavedFilter)
        .where(SavedFilter.account_id == account_id, SavedFilter.is_start, SavedFilter.id != but)
        .values(is_start=False, version=SavedFilter.version + 1)
    )


def drop_filter(connection: Connection, account_id: int, filter_id: int) -> bool:
    """Whether there was one."""
    gone = delete(SavedFilter).where(SavedFilter.account_id == account_id, SavedFilter.id == filter_id)
    return connection.execute(gone).rowcount > 0
