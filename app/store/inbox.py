"""Inboxes: pages of open tasks, flat in the number of dossiers.

Each position, account or agency is asked for its next few tasks by the partial index that orders them by due time; the few
are merged. Undated tasks come last and are a branch of their own, because no index range holds both.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    BindParameter,
    ColumnElement,
    Connection,
    Select,
    and_,
    bindparam,
    case,
    cast,
    column,
    false,
    func,
    literal_column,
    select,
    true,
    tuple_,
    union_all,
)

from app.store.database import like_pattern
from app.store.dossiers import Dossier, DossierContents
from app.store.organisation import Agency, Calendar, Position
from app.store.procedures import Procedure
from app.store.tasks import TASK, Task, TaskRow

MOST_COUNTED = 1000
INBOXES = ("mine", "position", "unit", "agency")
SORTS = ("due_at", "-due_at", "entered_at", "-entered_at")
Found = Select[int, Any]
_RECEIVING = Agency.__table__.alias("receiving")
_OPEN: ColumnElement[bool] = literal_column("tasks.state = 'open'")


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose tasks: ids of the account, of its positions, of all positions in its units, of its agencies."""

    account: int
    positions: tuple[int, ...]
    unit_positions: tuple[int, ...] = ()
    agencies: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Filters:
    """What of them: `due_from` (included) and `due_before` bound the due time; `words` search code and applicant."""

    due_from: datetime | None = None
    due_before: datetime | None = None
    procedure: str | None = None
    step: str | None = None
    words: str | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page begins: after the task with this sort key (None = undated) and id."""

    key: datetime | None
    id: int


@dataclass(frozen=True, slots=True)
class ListedTask:
    """A task with what its list shows of its dossier."""

    task: TaskRow
    code: str
    status: int
    profile: str
    clock: dict[str, Any]
    calendar_id: int
    calendar_revision: int
    procedure: str
    procedure_name: str
    applicant: str


def task_page(
    connection: Connection,
    inboxes: Sequence[str],
    scope: Scope,
    filters: Filters,
    sort: str,
    after: Place | None,
    limit: int,
) -> list[ListedTask]:
    """At most `limit` open tasks of these inboxes (of INBOXES) in the order of `sort` (of SORTS)."""
    page = _merged(inboxes, scope, filters, sort, after, limit).cte("page")
    rows = connection.execute(
        _presented().join(page, page.c.id == Task.id).order_by(*_order(sort, page.c.key, Task.id))
    )
    width = len(TaskRow.__dataclass_fields__)
    return [ListedTask(TaskRow(*row[:width]), *row[width:]) for row in rows]


def count_tasks(connection: Connection, inboxes: Sequence[str], scope: Scope, filters: Filters) -> int:
    """How many tasks there are, counted to MOST_COUNTED + 1."""
    found = _merged(inboxes, scope, filters, "due_at", None, MOST_COUNTED + 1).subquery()
    number: int = connection.execute(select(func.count()).select_from(found)).scalar_one()
    return number


def count_colours(connection: Connection, inbox: str, scope: Scope, now: datetime) -> dict[str, int]:
    """How many tasks of an inbox have which colour, of the MOST_COUNTED + 1 most urgent ones."""
    found = _merged((inbox,), scope, Filters(), "due_at", None, MOST_COUNTED + 1).subquery()
    shown = _colour(now)
    rows = connection.execute(
        select(shown, func.count())
        .select_from(found)
        .join(Task, Task.id == found.c.id)
        .join(Dossier, Dossier.id == Task.dossier_id)
        .group_by(shown)
    )
    return {row[0]: row[1] for row in rows}


def positions_in_units(connection: Connection, unit_ids: Sequence[int]) -> tuple[int, ...]:
    rows = connection.execute(select(Position.id).where(Position.unit_id.in_(unit_ids)).order_by(Position.id))
    return tuple(rows.scalars())


def _colour(now: datetime) -> ColumnElement[str]:
    """`app.rules.colours.colour` on columns, so that counting reads no clock; a test holds the two together."""
    at: BindParameter[datetime] = bindparam("now", now)
    return case(
        (Dossier.result_at.is_not(None), "done"),
        (Dossier.paused_at.is_not(None), "paused"),
        (Dossier.appointment_at < at, "late"),
        (Dossier.due_soon_at < at, "due_soon"),
        (Task.due_at <= at, "step_late"),
        else_="on_time",
    )


def _presented() -> Select[Any]:
    return (
        TASK.add_columns(
            Dossier.code,
            Dossier.status,
            Dossier.profile,
            Dossier.clock,
            _RECEIVING.c.calendar_id,
            Calendar.revision,
            Procedure.code,
            Procedure.name,
            DossierContents.applicant_name,
        )
        .join(Dossier, Dossier.id == Task.dossier_id)
        .join(DossierContents, DossierContents.dossier_id == Dossier.id)
        .join(_RECEIVING, _RECEIVING.c.id == Dossier.agency_id)
        .join(Calendar, Calendar.id == _RECEIVING.c.calendar_id)
        .join(Procedure, Procedure.id == Dossier.procedure_id)
    )


def _merged(
    inboxes: Sequence[str], scope: Scope, filters: Filters, sort: str, after: Place | None, limit: int
) -> Found:
    branches: list[Any] = []
    parts = _parts(sort, after, filters)
    for inbox in inboxes:
        ids, theirs = _source(inbox, scope)
        if ids:
            branches.append(_branch(ids, [part.where(theirs) for part in parts], limit))
    if not branches:
        return select(Task.id, Task.due_at.label("key")).where(false())
    union = union_all(*branches).subquery("candidates")
    return select(union.c.id, union.c.key).order_by(*_order(sort, union.c.key, union.c.id)).limit(limit)


def _source(inbox: str, scope: Scope) -> tuple[tuple[int, ...], ColumnElement[bool]]:
    """The ids to ask for, and which tasks are theirs (`asked.id` is the id asked for)."""
    asked: ColumnElement[int] = literal_column("asked.id")
    if inbox == "mine":
        return (scope.account,), Task.assignee_id == asked
    if inbox == "position":
        return scope.positions, and_(Task.position_id == asked, Task.assignee_id.is_(None))
    if inbox == "unit":
        return scope.unit_positions, Task.position_id == asked
    return scope.agencies, Task.agency_id == asked


def _branch(ids: tuple[int, ...], parts: Sequence[Found], limit: int) -> Found:
    """The parts, asked for each of the ids."""
    asked = func.unnest(cast(list(ids), ARRAY(BigInteger))).table_valued(column("id", BigInteger))
    found = union_all(*(part.limit(limit) for part in parts)).lateral("found")
    return select(found.c.id, found.c.key).select_from(asked.render_derived(name="asked").join(found, true()))


def _parts(sort: str, after: Place | None, filters: Filters) -> list[Found]:
    """Dated and undated tasks after the place, each in order. Entering is always dated; a bound on the due time asks for it."""
    descending = sort.startswith("-")
    key = Task.entered_at if sort.endswith("entered_at") else Task.due_at
    only_dated = key is Task.entered_at or filters.due_from is not None or filters.due_before is not None
    parts: list[Found] = []
    if after is None or after.key is not None:
        dated: Found = select(Task.id, key.label("key")).where(_OPEN)
        if key is Task.due_at:
            dated = dated.where(key.is_not(None))
        if after is not None:
            place = tuple_(bindparam("after_key", after.key), bindparam("after_id", after.id))
            dated = dated.where(tuple_(key, Task.id) < place if descending else tuple_(key, Task.id) > place)
        parts.append(dated.order_by(*_order(sort, key, Task.id)))
    if not only_dated:
        undated: Found = select(Task.id, key.label("key")).where(_OPEN, key.is_(None))
        if after is not None and after.key is None:
            undated = undated.where(Task.id < after.id if descending else Task.id > after.id)
        parts.append(undated.order_by(Task.id.desc() if descending else Task.id))
    return [part.where(*_conditions(filters)) for part in parts]


def _order(sort: str, key: Any, task_id: Any) -> tuple[Any, Any]:
    if sort.startswith("-"):
        return key.desc().nulls_last(), task_id.desc()
    return key.asc().nulls_last(), task_id.asc()


def _conditions(filters: Filters) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if filters.due_from is not None:
        conditions.append(Task.due_at >= filters.due_from)
    if filters.due_before is not None:
        conditions.append(Task.due_at < filters.due_before)
    if filters.step is not None:
        conditions.append(Task.step == filters.step)
    if filters.procedure is not None:
        of_procedure = select(Procedure.id).where(Procedure.code == filters.procedure).scalar_subquery()
        conditions.append(
            select(Dossier.id).where(Dossier.id == Task.dossier_id, Dossier.procedure_id == of_procedure).exists()
        )
    words = (filters.words or "").split()
    if words:
        matching = select(DossierContents.dossier_id).where(DossierContents.dossier_id == Task.dossier_id)
        for word in words:
            matching = matching.where(DossierContents.search.like(func.motcua_fold(like_pattern(word))))
        conditions.append(matching.exists())
    return conditions
