"""Bringing due times after the clock: steps, their alarms and the instants that diagrams wait for.

Used wherever the clock changed by more than its next event: a request that held the dossier ended, a mistake was corrected, a
calendar changed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.actions import timing
from app.actions.running import MAIN
from app.store import tasks, timers

if TYPE_CHECKING:
    from app.actions.work import Work


def realign(work: Work) -> None:
    """Every open step of the procedure is due when the folded clock says, and sounds its alarms then and only then."""
    for task in work.live_tasks():
        if task.instance_kind != MAIN:
            continue
        held = work.clock.holding(task.engine_task)
        due_at, warn_at = (held.due_at, held.due_soon_at) if held else (None, None)
        if work.clock.result_at is not None:
            due_at = warn_at = None
        if task.due_at == due_at:
            continue
        task.due_at = due_at
        tasks.move_due(work.connection, {task.id: due_at})
        timers.drop_task_timers(work.connection, [task.id])
        if task.state == "open":
            timers.add_timers(work.connection, work.dossier.id, timing.alarms(task, due_at, warn_at, work.now))
    for name in timing.INSTANTS:
        moved = getattr(work.clock, name)
        if moved is not None:
            timers.move_instant(work.connection, work.dossier.id, name, moved)
