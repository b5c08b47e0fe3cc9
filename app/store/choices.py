"""Whom a step is given to when it opens, as the step's `assign` or a return asks: who had it last, or who has the least.

Only accounts that can work it count: active, with one of the `permissions`, holding its position on that day.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Connection, and_, exists, func, literal_column, or_, select

from app.store.absences import Absence, away_on
from app.store.accounts import Account, may_any
from app.store.database import many
from app.store.handlers import Handler, handler_of, with_stand_in
from app.store.holdings import HELD, held_on
from app.store.instances import ProcessInstance
from app.store.organisation import Agency, Position
from app.store.task_walks import OPEN
from app.store.tasks import Task

_DONE: ColumnElement[bool] = literal_column("tasks.state = 'done'")

REMEMBERED = timedelta(days=30)
"""How far back it counts who was given something last."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A step that opens: of which kind of instance, for which position of which agency (codes)."""

    kind: str
    step: str
    position: str
    agency: str


@dataclass(frozen=True, slots=True)
class Load:
    """`tasks`: how many open ones she has; `latest`: when she last got one, None for not lately."""

    id: int
    username: str
    name: str
    tasks: int
    latest: datetime | None


def last_handler(
    connection: Connection,
    dossier_id: int,
    step: str,
    day: date,
    permissions: Sequence[str],
    engine_task: str | None = None,
) -> Handler | None:
    """Who last finished that step of the dossier (`engine_task`: that one of its items) and still holds its position, or who
    stands in for her."""
    holds = HELD.c.account_id == Account.id, HELD.c.position_id == Task.position_id, held_on(day)
    query = (
        with_stand_in(day, permissions)
        .join(Task, Task.finished_by == Account.id)
        .where(Task.dossier_id == dossier_id, Task.step == step, _DONE, exists().where(*holds))
        .where(Task.engine_task == (Task.engine_task if engine_task is None else engine_task))
        .order_by(Task.id.desc())
        .limit(1)
    )
    return handler_of(connection.execute(query).one_or_none())


def last_of_position(
    connection: Connection, dossier_id: int, waiting: Waiting, day: date, permissions: Sequence[str]
) -> Handler | None:
    """Who last finished that step of the dossier, else who last finished any of its steps in that position; or who stands in
    for her."""
    holds = HELD.c.account_id == Account.id, HELD.c.position_id == Position.id, held_on(day)
    same = and_(Task.step == waiting.step, ProcessInstance.kind == waiting.kind)
    query = (
        with_stand_in(day, permissions)
        .join(Task, Task.finished_by == Account.id)
        .join(ProcessInstance, ProcessInstance.id == Task.instance_id)
        .join(Position, Position.code == waiting.position)
        .join(Agency, and_(Agency.id == Position.agency_id, Agency.code == waiting.agency))
        .where(Task.dossier_id == dossier_id, _DONE, or_(same, Task.position_id == Position.id))
        .where(exists().where(*holds))
        .order_by(same.desc(), Task.id.desc())
        .limit(1)
    )
    return handler_of(connection.execute(query).one_or_none())


def loads(connection: Connection, waiting: Waiting, now: datetime, day: date, permissions: Sequence[str]) -> list[Load]:
    """The holders of the position who are there on that day; who is to have the next one first.

    The fewest open tasks, then who got one least recently, then by user name.
    """
    open_tasks = select(func.count()).where(OPEN, Task.assignee_id == Account.id).scalar_subquery()
    newest = select(func.max(Task.entered_at)).where(OPEN, Task.assignee_id == Account.id).scalar_subquery()
    finished = (
        select(Task.entered_at)
        .where(_DONE, Task.unit_id == Position.unit_id, Task.finished_by == Account.id)
        .where(Task.finished_at > now - REMEMBERED)
        .order_by(Task.finished_at.desc())
        .limit(1)
        .correlate(Account, Position)
        .scalar_subquery()
    )
    tasks, latest = open_tasks.label("tasks"), func.greatest(newest, finished).label("latest")
    away = exists().where(Absence.account_id == Account.id, away_on(day))
    holds = HELD.c.account_id == Account.id, HELD.c.position_id == Position.id, held_on(day)
    rows = connection.execute(
        select(Account.id, Account.username, Account.name, tasks, latest)
        .select_from(Position)
        .join(Agency, Agency.id == Position.agency_id)
        .join(Account, exists().where(*holds))
        .where(Position.code == waiting.position, Agency.code == waiting.agency, may_any(permissions), ~away)
        .order_by(tasks, latest.asc().nulls_first(), Account.username)
    )
    return many(Load, rows)
