"""Counting a dossier again whose calendars changed since its clock was folded: by the next action or by the job, the same way.

Once it is settled, the whole fold of its history is its stored clock again. A finished dossier keeps the law it ended under.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from app.actions import watch
from app.actions.chronicle import segment_row
from app.actions.realign import realign
from app.actions.running import MAIN
from app.actions.work import Work
from app.errors import DomainError
from app.lawbook import Law, changed_calendars, events_of, law_of, rules_as_folded
from app.rules.calendar import CalendarError
from app.rules.clock import ClockRules, ClockState, Segment
from app.rules.recount import Recounted, count_again
from app.store import calendar_changes, history, segments, tasks, timers
from app.store.tasks import TaskRow

SHOWN = ("deadline_at", "appointment_at", "remaining_seconds")


def settle(work: Work) -> bool:
    """Bring the clock after the calendars; True where it came out otherwise. Before the action looks at anything.

    Costs nothing for a dossier that is up to date. Errors: DomainError incident where no working hours are left.
    """
    law = law_of(work.connection, work.dossier)
    changed = changed_calendars(law, work.dossier, work.clock)
    if not changed:
        work.dossier.clock_epoch = max(law.epoch, work.dossier.clock_epoch)
        return False
    folded_by = rules_as_folded(work.connection, work.dossier)
    work.rules = law.rules(work.dossier.profile, work.dossier.agency_id, work.dossier.procedure_id)
    past = history.history_of(work.connection, work.dossier.id)
    reason = "; ".join(calendar_changes.reasons_since(work.connection, changed, work.dossier.clock_epoch))
    try:
        counted = count_again(events_of(past), work.clock, work.rules, work.now, reason)
    except CalendarError as error:
        told = f"Lịch làm việc mới không tính được thời hạn của hồ sơ {work.dossier.code}: {error}."
        raise DomainError("incident", told) from error
    if work.clock.result_at is not None:
        return _keep_finished(work, law, counted, folded_by)
    replace_segments(work, counted.applied.segments)
    if counted.event is not None:
        _take_over(work, counted, reason, folded_by)
        calendar_changes.count_moved(work.connection, changed, work.dossier.clock_epoch)
    work.dossier.clock_epoch = law.epoch
    return counted.event is not None


def _keep_finished(work: Work, law: Law, counted: Recounted, folded_by: ClockRules) -> bool:
    """What is left to do goes on by the new calendars, unless these would change what is over."""
    if counted.event is None and not _differ(work, counted.applied.segments):
        work.dossier.clock_epoch = law.epoch
    else:
        work.rules = folded_by
    return False


def _take_over(work: Work, counted: Recounted, reason: str, folded_by: ClockRules) -> None:
    before, after = work.clock, counted.applied.state
    work.clock = after
    details = {"reason": reason, "before": _shown(before), "after": _shown(after)}
    work.record("calendar_changed", None, details, counted.event)
    realign(work)
    watch.follow(work)
    _shift_drawn(work, folded_by)


def _shown(state: ClockState) -> dict[str, Any]:
    """What people ask of the clock, and when each open step is due."""
    told: dict[str, Any] = {name: _json(getattr(state, name)) for name in SHOWN}
    told["steps"] = {held.step: _json(held.due_at) for held in state.holdings if held.due_at is not None}
    return {name: value for name, value in told.items() if value}


def _json(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _shift_drawn(work: Work, folded_by: ClockRules) -> None:
    """Limits in working time that no clock keeps (drawn timers, steps of side processes) keep what is left of them."""
    for row in timers.event_timers(work.connection, work.dossier.id):
        if row.instant is not None or row.due_at <= work.now:
            continue
        waiting = work.diagrams.get(row.instance_id).waiting.get(str(row.engine_task))
        if waiting is not None and waiting.duration is not None and waiting.unit == "working":
            timers.move_timer(work.connection, row.id, _moved(work, folded_by, row.due_at))
    for task in work.live_tasks():
        if task.instance_kind == MAIN or task.due_at is None or task.due_at <= work.now:
            continue
        step = work.diagrams.get(task.instance_id).definition.steps[task.step]
        if step.limit_unit == "working":
            _move_task(work, task, _moved(work, folded_by, task.due_at))


def _moved(work: Work, folded_by: ClockRules, due_at: datetime) -> datetime:
    return work.rules.calendar.due(work.now, folded_by.calendar.between(work.now, due_at))


def _move_task(work: Work, task: TaskRow, due_at: datetime) -> None:
    if due_at != task.due_at:
        task.due_at = due_at
        tasks.move_due(work.connection, {task.id: due_at})
        timers.move_alarm(work.connection, task.id, "step_overdue", due_at)


def replace_segments(work: Work, counted: Sequence[Segment]) -> None:
    """The stored stretches of time become these, where they are others."""
    if _differ(work, counted):
        known = tasks.every_task_of(work.connection, work.dossier.id)
        segments.drop_segments(work.connection, work.dossier.id)
        segments.add_segments(work.connection, work.dossier.id, [_row(segment, known) for segment in counted])


def _differ(work: Work, counted: Sequence[Segment]) -> bool:
    stored = segments.segments_of(work.connection, work.dossier.id)
    return [
        (one.agency, one.step, one.account, one.from_at, one.to_at, one.seconds, one.charged) for one in stored
    ] != [(one.agency, one.step, one.account, one.from_at, one.to_at, one.seconds, one.charged) for one in counted]


def _row(segment: Segment, known: Sequence[TaskRow]) -> dict[str, Any]:
    """A segment as it is stored; a step that was come back to has a task for each time, the last one before it ended is its."""
    own = [task for task in known if task.engine_task == segment.key and task.entered_at <= segment.to_at]
    return segment_row(segment, own[-1] if own else None)
