"""What heads look at: open work by unit, officer, procedure and step, and a period's totals; all of it from indexes.

The groups are counted over the most urgent MOST_MONITORED tasks of whoever is looked at, in one statement. Totals of a period
are index-only counts by agency (`ix_dossiers_agency_received`, `ix_dossiers_agency_result`) and by unit (`ix_tasks_unit_done`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Connection,
    DateTime,
    Select,
    any_,
    bindparam,
    cast,
    distinct,
    func,
    literal,
    literal_column,
    select,
    true,
    tuple_,
)

from app.rules.status import IMPORT_WITHDRAWN
from app.store.accounts import Account
from app.store.dossiers import Dossier
from app.store.organisation import Agency, Unit
from app.store.procedures import Procedure
from app.store.segments import SegmentRecord
from app.store.task_walks import (
    FACTS,
    MOST_COUNTED,
    OPEN,
    Filters,
    Scope,
    Shape,
    fact_so,
    its_dossier,
    merged,
    shape_of,
    values_of,
)
from app.store.tasks import Task

MOST_MONITORED = 5_000
COUNTS = ("open", "due_today", *FACTS)
_LOOKED_AT = (
    Dossier.result_at,
    Dossier.paused_at,
    Dossier.appointment_at,
    Dossier.transfer_due_at,
    Dossier.due_soon_at,
    Dossier.deadline_at,
    Dossier.overdue,
    Dossier.procedure_id,
)


@dataclass(frozen=True, slots=True)
class Group:
    """Open dossiers of one unit, officer, procedure or step of a procedure (the others are None; all None: of everybody).

    `kind`: unit, officer, procedure, step or whole; `id` of a step is its procedure's; an officer of None are tasks that nobody
    has taken.
    """

    kind: str
    id: int | None
    step: str | None
    step_name: str | None
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class AgencyLoad:
    """Open tasks of an agency, each number counted to MOST_COUNTED + 1."""

    id: int
    code: str
    name: str
    open: int
    due_today: int
    step_late: int


@dataclass(frozen=True, slots=True)
class AgencyTotals:
    """A period at an agency: dossiers received there, and results by how they came."""

    id: int
    code: str
    name: str
    received: int
    early: int
    on_time: int
    late: int


@dataclass(frozen=True, slots=True)
class OfficerTotals:
    """Steps that somebody finished in a period, and how many of them after their due time."""

    unit: int
    account: int | None
    done: int
    late: int


def groups(
    connection: Connection,
    inbox: str,
    scope: Scope,
    now: datetime,
    today: tuple[datetime, datetime],
    by_appointment: bool,
) -> tuple[list[Group], int]:
    """The groups, and how many tasks they were counted over (at most MOST_MONITORED). `today`: its beginning and end."""
    shape = shape_of((inbox,), Filters(), "due_at", None)
    values = values_of((inbox,), scope, Filters(now=now, by_appointment=by_appointment), None, MOST_MONITORED)
    rows = connection.execute(_grouped(shape), values | {"today_from": today[0], "today_before": today[1]})
    found, tasks = [], 0
    for row in rows:
        counts = dict(zip(COUNTS, row[-len(COUNTS) :], strict=True))
        kind = _KINDS[row.grouping]
        key = {"unit": row.unit_id, "officer": row.assignee_id}.get(kind, row.procedure_id)
        step = (row.step, row.name) if kind == "step" else (None, None)
        found.append(Group(kind, key, step[0], step[1], counts))
        tasks = row.tasks if kind == "whole" else tasks
    return found, tasks


_KINDS = {0b0111: "unit", 0b1011: "officer", 0b1101: "procedure", 0b1100: "step", 0b1111: "whole"}
"""GROUPING() has a bit for each column that a row is not grouped by."""


@lru_cache(16)
def _grouped(shape: Shape) -> Select[Any]:
    found = merged(shape, "dossier_id", "unit_id", "assignee_id", "step", "step_name").subquery()
    its = its_dossier(found, *_LOOKED_AT)
    keys = (found.c.unit_id, found.c.assignee_id, its.c.procedure_id, found.c.step)
    today = (
        found.c.key >= bindparam("today_from", type_=DateTime(timezone=True)),
        found.c.key < bindparam("today_before", type_=DateTime(timezone=True)),
    )
    conditions: dict[str, Sequence[ColumnElement[bool]]] = {
        "open": (true(),),
        "due_today": today,
        **{fact: (fact_so(fact, its.c, found.c.key),) for fact in FACTS},
    }
    counted = [func.count(distinct(found.c.dossier_id)).filter(*conditions[name]).label(name) for name in COUNTS]
    return (
        select(
            *keys,
            func.grouping(*keys).label("grouping"),
            func.count().label("tasks"),
            func.max(found.c.step_name).label("name"),
            *counted,
        )
        .select_from(found)
        .join(its, true())
        .group_by(func.grouping_sets(*keys[:3], tuple_(*keys[2:]), literal_column("()")))
    )


def count_watched(connection: Connection, inbox: str, scope: Scope, filters: Filters) -> tuple[int, int]:
    """How many open tasks there are and of how many dossiers, among the MOST_MONITORED most urgent ones as `groups` counts."""
    query = _watched(shape_of((inbox,), filters, "due_at", None))
    row = connection.execute(query, values_of((inbox,), scope, filters, None, MOST_MONITORED)).one()
    return row[0], row[1]


@lru_cache(64)
def _watched(shape: Shape) -> Select[int, int]:
    found = merged(shape, "dossier_id").subquery()
    return select(func.count(), func.count(distinct(found.c.dossier_id))).select_from(found)


def agency_loads(
    connection: Connection, agencies: Sequence[int] | None, now: datetime, today: tuple[datetime, datetime]
) -> list[AgencyLoad]:
    """The open tasks of these agencies (None = all) by index alone, the one with most late steps first."""
    values = {"now": now, "today_from": today[0], "today_before": today[1]}
    query = _LOADS if agencies is None else _LOADS.where(Agency.id == any_(cast(list(agencies), ARRAY(BigInteger))))
    loads = [AgencyLoad(*row) for row in connection.execute(query, values)]
    return sorted(loads, key=lambda load: (-load.step_late, -load.open, load.code))


def _counted_tasks(*conditions: ColumnElement[bool]) -> Any:
    """How many open tasks of the agency of the row outside hold the conditions, counted to MOST_COUNTED + 1."""
    few = select(literal(1)).where(Task.agency_id == Agency.id, OPEN, *conditions).limit(MOST_COUNTED + 1)
    return select(func.count()).select_from(few.correlate(Agency).subquery()).scalar_subquery()


_LOADS = select(
    Agency.id,
    Agency.code,
    Agency.name,
    _counted_tasks(),
    _counted_tasks(
        Task.due_at >= bindparam("today_from", type_=DateTime(timezone=True)),
        Task.due_at < bindparam("today_before", type_=DateTime(timezone=True)),
    ),
    _counted_tasks(Task.due_at <= bindparam("now", type_=DateTime(timezone=True))),
)


def agency_totals(
    connection: Connection, agencies: Sequence[int] | None, begin: datetime, end: datetime
) -> list[AgencyTotals]:
    """What came in and went out of these agencies (None = all) from `begin` to before `end`, by code; those with anything."""
    query = _TOTALS if agencies is None else _TOTALS.where(Agency.id == any_(cast(list(agencies), ARRAY(BigInteger))))
    rows = connection.execute(query.order_by(Agency.code), {"begin": begin, "end": end})
    return [AgencyTotals(*row) for row in rows if any(row[3:])]


def _in_period(at: Any) -> tuple[ColumnElement[bool], ...]:
    """The row's agency, and `at` inside the period."""
    instant = DateTime(timezone=True)
    return (
        Dossier.agency_id == Agency.id,
        at >= bindparam("begin", type_=instant),
        at < bindparam("end", type_=instant),
    )


