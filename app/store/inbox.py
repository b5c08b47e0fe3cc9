"""Inboxes: pages of open tasks and how many there are; `task_walks` says how they are found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Connection,
    Select,
    any_,
    bindparam,
    case,
    cast,
    func,
    literal,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.sql import visitors

from app.store.dossiers import Dossier, DossierContents
from app.store.organisation import EPOCH, Position
from app.store.procedures import Procedure
from app.store.task_walks import (
    INBOXES,
    MOST_COUNTED,
    NOW,
    SORTS,
    Filters,
    Place,
    Scope,
    Shape,
    its_dossier,
    merged,
    shape_of,
    values_of,
)
from app.store.tasks import TASK, Task, TaskRow

__all__ = [
    "INBOXES",
    "MOST_COUNTED",
    "SORTS",
    "Filters",
    "ListedTask",
    "OpenStep",
    "Place",
    "Scope",
    "count_colours",
    "count_each",
    "count_lists",
    "count_tasks",
    "open_steps",
    "positions_in_units",
    "task_page",
    "tasks_by_id",
]

_PRESENTED: Select[Any] = (
    TASK.add_columns(
        Dossier.code,
        Dossier.status,
        Dossier.profile,
        Dossier.clock,
        Dossier.agency_id,
        Dossier.procedure_id,
        EPOCH,
        Procedure.code,
        Procedure.name,
        DossierContents.applicant_name,
        Dossier.result_at,
    )
    .join(Dossier, Dossier.id == Task.dossier_id)
    .join(DossierContents, DossierContents.dossier_id == Dossier.id)
    .join(Procedure, Procedure.id == Dossier.procedure_id)
    .where(Task.id == any_(cast(bindparam("ids"), ARRAY(BigInteger))))
)
_COLOURED = (
    Dossier.result_at,
    Dossier.paused_at,
    Dossier.appointment_at,
    Dossier.transfer_due_at,
    Dossier.due_soon_at,
)


@dataclass(frozen=True, slots=True)
class ListedTask:
    """A task with what its list shows of its dossier."""

    task: TaskRow
    code: str
    status: int
    profile: str
    clock: dict[str, Any]
    agency_id: int
    """The receiving agency's."""
    procedure_id: int
    calendar_epoch: int
    procedure: str
    procedure_name: str
    applicant: str
    result_at: datetime | None


@dataclass(frozen=True, slots=True)
class OpenStep:
    """A step of a procedure, and how many tasks wait there."""

    procedure: str
    procedure_name: str
    step: str
    step_name: str
    tasks: int


def task_page(
    connection: Connection,
    inboxes: Sequence[str],
    scope: Scope,
    filters: Filters,
    sort: str,
    after: Place | None,
    limit: int,
) -> list[ListedTask]:
    """At most `limit` open tasks of these inboxes (of INBOXES) in the order of `sort` (of SORTS).

    Two statements on purpose: joined to ten tables in one, the planner reads all of them instead of looking up a page.
    """
    shape = shape_of(inboxes, filters, sort, after)
    if shape.only_dated and shape.after == "undated":
        return []
    query = merged(shape)
    ids = [row.id for row in connection.execute(query, values_of(inboxes, scope, filters, after, limit))]
    listed = tasks_by_id(connection, ids)
    return [listed[task_id] for task_id in ids]


def tasks_by_id(connection: Connection, ids: Sequence[int]) -> dict[int, ListedTask]:
    """These tasks as lists show them, open or not; what does not exist is left out."""
    width = len(TaskRow.__dataclass_fields__)
    rows = connection.execute(_PRESENTED, {"ids": list(ids)}) if ids else ()
    return {row[0]: ListedTask(TaskRow(*row[:width]), *row[width:]) for row in rows}


def count_tasks(
    connection: Connection, inboxes: Sequence[str], scope: Scope, filters: Filters, sort: str = "due_at"
) -> int:
    """How many tasks there are, counted to MOST_COUNTED + 1, by the index of that order."""
    query = _counted(shape_of(inboxes, filters, sort, None))
    values = values_of(inboxes, scope, filters, None, MOST_COUNTED + 1)
    number: int = connection.execute(query, values).scalar_one()
    return number


def count_colours(connection: Connection, inbox: str, scope: Scope, now: datetime) -> dict[str, int]:
    """How many tasks of an inbox have which colour, of the MOST_COUNTED + 1 most urgent ones."""
    query = _coloured(shape_of((inbox,), Filters(), "due_at", None))
    values = values_of((inbox,), scope, Filters(), None, MOST_COUNTED + 1)
    return {row[0]: row[1] for row in connection.execute(query, values | {"now": now})}


