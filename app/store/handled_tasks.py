"""What somebody has done, the latest first: her finished steps, and those of them that are with somebody else now.

Walked by the index of who finished what, and no further back than REACH steps, so that it costs the same in the tenth year of
a busy desk as in the first week. What waits for others are her finished steps whose dossier is open and no longer with her,
and her own steps that stand still while another process has their dossier; of each dossier the latest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from sqlalchemy import ARRAY, BigInteger, Connection, TextClause, any_, bindparam, cast, select, text

from app.rules.side import SIDE
from app.store.database import like_pattern, many
from app.store.inbox import ListedTask, OpenStep, Place, tasks_by_id
from app.store.task_walks import Filters, Scope
from app.store.tasks import LIVE, TASK, Task, TaskRow

HANDLED = ("waiting", "done")
"""The lists of finished work, called as inboxes are."""
REACH = 2000
"""So many of somebody's finished steps are looked through."""
Handled = Literal["waiting", "done"]
_HOLDING = sorted(kind for kind, rule in SIDE.items() if rule.holds)

_DONE = """
    SELECT t.id, t.dossier_id, t.finished_at AS key FROM (
        SELECT id, dossier_id, agency_id, finished_at FROM tasks
         WHERE state = 'done' AND finished_by = :account ORDER BY finished_at DESC, id DESC LIMIT :reach) t
     WHERE t.agency_id = ANY(CAST(:agencies AS bigint[]))
"""
# OFFSET 0: each dossier is looked up by its key, never all of them read.
_WAITING = f"""
    SELECT DISTINCT ON (w.dossier_id) w.id, w.dossier_id, w.key FROM (
        SELECT m.id, m.dossier_id, m.key FROM ({_DONE}) m
         WHERE EXISTS (SELECT 1 FROM dossiers d WHERE d.id = m.dossier_id AND d.closed_at IS NULL OFFSET 0)
         UNION ALL
        SELECT t.id, t.dossier_id, coalesce(d.paused_at, t.entered_at) FROM (
            SELECT id, dossier_id, instance_id, entered_at FROM tasks
             WHERE state = 'open' AND assignee_id = :account ORDER BY due_at, id LIMIT :reach) t
          JOIN LATERAL (SELECT d.held_by, d.paused_at FROM dossiers d WHERE d.id = t.dossier_id OFFSET 0) d ON true
          JOIN LATERAL (SELECT i.kind FROM instances i WHERE i.id = t.instance_id OFFSET 0) i ON true
         WHERE d.held_by IS NOT NULL AND i.kind <> d.held_by
           AND (i.kind IN ('main', 'intake') OR i.kind = ANY(CAST(:holding AS text[])))) w
     WHERE NOT EXISTS (
        SELECT 1 FROM tasks o JOIN dossiers d ON d.id = o.dossier_id JOIN instances i ON i.id = o.instance_id
         WHERE o.dossier_id = w.dossier_id AND o.state = 'open'
           AND (o.assignee_id = :account
                OR o.assignee_id IS NULL AND o.position_id = ANY(CAST(:positions AS bigint[])))
           AND (d.held_by IS NULL OR i.kind = d.held_by
                OR NOT (i.kind IN ('main', 'intake') OR i.kind = ANY(CAST(:holding AS text[])))) OFFSET 0)
     ORDER BY w.dossier_id, w.key DESC, w.id DESC
"""  # noqa: S608 - fragments of our own
_WALKS: dict[str, str] = {"done": _DONE, "waiting": _WAITING}


@dataclass(frozen=True, slots=True)
class _Shape:
    inbox: str
    procedure: bool
    step: bool
    words: int
    after: bool


def handled_page(
    connection: Connection, inbox: Handled, scope: Scope, filters: Filters, after: Place | None, limit: int
) -> list[ListedTask]:
    """At most `limit` of them, the latest first; of `filters` count procedure, step and words, of `scope` account, positions
    and agencies."""
    shape = _shape(inbox, filters, after)
    rows = connection.execute(_page(shape), _values(scope, filters, after) | {"most": limit})
    ids = [row.id for row in rows]
    listed = tasks_by_id(connection, ids)
    return [listed[task_id] for task_id in ids]


def handled_place(connection: Connection, inbox: Handled, scope: Scope, task_id: int) -> Place | None:
    """Where a task stands in the list; None where it is not in it."""
    walk = text(f"SELECT key, id FROM ({_WALKS[inbox]}) found WHERE id = :task")  # noqa: S608 - fragments of our own
    row = connection.execute(walk, _values(scope, Filters(), None) | {"task": task_id}).one_or_none()
    return Place(row.key, row.id) if row else None


