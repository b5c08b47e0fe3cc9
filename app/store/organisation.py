"""Agencies, units, positions and calendars: who there is and when they work.

A position (vị trí việc làm) belongs to one agency and sits in one of its units; the same position code stands in many
agencies, so a diagram names the code and the dossier says which agency's (QT-22.2a).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import takewhile
from typing import Any

from sqlalchemy import Connection, ForeignKey, UniqueConstraint, and_, bindparam, func, insert, or_, select, text
from sqlalchemy.orm import Mapped, mapped_column

from app.store.database import Base, BigId, Code, one
from app.store.statement import Statement

COMMUNE_LEVEL = 3


class Calendar(Base):
    __tablename__ = "calendars"
    id: Mapped[BigId]
    code: Mapped[Code] = mapped_column(unique=True)
    name: Mapped[str]
    data: Mapped[dict[str, Any]]
    """The form that `app.rules.calendar.WorkCalendar.from_dict` reads."""
    revision: Mapped[int] = mapped_column(default=1, server_default="1")
    """The `CalendarEpoch.epoch` of its last change, so that what was worked out by it before is known to be old."""


class CalendarEpoch(Base):
    """One row: the number of the newest change to any calendar, or to who works by which."""

    __tablename__ = "calendar_epoch"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    epoch: Mapped[int]


EPOCH = select(func.coalesce(func.max(CalendarEpoch.epoch), 1)).scalar_subquery().label("calendar_epoch")
"""The present epoch as a column of other selects, so that nobody has to ask for it."""


class Agency(Base):
    __tablename__ = "agencies"
    id: Mapped[BigId]
    code: Mapped[Code] = mapped_column(unique=True)
    """Short and stable, used by diagrams and the API (SYT)."""
    identifier: Mapped[str]
    """The official identifier inside dossier codes (000.00.12.H50)."""
    name: Mapped[str]
    level: Mapped[int]
    """1 province, 2 department, 3 commune."""
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("agencies.id"))
    calendar_id: Mapped[int] = mapped_column(ForeignKey("calendars.id"))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    desk_calendar_id: Mapped[int | None] = mapped_column(ForeignKey("calendars.id"))
    """Hours of its desk where these are not the office's."""
    version: Mapped[int] = mapped_column(default=1, server_default="1")


class AgencyName(Base):
    """What an agency was called until a day, that day included; its present name stands in `agencies`."""

    __tablename__ = "agency_names"
    id: Mapped[BigId]
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"), index=True)
    name: Mapped[str]
    until: Mapped[date]


class Unit(Base):
    __tablename__ = "units"
    __table_args__ = (UniqueConstraint("agency_id", "code"),)
    id: Mapped[BigId]
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    code: Mapped[Code]
    name: Mapped[str]
    kind: Mapped[str]
    """desk, room, leadership or clerk."""
    valid_to: Mapped[date | None]
    """The last day on which there is such a unit."""
    version: Mapped[int] = mapped_column(default=1, server_default="1")


class Position(Base):
    __tablename__ = "positions"
    __table_args__ = (UniqueConstraint("agency_id", "code"),)
    id: Mapped[BigId]
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    code: Mapped[Code]
    name: Mapped[str]
    head: Mapped[bool] = mapped_column(default=False, server_default="false")
    """Whether who holds it heads the unit, and is told what happens to the unit's dossiers."""
    valid_to: Mapped[date | None]
    """The last day on which somebody may hold it."""
    version: Mapped[int] = mapped_column(default=1, server_default="1")


@dataclass(frozen=True, slots=True)
class AgencyRow:
    id: int
    code: str
    identifier: str
    name: str
    level: int
    parent_id: int | None
    calendar_id: int
    calendar_epoch: int


_AGENCY = select(
    Agency.id,
    Agency.code,
    Agency.identifier,
    Agency.name,
    Agency.level,
    Agency.parent_id,
    Agency.calendar_id,
    EPOCH,
)


_AGENCY_BY_CODE = Statement(_AGENCY.where(Agency.code == bindparam("code")))
_AGENCY_BY_ID = Statement(_AGENCY.where(Agency.id == bindparam("agency")))
_DESK = Statement(
    select(Unit.code, Unit.name)
    .where(Unit.agency_id == bindparam("agency"), Unit.kind == "desk")
    .order_by(Unit.id)
    .limit(1)
)


def find_agency(connection: Connection, code: str) -> AgencyRow | None:
    return one(AgencyRow, _AGENCY_BY_CODE.one(connection, {"code": code}))


