"""Inboxes: pages of open tasks, flat in the number of dossiers.

Each position, account or agency is asked for its next few tasks by the partial index that orders them by due time; the few
are merged. Undated tasks come last and are a branch of their own, because no index range holds both.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Literal

from sqlalchemy import (
    ARRAY,
    BigInteger,
    BindParameter,
    ColumnElement,
    Connection,
    DateTime,
    FromClause,
    Integer,
    Select,
    Subquery,
    Text,
    and_,
    any_,
    bindparam,
    case,
    cast,
    column,
    func,
    literal_column,
    or_,
    select,
    true,
    tuple_,
    union_all,
)

from app.store.database import like_pattern
from app.store.dossiers import Dossier, DossierContents
from app.store.joint_handlers import JointHandler
from app.store.organisation import EPOCH, Position
from app.store.procedures import Procedure
from app.store.tasks import TASK, Task, TaskRow

MOST_COUNTED = 1000
INBOXES = ("mine", "position", "joint", "unit", "agency")
SORTS = ("due_at", "-due_at", "entered_at", "-entered_at")
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
_ASKED: ColumnElement[int] = literal_column("asked.id")
_THEIRS: dict[str, ColumnElement[bool]] = {
    "mine": Task.assignee_id == _ASKED,
    "position": and_(Task.position_id == _ASKED, Task.assignee_id.is_(None)),
    "joint": Task.id.in_(
        select(JointHandler.task_id).where(JointHandler.account_id == _ASKED, JointHandler.contributed_at.is_(None))
    ),
    "unit": Task.position_id == _ASKED,
    "agency": Task.agency_id == _ASKED,
}
_COLOURED = (
    Dossier.result_at,
    Dossier.paused_at,
    Dossier.appointment_at,
    Dossier.transfer_due_at,
    Dossier.due_soon_at,
)
_NOW: BindParameter[datetime] = bindparam("now", type_=DateTime(timezone=True))
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
    """What of them: `due_from` (included) and `due_before` bound the due time; `words` search code and applicant.

    `stage` is the step's, `status` the dossier's (a national number); `result` whether its result is confirmed, and
    `result_before` since before when.
    """

    due_from: datetime | None = None
    due_before: datetime | None = None
    procedure: str | None = None
    step: str | None = None
    words: str | None = None
    stage: str | None = None
    status: int | None = None
    result: bool | None = None
    result_before: datetime | None = None


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
    shape = _shape(inboxes, filters, sort, after)
    if shape.only_dated and shape.after == "undated":
        return []
    query = _merged(shape)
    ids = [row.id for row in connection.execute(query, _values(inboxes, scope, filters, after, limit))]
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
    query = _counted(_shape(inboxes, filters, sort, None))
    values = _values(inboxes, scope, filters, None, MOST_COUNTED + 1)
    number: int = connection.execute(query, values).scalar_one()
    return number


def count_colours(connection: Connection, inbox: str, scope: Scope, now: datetime) -> dict[str, int]:
    """How many tasks of an inbox have which colour, of the MOST_COUNTED + 1 most urgent ones."""
    query = _coloured(_shape((inbox,), Filters(), "due_at", None))
    values = _values((inbox,), scope, Filters(), None, MOST_COUNTED + 1)
    return {row[0]: row[1] for row in connection.execute(query, values | {"now": now})}


def open_steps(connection: Connection, inboxes: Sequence[str], scope: Scope) -> list[OpenStep]:
    """The steps at which tasks of these inboxes wait, of the MOST_COUNTED most urgent ones."""
    query = _stepped(_shape(inboxes, Filters(), "due_at", None))
    return [OpenStep(*row) for row in connection.execute(query, _values(inboxes, scope, Filters(), None, MOST_COUNTED))]


def positions_in_units(connection: Connection, unit_ids: Sequence[int]) -> tuple[int, ...]:
    rows = connection.execute(select(Position.id).where(Position.unit_id.in_(unit_ids)).order_by(Position.id))
    return tuple(rows.scalars())


# Building a statement costs more than running it, so each shape of one is built once; values come at the execution.


_VALUES = ("due_from", "due_before", "procedure", "step", "stage", "status", "result_before")
"""Filters whose values a statement takes; of the others their being asked for is all."""


@dataclass(frozen=True, slots=True)
class _Shape:
    """What of a statement depends on what was asked, besides values. `after`: whether there was a page, and how it ended."""

    inboxes: tuple[str, ...]
    sort: str
    after: Literal["nothing", "dated", "undated"]
    due_from: bool
    due_before: bool
    procedure: bool
    step: bool
    stage: bool
    status: bool
    result: bool | None
    result_before: bool
    words: int

    @property
    def only_dated(self) -> bool:
        """Entering is always dated; a bound on the due time asks for one."""
        return self.sort.endswith("entered_at") or self.due_from or self.due_before


def _shape(inboxes: Sequence[str], filters: Filters, sort: str, after: Place | None) -> _Shape:
    return _Shape(
        inboxes=tuple(inboxes),
        sort=sort,
        after="nothing" if after is None else "undated" if after.key is None else "dated",
        due_from=filters.due_from is not None,
        due_before=filters.due_before is not None,
        procedure=filters.procedure is not None,
        step=filters.step is not None,
        stage=filters.stage is not None,
        status=filters.status is not None,
        result=filters.result,
        result_before=filters.result_before is not None,
        words=len((filters.words or "").split()),
    )


def _values(inboxes: Sequence[str], scope: Scope, filters: Filters, after: Place | None, limit: int) -> dict[str, Any]:
    asked = {
        "mine": [scope.account],
        "position": list(scope.positions),
        "joint": [scope.account],
        "unit": list(scope.unit_positions),
        "agency": list(scope.agencies),
    }
    values: dict[str, Any] = {f"of_{inbox}": asked[inbox] for inbox in inboxes}
    values |= {f"word_{number}": like_pattern(word) for number, word in enumerate((filters.words or "").split())}
    for name in _VALUES:
        if (value := getattr(filters, name)) is not None:
            values[name] = value
    if after is not None:
        values["after_id"] = after.id
        if after.key is not None:
            values["after_key"] = after.key
    return values | {"most": limit}


@lru_cache(256)
def _merged(shape: _Shape, *also: str) -> Select[Any]:
    """The tasks' id and sort key; `also`: columns of theirs, so that nobody has to look the tasks up again."""
    parts = _parts(shape, also)
    branches = [_branch(inbox, parts) for inbox in shape.inboxes]
    union = union_all(*branches).subquery("candidates")
    order = _order(shape.sort, union.c.key, union.c.id)
    return select(*union.c).order_by(*order).limit(bindparam("most", type_=Integer))


