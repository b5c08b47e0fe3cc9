"""Due times of steps and timers, from the folded clock and the agency's calendar; they become rows of `timers`."""

from __future__ import annotations

from datetime import datetime

from app.actions.running import Running
from app.engine.instance import OpenStep, WaitingTimer
from app.engine.shared import INTAKE
from app.engine.timed import INSTANTS, after, limit_of_open, next_round, step_alarms, timer_due
from app.rules.clock import ClockRules, ClockState
from app.rules.intake import AWAIT_CORRECTION, intake_due
from app.rules.side import holds
from app.store.tasks import TaskRow
from app.store.timers import NewTimer, TimerRow

__all__ = ["INSTANTS", "REQUEST_LIMIT", "alarms", "event_timer", "step_due"]

REQUEST_LIMIT = "limit_at"
"""By when the answer to a request is wanted: what a timer of a side process may wait for besides."""


def step_due(
    running: Running, opened: OpenStep, clock: ClockState, rules: ClockRules, now: datetime
) -> tuple[datetime | None, datetime | None]:
    """When an opened step is due and when to warn; a side process's step counts from now and is no agency's time."""
    if running.is_main:
        held = clock.holding(opened.engine_task)
        return (held.due_at, held.due_soon_at) if held else (None, None)
    limit = limit_of_open(running.engine, opened, rules)
    if limit is None and running.row.kind == INTAKE:
        return _intake_due(opened, rules, now)
    if limit is None and running.request is not None and not holds(running.row.kind):
        return (
            running.request.limit_at,
            None,
        )  # by when the answer is wanted; a dossier that is held is due by its own clock
    return (after(limit, rules, now) if limit else None), None


def _intake_due(opened: OpenStep, rules: ClockRules, now: datetime) -> tuple[datetime | None, datetime | None]:
    """The check of an online dossier is due by the province's own limit, at the desk; waiting for the applicant is not."""
    if opened.step.id == AWAIT_CORRECTION:
        return None, None
    desk = rules.desk or rules.calendar
    due_at = intake_due(rules.profile, desk, now)
    if due_at is None:
        return None, None
    lead = min(rules.step_due_soon_seconds, desk.between(now, due_at) // 2)
    return due_at, desk.back(due_at, lead)


def alarms(task: TaskRow, due_at: datetime | None, warn_at: datetime | None, now: datetime) -> list[NewTimer]:
    """The two standard alarms of a step (QT-21c); a step that is already due is not said to be due soon."""
    return [NewTimer(task.instance_id, kind, at, task_id=task.id) for kind, at in step_alarms(due_at, warn_at, now)]


def event_timer(
    running: Running,
    timer: WaitingTimer,
    clock: ClockState,
    rules: ClockRules,
    now: datetime,
    fired: TimerRow | None = None,
) -> NewTimer:
    """The row of a timer that a diagram now waits for; `fired` is the one that has just come due: this may be its next round.

    Raises EngineIncident, for an instant that is not known."""
    limit_at = None
    if running.request is not None and timer.instant == REQUEST_LIMIT:
        limit_at = running.request.limit_at
    if fired is not None and (fired.instance_id, fired.element) == (running.row.id, timer.element):
        due = next_round(timer, clock, rules, now, fired.due_at, limit_at)
    else:
        due = timer_due(timer, clock, rules, now, limit_at)
    return NewTimer(
        running.row.id,
        "event",
        due,
        engine_task=timer.engine_task,
        element=timer.element,
        instant=timer.instant,
    )