def agency_by_id(connection: Connection, agency_id: int) -> AgencyRow:
    return AgencyRow(*_AGENCY_BY_ID.the(connection, {"agency": agency_id}))


def with_parents(connection: Connection, agency_id: int) -> list[int]:
    """An agency and those above it, the nearest first."""
    chain: list[int] = []
    at: int | None = agency_id
    while at is not None and at not in chain:
        chain.append(at)
        at = agency_by_id(connection, at).parent_id
    return chain


def parent_name(connection: Connection, agency: AgencyRow) -> str:
    """The name of the agency above, as the head of a paper shows it; empty at the top."""
    return agency_by_id(connection, agency.parent_id).name if agency.parent_id is not None else ""


def calendar_data(connection: Connection, calendar_id: int) -> dict[str, Any]:
    data: dict[str, Any] = connection.execute(select(Calendar.data).where(Calendar.id == calendar_id)).scalar_one()
    return data


def desk_of(connection: Connection, agency_id: int) -> tuple[str, str] | None:
    """Code and name of an agency's desk unit, or None where it has none."""
    row = _DESK.one(connection, {"agency": agency_id})
    return (row[0], row[1]) if row else None


def position_codes(connection: Connection) -> set[str]:
    return set(connection.execute(select(Position.code).distinct()).scalars())


def position_choices(connection: Connection, day: date) -> list[tuple[str, str, int]]:
    """Code, a name and the number of agencies of every kind of position that may be held on that day, by name."""
    rows = connection.execute(
        select(
            Position.code,
            func.array_agg(Position.name.distinct()).label("names"),
            func.count(Position.agency_id.distinct()).label("n"),
        )
        .where(or_(Position.valid_to.is_(None), Position.valid_to >= day))
        .group_by(Position.code)
    )
    return sorted(((row.code, _name_of_kind(row.names), row.n) for row in rows), key=lambda one: (one[1], one[0]))


def _name_of_kind(names: Sequence[str]) -> str:
    """What the names of one kind of position begin with, for each agency puts its own name behind; else the shortest."""
    words = zip(*(name.split() for name in names), strict=False)
    shared = [said[0] for said in takewhile(lambda said: len(set(said)) == 1, words)]
    return " ".join(shared) if len(shared) > 1 else min(names, key=lambda name: (len(name), name))


def units_of(connection: Connection, agency_id: int, kind: str) -> list[int]:
    """Ids of an agency's units of one kind (desk, room, leadership, clerk)."""
    rows = connection.execute(select(Unit.id).where(Unit.agency_id == agency_id, Unit.kind == kind).order_by(Unit.id))
    return list(rows.scalars())


def heads_of(connection: Connection, unit_ids: Sequence[int]) -> list[int]:
    """Ids of the positions that head these units."""
    rows = connection.execute(select(Position.id).where(Position.unit_id.in_(unit_ids), Position.head))
    return list(rows.scalars())


def calendar_ids(connection: Connection) -> dict[str, int]:
    """Every calendar's id by its code."""
    return {row.code: row.id for row in connection.execute(select(Calendar.code, Calendar.id))}


def calendar_names(connection: Connection) -> list[tuple[str, str]]:
    """Code and name of every calendar, by name."""
    return [
        (row.code, row.name) for row in connection.execute(select(Calendar.code, Calendar.name).order_by(Calendar.name))
    ]


def agency_ids(connection: Connection) -> dict[str, int]:
    """Every agency's id by its code."""
    return {row.code: row.id for row in connection.execute(select(Agency.code, Agency.id))}


def agencies_with(connection: Connection, position: str, day: date) -> list[tuple[str, str]]:
    """Code and name of the agencies of that day that have a position of this code, by level and name."""
    rows = connection.execute(
        select(Agency.code, Agency.name)
        .join(Position, Position.agency_id == Agency.id)
        .where(
            Position.code == position,
            or_(Position.valid_to.is_(None), Position.valid_to >= day),
            Agency.valid_from <= day,
            or_(Agency.valid_to.is_(None), Agency.valid_to >= day),
        )
        .order_by(Agency.level, Agency.name)
    )
    return [(row.code, row.name) for row in rows]


def agency_names(connection: Connection, day: date) -> list[tuple[str, str]]:
    """Code and name of the agencies there are on that day, by level and name."""
    rows = connection.execute(
        select(Agency.code, Agency.name)
        .where(Agency.valid_from <= day, or_(Agency.valid_to.is_(None), Agency.valid_to >= day))
        .order_by(Agency.level, Agency.name)
    )
    return [(row.code, row.name) for row in rows]