@lru_cache(256)
def _counted(shape: _Shape) -> Select[int]:
    return select(func.count()).select_from(_merged(shape).subquery())


@lru_cache(256)
def _coloured(shape: _Shape) -> Select[Any, int]:
    found = _merged(shape, "dossier_id").subquery()
    its = _dossier(found, *_COLOURED)
    colour = _colour(its.c, found.c.key)
    return select(colour, func.count()).select_from(found).join(its, true()).group_by(colour)


def _dossier(found: Subquery, *columns: Any) -> FromClause:
    """These columns of each task's dossier. OFFSET 0: looked up one by one, never by reading all dossiers."""
    return select(*columns).where(Dossier.id == found.c.dossier_id).offset(0).lateral("its")


def _colour(its: Any, due_at: ColumnElement[datetime]) -> ColumnElement[str]:
    """`app.rules.colours.colour` on columns, so that counting reads no clock; a test holds the two together.

    `transfer_due_at` is the dossier's: of one that several agencies hold at once, each is counted late once one of them is.
    """
    return case(
        (its.result_at.is_not(None), "done"),
        (its.paused_at.is_not(None), "paused"),
        (or_(its.appointment_at < _NOW, its.transfer_due_at < _NOW), "late"),
        (its.due_soon_at < _NOW, "due_soon"),
        (due_at <= _NOW, "step_late"),
        else_="on_time",
    )


