"""Working calendars: their rows, and who works by which.

`calendars.revision` is the epoch of the calendar's last change, so a dossier that knows under which epoch its clock was folded
knows whether a calendar of its own changed since.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select, update

from app.store.database import many, one
from app.store.organisation import Agency, Calendar
from app.store.procedures import Procedure


@dataclass(frozen=True, slots=True)
class CalendarRow:
    id: int
    code: str
    name: str
    data: dict[str, Any]
    revision: int


@dataclass(frozen=True, slots=True)
class AgencyHours:
    """By which calendars an agency works; its desk by the office's where `desk` is None."""

    id: int
    code: str
    name: str
    office: int
    desk: int | None


@dataclass(frozen=True, slots=True)
class ProcedureHours:
    """A procedure whose own calendar counts wherever it is worked."""

    id: int
    code: str
    name: str
    calendar: int


_CALENDAR = select(Calendar.id, Calendar.code, Calendar.name, Calendar.data, Calendar.revision)
_AGENCIES = select(Agency.id, Agency.code, Agency.name, Agency.calendar_id, Agency.desk_calendar_id).order_by(Agency.id)
_PROCEDURES = (
    select(Procedure.id, Procedure.code, Procedure.name, Procedure.calendar_id)
    .where(Procedure.calendar_id.is_not(None))
    .order_by(Procedure.code)
)


def every_calendar(connection: Connection) -> list[CalendarRow]:
    """All calendars by code."""
    return many(CalendarRow, connection.execute(_CALENDAR.order_by(Calendar.code)))


def find_calendar(connection: Connection, code: str, *, lock: bool = False) -> CalendarRow | None:
    query = _CALENDAR.where(Calendar.code == code)
    return one(CalendarRow, connection.execute(query.with_for_update() if lock else query).one_or_none())


def calendar_by_id(connection: Connection, calendar_id: int) -> CalendarRow:
    return CalendarRow(*connection.execute(_CALENDAR.where(Calendar.id == calendar_id)).one())


def save_data(connection: Connection, calendar_id: int, data: Mapping[str, Any], epoch: int) -> None:
    """Overwrite a calendar's data; `epoch` is this change's."""
    connection.execute(update(Calendar).where(Calendar.id == calendar_id).values(data=dict(data), revision=epoch))


def agencies_hours(connection: Connection) -> Sequence[AgencyHours]:
    return many(AgencyHours, connection.execute(_AGENCIES))


def procedures_hours(connection: Connection) -> Sequence[ProcedureHours]:
    """The procedures that have a calendar of their own."""
    return many(ProcedureHours, connection.execute(_PROCEDURES))
