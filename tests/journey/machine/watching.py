"""What more must hold of a dossier between two actions than that it is sound: alarms, and that what has ended stays ended."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select

from app.actions.running import MAIN
from app.rules.clock import ClockState
from app.store import tasks
from app.store.dossiers import DossierRow
from app.store.timers import Timer

ENDS = (3, 7, 8, 10)
"""National statuses in which nothing more is decided; after 8 papers may still wait to be collected."""


def has_ended(status: int) -> bool:
    return status in ENDS


def wrong_alarms(connection: Connection, dossier: DossierRow, now: datetime) -> list[str]:
    """Open steps of the procedure whose alarms are not those that the clock gives them; nothing when all is well.

    What is due by now may not have been ticked yet; what is to come stands there exactly once. Nothing sounds while the
    dossier is held, nor once it has its result.
    """
    state = ClockState.from_dict(dossier.clock)
    rows = connection.execute(select(Timer.__table__).where(Timer.dossier_id == dossier.id)).all()  # type: ignore[arg-type]
    found = []
    for task in tasks.tasks_of(connection, dossier.id):
        if task.instance_kind != MAIN:
            continue
        alarms = sorted((row.kind, row.due_at) for row in rows if row.task_id == task.id and row.due_at > now)
        held = state.holding(task.engine_task)
        quiet = dossier.held_by is not None or state.result_at is not None or held is None
        instants = () if quiet else (("step_due_soon", held.due_soon_at), ("step_overdue", held.due_at))  # type: ignore[union-attr]
        wanted = sorted((kind, at) for kind, at in instants if at is not None and at > now)
        if alarms != wanted:
            found.append(f"alarms of {task.step} are {alarms}, not {wanted}")
        if not quiet and task.due_at != held.due_at:  # type: ignore[union-attr]
            found.append(f"{task.step} is due {task.due_at}, not {held.due_at}")  # type: ignore[union-attr]
    incidents = [f"incident: {row.incident}" for row in rows if row.incident is not None or row.attempts]
    return found + incidents
