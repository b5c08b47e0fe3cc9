"""Which open dossiers a calendar concerns, in pages by id: a change of it counts them again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Connection,
    and_,
    any_,
    bindparam,
    cast,
    exists,
    func,
    or_,
    select,
    true,
)

from app.store.database import many
from app.store.dossiers import DOSSIER, Dossier, DossierRow
from app.store.history import History
from app.store.organisation import Agency
from app.store.procedures import Procedure
from app.store.tasks import Task

_CALENDAR = bindparam("calendar", type_=BigInteger)
_USERS = select(Agency.id).where(or_(Agency.calendar_id == _CALENDAR, Agency.desk_calendar_id == _CALENDAR))
_OPEN: ColumnElement[bool] = and_(Dossier.result_at.is_(None), Dossier.closed_at.is_(None))
_THEIRS = or_(
    Dossier.agency_id.in_(_USERS),
    exists().where(Task.dossier_id == Dossier.id, Task.agency_id.in_(_USERS)),
)
_CONCERNED = (
    select(Dossier.id)
    .join(Procedure, Procedure.id == Dossier.procedure_id)
    .where(_OPEN, or_(Procedure.calendar_id == _CALENDAR, and_(Procedure.calendar_id.is_(None), _THEIRS)))
)
_PAGE = _CONCERNED.where(Dossier.id > bindparam("after")).order_by(Dossier.id).limit(bindparam("most"))
_BY_IDS = DOSSIER.where(Dossier.id == any_(cast(bindparam("ids"), ARRAY(BigInteger)))).order_by(Dossier.id)
_MOVED = (
    select(History.dossier_id)
    .where(
        History.dossier_id == Dossier.id,
        History.kind == "calendar_changed",
        History.at >= bindparam("since"),
    )
    .limit(1)
    .lateral("moved")
)


def count_concerned(connection: Connection, calendar_id: int) -> int:
    """How many open dossiers run by the calendar: their agencies', their desk's or their procedure's."""
    query = select(func.count()).select_from(_CONCERNED.subquery())
    number: int = connection.execute(query, {"calendar": calendar_id}).scalar_one()
    return number


def concerned(connection: Connection, calendar_id: int, after: int, most: int) -> list[int]:
    """Ids of the next of these dossiers after the id `after`."""
    rows = connection.execute(_PAGE, {"calendar": calendar_id, "after": after, "most": most})
    return list(rows.scalars())


def dossiers_by_id(connection: Connection, ids: Sequence[int]) -> list[DossierRow]:
    """These dossiers, by id."""
    return many(DossierRow, connection.execute(_BY_IDS, {"ids": list(ids)}))


def moved_since(connection: Connection, calendar_id: int, since: datetime) -> dict[int, list[int]]:
    """Ids of the open dossiers of a calendar whose clock came out otherwise since then, by their receiving agency."""
    query = select(Dossier.agency_id, Dossier.id).join(_MOVED, true()).where(Dossier.id.in_(_CONCERNED))
    found: dict[int, list[int]] = {}
    for agency_id, dossier_id in connection.execute(query, {"calendar": calendar_id, "since": since}):
        found.setdefault(agency_id, []).append(dossier_id)
    return found
