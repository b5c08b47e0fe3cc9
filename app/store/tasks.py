"""Tasks: a step that waits in the inbox of a position, or that has been worked.

A return or a recall opens a new row for the earlier step; the old row stays as it was ended, so who had the dossier how long
can always be read off. `state` is open, vacant (it would be open, but nobody holds its position), done or cancelled.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Connection,
    ForeignKey,
    Index,
    TextClause,
    any_,
    bindparam,
    cast,
    literal_column,
    or_,
    select,
    text,
    union,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.store.accounts import Account
from app.store.database import Base, BigId, Code, many, one
from app.store.dossiers import Dossier
from app.store.instances import ProcessInstance
from app.store.organisation import Agency, Position
from app.store.statement import Statement

_OPEN: ColumnElement[bool] = literal_column("state = 'open'")
LIVE = ("open", "vacant")
"""States of a task whose step is open in the engine."""


class Task(Base):
    __tablename__ = "tasks"
    __table_args__ = (
        Index("ix_tasks_inbox", "position_id", "due_at", "id", postgresql_where=_OPEN),
        Index("ix_tasks_mine", "assignee_id", "due_at", "id", postgresql_where=_OPEN),
        Index("ix_tasks_agency", "agency_id", "due_at", "id", postgresql_where=_OPEN),
        Index("ix_tasks_stage", "position_id", "stage", "entered_at", "id", postgresql_where=_OPEN),
        Index("ix_tasks_dossier", "dossier_id", "state"),
        Index("ix_tasks_part", "agency_id", "dossier_id"),
        Index("ix_tasks_predecessor", "predecessor_id"),
        Index(
            "ix_tasks_unit_done",
            "unit_id",
            "finished_at",
            postgresql_include=["due_at", "finished_by"],
            postgresql_where=literal_column("state = 'done'"),
        ),
        Index(
            "ix_tasks_done_by",
            "finished_by",
            "finished_at",
            "id",
            postgresql_include=["dossier_id", "agency_id"],
            postgresql_where=literal_column("state = 'done'"),
        ),
        Index("ix_tasks_vacant", "position_id", postgresql_where=literal_column("state = 'vacant'")),
        Index(
            "ix_tasks_unopened",
            "position_id",
            "entered_at",
            postgresql_where=literal_column("state = 'open' AND opened_at IS NULL"),
        ),
    )
    id: Mapped[BigId]
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossiers.id"))
    instance_id: Mapped[int] = mapped_column(ForeignKey("instances.id"), index=True)
    engine_task: Mapped[Code]
    step: Mapped[Code]
    step_name: Mapped[str]
    stage: Mapped[str]
    position_id: Mapped[int] = mapped_column(ForeignKey("positions.id"))
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    entered_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    opened_at: Mapped[datetime | None]
    """When a person it waits for first looked at it; until then what was forwarded may be recalled."""
    finished_at: Mapped[datetime | None]
    finished_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    state: Mapped[str]
    outcome: Mapped[str | None]
    """How it ended: the action's name."""
    note: Mapped[str | None]
    """What the previous handler wrote for this one."""
    predecessor_id: Mapped[int | None] = mapped_column(ForeignKey("tasks.id"))
    version: Mapped[int]


@dataclass(slots=True)
class TaskRow:
    id: int
    dossier_id: int
    instance_id: int
    engine_task: str
    step: str
    step_name: str
    stage: str
    position_id: int
    agency_id: int
    unit_id: int
    assignee_id: int | None
    entered_at: datetime
    due_at: datetime | None
    opened_at: datetime | None
    finished_at: datetime | None
    finished_by: int | None
    state: str
    outcome: str | None
    note: str | None
    predecessor_id: int | None
    version: int
    position: str
    position_name: str
    agency: str
    instance_kind: str
    assignee: str | None
    assignee_name: str | None