def count_handled(connection: Connection, inbox: Handled, scope: Scope, filters: Filters, most: int) -> int:
    """How many there are, counted to `most`."""
    values = _values(scope, filters, None) | {"most": most}
    number: int = connection.execute(_count(_shape(inbox, filters, None)), values).scalar_one()
    return number


def handled_steps(connection: Connection, inbox: Handled, scope: Scope) -> list[OpenStep]:
    """By what the list can be filtered: the steps of procedures in it."""
    return [OpenStep(*row) for row in connection.execute(_steps(inbox), _values(scope, Filters(), None))]


def live_tasks_of(connection: Connection, dossier_ids: Sequence[int]) -> dict[int, list[TaskRow]]:
    """The tasks that are open now, or would be if somebody held their position, by dossier."""
    these = any_(cast(bindparam("dossiers"), ARRAY(BigInteger)))
    query = TASK.where(Task.dossier_id == these, Task.state.in_(LIVE)).order_by(Task.id)
    found: dict[int, list[TaskRow]] = {}
    for row in many(TaskRow, connection.execute(query, {"dossiers": list(dossier_ids)})):
        found.setdefault(row.dossier_id, []).append(row)
    return found


def led_to(connection: Connection, task_ids: Sequence[int]) -> dict[int, list[str]]:
    """The names of the steps that came of finished tasks, by task."""
    these = any_(cast(bindparam("tasks"), ARRAY(BigInteger)))
    query = select(Task.predecessor_id, Task.step_name).where(Task.predecessor_id == these).order_by(Task.id)
    found: dict[int, list[str]] = {}
    for task_id, name in connection.execute(query, {"tasks": list(task_ids)}):
        found.setdefault(int(task_id or 0), []).append(name)
    return found


def _shape(inbox: str, filters: Filters, after: Place | None) -> _Shape:
    words = len((filters.words or "").split())
    return _Shape(inbox, filters.procedure is not None, filters.step is not None, words, after is not None)


def _values(scope: Scope, filters: Filters, after: Place | None) -> dict[str, Any]:
    values: dict[str, Any] = {
        "account": scope.account,
        "positions": list(scope.positions),
        "agencies": list(scope.agencies),
        "holding": _HOLDING,
        "reach": REACH,
        "procedure": filters.procedure,
        "step": filters.step,
    }
    values |= {f"word_{number}": like_pattern(word) for number, word in enumerate((filters.words or "").split())}
    return values | ({"after_key": after.key, "after_id": after.id} if after else {})


def _found(shape: _Shape) -> str:
    conditions = []
    if shape.procedure:
        conditions.append(
            "EXISTS (SELECT 1 FROM dossiers d JOIN procedures p ON p.id = d.procedure_id"
            " WHERE d.id = found.dossier_id AND p.code = :procedure OFFSET 0)"
        )
    if shape.step:
        conditions.append("EXISTS (SELECT 1 FROM tasks s WHERE s.id = found.id AND s.step = :step OFFSET 0)")
    if shape.words:
        like = " AND ".join(f"c.search LIKE motcua_fold(:word_{number})" for number in range(shape.words))
        conditions.append(
            f"EXISTS (SELECT 1 FROM dossier_contents c WHERE c.dossier_id = found.dossier_id AND {like} OFFSET 0)"  # noqa: S608
        )
    if shape.after:
        conditions.append("(found.key, found.id) < (CAST(:after_key AS timestamptz), CAST(:after_id AS bigint))")
    where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    return f"SELECT found.id, found.key FROM ({_WALKS[shape.inbox]}) found{where}"  # noqa: S608 - fragments of our own


@lru_cache(64)
def _page(shape: _Shape) -> TextClause:
    return text(f"{_found(shape)} ORDER BY found.key DESC, found.id DESC LIMIT :most")


@lru_cache(64)
def _count(shape: _Shape) -> TextClause:
    return text(f"SELECT count(*) FROM ({_found(shape)} LIMIT :most) counted")  # noqa: S608 - fragments of our own


@lru_cache(8)
def _steps(inbox: str) -> TextClause:
    return text(
        f"""
        SELECT p.code, p.name, t.step, t.step_name, count(*)
          FROM ({_WALKS[inbox]}) found
          JOIN LATERAL (SELECT t.step, t.step_name FROM tasks t WHERE t.id = found.id OFFSET 0) t ON true
          JOIN LATERAL (SELECT d.procedure_id FROM dossiers d WHERE d.id = found.dossier_id OFFSET 0) d ON true
          JOIN procedures p ON p.id = d.procedure_id
         GROUP BY p.code, p.name, t.step, t.step_name
        """  # noqa: S608 - fragments of our own
    )
