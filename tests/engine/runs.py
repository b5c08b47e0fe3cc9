"""Drives tiny diagrams as the application would: after every operation the instance is saved, loaded and examined."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from app.engine.definition import Definition, build_definition
from app.engine.instance import Instance
from app.engine.items import ITEM
from app.engine.spiff import BoundaryEvent, TaskState

DIAGRAMS = Path(__file__).parent / "diagrams"


def diagram(name: str) -> bytes:
    return (DIAGRAMS / f"{name}.bpmn").read_bytes()


@cache
def definition(*names: str) -> Definition:
    """The process of the first of these diagrams; the others are what it calls."""
    return build_definition({name: diagram(name) for name in names}, names[0])


class Run:
    def __init__(
        self, *names: str, context: Mapping[str, Any] | None = None, variables: Mapping[str, Any] | None = None
    ):
        self.definition = definition(*names)
        self.context = context or {}
        self.instance = Instance.start(self.definition, variables or {}, self.context)
        self.notices: list[str] = []
        self.reload()

    def reload(self) -> None:
        self.notices += [notice.template for notice in self.instance.take_notices()]
        before = self._seen()
        self.state = self.instance.save()
        examine(self.instance)
        self.instance = Instance.load(self.definition, self.state, self.context)
        assert self._seen() == before
        examine(self.instance)

    def _seen(self) -> tuple[Any, ...]:
        instance = self.instance
        seen = instance.open_steps(), instance.timers(), instance.messages(), instance.finished, instance.variables()
        return *seen, {step.engine_task: instance.earlier_steps(step.engine_task) for step in instance.open_steps()}

    @property
    def open(self) -> list[str]:
        return sorted(opened.step.id for opened in self.instance.open_steps())

    @property
    def waiting(self) -> list[str]:
        return sorted(timer.element for timer in self.instance.timers())

    @property
    def finished(self) -> bool:
        return self.instance.finished

    def task(self, step: str) -> str:
        (found,) = [opened.engine_task for opened in self.instance.open_steps() if opened.step.id == step]
        return found

    def timer(self, element: str) -> str:
        (found,) = [timer.engine_task for timer in self.instance.timers() if timer.element == element]
        return found

    def do(self, *steps: str, decision: str | None = None) -> Run:
        for step in steps:
            self.instance.complete(self.task(step), {f"{step}_decision": decision} if decision else {})
            self.reload()
        return self

    @property
    def awaited(self) -> list[str]:
        return sorted(message.element for message in self.instance.messages())

    def send(self, element: str, **values: Any) -> Run:
        """The message that waits at the element arrives."""
        (found,) = [waiting.engine_task for waiting in self.instance.messages() if waiting.element == element]
        self.instance.deliver(found, values)
        self.reload()
        return self

    @property
    def refs(self) -> list[str]:
        return sorted(opened.ref for opened in self.instance.open_steps())

    def do_ref(self, ref: str, **values: Any) -> Run:
        (found,) = [opened.engine_task for opened in self.instance.open_steps() if opened.ref == ref]
        self.instance.complete(found, values)
        self.reload()
        return self

    def back_ref(self, ref: str, to: str) -> Run:
        (task,) = [opened.engine_task for opened in self.instance.open_steps() if opened.ref == ref]
        (target,) = [earlier.engine_task for earlier in self.instance.earlier_steps(task) if earlier.ref == to]
        self.instance.go_back(target)
        self.reload()
        assert to in self.refs
        return self

    def fire(self, element: str) -> Run:
        self.instance.fire(self.timer(element))
        self.reload()
        return self

    def earlier(self, step: str) -> list[str]:
        return [earlier.step.id for earlier in self.instance.earlier_steps(self.task(step))]

    def back(self, step: str, to: str) -> Run:
        (target,) = [e.engine_task for e in self.instance.earlier_steps(self.task(step)) if e.step.id == to]
        self.instance.go_back(target)
        assert self.task(to) == target, "the step keeps its id"
        self.reload()
        return self


def examine(instance: Instance) -> None:
    """What must hold between any two operations."""
    run = instance._run
    tasks = list(run.all_tasks())
    by_id = {task.id: task for task in tasks}
    open_places = [
        (task.workflow, task.task_spec.name, task.internal_data.get(ITEM))
        for task in tasks
        if task._state == TaskState.READY and not is_beside(task)
    ]
    assert len(open_places) == len(set(open_places)), "a step is open twice"
    for task in tasks:
        assert task._parent is None or task._parent in task.workflow.tasks, "a task hangs in the air"
        assert all(child in task.workflow.tasks for child in task._children)
    for key, subprocess in run.subprocesses.items():
        assert key in by_id, "a called process without its call"
        assert subprocess.completed or by_id[key]._state == TaskState.STARTED
    if instance.finished:
        assert not any(task._state & (TaskState.READY | TaskState.WAITING | TaskState.STARTED) for task in tasks)
    else:
        assert instance.open_steps() or instance.timers() or instance.messages(), "stuck"


def is_beside(task: Any) -> bool:
    """Whether a non-interrupting timer led here: it may do so again in each round of a loop."""
    while task is not None:
        if isinstance(task.task_spec, BoundaryEvent) and not task.task_spec.cancel_activity:
            return True
        task = task.parent
    return False