_RECEIVED = (
    select(func.count())
    .where(*_in_period(Dossier.received_at), Dossier.outcome.is_distinct_from(literal_column(f"'{IMPORT_WITHDRAWN}'")))
    .correlate(Agency)
    .scalar_subquery()
)
_CLASSED = (
    select(
        *(
            func.count().filter(Dossier.timeliness == literal_column(f"'{name}'")).label(name)
            for name in ("early", "on_time", "late")
        )
    )
    .where(*_in_period(Dossier.result_at))
    .correlate(Agency)
    .lateral("classed")
)
_TOTALS = select(
    Agency.id, Agency.code, Agency.name, _RECEIVED, _CLASSED.c.early, _CLASSED.c.on_time, _CLASSED.c.late
).join(_CLASSED, true())


def officer_totals(connection: Connection, units: Sequence[int], begin: datetime, end: datetime) -> list[OfficerTotals]:
    """The steps finished in these units from `begin` to before `end`, by who finished them."""
    late = func.count().filter(Task.finished_at > Task.due_at)
    query = (
        select(Task.unit_id, Task.finished_by, func.count(), late)
        .where(
            literal_column("tasks.state = 'done'"),
            Task.unit_id == any_(cast(list(units), ARRAY(BigInteger))),
            Task.finished_at >= begin,
            Task.finished_at < end,
        )
        .group_by(Task.unit_id, Task.finished_by)
    )
    return [OfficerTotals(*row) for row in connection.execute(query)]


