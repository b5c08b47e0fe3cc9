"""Who has done how much lately: steps that came and went by person, and how long steps took; by `ix_tasks_unit_done` alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ARRAY, BigInteger, Connection, Select, any_, cast, func, literal_column, or_, select, tuple_

from app.store.absences import Absence, away_on
from app.store.accounts import Account
from app.store.database import many
from app.store.holdings import AccountPosition
from app.store.organisation import Position
from app.store.segments import SegmentRecord
from app.store.tasks import Task

MOST_FINISHED = 10_000
"""Of so many finished steps, the latest, it is told how long they took."""


@dataclass(frozen=True, slots=True)
class Flow:
    """Steps of one account that it finished, and that came and are finished, since either of two instants."""

    account: int
    done_7: int
    done_30: int
    late_30: int
    came_7: int
    came_30: int


@dataclass(frozen=True, slots=True)
class Colleague:
    """Who holds a position in a unit today."""

    account: int
    username: str
    name: str
    unit: int


@dataclass(frozen=True, slots=True)
class Away:
    account: int
    substitute: str
    substitute_name: str
    to_day: date


@dataclass(frozen=True, slots=True)
class StepTime:
    """How long the steps of a kind took one account (None: all of them together): the median of working seconds."""

    account: int | None
    step: str
    step_name: str
    steps: int
    median_seconds: int


def colleagues(connection: Connection, units: Sequence[int], day: date) -> list[Colleague]:
    """The active accounts that hold a position of these units themselves on that day."""
    ended = or_(AccountPosition.valid_to.is_(None), AccountPosition.valid_to >= day)
    held = (AccountPosition.valid_from <= day, ended)
    rows = connection.execute(
        select(Account.id, Account.username, Account.name, Position.unit_id)
        .join(AccountPosition, AccountPosition.account_id == Account.id)
        .join(Position, Position.id == AccountPosition.position_id)
        .where(Position.unit_id == _among(units), *held, Account.active)
        .distinct()
        .order_by(Position.unit_id, Account.username)
    )
    return many(Colleague, rows)


def absent(connection: Connection, accounts: Sequence[int], day: date) -> dict[int, Away]:
    """Those of these accounts that are away that day, with who stands in."""
    substitute = Account.__table__.alias("substitute")
    rows = connection.execute(
        select(Absence.account_id, substitute.c.username, substitute.c.name, Absence.to_day)
        .join(substitute, substitute.c.id == Absence.substitute_id)
        .where(Absence.account_id == _among(accounts), away_on(day))
    )
    return {row[0]: Away(*row) for row in rows}


def flows(connection: Connection, units: Sequence[int], week: datetime, month: datetime) -> list[Flow]:
    """What of these units was finished since `month`, and since `week` of it, by who finished it."""
    done = func.count().filter(Task.finished_at >= week)
    late = func.count().filter(Task.finished_at > Task.due_at)
    came = [func.count().filter(Task.entered_at >= since) for since in (week, month)]
    rows = connection.execute(
        select(Task.finished_by, done, func.count(), late, *came)
        .where(*_finished(units, month), Task.finished_by.is_not(None))
        .group_by(Task.finished_by)
    )
    return many(Flow, rows)


def came_open(
    connection: Connection, agencies: Sequence[int], accounts: Sequence[int], week: datetime, month: datetime
) -> dict[int, tuple[int, int]]:
    """How many open steps that these accounts have came since `week`, and since `month`, by account."""
    rows = connection.execute(
        select(Task.assignee_id, func.count().filter(Task.entered_at >= week), func.count())
        .where(
            literal_column("tasks.state = 'open'"),
            Task.assignee_id == _among(accounts),
            Task.agency_id == _among(agencies),
            Task.entered_at >= month,
        )
        .group_by(Task.assignee_id)
    )
    return {account: (few, many_) for account, few, many_ in rows if account is not None}


def step_times(connection: Connection, units: Sequence[int], since: datetime) -> list[StepTime]:
    """The medians of the latest MOST_FINISHED steps that were finished there since then, by person and step, and by step."""
    done = (
        select(Task.id, Task.dossier_id, Task.step, Task.step_name, Task.finished_by)
        .where(*_finished(units, since), Task.finished_by.is_not(None))
        .order_by(Task.finished_at.desc())
        .limit(MOST_FINISHED)
        .subquery("done")
    )
    # OFFSET 0: the stretches of each task are looked up by its dossier, never all stretches read.
    taken = (
        select(func.sum(SegmentRecord.seconds).label("seconds"))
        .where(SegmentRecord.dossier_id == done.c.dossier_id, SegmentRecord.task_id == done.c.id, SegmentRecord.charged)
        .offset(0)
        .lateral("taken")
    )
    median = func.percentile_disc(0.5).within_group(taken.c.seconds)
    query: Select[Any] = (
        select(done.c.finished_by, done.c.step, func.max(done.c.step_name), func.count(), median)
        .select_from(done.join(taken, literal_column("true")))
        .where(taken.c.seconds.is_not(None))
        .group_by(func.grouping_sets(tuple_(done.c.finished_by, done.c.step), done.c.step))
    )
    return [StepTime(row[0], row[1], row[2], row[3], int(row[4])) for row in connection.execute(query)]


def _finished(units: Sequence[int], since: datetime) -> tuple[Any, ...]:
    return literal_column("tasks.state = 'done'"), Task.unit_id == _among(units), Task.finished_at >= since


def _among(ids: Sequence[int]) -> Any:
    return any_(cast(list(ids), ARRAY(BigInteger)))
