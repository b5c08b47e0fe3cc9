"""How a diagram's steps and timers stand to a dossier's clock: whose a step is, how long it may take, when a timer is due.

Pure: the actions and whatever plays a dossier without a database reckon by the same functions.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Literal

from app.engine.definition import Definition
from app.engine.instance import EngineIncident, Instance, OpenStep, WaitingTimer
from app.engine.steps import LEAD, Step
from app.rules import transfers
from app.rules.clock import ClockRules, ClockState
from app.rules.events import Holding
from app.rules.legality import RETURN
from app.rules.limits import Limit, LimitError, parse_limit
from app.rules.transfers import PlannedLane, PlannedStep
from app.wording import LOCAL

INSTANTS = ("due_soon_at", "deadline_at", "appointment_at")
"""The instants of the clock that a diagram's timer may wait for by name."""
STEP_OVERDUE, STEP_DUE_SOON = "step_overdue", "step_due_soon"
HeldUnit = Literal["working", "calendar", "instant"]


def limit_of(step: Step, rules: ClockRules) -> Limit | None:
    """A step's limit, or None where its time is not counted, or where each item of a list has its own."""
    if step.limit is None or step.limit.startswith("="):
        return None
    return parse_limit(step.limit, step.limit_unit, rules.calendar.seconds_per_day)


def limit_of_open(engine: Instance, opened: OpenStep, rules: ClockRules) -> Limit | None:
    """The limit of a step that is open: one of a list may say its own. Raises EngineIncident."""
    step = opened.step
    if step.limit is None or not step.limit.startswith("="):
        return limit_of(step, rules)
    said = engine.evaluate(step.limit[1:], opened.engine_task)
    try:
        return parse_limit(str(said or "none"), step.limit_unit, rules.calendar.seconds_per_day)
    except LimitError as problem:
        raise EngineIncident(f"Thời hạn của bước “{step.name}” không đọc được ({problem}).", step.id) from problem


def agency_of(engine: Instance, step: Step, lead: str, engine_task: str | None = None) -> str:
    """The code of the agency whose position a step of the procedure waits for; `lead` is the dossier's own. That of an item's
    step only its engine task tells. Raises EngineIncident."""
    if step.agency == LEAD:
        return lead
    if not step.agency.startswith("="):
        return step.agency
    expression = step.agency[1:].strip()
    try:
        code = engine.evaluate(expression, engine_task)
    except EngineIncident as problem:
        raise EngineIncident(f"{unsure(step, expression)}: {problem}", step.id) from problem
    if not isinstance(code, str) or not code:
        said = json.dumps(code, ensure_ascii=False, default=str)[:80]
        raise EngineIncident(
            f"{unsure(step, expression)}, nhận được {said}. Hãy sửa dữ liệu của hồ sơ rồi chuyển lại.", step.id
        )
    return code


def unsure(step: Step, expression: str) -> str:
    return f"Bước “{step.name}” không xác định được cơ quan xử lý từ dữ liệu hồ sơ (“{expression}”)"


def holding_of(
    engine: Instance, opened: OpenStep, agency: str, account: str | None, rules: ClockRules, side: str | None = None
) -> Holding:
    """An open step as the clock holds it; `side`: the kind of the side process that it belongs to. Raises EngineIncident."""
    step = opened.step
    return Holding(
        key=opened.engine_task,
        agency=agency,
        step=step.id if side is None else f"{side}:{step.id}",
        account=account,
        limit=limit_of_open(engine, opened, rules),
        group=step.limit_group or (opened.ref if opened.ref != step.id else None),  # each item has its own limit
    )


def agency_limits(definition: Definition, engine: Instance, lead: str, rules: ClockRules) -> dict[str, int]:
    """The transfer limit of each agency of a procedure's diagram, in working seconds; none where one agency does it all."""
    steps = [_planned(engine, step, lead, rules) for step in definition.steps.values()]
    lanes = [
        PlannedLane(parse_limit(lane.limit, "working", rules.calendar.seconds_per_day), lane.steps)
        for lane in definition.lanes
        if lane.limit is not None
    ]
    return transfers.agency_limits(steps, lanes)


def _planned(engine: Instance, step: Step, lead: str, rules: ClockRules) -> PlannedStep:
    try:
        agency: str | None = agency_of(engine, step, lead)
    except EngineIncident:  # said by data that the dossier has only later
        agency = None
    return PlannedStep(step.id, agency, limit_of(step, rules), step.limit_group, last=step.stage == RETURN)


def step_alarms(due_at: datetime | None, warn_at: datetime | None, now: datetime) -> list[tuple[str, datetime]]:
    """The two standard alarms of a step (QT-21c), kind and instant; a step that is already due is not said to be due soon."""
    if due_at is None:
        return []
    found = [(STEP_OVERDUE, due_at)]
    if warn_at is not None and due_at > now:
        found.append((STEP_DUE_SOON, warn_at))
    return found


def timer_due(
    timer: WaitingTimer, clock: ClockState, rules: ClockRules, now: datetime, limit_at: datetime | None = None
) -> datetime:
    """When a drawn timer that begins to wait `now` is due; `limit_at`: what an instant is that the clock does not know by that
    name, a request's own. Raises EngineIncident for an instant that is not known."""
    if timer.instant is not None:
        due: datetime | None = limit_at or getattr(clock, timer.instant, None)
        if due is None:
            raise EngineIncident(f"Hồ sơ chưa có mốc {timer.instant} mà sơ đồ chờ.", timer.element)
        return due
    if timer.due_on is not None:
        fixed = datetime.fromisoformat(timer.due_on)
        return fixed if fixed.tzinfo else fixed.replace(tzinfo=LOCAL)
    limit = parse_limit(timer.duration or "none", timer.unit, rules.calendar.seconds_per_day)
    return after(limit, rules, now) if limit else now


def next_round(
    timer: WaitingTimer,
    clock: ClockState,
    rules: ClockRules,
    now: datetime,
    fired_at: datetime,
    limit_at: datetime | None = None,
) -> datetime:
    """The same for a timer that has just fired, due at `fired_at`, and waits again: it counts on from there. A round that was
    missed, because nobody was there to tick, is passed over."""
    following = timer_due(timer, clock, rules, fired_at, limit_at)
    return following if following > now else timer_due(timer, clock, rules, now, limit_at)


def after(limit: Limit, rules: ClockRules, now: datetime) -> datetime:
    """When so much time from `now` is used up."""
    if limit.unit == "calendar":
        return now + timedelta(seconds=limit.seconds)
    return rules.calendar.due(now, limit.seconds)


def held_as(
    timer: WaitingTimer | None, due_at: datetime, now: datetime, rules: ClockRules
) -> tuple[HeldUnit, int | None]:
    """What is remembered of a drawn timer that stands still from `now`: the unit in which its time will go on, and the seconds
    that are left; an instant, or a date, has none."""
    if timer is None or timer.duration is None:
        return "instant", None
    if timer.unit == "working":
        return "working", max(rules.calendar.between(now, due_at), 0)
    return "calendar", max(int((due_at - now).total_seconds()), 0)


def released(
    unit: str,
    left: int | None,
    instant: str | None,
    due_at: datetime,
    clock: ClockState,
    now: datetime,
    rules: ClockRules,
) -> datetime:
    """When a drawn timer that goes on `now` is due: the inverse of `held_as`."""
    if unit == "working" and left is not None:
        return rules.calendar.due(now, left)
    if unit == "calendar" and left is not None:
        return now + timedelta(seconds=left)
    if instant is not None:
        moved: datetime | None = getattr(clock, instant, None)
        return moved or due_at
    return due_at