def charged_by_agency(connection: Connection, dossiers: Sequence[int]) -> dict[int, dict[str, int]]:
    """Working seconds of these dossiers that were charged, by agency code, of what has ended."""
    rows = connection.execute(
        select(SegmentRecord.dossier_id, SegmentRecord.agency, func.sum(SegmentRecord.seconds))
        .where(SegmentRecord.dossier_id == any_(cast(list(dossiers), ARRAY(BigInteger))), SegmentRecord.charged)
        .group_by(SegmentRecord.dossier_id, SegmentRecord.agency)
        .order_by(SegmentRecord.dossier_id, SegmentRecord.agency)
    )
    found: dict[int, dict[str, int]] = {}
    for dossier, agency, seconds in rows:
        found.setdefault(dossier, {})[agency] = int(seconds)
    return found


@dataclass(frozen=True, slots=True)
class UnitRow:
    id: int
    code: str
    name: str
    agency_id: int
    agency: str


def units_by_id(connection: Connection, ids: Sequence[int]) -> dict[int, UnitRow]:
    return {row.id: UnitRow(*row) for row in connection.execute(_UNITS.where(Unit.id.in_(ids)))}


def units_in(connection: Connection, agencies: Sequence[int]) -> list[UnitRow]:
    """The units of these agencies, by agency and name."""
    query = _UNITS.where(Unit.agency_id.in_(agencies)).order_by(Agency.code, Unit.name)
    return [UnitRow(*row) for row in connection.execute(query)]


_UNITS = select(Unit.id, Unit.code, Unit.name, Unit.agency_id, Agency.code).join(Agency, Agency.id == Unit.agency_id)


def people_by_id(connection: Connection, ids: Sequence[int]) -> dict[int, tuple[str, str]]:
    """User name and name of these accounts."""
    rows = connection.execute(select(Account.id, Account.username, Account.name).where(Account.id.in_(ids)))
    return {row.id: (row.username, row.name) for row in rows}


def procedures_by_id(connection: Connection, ids: Sequence[int]) -> dict[int, tuple[str, str]]:
    """Code and name of these procedures."""
    rows = connection.execute(select(Procedure.id, Procedure.code, Procedure.name).where(Procedure.id.in_(ids)))
    return {row.id: (row.code, row.name) for row in rows}
