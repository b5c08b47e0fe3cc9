"""A running process: SpiffWorkflow's workflow with a run loop of our own.

The library predicts every task that may come, scans the whole tree after each completion and never stops on a
process that calls itself. Here a task learns its successors only when it runs, scans are over a dictionary, and a run has
a limit. Routing variables are kept once for the whole instance, with the step that set them, so that no branch carries a
stale copy of another's and going back takes them away again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from app.engine.spiff import (
    BoundaryEvent,
    BpmnSubWorkflow,
    BpmnWorkflow,
    MultiChoice,
    PythonScriptEngine,
    Task,
    TaskState,
)

STEP_LIMIT = 1_000  # engine steps in one run; a real diagram needs a few dozen
NESTING_LIMIT = 20  # processes called from called processes
WRITES = "writes"  # internal data of a completed step: (sequence number, variables)
CARRIED = "carried"  # the same, of steps before this task that are no longer kept (`compaction`)

Evaluate = Callable[[str], Any]


class RunLimit(Exception):  # noqa: N818
    """The process went on for STEP_LIMIT steps, or NESTING_LIMIT calls deep, without waiting for anyone."""


class _Conditions(PythonScriptEngine):  # type: ignore[misc]
    """The only thing a diagram may have evaluated: the condition of a flow, in FEEL."""

    def __init__(self, evaluate: Evaluate) -> None:
        super().__init__()
        self._evaluate = evaluate

    def evaluate(self, task: Any, expression: str, external_context: Any = None) -> Any:
        try:
            return self._evaluate(expression)
        except Exception as problem:
            if getattr(problem, "element", "") is None:
                problem.element = task.task_spec.name  # type: ignore[attr-defined]
            raise

    def execute(self, task: Any, script: str, external_context: Any = None) -> Any:
        raise PermissionError("a diagram runs no scripts")

    def call_service(self, task: Any, **kwargs: Any) -> Any:
        raise PermissionError("a diagram calls no services")


def prepare(task: Any) -> None:
    """Gives a task that is about to run the successors that its kind expects to find; one level, never the rest."""
    if not task._children and not isinstance(task.task_spec, MultiChoice):
        task.task_spec._predict_hook(task)


def _plant(workflow: Any) -> None:
    workflow.task_tree = Task(workflow, workflow.spec.start, state=TaskState.FUTURE)
    workflow.task_tree._ready()
    prepare(workflow.task_tree)


def _update_waiting(workflow: Any) -> None:
    for task in [task for task in workflow.tasks.values() if task._state == TaskState.WAITING]:
        task.task_spec._update(task)


class RunningSubprocess(BpmnSubWorkflow):  # type: ignore[misc]
    def _calculate_depth(self) -> int:
        depth: int = self.top_workflow.find(self.parent_task_id).workflow.depth + 1
        if depth > NESTING_LIMIT:
            raise RunLimit(self.parent_task_id)
        return depth

    def update_waiting_tasks(self) -> None:
        _update_waiting(self)


class RunningProcess(BpmnWorkflow):  # type: ignore[misc]
    """`notices` collects what send tasks announce; `sequence` numbers the completed steps."""

    def __init__(self, spec: Any, subprocess_specs: dict[str, Any], evaluate: Evaluate, *, start: bool) -> None:
        super().__init__(spec, subprocess_specs, script_engine=_Conditions(evaluate), deserializing=True)
        self.notices: list[Any] = []
        self.sequence = 0
        if start:
            _plant(self)

    def update_waiting_tasks(self) -> None:
        _update_waiting(self)

    def adopt(self, my_task: Any) -> Any:
        """An empty run of the process that `my_task` calls, known to this one."""
        subprocess = RunningSubprocess(
            self.subprocess_specs[my_task.task_spec.spec],
            parent_task_id=my_task.id,
            top_workflow=self,
            deserializing=True,
        )
        self.subprocesses[my_task.id] = subprocess
        return subprocess

    def create_subprocess(self, my_task: Any, spec_name: str) -> Any:
        subprocess = self.adopt(my_task)
        _plant(subprocess)
        return subprocess

    def levels(self) -> Iterator[Any]:
        """This process and every called one, finished ones too."""
        yield self
        yield from self.subprocesses.values()

    def all_tasks(self) -> Iterator[Any]:
        for level in self.levels():
            yield from level.tasks.values()

    def find(self, task_id: Any) -> Any:
        """The task with this id, None when there is none."""
        for level in self.levels():
            if task_id in level.tasks:
                return level.tasks[task_id]
        return None

    def variables(self) -> dict[str, Any]:
        """What the completed steps have decided, later ones over earlier ones."""
        writes = [
            task.internal_data[key]
            for task in self.all_tasks()
            for key in (WRITES, CARRIED)
            if key in task.internal_data
        ]
        merged: dict[str, Any] = {}
        for _, values in sorted(writes, key=lambda write: write[0]):
            merged.update(values)
        return merged

    def write(self, task: Any, values: dict[str, Any]) -> None:
        self.sequence += 1
        task.internal_data[WRITES] = (self.sequence, values)

    def complete(self, task: Any) -> None:
        """Completes a READY task. The library checks no state: the caller must."""
        prepare(task)
        task.run()

    def advance(self, limit: int = STEP_LIMIT) -> None:
        """Runs everything that needs nobody. Raises RunLimit."""
        steps = 0
        while ready := self._ready():
            for task in ready:
                # An earlier one of the batch may have cancelled or removed it.
                if task._state != TaskState.READY or task.id not in task.workflow.tasks:
                    continue
                steps += 1
                if steps > limit:
                    raise RunLimit(task.task_spec.name)
                self.complete(task)

    def _ready(self) -> list[Any]:
        tasks = [
            task
            for level in self.levels()
            if not level.completed
            for task in level.tasks.values()
            if task._state == TaskState.READY and not task.task_spec.manual
        ]
        # An event that interrupts goes before what it interrupts.
        return (
            sorted(tasks, key=lambda task: not isinstance(task.task_spec, BoundaryEvent)) if len(tasks) > 1 else tasks
        )

    def halt(self) -> None:
        """Ends the run where it stands: nothing open, nothing waiting."""
        for task in list(self.all_tasks()):
            if task._state & TaskState.NOT_FINISHED_MASK:
                task._set_state(TaskState.CANCELLED)
        for level in self.levels():
            level.completed = True
        self.success = False
        self.event_manager.tasks.clear()
