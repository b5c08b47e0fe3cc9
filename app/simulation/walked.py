"""What a walk shows of itself, and what it keeps of each open step and timer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.engine import timed
from app.engine.instance import EngineIncident, OpenStep, StepNotOpen
from app.engine.steps import Step
from app.rules.calendar_form import CalendarError
from app.rules.clock import ClockRefusal
from app.rules.events import EventError

WATCHED = timed.INSTANTS
"""Kinds of the three alarms of the deadline watch."""


class WalkRefused(Exception):  # noqa: N818 - an answer of the rules or of the drawing
    """What cannot be done now: the text (Vietnamese) says why, `rule` by which article; `element` is where the drawing cannot
    go on, and the walk is over then."""

    def __init__(self, text: str, rule: str | None = None, element: str | None = None) -> None:
        super().__init__(text)
        self.text = text
        self.rule = rule
        self.element = element


@dataclass(frozen=True, slots=True)
class OpenTask:
    """A step that waits for somebody. `ref` names it in `complete` and `returned` (the step's id, of an item with `#` and its
    number); `engine_task` is unique over the whole walk. `account`: who had it before, where it came back to her."""

    ref: str
    engine_task: str
    step: Step
    title: str
    agency: str
    entered_at: datetime
    due_at: datetime | None
    due_soon_at: datetime | None
    account: str | None = None

    @property
    def position(self) -> str:
        return self.step.position


@dataclass(frozen=True, slots=True)
class Alarm:
    """What will happen by itself: `kind` is `event` (a drawn timer), `step_due_soon`, `step_overdue`, or one of WATCHED.
    `element`: the drawn timer's, or the step's ref; `name`: as people read it."""

    kind: str
    at: datetime
    element: str = ""
    name: str = ""
    engine_task: str | None = None


@dataclass(frozen=True, slots=True)
class Happening:
    """One entry of what happened. `kind`: an event's of `app.rules.events`, an alarm's, `opened` (a step came to `position` of
    `agency`) or `notice`. `element`: the step's or timer's id; `text`: its name; `more`: what belongs to the kind."""

    at: datetime
    kind: str
    element: str = ""
    text: str = ""
    agency: str = ""
    position: str = ""
    more: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Task:
    opened: OpenStep
    agency: str
    entered_at: datetime
    due_at: datetime | None
    due_soon_at: datetime | None
    account: str | None


@dataclass(slots=True)
class Row:
    """A row of `timers` as the real dossier has it; `unit` is set while it stands still."""

    kind: str
    due_at: datetime
    engine_task: str
    element: str = ""
    name: str = ""
    instant: str | None = None
    unit: str | None = None
    left: int | None = None

    def alarm(self, now: datetime) -> Alarm:
        return Alarm(self.kind, max(self.due_at, now), self.element, self.name, self.engine_task)

    def is_of(self, alarm: Alarm) -> bool:
        return (self.kind, self.engine_task, self.element) == (alarm.kind, alarm.engine_task, alarm.element)


def shown(task: Task) -> OpenTask:
    opened = task.opened
    return OpenTask(
        opened.ref or opened.step.id,
        opened.engine_task,
        opened.step,
        opened.title,
        task.agency,
        task.entered_at,
        task.due_at,
        task.due_soon_at,
        task.account,
    )


@contextmanager
def refusals() -> Iterator[None]:
    """What clock and engine refuse, as walks say it."""
    try:
        yield
    except ClockRefusal as refusal:
        raise WalkRefused(refusal.text, refusal.rule) from refusal
    except StepNotOpen as problem:
        raise WalkRefused("Bước này không còn mở.", "QT-17.4") from problem
    except EngineIncident as incident:
        raise WalkRefused(str(incident), element=incident.element or "") from incident
    except (EventError, CalendarError) as problem:
        raise WalkRefused(str(problem)) from problem


@contextmanager
def still_there() -> Iterator[None]:
    """What an earlier place of the same message ends waits no more."""
    try:
        yield
    except StepNotOpen:
        return