@dataclass(frozen=True, slots=True)
class NewTask:
    """A step that the engine opened; the store finds the position's row."""

    instance_id: int
    instance_kind: str
    engine_task: str
    step: str
    step_name: str
    stage: str
    position: str
    agency: str
    entered_at: datetime
    due_at: datetime | None
    assignee_id: int | None = None
    note: str | None = None
    predecessor_id: int | None = None


TASK = (
    select(
        *Task.__table__.columns,
        Position.code.label("position"),
        Position.name.label("position_name"),
        Agency.code.label("agency"),
        ProcessInstance.kind.label("instance_kind"),
        Account.username.label("assignee"),
        Account.name.label("assignee_name"),
    )
    .join(Position, Position.id == Task.position_id)
    .join(Agency, Agency.id == Task.agency_id)
    .join(ProcessInstance, ProcessInstance.id == Task.instance_id)
    .outerjoin(Account, Account.id == Task.assignee_id)
)
_OF_DOSSIER = Statement(
    TASK.where(
        Task.dossier_id == bindparam("dossier"),
        or_(Task.state == "open", Task.state == "vacant", Task.id == bindparam("task")),
    ).order_by(Task.id)
)
_PARTS = union(
    select(Dossier.agency_id).where(Dossier.id == bindparam("dossier")),
    select(Task.agency_id).where(Task.dossier_id == bindparam("dossier")),
)
_THESE, _THEIRS = (cast(bindparam(name), ARRAY(BigInteger)) for name in ("dossiers", "agencies"))
_WITH_PART = union(
    select(Dossier.id).where(Dossier.id == any_(_THESE), Dossier.agency_id == any_(_THEIRS)),
    select(Task.dossier_id).where(Task.dossier_id == any_(_THESE), Task.agency_id == any_(_THEIRS)),
)
_BY_ID = TASK.where(Task.id == bindparam("task"))

HELD = """EXISTS (
    SELECT 1 FROM held_positions h JOIN accounts b ON b.id = h.account_id
     WHERE h.position_id = p.id AND h.valid_from <= :day AND (h.valid_to IS NULL OR h.valid_to >= :day)
       AND b.active AND b.permissions && CAST(:permissions AS text[]))"""
"""Whether somebody can work the steps of position `p` on `day`: who holds it, is active and has one of `permissions`."""

# One statement ends the old tasks, one opens the new ones: the position's row is found on the way in, so a missing
# position shows as a missing row and nothing has to be asked beforehand; nor who holds it.
_OPEN_TASKS = Statement(
    text(
        f"""
    INSERT INTO tasks (dossier_id, instance_id, engine_task, step, step_name, stage, position_id, agency_id, unit_id,
                       assignee_id, entered_at, due_at, state, note, predecessor_id, version)
    SELECT :dossier, :instance_id, :engine_task, :step, :step_name, :stage, p.id, p.agency_id, p.unit_id,
           CAST(:assignee_id AS bigint), :entered_at, CAST(:due_at AS timestamptz),
           CASE WHEN CAST(:assignee_id AS bigint) IS NOT NULL OR {HELD} THEN 'open' ELSE 'vacant' END,
           CAST(:note AS text), CAST(:predecessor_id AS bigint), 1
      FROM positions p JOIN agencies a ON a.id = p.agency_id
     WHERE p.code = :position AND a.code = :agency
    RETURNING id, position_id, agency_id, unit_id, state,
              (SELECT p.name FROM positions p WHERE p.id = position_id) AS position_name,
              (SELECT b.username FROM accounts b WHERE b.id = assignee_id) AS assignee,
              (SELECT b.name FROM accounts b WHERE b.id = assignee_id) AS assignee_name
    """  # noqa: S608 - a fragment of our own
    )
)
_FILL = text(
    "UPDATE tasks t SET state = 'open', version = t.version + 1 FROM positions p"  # noqa: S608 - a fragment of our own
    f" WHERE t.id = :task AND t.state = 'vacant' AND p.id = t.position_id AND {HELD} RETURNING t.id"
)
_VACATE = text(
    "UPDATE tasks t SET state = 'vacant', version = t.version + 1 FROM positions p"  # noqa: S608 - a fragment of our own
    f" WHERE t.id = :task AND t.state = 'open' AND t.assignee_id IS NULL AND p.id = t.position_id AND NOT {HELD}"
    " RETURNING t.id"
)
# Positions are few and tasks many: who holds what is asked once a position.
_CHANGED_HOLDERS = text(
    "WITH held AS MATERIALIZED (SELECT p.id, "  # noqa: S608 - a fragment of our own
    f"{HELD} AS held FROM positions p)"
    " SELECT t.id, t.dossier_id FROM held JOIN tasks t ON t.position_id = held.id AND t.state = 'vacant' WHERE held.held"
    " UNION ALL"
    " SELECT t.id, t.dossier_id FROM held JOIN tasks t ON t.position_id = held.id AND t.state = 'open'"
    " AND t.assignee_id IS NULL WHERE NOT held.held ORDER BY 1"
)
_FINISH = Statement(
    update(Task)
    .where(Task.id == bindparam("task"))
    .values(
        state=bindparam("new_state"),
        finished_at=bindparam("new_finished_at"),
        finished_by=bindparam("new_finished_by"),
        assignee_id=bindparam("new_assignee_id"),
        outcome=bindparam("new_outcome"),
        version=Task.version + 1,
    )
)
_ASSIGN = (
    update(Task)
    .where(Task.id == bindparam("task"))
    .values(assignee_id=bindparam("new_assignee_id"), note=bindparam("new_note"), version=Task.version + 1)
)


