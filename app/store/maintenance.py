"""Maintenance and suspension of the whole system (LA-4.3, HT-14.2): one at a time, announced ahead, ended by somebody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, ForeignKey, insert, select, update
from sqlalchemy.orm import Mapped, mapped_column

from app.store.accounts import Account
from app.store.database import Base, BigId, Code, many, one


class Maintenance(Base):
    __tablename__ = "maintenance"
    id: Mapped[BigId]
    kind: Mapped[Code]
    """maintenance or suspension."""
    mode: Mapped[Code]
    """read_only or closed."""
    words: Mapped[str]
    basis: Mapped[str | None]
    """The decision on which a suspension rests."""
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]
    """When it is expected to be over; it does not end by itself."""
    made_at: Mapped[datetime]
    made_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    ended_at: Mapped[datetime | None] = mapped_column(index=True)
    ended_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("log_book.id"))


@dataclass(frozen=True, slots=True)
class MaintenanceRow:
    """`made_by` is a name, None for the server's command line."""

    id: int
    kind: str
    mode: str
    words: str
    basis: str | None
    starts_at: datetime
    ends_at: datetime | None
    made_at: datetime
    made_by: str | None
    ended_at: datetime | None
    entry_id: int | None

    def holds(self, now: datetime) -> bool:
        """Whether it is in force at `now`."""
        return self.starts_at <= now and self.ended_at is None


_ROW = select(
    Maintenance.id,
    Maintenance.kind,
    Maintenance.mode,
    Maintenance.words,
    Maintenance.basis,
    Maintenance.starts_at,
    Maintenance.ends_at,
    Maintenance.made_at,
    Account.name,
    Maintenance.ended_at,
    Maintenance.entry_id,
).outerjoin(Account, Account.id == Maintenance.made_by)
_OPEN = _ROW.where(Maintenance.ended_at.is_(None)).order_by(Maintenance.id.desc()).limit(1)


def open_maintenance(connection: Connection) -> MaintenanceRow | None:
    """The one that goes on or was announced."""
    return one(MaintenanceRow, connection.execute(_OPEN).one_or_none())


def past_maintenance(connection: Connection, most: int) -> list[MaintenanceRow]:
    """Those that are over, the newest first."""
    query = _ROW.where(Maintenance.ended_at.is_not(None)).order_by(Maintenance.id.desc()).limit(most)
    return many(MaintenanceRow, connection.execute(query))


def add_maintenance(connection: Connection, **values: Any) -> int:
    """Columns of Maintenance."""
    row_id: int = connection.execute(insert(Maintenance).values(**values).returning(Maintenance.id)).scalar_one()
    return row_id


def change_maintenance(connection: Connection, row_id: int, **values: Any) -> None:
    connection.execute(update(Maintenance).where(Maintenance.id == row_id).values(**values))
