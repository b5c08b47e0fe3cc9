"""One running process: loaded, advanced and saved within one transaction.

An instance belongs to the transaction (and thread) that made it. After an EngineIncident it must be thrown away and the
transaction rolled back: it may stand between two steps.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

from app.engine import feel, jumping, rewind
from app.engine.catching import Arrival, Awaited, FirstEventGateway, RowTimer, awaited, occur
from app.engine.compaction import compact
from app.engine.definition import Definition
from app.engine.items import BadItems
from app.engine.specs import NoBranch
from app.engine.spiff import CatchingEvent, SpiffWorkflowException, TaskState, UserTask
from app.engine.state import StateMismatch, decode, encode
from app.engine.steps import NoticeText, Step, Unit
from app.engine.throwing import Uncaught
from app.engine.workflow import RunLimit, RunningProcess

VARIABLES_LIMIT = 16_384  # bytes of JSON that one step may set


class EngineIncident(Exception):  # noqa: N818
    """The engine cannot go on with this instance. The text (Vietnamese) says why; `element` is where, when known."""

    def __init__(self, message: str, element: str | None = None) -> None:
        super().__init__(message)
        self.element = element


class StepNotOpen(Exception):  # noqa: N818
    """The step or timer named is not open (any more), or cannot be gone back to."""


@dataclass(frozen=True, slots=True)
class OpenStep:
    """A step that waits for a person. In a multi-instance activity `item` is what it is opened for, and `ref` tells it from
    its sisters: the step's id, then `#` and the item's number."""

    engine_task: str
    step: Step
    item: Any = None
    ref: str = ""

    @property
    def title(self) -> str:
        return _titled(self.step, self.item)


@dataclass(frozen=True, slots=True)
class EarlierStep:
    """A completed step that can be returned to; `closes` are the open steps (engine task ids) that this would take away.
    `item` and `ref` as those of OpenStep."""

    engine_task: str
    step: Step
    closes: tuple[str, ...] = ()
    item: Any = None
    ref: str = ""

    @property
    def title(self) -> str:
        return _titled(self.step, self.item)


@dataclass(frozen=True, slots=True)
class WaitingTimer:
    """A drawn timer. Exactly one of `instant` (an instant of the clock's fold), `due_on` (ISO 8601 date, or date and time)
    and `duration` (ISO 8601, counted in `unit` from when the timer began to wait) is set. `repeat`: how often it fires again
    after that, each time as a timer of its own; -1 without end."""

    engine_task: str
    element: str
    name: str
    instant: str | None = None
    due_on: str | None = None
    duration: str | None = None
    unit: Unit = "working"
    repeat: int = 0


@dataclass(frozen=True, slots=True)
class WaitingMessage:
    """A place where a message is waited for; `message` is its name."""

    engine_task: str
    element: str
    name: str
    message: str


Notice = NoticeText


class Instance:
    """`context` is the dossier's data, visible to conditions beside (and below) the routing variables."""

    def __init__(self, definition: Definition, context: Mapping[str, Any], *, start: bool) -> None:
        self._definition = definition
        self._context = context
        self._broken = False
        with self._incidents():
            self._run = RunningProcess(definition.spec, definition.subprocess_specs, self, start=start)

    @classmethod
    def start(cls, definition: Definition, variables: Mapping[str, Any], context: Mapping[str, Any]) -> Instance:
        """A new instance, advanced to its first open steps. Raises EngineIncident."""
        instance = cls(definition, context, start=True)
        instance._begin(variables)
        return instance

    def _begin(self, variables: Mapping[str, Any]) -> None:
        if variables:
            self._run.write(self._run.task_tree, _routing(variables))
        with self._incidents():
            self._advance()

    @classmethod
    def load(cls, definition: Definition, state: bytes, context: Mapping[str, Any]) -> Instance:
        """The instance that `save` wrote. Raises EngineIncident when the state does not fit the definition."""
        instance = cls(definition, context, start=False)
        with instance._incidents():
            decode(instance._run, state)
        return instance

    def save(self) -> bytes:
        """The state, about a kilobyte. Raises EngineIncident after an incident: such an instance is never kept."""
        if self._broken:
            raise EngineIncident("Quy trình đang gặp sự cố, không lưu được trạng thái.")
        return encode(self._run)

    @property
    def finished(self) -> bool:
        return bool(self._run.completed)

    @property
    def size(self) -> int:
        """How many tasks the engine keeps of this instance: what every operation on it costs."""
        return sum(len(level.tasks) for level in self._run.levels())

    def open_steps(self) -> list[OpenStep]:
        """The steps that wait for a person, in reading order."""
        order = {name: position for position, name in enumerate(self._definition.steps)}
        found = [(rewind.item_numbers(self._run, task), task) for task in self._open_tasks()]
        found.sort(key=lambda one: (order[one[1].task_spec.bpmn_id], one[0], str(one[1].id)))
        return [OpenStep(str(task.id), *self._told(task)) for _, task in found]

    def complete(self, engine_task: str, variables: Mapping[str, Any]) -> None:
        """Completes an open step and runs on. `variables` are routing variables, JSON-native, at most VARIABLES_LIMIT bytes
        (else ValueError). Raises StepNotOpen, EngineIncident."""
        task = self._open(engine_task)
        routing = _routing(variables)
        with self._incidents():
            if routing:
                self._run.write(task, routing)
            self._run.complete(task)
            self._advance()

    def earlier_steps(self, engine_task: str) -> list[EarlierStep]:
        """Completed steps that the open step can be returned to, nearest first. Raises StepNotOpen."""
        task = self._open(engine_task)
        opened = [str(other.id) for other in self._open_tasks()]
        found = []
        for earlier in rewind.earlier_steps(self._run, task):
            gone = {str(name) for name in rewind.closes(self._run, earlier)}
            closed = tuple(sorted(name for name in opened if name in gone))
            step, item, ref = self._told(earlier)
            found.append(EarlierStep(str(earlier.id), step, closed, item, ref))
        return found

    def go_back(self, engine_task: str) -> None:
        """Opens a completed step again (same id) and removes what came of it. Raises StepNotOpen, EngineIncident."""
        task = self._task(engine_task)
        if self.finished or not rewind.can_go_back(self._run, task):
            raise StepNotOpen(engine_task)
        with self._incidents():
            rewind.go_back(self._run, task)
            self._advance()

    def jumps(self, engine_task: str) -> list[Step]:
        """Steps that the token of an open step may be moved to, in reading order; without any where other branches of the same
        process or block make it meaningless. Raises StepNotOpen."""
        task = self._open(engine_task)
        names = {spec.bpmn_id for spec in jumping.targets(task)}
        return [step for name, step in self._definition.steps.items() if name in names]

    def jump(self, engine_task: str, step_id: str) -> None:
        """Moves the token of an open step to another step, as if it had been there all along: the open step is left
        undone, and what is between is passed over. An administrator's repair. Raises StepNotOpen, EngineIncident."""
        task = self._open(engine_task)
        target = next((spec for spec in jumping.targets(task) if spec.bpmn_id == step_id), None)
        if target is None:
            raise StepNotOpen(step_id)
        with self._incidents():
            jumping.jump(self._run, task, target)
            self._advance()

    def set_variables(self, values: Mapping[str, Any]) -> None:
        """Sets routing variables from outside, over whatever steps have decided: an administrator's repair. Raises ValueError
        as `complete` does."""
        self._run.set_variables(_routing(values))

    def variables(self) -> dict[str, Any]:
        """The routing variables, those inside items left out."""
        return self._run.variables()

    def timers(self) -> list[WaitingTimer]:
        """The drawn timers that wait. The engine looks at no clock: whoever keeps the timer rows calls `fire`."""
        found = [
            _timer(name, definition, definition.left(task))
            for name, task, definition in self._waiting()
            if isinstance(definition, RowTimer)
        ]
        return sorted(found, key=lambda timer: (timer.element, timer.engine_task))

    def messages(self) -> list[WaitingMessage]:
        """Where messages are waited for: whoever receives one calls `deliver`."""
        found = [
            WaitingMessage(name, definition.element, definition.name, definition.message)
            for name, _, definition in self._waiting()
            if isinstance(definition, Arrival)
        ]
        return sorted(found, key=lambda message: (message.element, message.engine_task))

    def fire(self, engine_task: str) -> None:
        """Lets a waiting timer take effect and runs on. Raises StepNotOpen, EngineIncident."""
        self._occur(engine_task, RowTimer, {})

    def deliver(self, engine_task: str, variables: Mapping[str, Any]) -> None:
        """Lets a message arrive where it is waited for and runs on; `variables` as those of `complete`. Raises StepNotOpen,
        EngineIncident, ValueError."""
        self._occur(engine_task, Arrival, _routing(variables))

    def _occur(self, engine_task: str, kind: type[Awaited], variables: dict[str, Any]) -> None:
        for name, task, definition in self._waiting():
            if name == engine_task and isinstance(definition, kind):
                with self._incidents():
                    if variables:
                        self._run.write(task, variables)
                    occur(task, definition)
                    self._advance()
                return
        raise StepNotOpen(engine_task)

    def take_notices(self) -> list[Notice]:
        """What send tasks announced since the start, the load or the last call, in order."""
        taken, self._run.notices = self._run.notices, []
        return taken

    def evaluate(self, expression: str, engine_task: str | None = None) -> Any:
        """A FEEL expression (a step's `agency` after "=") over the context and the routing variables, as the given task sees
        them: in an item of a multi-instance activity with its item variable. Raises EngineIncident, StepNotOpen."""
        task = self._task(engine_task) if engine_task is not None else None
        local = self._run.local_variables(task) if task is not None else {}
        return self._value(expression, self._run.variables(task), local)

    def _value(self, expression: str, variables: Mapping[str, Any], local: Mapping[str, Any]) -> Any:
        try:
            return feel.evaluate(expression, {**self._context, **variables, **local})
        except feel.FeelError as problem:
            raise EngineIncident(f"Biểu thức “{expression}” không tính được: {problem}") from problem

    def cancel(self) -> None:
        """Ends the instance where it stands; nothing stays open or waiting."""
        self._run.halt()

    def _advance(self) -> None:
        self._run.advance()
        compact(self._run)

    def condition(self, expression: str, variables: Mapping[str, Any], local: Mapping[str, Any]) -> bool:
        """For the running process: whether a condition holds."""
        value = self._value(expression, variables, local)
        if not isinstance(value, bool):
            raise EngineIncident(f"Điều kiện “{expression}” không cho kết quả đúng hoặc sai (nhận được {value!r}).")
        return value

    def value(self, expression: str, variables: Mapping[str, Any], local: Mapping[str, Any]) -> Any:
        """For the running process: the list, or the number, of a multi-instance activity."""
        return self._value(expression, variables, local)

    def _open_tasks(self) -> Iterator[Any]:
        return (
            task
            for task in self._run.all_tasks()
            if task._state == TaskState.READY and isinstance(task.task_spec, UserTask)
        )

    def _waiting(self) -> Iterator[tuple[str, Any, Awaited]]:
        """What is waited for: a name of its own, the task that waits, and the event."""
        for task in list(self._run.all_tasks()):
            if task._state == TaskState.WAITING and isinstance(task.task_spec, CatchingEvent):
                for definition in awaited(task):
                    several = isinstance(task.task_spec, FirstEventGateway)
                    yield str(uuid5(task.id, definition.element) if several else task.id), task, definition

    def _told(self, task: Any) -> tuple[Step, Any, str]:
        """A step's task as callers know it: the step, the item that it is for, and how it is referred to."""
        step = self._definition.steps[task.task_spec.bpmn_id]
        numbers = rewind.item_numbers(self._run, task)
        ref = f"{step.id}#{'.'.join(str(number) for number in numbers)}" if numbers else step.id
        return step, self._run.innermost_item(task), ref

    def _open(self, engine_task: str) -> Any:
        """Raises StepNotOpen."""
        task = self._task(engine_task)
        if task._state != TaskState.READY or not isinstance(task.task_spec, UserTask):
            raise StepNotOpen(engine_task)
        return task

    def _task(self, engine_task: str) -> Any:
        try:
            task = self._run.find(UUID(engine_task))
        except ValueError:
            task = None
        if task is None:
            raise StepNotOpen(engine_task)
        return task

    def _incidents(self) -> _Incidents:
        return _Incidents(self._break)

    def _break(self) -> None:
        self._broken = True


class _Incidents:
    """Turns what the engine raises into one kind of error, and marks the instance as unusable."""

    def __init__(self, on_incident: Callable[[], None]) -> None:
        self._on_incident = on_incident

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, problem: BaseException | None, trace: object) -> None:
        if not isinstance(problem, Exception):
            return
        self._on_incident()
        if isinstance(problem, EngineIncident):
            return
        raise _explain(problem) from problem


