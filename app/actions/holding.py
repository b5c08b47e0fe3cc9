"""A dossier that is held: the steps of its procedure wait, and so do their alarms and the timers that its diagram drew."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.actions.realign import realign
from app.actions.running import MAIN
from app.engine.hosts import host_of
from app.engine.timed import held_as, released
from app.store import instances, timers

if TYPE_CHECKING:
    from app.actions.work import Work


def suspend(work: Work, *, reminding: bool = False) -> None:
    """Nothing of the procedure's own diagram is due any more; what was left of its timers is remembered. With `reminding`
    the timers on a step that waits for a payment go on: they are there to remind of it."""
    for task in work.live_tasks():
        if task.instance_kind == MAIN and task.due_at is not None:
            work.silence(task)
    for row in _main_timers(work):
        if reminding and _reminds(work, row):
            continue
        waiting = work.diagrams.get(row.instance_id).waiting.get(str(row.engine_task))
        unit, left = held_as(waiting, row.due_at, work.now, work.rules)
        timers.hold_timer(work.connection, row.id, unit, left)


def give_back(work: Work, before: str | None) -> None:
    """A request no longer holds the dossier: the one that held it `before` does again, or its procedure goes on."""
    work.dossier.held_by = before
    if before is None:
        resume(work)


def resume(work: Work) -> None:
    """The steps go on with what was left of their limits, the timers with what was left of theirs; where the clock stands
    still all the same, waiting for a payment that the diagram draws, only what reminds of that goes on."""
    realign(work)
    paused = work.clock.paused_at is not None
    for row, unit, left in timers.held_timers(work.connection, work.dossier.id):
        if paused and not _reminds(work, row):
            continue
        due_at = released(unit, left, row.instant, row.due_at, work.clock, work.now, work.rules)
        timers.release_timer(work.connection, row.id, due_at)


def _reminds(work: Work, row: timers.TimerRow) -> bool:
    """Whether the timer is drawn on an open step of the procedure that waits for a payment."""
    definition = work.diagrams.get(row.instance_id).definition
    waiting = {task.step for task in work.live_tasks() if task.instance_kind == MAIN}
    host = host_of(definition, str(row.element))
    return host in waiting and definition.steps[str(host)].pause is not None


def _main_timers(work: Work) -> list[timers.TimerRow]:
    main = [row.id for row in instances.instances_of(work.connection, work.dossier.id, MAIN) if row.finished_at is None]
    return [row for row in timers.event_timers(work.connection, work.dossier.id) if row.instance_id in main]
