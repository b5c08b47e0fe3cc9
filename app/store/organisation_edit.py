"""Agencies, units and positions as administrators keep them: all of them with what hangs on each, and changes to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, and_, func, insert, or_, select, text, update
from sqlalchemy.orm import aliased

from app.store.accounts import Account
from app.store.database import many, one
from app.store.dossiers import Dossier
from app.store.holdings import AccountPosition
from app.store.organisation import Agency, AgencyName, Calendar, Position, Unit, bump_epoch
from app.store.tasks import LIVE, Task


@dataclass(frozen=True, slots=True)
class AgencyEdit:
    """An agency with all that may be edited; calendars and the agency above by code."""

    id: int
    code: str
    identifier: str
    name: str
    level: int
    parent: str | None
    calendar: str
    desk_calendar: str | None
    valid_from: date
    valid_to: date | None
    version: int


@dataclass(frozen=True, slots=True)
class UnitEdit:
    id: int
    agency_id: int
    code: str
    name: str
    kind: str
    valid_to: date | None
    version: int


@dataclass(frozen=True, slots=True)
class PositionEdit:
    id: int
    agency_id: int
    unit_id: int
    code: str
    name: str
    head: bool
    valid_to: date | None
    version: int


_PARENT, _DESK = aliased(Agency, name="above"), aliased(Calendar, name="desk_calendar")
_AGENCY = (
    select(
        Agency.id,
        Agency.code,
        Agency.identifier,
        Agency.name,
        Agency.level,
        _PARENT.code,
        Calendar.code,
        _DESK.code,
        Agency.valid_from,
        Agency.valid_to,
        Agency.version,
    )
    .join(Calendar, Calendar.id == Agency.calendar_id)
    .outerjoin(_PARENT, _PARENT.id == Agency.parent_id)
    .outerjoin(_DESK, _DESK.id == Agency.desk_calendar_id)
)
_UNIT = select(Unit.id, Unit.agency_id, Unit.code, Unit.name, Unit.kind, Unit.valid_to, Unit.version)
_POSITION = select(
    Position.id,
    Position.agency_id,
    Position.unit_id,
    Position.code,
    Position.name,
    Position.head,
    Position.valid_to,
    Position.version,
)


# What is edited is locked so that steps and sessions that refer to it can be written meanwhile (FOR NO KEY UPDATE).

# Agencies --------------------------------------------------------------------------------------------------------------


def all_agencies(connection: Connection) -> list[AgencyEdit]:
    """Every agency, closed ones too, by level and name."""
    return many(AgencyEdit, connection.execute(_AGENCY.order_by(Agency.level, Agency.name, Agency.id)))


def agency_edit(connection: Connection, code: str, *, lock: bool = False) -> AgencyEdit | None:
    query = _AGENCY.where(Agency.code == code)
    found = connection.execute(query.with_for_update(of=Agency, key_share=True) if lock else query).one_or_none()
    return one(AgencyEdit, found)


def identifier_taken(connection: Connection, identifier: str, but: int = 0) -> bool:
    """Whether another agency has this identifier in its dossiers' codes."""
    query = select(Agency.id).where(Agency.identifier == identifier, Agency.id != but).limit(1)
    return connection.execute(query).one_or_none() is not None


def has_dossiers(connection: Connection, agency_id: int) -> bool:
    """Whether it ever received one."""
    return (
        connection.execute(select(Dossier.id).where(Dossier.agency_id == agency_id).limit(1)).one_or_none() is not None
    )


def save_agency(connection: Connection, agency_id: int, values: Mapping[str, Any]) -> None:
    """Write these columns back; hours that change take a new epoch."""
    if values.keys() & {"calendar_id", "desk_calendar_id"}:
        bump_epoch(connection)
    connection.execute(update(Agency).where(Agency.id == agency_id).values(**values, version=Agency.version + 1))


def add_former_name(connection: Connection, agency_id: int, name: str, until: date) -> None:
    connection.execute(insert(AgencyName).values(agency_id=agency_id, name=name, until=until))


def former_names(connection: Connection, agency_id: int) -> list[tuple[str, date]]:
    """What it was called, and until when, newest first."""
    rows = connection.execute(
        select(AgencyName.name, AgencyName.until)
        .where(AgencyName.agency_id == agency_id)
        .order_by(AgencyName.id.desc())
    )
    return [(row.name, row.until) for row in rows]


def agency_counts(connection: Connection, day: date) -> dict[int, tuple[int, int, int]]:
    """Units, positions and active accounts of each agency on `day`, by its id."""
    units = _counted(
        connection, select(Unit.agency_id, func.count()).where(_stands(Unit, day)).group_by(Unit.agency_id)
    )
    places = _counted(
        connection, select(Position.agency_id, func.count()).where(_stands(Position, day)).group_by(Position.agency_id)
    )
    people = _counted(
        connection, select(Account.agency_id, func.count()).where(Account.active).group_by(Account.agency_id)
    )
    return {one: (units.get(one, 0), places.get(one, 0), people.get(one, 0)) for one in {*units, *places, *people}}


def open_dossiers(connection: Connection, agency_id: int) -> int:
    """How many dossiers that it received are not closed yet."""
    query = select(func.count()).where(Dossier.agency_id == agency_id, Dossier.closed_at.is_(None))
    found: int = connection.execute(query).scalar_one()
    return found


def agencies_below(connection: Connection, agency_id: int, day: date) -> list[str]:
    """The names of those under it that there are from `day` on."""
    query = select(Agency.name).where(
        Agency.parent_id == agency_id, or_(Agency.valid_to.is_(None), Agency.valid_to >= day)
    )
    return list(connection.execute(query.order_by(Agency.name)).scalars())


