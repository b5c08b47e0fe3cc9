"""The log book of outages (TN-22.1d): an entry an outage, with notes that are only added."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, ForeignKey, Select, func, insert, select, update
from sqlalchemy.orm import Mapped, mapped_column

from app.store.accounts import Account
from app.store.database import Base, BigId, Code, many, one


class LogEntry(Base):
    __tablename__ = "log_book"
    id: Mapped[BigId]
    kind: Mapped[Code]
    level: Mapped[Code]
    title: Mapped[str]
    words: Mapped[str]
    affected: Mapped[str | None]
    began_at: Mapped[datetime] = mapped_column(index=True)
    noticed_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    cause: Mapped[str | None]
    remedy: Mapped[str | None]
    outage_id: Mapped[int | None] = mapped_column(ForeignKey("outages.id"))
    """The announcement of it."""
    made_at: Mapped[datetime]
    made_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    """None: from the server's command line."""
    version: Mapped[int]


class LogNote(Base):
    __tablename__ = "log_book_notes"
    id: Mapped[BigId]
    entry_id: Mapped[int] = mapped_column(ForeignKey("log_book.id"), index=True)
    kind: Mapped[Code]
    at: Mapped[datetime]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    words: Mapped[str]
    changes: Mapped[dict[str, Any]]
    """`{"before": {…}, "after": {…}}` of what the entry says; empty for a remark."""


@dataclass(frozen=True, slots=True)
class EntryRow:
    """`made_by` is a name."""

    id: int
    kind: str
    level: str
    title: str
    words: str
    affected: str | None
    began_at: datetime
    noticed_at: datetime
    ended_at: datetime | None
    cause: str | None
    remedy: str | None
    outage_id: int | None
    made_at: datetime
    made_by: str | None
    version: int


@dataclass(frozen=True, slots=True)
class NoteRow:
    """`name` is who wrote it, None for the server's command line."""

    kind: str
    at: datetime
    name: str | None
    words: str
    changes: dict[str, Any]


_COLUMNS = [
    getattr(LogEntry, name)
    for name in (
        "id",
        "kind",
        "level",
        "title",
        "words",
        "affected",
        "began_at",
        "noticed_at",
        "ended_at",
        "cause",
        "remedy",
        "outage_id",
        "made_at",
    )
]
_ROW = select(*_COLUMNS, Account.name, LogEntry.version).outerjoin(Account, Account.id == LogEntry.made_by)


def add_entry(connection: Connection, **values: Any) -> int:
    """Columns of LogEntry but `id` and `version`."""
    entry_id: int = connection.execute(insert(LogEntry).values(version=1, **values).returning(LogEntry.id)).scalar_one()
    return entry_id


def add_note(
    connection: Connection,
    entry_id: int,
    kind: str,
    at: datetime,
    account_id: int | None,
    words: str,
    changes: dict[str, Any] | None = None,
) -> None:
    connection.execute(
        insert(LogNote).values(
            entry_id=entry_id, kind=kind, at=at, account_id=account_id, words=words, changes=changes or {}
        )
    )


def change_entry(connection: Connection, entry_id: int, **values: Any) -> None:
    connection.execute(update(LogEntry).where(LogEntry.id == entry_id).values(version=LogEntry.version + 1, **values))


def find_entry(connection: Connection, entry_id: int, *, lock: bool = False) -> EntryRow | None:
    query = _ROW.where(LogEntry.id == entry_id)
    return one(EntryRow, connection.execute(query.with_for_update(of=LogEntry) if lock else query).one_or_none())


def entries(
    connection: Connection, kind: str | None, year: int | None, before: int | None, most: int
) -> list[EntryRow]:
    """Newest first, those with a smaller id than `before`; of a kind, of a (local) year."""
    query = _filtered(_ROW, kind, year)
    if before is not None:
        query = query.where(LogEntry.id < before)
    return many(EntryRow, connection.execute(query.order_by(LogEntry.id.desc()).limit(most)))


def count_entries(connection: Connection, kind: str | None, year: int | None) -> int:
    number: int = connection.execute(_filtered(select(func.count()).select_from(LogEntry), kind, year)).scalar_one()
    return number


def notes_of(connection: Connection, entry_id: int) -> list[NoteRow]:
    """In the order in which they were written."""
    rows = connection.execute(
        select(LogNote.kind, LogNote.at, Account.name, LogNote.words, LogNote.changes)
        .outerjoin(Account, Account.id == LogNote.account_id)
        .where(LogNote.entry_id == entry_id)
        .order_by(LogNote.id)
    )
    return many(NoteRow, rows)


def _filtered(query: Select[Any], kind: str | None, year: int | None) -> Select[Any]:
    if kind is not None:
        query = query.where(LogEntry.kind == kind)
    if year is not None:
        local = func.timezone("Asia/Ho_Chi_Minh", LogEntry.began_at)
        query = query.where(func.date_part("year", local) == year)
    return query
