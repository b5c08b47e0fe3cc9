"""Books in which slips and dossiers are numbered: one an agency, book and year, each from 1, without gaps (TT 01/2018 Art. 10).

A number is taken in the transaction that uses it: what is rolled back has used none, and two desks wait for each other.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, ForeignKey, Select, UniqueConstraint, bindparam, func, insert, select
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.orm import Mapped, mapped_column

from app.store.database import Base, Code, many
from app.store.dossiers import Dossier, DossierContents
from app.store.procedures import Procedure
from app.store.statement import Statement

REGISTER = "register"
"""The book of all dossiers (Sổ theo dõi hồ sơ); the others are called as the kind of slip that they number."""


class SlipBook(Base):
    __tablename__ = "slip_books"
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"), primary_key=True, autoincrement=False)
    book: Mapped[Code] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]


class RegisterEntry(Base):
    """The place of a dossier in the register of the agency that received it."""

    __tablename__ = "register_entries"
    __table_args__ = (UniqueConstraint("agency_id", "year", "number"),)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossiers.id"), primary_key=True, autoincrement=False)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    year: Mapped[int]
    number: Mapped[int]
    entered_at: Mapped[datetime]
    """When it was accepted."""


@dataclass(frozen=True, slots=True)
class BookRow:
    book: str
    year: int
    last: int


_NEXT = Statement(
    pg_insert(SlipBook)
    .values(agency_id=bindparam("agency"), book=bindparam("name"), year=bindparam("of_year"), last=1)
    .on_conflict_do_update(
        index_elements=[SlipBook.agency_id, SlipBook.book, SlipBook.year], set_={"last": SlipBook.last + 1}
    )
    .returning(SlipBook.last)
)
_ENTER = Statement(
    insert(RegisterEntry).values(
        {name: bindparam(name) for name in ("dossier_id", "agency_id", "year", "number", "entered_at")}
    )
)
_ENTERED = Statement(
    select(RegisterEntry.year, RegisterEntry.number).where(RegisterEntry.dossier_id == bindparam("dossier"))
)


def next_number(connection: Connection, agency_id: int, book: str, year: int) -> int:
    """Take the book's next number."""
    number: int = _NEXT.the(connection, {"agency": agency_id, "name": book, "of_year": year})[0]
    return number


def enter_in_register(connection: Connection, dossier_id: int, agency_id: int, year: int, now: datetime) -> int:
    """Enter an accepted dossier; answers its number."""
    number = next_number(connection, agency_id, REGISTER, year)
    place = {"agency_id": agency_id, "year": year, "number": number, "entered_at": now}
    _ENTER.run(connection, {"dossier_id": dossier_id, **place})
    return number


def register_number(connection: Connection, dossier_id: int) -> tuple[int, int] | None:
    """Year and number of a dossier in the register; None before it is accepted."""
    row = _ENTERED.one(connection, {"dossier": dossier_id})
    return (row[0], row[1]) if row else None


def books_of(connection: Connection, agency_id: int) -> list[BookRow]:
    """The agency's books, the newest year first."""
    rows = connection.execute(
        select(SlipBook.book, SlipBook.year, SlipBook.last)
        .where(SlipBook.agency_id == agency_id)
        .order_by(SlipBook.year.desc(), SlipBook.book)
    )
    return many(BookRow, rows)


@dataclass(frozen=True, slots=True)
class RegisterRow:
    """A dossier as its line of the register has it."""

    number: int
    code: str
    applicant_name: str
    applicant: dict[str, Any]
    procedure_name: str
    received_at: datetime
    appointment_at: datetime | None
    result_at: datetime | None
    closed_at: datetime | None
    outcome: str | None


def count_register(connection: Connection, agency_id: int, year: int, begin: datetime, end: datetime, most: int) -> int:
    """How many dossiers were entered in that year's register from `begin` to before `end`, counted to `most`."""
    found = _entries(agency_id, year, begin, end).with_only_columns(RegisterEntry.number).limit(most).subquery()
    number: int = connection.execute(select(func.count()).select_from(found)).scalar_one()
    return number


def register_rows(
    connection: Connection,
    agency_id: int,
    year: int,
    begin: datetime,
    end: datetime,
    *,
    after: int = 0,
    most: int = 500,
) -> list[RegisterRow]:
    """The lines entered in that year's register from `begin` to before `end`, by number from behind `after`."""
    rows = connection.execute(
        _entries(agency_id, year, begin, end)
        .where(RegisterEntry.number > after)
        .order_by(RegisterEntry.number)
        .limit(most)
    )
    return many(RegisterRow, rows)


def _entries(agency_id: int, year: int, begin: datetime, end: datetime) -> Select[Any]:
    return (
        select(
            RegisterEntry.number,
            Dossier.code,
            DossierContents.applicant_name,
            DossierContents.applicant,
            Procedure.name,
            Dossier.received_at,
            Dossier.appointment_at,
            Dossier.result_at,
            Dossier.closed_at,
            Dossier.outcome,
        )
        .join(Dossier, Dossier.id == RegisterEntry.dossier_id)
        .join(DossierContents, DossierContents.dossier_id == Dossier.id)
        .join(Procedure, Procedure.id == Dossier.procedure_id)
        .where(
            RegisterEntry.agency_id == agency_id,
            RegisterEntry.year == year,
            RegisterEntry.entered_at >= begin,
            RegisterEntry.entered_at < end,
        )
    )
