"""Timers: every due time of the system is a row here, and the row is the truth.

`kind` says what happens: `event` names a waiting timer of a running diagram, `step_due_soon` and `step_overdue` are the two
standard alarms of a task. An event timer whose time is one of the clock's instants carries its name and moves with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, ForeignKey, Index, bindparam, case, delete, insert, literal_column, select, update
from sqlalchemy.orm import Mapped, mapped_column

from app.store.database import Base, BigId, many, one
from app.store.statement import Statement


class Timer(Base):
    __tablename__ = "timers"
    __table_args__ = (
        Index("ix_timers_due", "due_at", postgresql_where=literal_column("incident IS NULL AND held_unit IS NULL")),
        Index("ix_timers_task", "task_id"),
        Index("ix_timers_dossier", "dossier_id"),
    )
    id: Mapped[BigId]
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossiers.id"))
    instance_id: Mapped[int] = mapped_column(ForeignKey("instances.id"), index=True)
    task_id: Mapped[int | None] = mapped_column(ForeignKey("tasks.id"))
    kind: Mapped[str]
    engine_task: Mapped[str | None]
    element: Mapped[str | None]
    instant: Mapped[str | None]
    due_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    incident: Mapped[str | None]
    """Why the worker gave up on it; a timer with an incident waits for a person."""
    held_seconds: Mapped[int | None]
    """How much was left when the dossier was held, in `held_unit`; None for a timer that waits for an instant."""
    held_unit: Mapped[str | None]
    """Set while the timer stands still: working, calendar, or instant."""


@dataclass(slots=True)
class TimerRow:
    id: int
    dossier_id: int
    instance_id: int
    task_id: int | None
    kind: str
    engine_task: str | None
    element: str | None
    instant: str | None
    due_at: datetime
    attempts: int


@dataclass(frozen=True, slots=True)
class NewTimer:
    instance_id: int
    kind: str
    due_at: datetime
    task_id: int | None = None
    engine_task: str | None = None
    element: str | None = None
    instant: str | None = None


_TIMER = select(
    Timer.id,
    Timer.dossier_id,
    Timer.instance_id,
    Timer.task_id,
    Timer.kind,
    Timer.engine_task,
    Timer.element,
    Timer.instant,
    Timer.due_at,
    Timer.attempts,
)
_DUE = (
    select(Timer.id, Timer.dossier_id)
    .where(Timer.due_at <= bindparam("now"), Timer.incident.is_(None), Timer.held_unit.is_(None))
    .order_by(Timer.due_at, Timer.id)
    .limit(bindparam("most"))
)
_DUE_OF_DOSSIER = (
    select(Timer.id, Timer.due_at)
    .where(
        Timer.dossier_id == bindparam("dossier"),
        Timer.due_at <= bindparam("now"),
        Timer.incident.is_(None),
        Timer.held_unit.is_(None),
    )
    .order_by(Timer.due_at, Timer.id)
    .limit(1)
)
_DROP_OF_TASKS = Statement(delete(Timer).where(Timer.task_id == bindparam("task")))
_ADD = Statement(
    insert(Timer).values(
        {name: bindparam(name) for name in ("dossier_id", *NewTimer.__dataclass_fields__)} | {"attempts": 0}
    )
)
_RUNNING = Statement(_TIMER.where(Timer.id == bindparam("timer"), Timer.held_unit.is_(None)))
_DROP = Statement(delete(Timer).where(Timer.id == bindparam("timer")))
_MOVE = update(Timer).where(Timer.dossier_id == bindparam("dossier"), Timer.instant == bindparam("name"))


def due_timers(connection: Connection, now: datetime, most: int) -> Sequence[tuple[int, int]]:
    """(timer id, dossier id) of due timers, earliest first, without locking anything."""
    return [(row.id, row.dossier_id) for row in connection.execute(_DUE, {"now": now, "most": most})]


def due_of_dossier(connection: Connection, dossier_id: int, now: datetime) -> tuple[int, datetime] | None:
    """Id and time of the dossier's earliest due timer, or None."""
    row = connection.execute(_DUE_OF_DOSSIER, {"dossier": dossier_id, "now": now}).one_or_none()
    return (row.id, row.due_at) if row else None


def rows_of(connection: Connection, dossier_id: int) -> list[Timer]:
    """Every timer of a dossier, whole."""
    rows = connection.execute(select(Timer.__table__).where(Timer.dossier_id == dossier_id).order_by(Timer.id))
    return [Timer(**row._mapping) for row in rows]