def communes(connection: Connection, day: date) -> list[tuple[str, str]]:
    """Code and name of the communes there are on that day."""
    rows = connection.execute(
        select(Agency.code, Agency.name)
        .where(Agency.level == COMMUNE_LEVEL)
        .where(Agency.valid_from <= day, or_(Agency.valid_to.is_(None), Agency.valid_to >= day))
        .order_by(Agency.name)
    )
    return [(row.code, row.name) for row in rows]


def place_names(
    connection: Connection, agencies: Sequence[str], positions: Sequence[str]
) -> dict[str, tuple[str, dict[str, str]]]:
    """Names by code: of those of the agencies that exist, and of those of the positions that each of them has."""
    there = and_(Position.agency_id == Agency.id, Position.code.in_(positions))
    rows = connection.execute(
        select(Agency.code, Agency.name, Position.code.label("position"), Position.name.label("position_name"))
        .outerjoin(Position, there)
        .where(Agency.code.in_(agencies))
    )
    found: dict[str, tuple[str, dict[str, str]]] = {}
    for row in rows:
        _, known = found.setdefault(row.code, (row.name, {}))
        if row.position is not None:
            known[row.position] = row.position_name
    return found


def unit_ids(connection: Connection, agency_id: int) -> dict[str, int]:
    """Ids of an agency's units by code."""
    rows = connection.execute(select(Unit.code, Unit.id).where(Unit.agency_id == agency_id))
    return {row.code: row.id for row in rows}


def position_ids(connection: Connection, agency_id: int) -> dict[str, int]:
    """Ids of an agency's positions by code."""
    rows = connection.execute(select(Position.code, Position.id).where(Position.agency_id == agency_id))
    return {row.code: row.id for row in rows}


# The time keeps a number from being given twice when its first taker was rolled back: a process may have kept what it read.
_BUMP = text(
    """
    INSERT INTO calendar_epoch (id, epoch) VALUES (1, CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS bigint))
    ON CONFLICT (id) DO UPDATE SET epoch = greatest(calendar_epoch.epoch + 1, excluded.epoch)
    RETURNING epoch
    """
)


def bump_epoch(connection: Connection) -> int:
    """Take the next epoch. Changes of calendars wait for each other here until they are committed."""
    number: int = connection.execute(_BUMP).scalar_one()
    return number


def add_calendar(connection: Connection, code: str, name: str, data: Mapping[str, Any]) -> int:
    """A new calendar; `data` is the form that `WorkCalendar.from_dict` reads."""
    epoch = bump_epoch(connection)
    added: int = connection.execute(
        insert(Calendar).values(code=code, name=name, data=data, revision=epoch).returning(Calendar.id)
    ).scalar_one()
    return added


def add_agency(connection: Connection, values: Mapping[str, Any]) -> int:
    """A new agency: code, identifier, name, level, parent_id, calendar_id, desk_calendar_id, valid_from."""
    bump_epoch(connection)
    added: int = connection.execute(insert(Agency).values(**values).returning(Agency.id)).scalar_one()
    return added


def add_unit(connection: Connection, agency_id: int, code: str, name: str, kind: str) -> int:
    added: int = connection.execute(
        insert(Unit).values(agency_id=agency_id, code=code, name=name, kind=kind).returning(Unit.id)
    ).scalar_one()
    return added


def add_position(
    connection: Connection, agency_id: int, unit_id: int, code: str, name: str, *, head: bool = False
) -> int:
    added: int = connection.execute(
        insert(Position)
        .values(agency_id=agency_id, unit_id=unit_id, code=code, name=name, head=head)
        .returning(Position.id)
    ).scalar_one()
    return added


@dataclass(frozen=True, slots=True)
class PositionRow:
    """A position with what decides which roles it may play."""

    id: int
    code: str
    name: str
    agency_id: int
    agency: str
    unit_id: int
    unit_kind: str
    head: bool


_POSITION = (
    select(
        Position.id,
        Position.code,
        Position.name,
        Position.agency_id,
        Agency.code.label("agency"),
        Position.unit_id,
        Unit.kind.label("unit_kind"),
        Position.head,
    )
    .join(Unit, Unit.id == Position.unit_id)
    .join(Agency, Agency.id == Position.agency_id)
)


def positions_of(connection: Connection, agency: str) -> list[PositionRow]:
    """The positions of the agency with this code, in the order in which they were declared."""
    rows = connection.execute(_POSITION.where(Agency.code == agency).order_by(Position.id))
    return [PositionRow(*row) for row in rows]


def position_by_id(connection: Connection, position_id: int) -> PositionRow:
    return PositionRow(*connection.execute(_POSITION.where(Position.id == position_id)).one())
