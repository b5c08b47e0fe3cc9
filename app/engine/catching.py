"""Events that wait: a timer, a message, something that a called process or a block throws.

None of them looks at a clock or at the library's own events: whoever knows that it happened says so (`occur`), and the
event goes on.
"""

from __future__ import annotations

from typing import Any

from app.engine.spiff import (
    BoundaryEvent,
    EventBasedGateway,
    EventDefinition,
    NoneEventDefinition,
    TaskState,
    UserTask,
)
from app.engine.steps import Unit

FIRED = "fired"  # internal data of a waiting task: the elements that occurred
LEFT = "left"  # internal data of a waiting cycle timer: how often it still fires after this time, -1 without end

INSTANTS = ("due_soon_at", "deadline_at", "appointment_at")
LIMIT_AT = "limit_at"
"""By when the answer to a request is wanted: the one further instant that the timers of a side process may wait for."""

ENDLESS = -1


class Awaited(EventDefinition):  # type: ignore[misc]
    """Something that occurs at `element`; two of one event-based gateway are told apart by it, never by their names."""

    repeats = False
    """Whether a non-interrupting one on a border waits again as soon as it occurred."""

    def __init__(self, element: str, name: str) -> None:
        super().__init__(description=name)
        self.element = element
        self.name = name

    def has_fired(self, my_task: Any) -> bool:
        return self.element in my_task.internal_data.get(FIRED, ())

    def reset(self, my_task: Any) -> None:
        my_task.internal_data.pop(FIRED, None)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Awaited) and other.element == self.element

    def __hash__(self) -> int:
        return hash(self.element)


class RowTimer(Awaited):
    """A timer that fires when the owner of the timer rows says so.

    Exactly one of `instant` (one of INSTANTS, or LIMIT_AT), `due_on` (ISO 8601 date or date and time) and
    `duration` (ISO 8601, counted in `unit`) is set. `cycle`: how often it fires, ENDLESS or None for a timer that fires once.
    """

    def __init__(
        self,
        element: str,
        name: str,
        *,
        instant: str | None = None,
        due_on: str | None = None,
        duration: str | None = None,
        unit: Unit = "working",
        cycle: int | None = None,
    ) -> None:
        super().__init__(element, name)
        self.instant = instant
        self.due_on = due_on
        self.duration = duration
        self.unit = unit
        self.cycle = cycle

    def left(self, my_task: Any) -> int:
        """How often it still fires after the time that it waits for now."""
        if self.cycle is None:
            return 0
        rounds = ENDLESS if self.cycle == ENDLESS else self.cycle - 1
        return int(my_task.internal_data.get(LEFT, rounds))


class Arrival(Awaited):
    """A message from outside, by its name."""

    repeats = True

    def __init__(self, element: str, name: str, message: str) -> None:
        super().__init__(element, name)
        self.message = message


class Caught(Awaited):
    """What is thrown inside the activity on whose border this stands: an error, an escalation or a cancelled transaction.

    `code` None catches whatever its kind.
    """

    def __init__(self, element: str, name: str, kind: str, code: str | None) -> None:
        super().__init__(element, name)
        self.kind = kind
        self.code = code
        self.repeats = kind == "escalation"

    def catches_thrown(self, kind: str, code: str | None) -> bool:
        return kind == self.kind and (self.code is None or self.code == code)


class FirstEventGateway(EventBasedGateway):  # type: ignore[misc]
    """One task that waits for several events; the first to occur takes the token."""

    def __init__(self, wf_spec: Any, bpmn_id: str, event_definition: Any, **kwargs: Any) -> None:
        super().__init__(wf_spec, bpmn_id, event_definition, **kwargs)
        self.parts: list[Awaited] = []

    def connect(self, child: Any) -> None:
        # The gateway waits in the place of the events behind it; they are passed once it has gone on.
        self._outputs.append(child.name)
        child._connect_notify(self)
        self.parts.append(child.event_definition)
        child.event_definition = NoneEventDefinition()

    def _update_hook(self, my_task: Any) -> bool:
        if any(part.has_fired(my_task) for part in self.parts):
            return True
        my_task._set_state(TaskState.WAITING)
        return False

    def _run_hook(self, my_task: Any) -> bool:
        number = next(number for number, part in enumerate(self.parts) if part.has_fired(my_task))
        my_task.internal_data.pop(FIRED, None)
        my_task._sync_children([self.outputs[number]], TaskState.FUTURE)
        return True


def awaited(task: Any) -> list[Awaited]:
    """What a waiting task waits for."""
    if isinstance(task.task_spec, FirstEventGateway):
        return task.task_spec.parts
    definition = task.task_spec.event_definition
    return [definition] if isinstance(definition, Awaited) else []


def is_moved_from_outside(spec: Any) -> bool:
    """Whether a token passes it only when somebody has done something, time is up, or a message has come."""
    definition = getattr(spec, "event_definition", None)
    waits = isinstance(definition, Awaited) and not isinstance(definition, Caught)
    return waits or isinstance(spec, UserTask | FirstEventGateway)


def occur(task: Any, definition: Awaited) -> None:
    """The event has happened: the token goes on. A non-interrupting one that may come again waits again at once."""
    task.internal_data[FIRED] = [definition.element]
    spec = task.task_spec
    if isinstance(spec, BoundaryEvent) and not spec.cancel_activity:
        left = definition.left(task) if isinstance(definition, RowTimer) else 0
        if left or definition.repeats:
            again = task.parent._add_child(spec, TaskState.WAITING)
            if left:
                again.internal_data[LEFT] = left - 1 if left > 0 else ENDLESS
    spec._update(task)
