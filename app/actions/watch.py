"""The deadline watch beside a dossier: it stands still during a pause and starts anew when an instant is to come again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.actions import timing
from app.actions.running import Running
from app.engine.shared import DEADLINE_WATCH
from app.store import procedures, timers

if TYPE_CHECKING:
    from app.actions.work import Work


def follow(work: Work) -> None:
    """Bring the watch after the clock: ended with the result, held while paused, else waiting for what is still to come."""
    if work.clock.result_at is not None:
        end(work)
    elif work.clock.paused_at is not None:
        _hold(work)
    elif work.clock.charging:
        _rearm(work)


def end(work: Work) -> None:
    """Nothing warns any more."""
    for running in work.diagrams.of_kind(DEADLINE_WATCH):
        work.end(running)


def _hold(work: Work) -> None:
    for running in work.diagrams.of_kind(DEADLINE_WATCH):
        for row in timers.event_timers(work.connection, work.dossier.id):
            if row.instance_id == running.row.id:
                timers.hold_timer(work.connection, row.id, "instant", None)


def _rearm(work: Work) -> None:
    """An instant that moved past now although its timer had gone off already is watched again, by a new watch."""
    watches = work.diagrams.of_kind(DEADLINE_WATCH)
    waiting = set()
    for running in watches:
        for row in timers.event_timers(work.connection, work.dossier.id):
            if row.instance_id == running.row.id and row.instant is not None:
                waiting.add(row.instant)
                timers.release_timer(work.connection, row.id, getattr(work.clock, row.instant) or row.due_at)
    coming = {name for name in timing.INSTANTS if (at := getattr(work.clock, name)) is not None and at > work.now}
    if work.clock.deadline_at is None or coming <= waiting:
        return
    for running in watches:
        work.end(running)
    version = procedures.version_by_id(work.connection, work.dossier.version_id)
    fresh = work.diagrams.start(DEADLINE_WATCH, DEADLINE_WATCH, version.sha256, work.now)
    _pass_over(work, fresh, coming)
    work.move("watch_started", fresh, None)


def _pass_over(work: Work, running: Running, coming: set[str]) -> None:
    """What has been said already is not said again."""
    for timer in running.engine.timers():
        if timer.instant is not None and timer.instant not in coming:
            running.engine.fire(timer.engine_task)
    running.engine.take_notices()