def _titled(step: Step, item: Any) -> str:
    """A step's name, and of a list's item by which of them it is known: the item itself, or its `name`."""
    told = item.get("name") if isinstance(item, dict) else item
    return f"{step.name} ({str(told)[:80]})" if isinstance(told, str | int) else step.name


def _explain(problem: Exception) -> EngineIncident:
    if isinstance(problem, NoBranch):
        name = str(problem.args[0])
        return EngineIncident(
            f"Không điều kiện nào của cổng rẽ nhánh “{name}” đúng và cổng không có nhánh mặc định.", name
        )
    if isinstance(problem, BadItems):
        name, why = problem.args
        return EngineIncident(f"Danh sách của bước lặp “{name}” {why}.", str(name))
    if isinstance(problem, Uncaught):
        name, _, code = problem.args
        return EngineIncident(f"Lỗi “{code or 'không mã'}” phát ra ở “{name}” không nơi nào bắt.", str(name))
    if isinstance(problem, RunLimit):
        return EngineIncident("Quy trình chạy mãi không dừng ở bước nào: sơ đồ lặp vô hạn hoặc tự gọi chính nó.")
    if isinstance(problem, StateMismatch):
        return EngineIncident(f"Trạng thái đã lưu không khớp với sơ đồ quy trình ({problem}).")
    cause = problem.__cause__
    while cause is not None:
        if isinstance(cause, EngineIncident):
            return cause
        cause = cause.__cause__
    if isinstance(problem, SpiffWorkflowException):
        return EngineIncident(f"Bộ máy quy trình không chạy tiếp được ({problem}).")
    return EngineIncident(f"Bộ máy quy trình không chạy tiếp được ({type(problem).__name__}: {problem}).")


def _timer(engine_task: str, definition: RowTimer, repeat: int) -> WaitingTimer:
    return WaitingTimer(
        engine_task,
        definition.element,
        definition.name,
        instant=definition.instant,
        due_on=definition.due_on,
        duration=definition.duration,
        unit=definition.unit,
        repeat=repeat,
    )


def _routing(variables: Mapping[str, Any]) -> dict[str, Any]:
    """A private copy that is JSON and nothing else. Raises ValueError."""
    try:
        text = json.dumps(dict(variables), allow_nan=False)
    except TypeError as problem:
        raise ValueError(f"routing variables must be JSON: {problem}") from problem
    if len(text) > VARIABLES_LIMIT:
        raise ValueError(f"routing variables must stay below {VARIABLES_LIMIT} bytes of JSON")
    copy: dict[str, Any] = json.loads(text)
    return copy