def task_by_id(connection: Connection, task_id: int) -> TaskRow | None:
    row = connection.execute(_BY_ID, {"task": task_id}).one_or_none()
    return one(TaskRow, row)


def tasks_of(connection: Connection, dossier_id: int, also: int = 0) -> list[TaskRow]:
    """The open and vacant tasks of a dossier, and the task `also` whatever its state."""
    return many(TaskRow, _OF_DOSSIER.all(connection, {"dossier": dossier_id, "task": also}))


def every_task_of(connection: Connection, dossier_id: int) -> list[TaskRow]:
    """All tasks that a dossier has or had, in the order in which they were opened."""
    return many(TaskRow, connection.execute(TASK.where(Task.dossier_id == dossier_id).order_by(Task.id)))


def is_latest(connection: Connection, task: TaskRow) -> bool:
    """Whether the step was not opened again since, by a return or a recall."""
    again = select(Task.id).where(
        Task.instance_id == task.instance_id, Task.engine_task == task.engine_task, Task.id > task.id
    )
    return connection.execute(again.limit(1)).first() is None


def open_task(
    connection: Connection, dossier_id: int, task: NewTask, day: date, permissions: Sequence[str]
) -> TaskRow | None:
    """Insert an open task; a vacant one where nobody with one of `permissions` holds the position on that day and no account
    is given it; None when no position of that code exists in that agency."""
    values = {name: getattr(task, name) for name in NewTask.__dataclass_fields__}
    held = {"day": day, "permissions": list(permissions)}
    row = _OPEN_TASKS.one(connection, {"dossier": dossier_id, **values, **held})
    if row is None:
        return None
    task_id, position_id, agency_id, unit_id, state, position_name, assignee, assignee_name = row
    return TaskRow(
        id=task_id,
        dossier_id=dossier_id,
        instance_id=task.instance_id,
        engine_task=task.engine_task,
        step=task.step,
        step_name=task.step_name,
        stage=task.stage,
        position_id=position_id,
        agency_id=agency_id,
        unit_id=unit_id,
        assignee_id=task.assignee_id,
        entered_at=task.entered_at,
        due_at=task.due_at,
        opened_at=None,
        finished_at=None,
        finished_by=None,
        state=state,
        outcome=None,
        note=task.note,
        predecessor_id=task.predecessor_id,
        version=1,
        position=task.position,
        position_name=position_name,
        agency=task.agency,
        instance_kind=task.instance_kind,
        assignee=assignee,
        assignee_name=assignee_name,
    )


