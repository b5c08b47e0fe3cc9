"""Due times of steps and timers, from the folded clock and the agency's calendar; they become rows of `timers`."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.actions.running import Running
from app.engine.instance import OpenStep, WaitingTimer
from app.engine.shared import INTAKE
from app.engine.steps import Step
from app.errors import DomainError
from app.rules.clock import ClockRules, ClockState
from app.rules.intake import AWAIT_CORRECTION, intake_due
from app.rules.limits import Limit, LimitError, parse_limit
from app.rules.side import holds
from app.store.tasks import TaskRow
from app.store.timers import NewTimer, TimerRow
from app.wording import LOCAL

INSTANTS = ("due_soon_at", "deadline_at", "appointment_at")
"""The instants of the clock that a diagram's timer may wait for by name."""
REQUEST_LIMIT = "limit_at"
"""By when the answer to a request is wanted: what a timer of a side process may wait for besides."""


def limit_of(step: Step, rules: ClockRules) -> Limit | None:
    """A step's limit, or None where its time is not counted, or where each item of a list has its own."""
    if step.limit is None or step.limit.startswith("="):
        return None
    return parse_limit(step.limit, step.limit_unit, rules.calendar.seconds_per_day)


def limit_of_open(running: Running, opened: OpenStep, rules: ClockRules) -> Limit | None:
    """The limit of a step that is open: one of a list may say its own. Errors: DomainError incident."""
    step = opened.step
    if step.limit is None or not step.limit.startswith("="):
        return limit_of(step, rules)
    said = running.engine.evaluate(step.limit[1:], opened.engine_task)
    try:
        return parse_limit(str(said or "none"), step.limit_unit, rules.calendar.seconds_per_day)
    except LimitError as problem:
        raise DomainError("incident", f"Thời hạn của bước “{step.name}” không đọc được ({problem}).") from problem


def step_due(
    running: Running, opened: OpenStep, clock: ClockState, rules: ClockRules, now: datetime
) -> tuple[datetime | None, datetime | None]:
    """When an opened step is due and when to warn; a side process's step counts from now and is no agency's time."""
    if running.is_main:
        held = clock.holding(opened.engine_task)
        return (held.due_at, held.due_soon_at) if held else (None, None)
    limit = limit_of_open(running, opened, rules)
    if limit is None and running.row.kind == INTAKE:
        return _intake_due(opened, rules, now)
    if limit is None and running.request is not None and not holds(running.row.kind):
        return (
            running.request.limit_at,
            None,
        )  # by when the answer is wanted; a dossier that is held is due by its own clock
    return (_after(limit, rules, now) if limit else None), None


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
    if due_at is None:
        return []
    found = [NewTimer(task.instance_id, "step_overdue", due_at, task_id=task.id)]
    if warn_at is not None and due_at > now:
        found.append(NewTimer(task.instance_id, "step_due_soon", warn_at, task_id=task.id))
    return found


def event_timer(
    running: Running,
    timer: WaitingTimer,
    clock: ClockState,
    rules: ClockRules,
    now: datetime,
    fired: TimerRow | None = None,
) -> NewTimer:
    """The row of a timer that a diagram now waits for; `fired` is the one that has just come due: this may be its next round.

    A round that was missed, because nobody was there to tick, is passed over. Errors: DomainError incident, for an instant
    that is not known."""
    due = _timer_due(running, timer, clock, rules, now)
    if fired is not None and (fired.instance_id, fired.element) == (running.row.id, timer.element):
        next_round = _timer_due(running, timer, clock, rules, fired.due_at)
        due = next_round if next_round > now else due
    return NewTimer(
        running.row.id,
        "event",
        due,
        engine_task=timer.engine_task,
        element=timer.element,
        instant=timer.instant,
    )


def _timer_due(running: Running, timer: WaitingTimer, clock: ClockState, rules: ClockRules, now: datetime) -> datetime:
    if timer.instant is not None:
        asked = running.request is not None and timer.instant == REQUEST_LIMIT
        due: datetime | None = (
            running.request.limit_at if asked and running.request else getattr(clock, timer.instant, None)
        )
        if due is None:
            raise DomainError("incident", f"Hồ sơ chưa có mốc {timer.instant} mà sơ đồ chờ.")
        return due
    if timer.due_on is not None:
        fixed = datetime.fromisoformat(timer.due_on)
        return fixed if fixed.tzinfo else fixed.replace(tzinfo=LOCAL)
    limit = parse_limit(timer.duration or "none", timer.unit, rules.calendar.seconds_per_day)
    return _after(limit, rules, now) if limit else now


def _after(limit: Limit, rules: ClockRules, now: datetime) -> datetime:
    if limit.unit == "calendar":
        return now + timedelta(seconds=limit.seconds)
    return rules.calendar.due(now, limit.seconds)