def count_each(
    connection: Connection, inboxes: Sequence[str], scope: Scope, now: datetime
) -> dict[str, dict[str, int]]:
    """`count_colours` of several inboxes in one statement: a page that is looked at all day asks often."""
    values = values_of(inboxes, scope, Filters(), None, MOST_COUNTED + 1) | {"now": now}
    found: dict[str, dict[str, int]] = {inbox: {} for inbox in inboxes}
    for inbox, colour, number in connection.execute(_coloured_each(tuple(inboxes)), values) if inboxes else ():
        found[inbox][colour] = number
    return found


def count_lists(
    connection: Connection, lists: Sequence[tuple[Sequence[str], Filters]], scope: Scope, most: int
) -> list[int]:
    """How many tasks each of these (inboxes, filters) has, counted to `most`, all in one statement."""
    if not lists:
        return []
    shapes = tuple(shape_of(inboxes, filters, "due_at", None) for inboxes, filters in lists)
    values = {
        f"{name}_of_{number}": value
        for number, (inboxes, filters) in enumerate(lists)
        for name, value in values_of(inboxes, scope, filters, None, most).items()
    }
    found = {row[0]: row[1] for row in connection.execute(_counted_each(shapes), values)}
    return [found[number] for number in range(len(lists))]


def open_steps(connection: Connection, inboxes: Sequence[str], scope: Scope) -> list[OpenStep]:
    """The steps at which tasks of these inboxes wait, of the MOST_COUNTED most urgent ones."""
    query = _stepped(shape_of(inboxes, Filters(), "due_at", None))
    return [
        OpenStep(*row) for row in connection.execute(query, values_of(inboxes, scope, Filters(), None, MOST_COUNTED))
    ]


def positions_in_units(connection: Connection, unit_ids: Sequence[int]) -> tuple[int, ...]:
    rows = connection.execute(select(Position.id).where(Position.unit_id.in_(unit_ids)).order_by(Position.id))
    return tuple(rows.scalars())


@lru_cache(256)
def _counted(shape: Shape) -> Select[int]:
    return select(func.count()).select_from(merged(shape).subquery())


@lru_cache(256)
def _coloured(shape: Shape) -> Select[Any, int]:
    found = merged(shape, "dossier_id").subquery()
    its = its_dossier(found, *_COLOURED)
    colour = _colour(its.c, found.c.key)
    return select(colour, func.count()).select_from(found).join(its, true()).group_by(colour)


@lru_cache(64)
def _counted_each(shapes: tuple[Shape, ...]) -> Any:
    """The counts of several lists; the values of the n-th have `_of_n` behind their names."""

    def named(number: int) -> Any:
        def rename(bound: Any) -> None:
            bound.key = f"{bound.key}_of_{number}"

        return visitors.cloned_traverse(_counted(shapes[number]), {}, {"bindparam": rename})

    return union_all(*(select(literal(number), named(number).scalar_subquery()) for number in range(len(shapes))))


@lru_cache(64)
def _coloured_each(inboxes: tuple[str, ...]) -> Any:
    each = []
    for inbox in inboxes:
        counted = _coloured(shape_of((inbox,), Filters(), "due_at", None)).subquery()
        each.append(select(literal(inbox), *counted.c))
    return union_all(*each)


def _colour(its: Any, due_at: ColumnElement[datetime]) -> ColumnElement[str]:
    """`app.rules.colours.colour` on columns, so that counting reads no clock; a test holds the two together.

    `transfer_due_at` is the dossier's: of one that several agencies hold at once, each is counted late once one of them is.
    """
    return case(
        (its.result_at.is_not(None), "done"),
        (its.paused_at.is_not(None), "paused"),
        (or_(its.appointment_at < NOW, its.transfer_due_at < NOW), "late"),
        (its.due_soon_at < NOW, "due_soon"),
        (due_at <= NOW, "step_late"),
        else_="on_time",
    )


@lru_cache(256)
def _stepped(shape: Shape) -> Select[str, str, str, str, int]:
    found = merged(shape, "dossier_id", "step", "step_name").subquery()
    its = its_dossier(found, Dossier.procedure_id)
    step = (Procedure.code, Procedure.name, found.c.step, found.c.step_name)
    return (
        select(*step, func.count())
        .select_from(found)
        .join(its, true())
        .join(Procedure, Procedure.id == its.c.procedure_id)
        .group_by(*step)
    )