def fill_task(connection: Connection, task: TaskRow, day: date, permissions: Sequence[str]) -> bool:
    """Open a vacant task, if somebody holds its position now."""
    return _change_state(connection, _FILL, task, "open", day, permissions)


def vacate_task(connection: Connection, task: TaskRow, day: date, permissions: Sequence[str]) -> bool:
    """Make an open task that nobody has a vacant one, if nobody holds its position any more."""
    return _change_state(connection, _VACATE, task, "vacant", day, permissions)


def _change_state(
    connection: Connection, statement: TextClause, task: TaskRow, state: str, day: date, permissions: Sequence[str]
) -> bool:
    values = {"task": task.id, "day": day, "permissions": list(permissions)}
    if connection.execute(statement, values).one_or_none() is None:
        return False
    task.state = state
    task.version += 1
    return True


def changed_holders(connection: Connection, day: date, permissions: Sequence[str]) -> list[tuple[int, int]]:
    """(task id, dossier id) of vacant tasks whose position somebody holds, and of open ones that nobody could take."""
    rows = connection.execute(_CHANGED_HOLDERS, {"day": day, "permissions": list(permissions)})
    return [(row.id, row.dossier_id) for row in rows]


def finish_tasks(connection: Connection, tasks: Sequence[TaskRow]) -> None:
    """Write back tasks whose state, finisher and outcome were set."""
    for task in tasks:
        _FINISH.run(
            connection,
            {
                "task": task.id,
                "new_state": task.state,
                "new_finished_at": task.finished_at,
                "new_finished_by": task.finished_by,
                "new_assignee_id": task.assignee_id,
                "new_outcome": task.outcome,
            },
        )
        task.version += 1


def assign_task(connection: Connection, task: TaskRow) -> None:
    """Write back a task's assignee and note."""
    connection.execute(_ASSIGN, {"task": task.id, "new_assignee_id": task.assignee_id, "new_note": task.note})
    task.version += 1


def held_by(connection: Connection, account_id: int, agency_ids: Sequence[int], most: int) -> list[int]:
    """Ids of the open tasks that an account has at these agencies, the most urgent first."""
    rows = connection.execute(
        select(Task.id)
        .where(_OPEN, Task.assignee_id == account_id, Task.agency_id.in_(agency_ids))
        .order_by(Task.due_at.nulls_last(), Task.id)
        .limit(most)
    )
    return list(rows.scalars())


def mark_opened(connection: Connection, task_id: int, now: datetime) -> None:
    connection.execute(
        update(Task).where(Task.id == task_id, Task.state == "open", Task.opened_at.is_(None)).values(opened_at=now)
    )


def move_due(connection: Connection, dues: Mapping[int, datetime | None]) -> None:
    for task_id, due_at in dues.items():
        connection.execute(update(Task).where(Task.id == task_id).values(due_at=due_at))


def dossiers_with_part(connection: Connection, dossier_ids: Sequence[int], agency_ids: Sequence[int]) -> set[int]:
    """Those of the dossiers in which one of these agencies has a part."""
    return set(connection.execute(_WITH_PART, {"dossiers": list(dossier_ids), "agencies": list(agency_ids)}).scalars())


def agency_codes_of(connection: Connection, dossier_id: int) -> set[str]:
    """Codes of the agencies that have or had a step of a dossier."""
    rows = connection.execute(
        select(Agency.code).where(Agency.id.in_(select(Task.agency_id).where(Task.dossier_id == dossier_id)))
    )
    return set(rows.scalars())


def agencies_with_part(connection: Connection, dossier_id: int) -> set[int]:
    """Ids of the agencies that have a part in a dossier: the receiving one and those that have or had a step of it."""
    rows = connection.execute(_PARTS, {"dossier": dossier_id})
    return set(rows.scalars())