@lru_cache(256)
def _stepped(shape: _Shape) -> Select[str, str, str, str, int]:
    found = _merged(shape, "dossier_id", "step", "step_name").subquery()
    its = _dossier(found, Dossier.procedure_id)
    step = (Procedure.code, Procedure.name, found.c.step, found.c.step_name)
    return (
        select(*step, func.count())
        .select_from(found)
        .join(its, true())
        .join(Procedure, Procedure.id == its.c.procedure_id)
        .group_by(*step)
    )


def _branch(inbox: str, parts: Sequence[Select[Any]]) -> Select[Any]:
    """The parts, asked for each of the inbox's ids (`asked.id`)."""
    of_inbox: BindParameter[Any] = bindparam(f"of_{inbox}", type_=ARRAY(BigInteger))
    asked = func.unnest(cast(of_inbox, ARRAY(BigInteger))).table_valued(column("id", BigInteger))
    theirs = [part.where(_THEIRS[inbox]).limit(bindparam("most", type_=Integer)) for part in parts]
    found = union_all(*theirs).lateral("found")
    return select(*found.c).select_from(asked.render_derived(name="asked").join(found, true()))


def _parts(shape: _Shape, also: Sequence[str]) -> list[Select[Any]]:
    """Dated and undated tasks after the place, each in order."""
    descending = shape.sort.startswith("-")
    by_entry = shape.sort.endswith("entered_at")
    key = Task.entered_at if by_entry else Task.due_at
    after_id: BindParameter[int] = bindparam("after_id", type_=BigInteger)
    columns = [Task.id, key.label("key"), *(Task.__table__.c[name] for name in also)]
    parts: list[Select[Any]] = []
    if shape.after != "undated":
        dated = select(*columns).where(_OPEN)
        if not by_entry:
            dated = dated.where(key.is_not(None))
        if shape.after == "dated":
            place = tuple_(bindparam("after_key", type_=DateTime(timezone=True)), after_id)
            dated = dated.where(tuple_(key, Task.id) < place if descending else tuple_(key, Task.id) > place)
        parts.append(dated.order_by(*_order(shape.sort, key, Task.id)))
    if not shape.only_dated:
        undated = select(*columns).where(_OPEN, key.is_(None))
        if shape.after == "undated":
            undated = undated.where(Task.id < after_id if descending else Task.id > after_id)
        parts.append(undated.order_by(Task.id.desc() if descending else Task.id))
    return [part.where(*_conditions(shape)) for part in parts]


def _order(sort: str, key: Any, task_id: Any) -> tuple[Any, Any]:
    if sort.startswith("-"):
        return key.desc().nulls_last(), task_id.desc()
    return key.asc().nulls_last(), task_id.asc()


def _conditions(shape: _Shape) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if shape.due_from:
        conditions.append(Task.due_at >= bindparam("due_from"))
    if shape.due_before:
        conditions.append(Task.due_at < bindparam("due_before"))
    if shape.step:
        conditions.append(Task.step == bindparam("step"))
    if shape.stage:
        conditions.append(Task.stage == bindparam("stage"))
    if of_dossier := _dossier_conditions(shape):
        its_dossier = select(Dossier.id).where(Dossier.id == Task.dossier_id, *of_dossier)
        conditions.append(its_dossier.offset(0).exists())
    if shape.procedure:
        of_procedure = select(Procedure.id).where(Procedure.code == bindparam("procedure")).scalar_subquery()
        its_dossier = select(Dossier.id).where(Dossier.id == Task.dossier_id, Dossier.procedure_id == of_procedure)
        conditions.append(its_dossier.offset(0).exists())
    if shape.words:
        matching = select(DossierContents.dossier_id).where(DossierContents.dossier_id == Task.dossier_id)
        for number in range(shape.words):
            pattern = func.motcua_fold(bindparam(f"word_{number}", type_=Text))
            matching = matching.where(DossierContents.search.like(pattern))
        # OFFSET 0: look each task's dossier up instead of searching all dossiers first.
        conditions.append(matching.offset(0).exists())
    return conditions


def _dossier_conditions(shape: _Shape) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if shape.status:
        conditions.append(Dossier.status == bindparam("status"))
    if shape.result is not None:
        conditions.append(Dossier.result_at.is_not(None) if shape.result else Dossier.result_at.is_(None))
    if shape.result_before:
        conditions.append(Dossier.result_at < bindparam("result_before"))
    return conditions