def timer_by_id(connection: Connection, timer_id: int) -> TimerRow | None:
    """A timer that runs; None where it has gone or stands still."""
    return one(TimerRow, _RUNNING.one(connection, {"timer": timer_id}))


def add_timers(connection: Connection, dossier_id: int, timers: Sequence[NewTimer]) -> None:
    rows = ({name: getattr(timer, name) for name in NewTimer.__dataclass_fields__} for timer in timers)
    _ADD.run_all(connection, ({"dossier_id": dossier_id, **row} for row in rows))


def drop_task_timers(connection: Connection, task_ids: Sequence[int]) -> None:
    for task_id in task_ids:
        _DROP_OF_TASKS.run(connection, {"task": task_id})


def drop_instance_timers(connection: Connection, instance_id: int) -> None:
    connection.execute(delete(Timer).where(Timer.instance_id == instance_id))


def drop_event_timers(connection: Connection, instance_id: int, engine_tasks: Sequence[str]) -> None:
    for engine_task in engine_tasks:
        connection.execute(
            delete(Timer).where(
                Timer.instance_id == instance_id, Timer.engine_task == engine_task, Timer.kind == "event"
            )
        )


def drop_timers(connection: Connection, timer_ids: Sequence[int]) -> None:
    for timer_id in timer_ids:
        _DROP.run(connection, {"timer": timer_id})


def move_instant(connection: Connection, dossier_id: int, name: str, due_at: datetime) -> None:
    """Move the timers that wait for a named instant of the dossier's clock."""
    connection.execute(_MOVE.values(due_at=due_at), {"dossier": dossier_id, "name": name})


def event_timers(connection: Connection, dossier_id: int) -> list[TimerRow]:
    """The drawn timers of a dossier's diagrams that wait, held or not."""
    rows = connection.execute(_TIMER.where(Timer.dossier_id == dossier_id, Timer.kind == "event").order_by(Timer.id))
    return many(TimerRow, rows)


def hold_timer(connection: Connection, timer_id: int, unit: str, left: int | None) -> None:
    """The timer stands still; `left` seconds of `unit` (working, calendar) remain, or it waits for an `instant`."""
    connection.execute(
        update(Timer).where(Timer.id == timer_id, Timer.held_unit.is_(None)).values(held_unit=unit, held_seconds=left)
    )


def held_timers(connection: Connection, dossier_id: int) -> list[tuple[TimerRow, str, int | None]]:
    """The timers of a dossier that stand still, each with its unit and what was left."""
    query = _TIMER.add_columns(Timer.held_unit, Timer.held_seconds).where(
        Timer.dossier_id == dossier_id, Timer.held_unit.is_not(None)
    )
    return [(TimerRow(*row[:-2]), row[-2], row[-1]) for row in connection.execute(query)]


def release_timer(connection: Connection, timer_id: int, due_at: datetime) -> None:
    """The timer goes on and is due then."""
    connection.execute(
        update(Timer).where(Timer.id == timer_id).values(held_unit=None, held_seconds=None, due_at=due_at)
    )


def move_timer(connection: Connection, timer_id: int, due_at: datetime) -> None:
    connection.execute(update(Timer).where(Timer.id == timer_id).values(due_at=due_at))


def move_alarm(connection: Connection, task_id: int, kind: str, due_at: datetime) -> None:
    """Move an alarm of a task that has not sounded yet."""
    connection.execute(update(Timer).where(Timer.task_id == task_id, Timer.kind == kind).values(due_at=due_at))


def count_attempt(
    connection: Connection, timer_id: int, reason: str, most: int, now: datetime, retry_at: datetime
) -> TimerRow | None:
    """A firing failed: try again at `retry_at`; after `most` attempts it is an incident and waits for a person: then the timer.

    A timer that was moved meanwhile and is not due at `now` any more keeps its new time.
    """
    found = connection.execute(
        update(Timer)
        .where(Timer.id == timer_id, Timer.due_at <= now, Timer.incident.is_(None))
        .values(
            attempts=Timer.attempts + 1,
            incident=case((Timer.attempts + 1 >= most, reason), else_=None),
            due_at=retry_at,
        )
        .returning(*_TIMER.selected_columns, Timer.incident)
    ).one_or_none()
    return TimerRow(*found[:-1]) if found is not None and found.incident is not None else None


def retry_timer(connection: Connection, timer_id: int, now: datetime) -> None:
    """A timer that was given up on is tried again: at once, or as soon as it does not stand still any more."""
    connection.execute(
        update(Timer)
        .where(Timer.id == timer_id, Timer.incident.is_not(None))
        .values(attempts=0, incident=None, due_at=case((Timer.held_unit.is_(None), now), else_=Timer.due_at))
    )