# Units and positions ---------------------------------------------------------------------------------------------------


def _stands(table: Any, day: date) -> Any:
    return or_(table.valid_to.is_(None), table.valid_to >= day)


def _counted(connection: Connection, query: Any) -> dict[int, int]:
    return {row[0]: row[1] for row in connection.execute(query)}


def units_of_agency(connection: Connection, agency_id: int) -> list[UnitEdit]:
    """Its units, closed ones too, in the order in which they were made."""
    return many(UnitEdit, connection.execute(_UNIT.where(Unit.agency_id == agency_id).order_by(Unit.id)))


def positions_of_agency(connection: Connection, agency_id: int) -> list[PositionEdit]:
    return many(
        PositionEdit, connection.execute(_POSITION.where(Position.agency_id == agency_id).order_by(Position.id))
    )


def unit_edit(connection: Connection, agency_id: int, code: str, *, lock: bool = False) -> UnitEdit | None:
    query = _UNIT.where(Unit.agency_id == agency_id, Unit.code == code)
    return one(UnitEdit, connection.execute(query.with_for_update(key_share=True) if lock else query).one_or_none())


def position_edit(connection: Connection, agency_id: int, code: str, *, lock: bool = False) -> PositionEdit | None:
    query = _POSITION.where(Position.agency_id == agency_id, Position.code == code)
    return one(PositionEdit, connection.execute(query.with_for_update(key_share=True) if lock else query).one_or_none())


def save_unit(connection: Connection, unit_id: int, values: Mapping[str, Any]) -> None:
    connection.execute(update(Unit).where(Unit.id == unit_id).values(**values, version=Unit.version + 1))


def save_position(connection: Connection, position_id: int, values: Mapping[str, Any]) -> None:
    """Write these columns back; open steps go with a position that moves to another unit."""
    connection.execute(
        update(Position).where(Position.id == position_id).values(**values, version=Position.version + 1)
    )
    if "unit_id" in values:
        connection.execute(
            update(Task)
            .where(Task.position_id == position_id, Task.state.in_(LIVE))
            .values(unit_id=values["unit_id"], version=Task.version + 1)
        )


def open_tasks_by_position(connection: Connection, agency_id: int) -> dict[int, int]:
    """How many steps wait at each position of an agency, by the position's id."""
    query = select(Task.position_id, func.count()).where(Task.agency_id == agency_id, Task.state.in_(LIVE))
    return _counted(connection, query.group_by(Task.position_id))


def holders_from(
    connection: Connection, position_ids: Sequence[int], day: date
) -> list[tuple[int, str, date, date | None]]:
    """Who was given these positions for `day` or later: position, name, from and to."""
    rows = connection.execute(
        select(AccountPosition.position_id, Account.name, AccountPosition.valid_from, AccountPosition.valid_to)
        .join(Account, Account.id == AccountPosition.account_id)
        .where(
            AccountPosition.position_id.in_(position_ids),
            or_(AccountPosition.valid_to.is_(None), AccountPosition.valid_to >= day),
        )
        .order_by(AccountPosition.valid_from, Account.name)
    )
    return [(row[0], row[1], row[2], row[3]) for row in rows]


_USED_BY = text(
    """
    SELECT p.code, p.name, v.number, step.value ->> 'name' AS step
      FROM procedure_versions v JOIN procedures p ON p.id = v.procedure_id
           CROSS JOIN LATERAL jsonb_array_elements(v.steps) AS step
     WHERE v.steps @> jsonb_build_array(jsonb_build_object('position', CAST(:position AS text)))
       AND step.value ->> 'position' = :position
       AND (step.value ->> 'agency' = :agency
            OR coalesce(step.value ->> 'agency', 'lead') = 'lead'
               AND EXISTS (SELECT 1 FROM procedure_agencies a WHERE a.procedure_id = p.id AND a.agency_id = :agency_id))
       AND ((v.repealed_on IS NULL OR v.repealed_on > :day)
            AND NOT EXISTS (SELECT 1 FROM procedure_versions n WHERE n.procedure_id = p.id AND n.number > v.number
                             AND n.effective_from <= :day AND n.review IN ('none', 'approved'))
            OR EXISTS (SELECT 1 FROM dossiers d WHERE d.version_id = v.id AND d.closed_at IS NULL))
     ORDER BY p.code, v.number
    """
)


def used_by(
    connection: Connection, agency: tuple[int, str], position: str, day: date
) -> list[tuple[str, str, int, str]]:
    """The steps of diagrams that run, or that new dossiers follow, and that wait for this position of that agency (id, code):
    code and name of the procedure, number of the version, name of the step."""
    values = {"agency_id": agency[0], "agency": agency[1], "position": position, "day": day}
    return [(row[0], row[1], row[2], row[3]) for row in connection.execute(_USED_BY, values)]


def positions_at(
    connection: Connection, agency_ids: Sequence[int], day: date
) -> list[tuple[int, PositionEdit, UnitEdit]]:
    """The positions of these agencies that there are on `day`, each with its agency's id and its unit."""
    rows = connection.execute(
        select(*_POSITION.selected_columns, *_UNIT.selected_columns)
        .join(Unit, Unit.id == Position.unit_id)
        .where(Position.agency_id.in_(agency_ids), and_(_stands(Position, day), _stands(Unit, day)))
        .order_by(Position.agency_id, Unit.id, Position.id)
    )
    size = len(_POSITION.selected_columns)
    return [(row[1], PositionEdit(*row[:size]), UnitEdit(*row[size:])) for row in rows]
