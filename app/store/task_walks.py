"""Walks through open tasks, flat in the number of dossiers: how a statement about inboxes is built.

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
    Boolean,
    ColumnElement,
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

from app.rules.delegation import MAIN
from app.store.database import like_pattern
from app.store.delegated import Delegation
from app.store.dossiers import Dossier, DossierContents
from app.store.instances import ProcessInstance
from app.store.joint_handlers import JointHandler
from app.store.procedures import Procedure
from app.store.tasks import Task

MOST_COUNTED = 1000
INBOXES = ("mine", "substituted", "delegated", "position", "joint", "unit", "agency")
SORTS = ("due_at", "-due_at", "entered_at", "-entered_at")
_ASKED: ColumnElement[int] = literal_column("asked.id")
_ITS_PROCEDURE = select(Dossier.procedure_id).where(Dossier.id == Task.dossier_id).correlate(Task).scalar_subquery()
_ITS_STEP = (
    select(case((ProcessInstance.kind == MAIN, Task.step), else_=func.concat(ProcessInstance.kind, ":", Task.step)))
    .where(ProcessInstance.id == Task.instance_id)
    .correlate(Task)
    .scalar_subquery()
)
"""`app.rules.delegation.step_key` of a task."""
_WITHIN_LIMITS = (
    select(Delegation.id)
    .where(
        Delegation.id == any_(cast(bindparam("delegations"), ARRAY(BigInteger))),
        Delegation.position_id == Task.position_id,
        or_(Task.assignee_id.is_(None), Task.assignee_id == Delegation.delegator_id),
        or_(func.cardinality(Delegation.procedures) == 0, any_(Delegation.procedures) == _ITS_PROCEDURE),
        or_(func.cardinality(Delegation.steps) == 0, any_(Delegation.steps) == _ITS_STEP),
    )
    .correlate(Task)
    .exists()
)
_THEIRS: dict[str, ColumnElement[bool]] = {
    "mine": Task.assignee_id == _ASKED,
    "substituted": Task.assignee_id == _ASKED,
    "delegated": and_(Task.position_id == _ASKED, _WITHIN_LIMITS),
    "position": and_(Task.position_id == _ASKED, Task.assignee_id.is_(None)),
    "joint": Task.id.in_(
        select(JointHandler.task_id).where(JointHandler.account_id == _ASKED, JointHandler.contributed_at.is_(None))
    ),
    "unit": Task.position_id == _ASKED,
    "agency": Task.agency_id == _ASKED,
}
NOW: BindParameter[datetime] = bindparam("now", type_=DateTime(timezone=True))
BY_APPOINTMENT: BindParameter[bool] = bindparam("by_appointment", type_=Boolean)
FACTS = ("overdue", "appointment_passed", "transfer_limit_passed", "step_late", "due_soon", "paused")
IN_INDEX: ColumnElement[bool] = literal_column("octet_length(dossier_contents.search) <= 1500")
NOT_IN_INDEX: ColumnElement[bool] = literal_column("octet_length(dossier_contents.search) > 1500")
"""As the indexes of a dossier's words are divided: words of the usual length are looked up without its contents."""
OPEN: ColumnElement[bool] = literal_column("tasks.state = 'open'")


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose tasks: ids of the account, of its positions, of all positions in its units, of its agencies; and of the accounts
    (`absent`) for which it stands in. `delegated` are positions of others of which it does what `delegations` cover."""

    account: int
    positions: tuple[int, ...]
    unit_positions: tuple[int, ...] = ()
    agencies: tuple[int, ...] = ()
    absent: tuple[int, ...] = ()
    delegated: tuple[int, ...] = ()
    delegations: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Filters:
    """What of them: `due_from` (included) and `due_before` bound the due time; `words` search code and applicant.

    `entered_after`: only what came after that instant. `stage` is the step's, `status` the dossier's (a national number);
    `result` whether its result is confirmed, and `result_before` since before when. `assignee` is the id of who has it,
    `unassigned`: nobody has; `unit` the id of its position's unit. `fact` is one of FACTS at the instant `now`;
    `by_appointment`: overdue is measured at the appointment.
    """

    due_from: datetime | None = None
    due_before: datetime | None = None
    entered_after: datetime | None = None
    procedure: str | None = None
    step: str | None = None
    words: str | None = None
    stage: str | None = None
    status: int | None = None
    result: bool | None = None
    result_before: datetime | None = None
    assignee: int | None = None
    unassigned: bool = False
    unit: int | None = None
    fact: str | None = None
    now: datetime | None = None
    by_appointment: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page begins: after the task with this sort key (None = undated) and id."""

    key: datetime | None
    id: int


