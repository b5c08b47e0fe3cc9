"""The hand-overs of a dossier, read from its own steps: what the control sheet shows and its slip prints (ST-13.2)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from app.actions.running import MAIN
from app.store import tasks
from app.store.tasks import TaskRow


def hand_overs(connection: Connection, dossier_id: int) -> list[dict[str, Any]]:
    """In order; none before acceptance.

    `[{given_by, given_to, position_name, agency, step_name, handed_over_at, passed_on_at, due_at, in_time}]`: nobody of the
    offices gave what the applicant handed in; while somebody has it, it was neither passed on nor in time.
    """
    found = tasks.every_task_of(connection, dossier_id)
    main = [task for task in found if task.instance_kind == MAIN]
    by_id = {task.id: task for task in main}
    return [_handed_over(task, by_id.get(task.predecessor_id or 0)) for task in main]


def _handed_over(task: TaskRow, before: TaskRow | None) -> dict[str, Any]:
    late = task.due_at is not None and task.finished_at is not None and task.finished_at > task.due_at
    return {
        "given_by": before.assignee_name or before.position_name if before is not None else None,
        "given_by_agency": before.agency if before is not None else None,
        "given_to": task.assignee_name,
        "position_name": task.position_name,
        "agency": task.agency,
        "step_name": task.step_name,
        "handed_over_at": task.entered_at,
        "passed_on_at": task.finished_at,
        "due_at": task.due_at,
        "in_time": None if task.due_at is None or task.finished_at is None else not late,
    }