# Building a statement costs more than running it, so each shape of one is built once; values come at the execution.


_VALUES = (
    "due_from",
    "due_before",
    "entered_after",
    "procedure",
    "step",
    "stage",
    "status",
    "result_before",
    "assignee",
    "unit",
    "now",
    "by_appointment",
)
"""Filters whose values a statement takes; of the others their being asked for is all."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What of a statement depends on what was asked, besides values. `after`: whether there was a page, and how it ended."""

    inboxes: tuple[str, ...]
    sort: str
    after: Literal["nothing", "dated", "undated"]
    due_from: bool
    due_before: bool
    entered_after: bool
    procedure: bool
    step: bool
    stage: bool
    status: bool
    result: bool | None
    result_before: bool
    assignee: bool
    unassigned: bool
    unit: bool
    fact: str | None
    words: int

    @property
    def only_dated(self) -> bool:
        """Entering is always dated; a bound on the due time asks for one."""
        return self.sort.endswith("entered_at") or self.due_from or self.due_before


def shape_of(inboxes: Sequence[str], filters: Filters, sort: str, after: Place | None) -> Shape:
    return Shape(
        inboxes=tuple(inboxes),
        sort=sort,
        after="nothing" if after is None else "undated" if after.key is None else "dated",
        due_from=filters.due_from is not None,
        due_before=filters.due_before is not None,
        entered_after=filters.entered_after is not None,
        procedure=filters.procedure is not None,
        step=filters.step is not None,
        stage=filters.stage is not None,
        status=filters.status is not None,
        result=filters.result,
        result_before=filters.result_before is not None,
        assignee=filters.assignee is not None,
        unassigned=filters.unassigned,
        unit=filters.unit is not None,
        fact=filters.fact,
        words=len((filters.words or "").split()),
    )


def values_of(
    inboxes: Sequence[str], scope: Scope, filters: Filters, after: Place | None, limit: int
) -> dict[str, Any]:
    asked = {
        "mine": [scope.account],
        "substituted": list(scope.absent),
        "delegated": list(scope.delegated),
        "position": list(scope.positions),
        "joint": [scope.account],
        "unit": list(scope.unit_positions),
        "agency": list(scope.agencies),
    }
    values: dict[str, Any] = {f"of_{inbox}": asked[inbox] for inbox in inboxes}
    if "delegated" in inboxes:
        values["delegations"] = list(scope.delegations)
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
def merged(shape: Shape, *also: str) -> Select[Any]:
    """The tasks' id and sort key; `also`: columns of theirs, so that nobody has to look the tasks up again."""
    parts = _parts(shape, also)
    branches = [_branch(inbox, parts) for inbox in shape.inboxes]
    union = union_all(*branches).subquery("candidates")
    order = _order(shape.sort, union.c.key, union.c.id)
    return select(*union.c).order_by(*order).limit(bindparam("most", type_=Integer))


def its_dossier(found: Subquery, *columns: Any) -> FromClause:
    """These columns of each task's dossier. OFFSET 0: looked up one by one, never by reading all dossiers."""
    return select(*columns).where(Dossier.id == found.c.dossier_id).offset(0).lateral("its")


def _branch(inbox: str, parts: Sequence[Select[Any]]) -> Select[Any]:
    """The parts, asked for each of the inbox's ids (`asked.id`)."""
    of_inbox: BindParameter[Any] = bindparam(f"of_{inbox}", type_=ARRAY(BigInteger))
    asked = func.unnest(cast(of_inbox, ARRAY(BigInteger))).table_valued(column("id", BigInteger))
    theirs = [part.where(_THEIRS[inbox]).limit(bindparam("most", type_=Integer)) for part in parts]
    found = union_all(*theirs).lateral("found")
    return select(*found.c).select_from(asked.render_derived(name="asked").join(found, true()))


def _parts(shape: Shape, also: Sequence[str]) -> list[Select[Any]]:
    """Dated and undated tasks after the place, each in order."""
    descending = shape.sort.startswith("-")
    by_entry = shape.sort.endswith("entered_at")
    key = Task.entered_at if by_entry else Task.due_at
    after_id: BindParameter[int] = bindparam("after_id", type_=BigInteger)
    columns = [Task.id, key.label("key"), *(Task.__table__.c[name] for name in also)]
    parts: list[Select[Any]] = []
    if shape.after != "undated":
        dated = select(*columns).where(OPEN)
        if not by_entry:
            dated = dated.where(key.is_not(None))
        if shape.after == "dated":
            place = tuple_(bindparam("after_key", type_=DateTime(timezone=True)), after_id)
            dated = dated.where(tuple_(key, Task.id) < place if descending else tuple_(key, Task.id) > place)
        parts.append(dated.order_by(*_order(shape.sort, key, Task.id)))
    if not shape.only_dated:
        undated = select(*columns).where(OPEN, key.is_(None))
        if shape.after == "undated":
            undated = undated.where(Task.id < after_id if descending else Task.id > after_id)
        parts.append(undated.order_by(Task.id.desc() if descending else Task.id))
    return [part.where(*_conditions(shape)) for part in parts]


def _order(sort: str, key: Any, task_id: Any) -> tuple[Any, Any]:
    if sort.startswith("-"):
        return key.desc().nulls_last(), task_id.desc()
    return key.asc().nulls_last(), task_id.asc()


def _conditions(shape: Shape) -> list[ColumnElement[bool]]:
    conditions = _task_conditions(shape)
    if of_dossier := _dossier_conditions(shape):
        its_dossier = select(Dossier.id).where(Dossier.id == Task.dossier_id, *of_dossier)
        conditions.append(its_dossier.offset(0).exists())
    if shape.procedure:
        of_procedure = select(Procedure.id).where(Procedure.code == bindparam("procedure")).scalar_subquery()
        its_dossier = select(Dossier.id).where(Dossier.id == Task.dossier_id, Dossier.procedure_id == of_procedure)
        conditions.append(its_dossier.offset(0).exists())
    if shape.words:
        conditions.append(or_(_with_words(shape.words, IN_INDEX), _with_words(shape.words, NOT_IN_INDEX)))
    return conditions


def _with_words(many: int, stored: ColumnElement[bool]) -> ColumnElement[bool]:
    """That the task's dossier is stored so, and has all the words."""
    matching = select(DossierContents.dossier_id).where(DossierContents.dossier_id == Task.dossier_id, stored)
    for number in range(many):
        pattern = func.motcua_fold(bindparam(f"word_{number}", type_=Text))
        matching = matching.where(DossierContents.search.like(pattern))
    # OFFSET 0: look each task's dossier up instead of searching all dossiers first.
    return matching.offset(0).exists()


def _task_conditions(shape: Shape) -> list[ColumnElement[bool]]:
    asked = (
        (shape.due_from, Task.due_at >= bindparam("due_from")),
        (shape.due_before, Task.due_at < bindparam("due_before")),
        (shape.entered_after, Task.entered_at > bindparam("entered_after")),
        (shape.step, Task.step == bindparam("step")),
        (shape.stage, Task.stage == bindparam("stage")),
        (shape.assignee, Task.assignee_id == bindparam("assignee", type_=BigInteger)),
        (shape.unassigned, Task.assignee_id.is_(None)),
        (shape.unit, Task.unit_id == bindparam("unit", type_=BigInteger)),
    )
    return [condition for wanted, condition in asked if wanted]


def _dossier_conditions(shape: Shape) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if shape.status:
        conditions.append(Dossier.status == bindparam("status"))
    if shape.result is not None:
        conditions.append(Dossier.result_at.is_not(None) if shape.result else Dossier.result_at.is_(None))
    if shape.result_before:
        conditions.append(Dossier.result_at < bindparam("result_before"))
    if shape.fact is not None:
        conditions.append(fact_so(shape.fact, Dossier, Task.due_at))
    return conditions


def fact_so(fact: str, its: Any, due_at: Any) -> ColumnElement[bool]:
    """`app.rules.colours.facts` on a dossier's columns `its` and a task's due time; a test holds the two together.

    Binds `now` and, for `overdue`, `by_appointment`.
    """
    running = and_(its.result_at.is_(None), its.paused_at.is_(None))
    match fact:
        case "appointment_passed":
            return and_(running, its.appointment_at < NOW)
        case "transfer_limit_passed":
            return and_(running, its.transfer_due_at < NOW)
        case "due_soon":
            return and_(running, its.appointment_at >= NOW, its.due_soon_at < NOW)
        case "step_late":
            return and_(running, due_at <= NOW)
        case "paused":
            return and_(its.result_at.is_(None), its.paused_at.is_not(None))
        case "overdue":
            measured = case(
                (BY_APPOINTMENT, func.coalesce(its.appointment_at, its.deadline_at)),
                else_=func.coalesce(its.deadline_at, its.appointment_at),
            )
            return and_(its.result_at.is_(None), or_(its.overdue, func.coalesce(its.paused_at, NOW) > measured))
    raise ValueError(f"no fact is called {fact!r}")
