"""A running process: SpiffWorkflow's workflow with a run loop of our own.

The library predicts every task that may come, scans the whole tree after each completion and never stops on a
process that calls itself. Here a task learns its successors only when it runs, scans are over a dictionary, and a run has
a limit. Routing variables are kept once for the whole instance, with the step that set them, so that no branch carries a
stale copy of another's and going back takes them away again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Protocol

from app.engine.items import ITEM_LIMIT, ITEMS, BadItems, ItemsTask, Plan, is_item, item_value, items_of
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


class Answers(Protocol):
    """Who evaluates what a diagram asks: over the routing variables, and over `local` ones that only a part of it sees."""

    def condition(self, expression: str, variables: Mapping[str, Any], local: Mapping[str, Any]) -> bool: ...

    def value(self, expression: str, variables: Mapping[str, Any], local: Mapping[str, Any]) -> Any: ...


class RunLimit(Exception):  # noqa: N818
    """The process went on for STEP_LIMIT steps, or NESTING_LIMIT calls deep, without waiting for anyone."""


class _Conditions(PythonScriptEngine):  # type: ignore[misc]
    """The only thing a diagram may have evaluated by the library: the condition of a flow, in FEEL."""

    def __init__(self, answers: Answers) -> None:
        super().__init__()
        self._answers = answers

    def evaluate(self, task: Any, expression: str, external_context: Any = None) -> Any:
        top = task.workflow.top_workflow
        with _naming(task):
            return self._answers.condition(expression, top.variables(task), top.local_variables(task))

    def execute(self, task: Any, script: str, external_context: Any = None) -> Any:
        raise PermissionError("a diagram runs no scripts")

    def call_service(self, task: Any, **kwargs: Any) -> Any:
        raise PermissionError("a diagram calls no services")


class _naming:  # noqa: N801
    """Says at which element an incident happened, where it does not say so itself."""

    def __init__(self, task: Any) -> None:
        self._task = task

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, problem: BaseException | None, trace: object) -> None:
        if problem is not None and getattr(problem, "element", "") is None:
            problem.element = self._task.task_spec.bpmn_id or self._task.task_spec.name  # type: ignore[attr-defined]


def prepare(task: Any) -> None:
    """Gives a task that is about to run the successors that its kind expects to find; one level, never the rest."""
    if isinstance(task.task_spec, ItemsTask) or (not task._children and not isinstance(task.task_spec, MultiChoice)):
        task.task_spec._predict_hook(task)


def _numbered(count: Any) -> list[Any]:
    """1 to `count`, or what there is where that is no number of things."""
    whole = isinstance(count, int | float) and not isinstance(count, bool) and count == int(count) and count >= 0
    return list(range(1, min(int(count), ITEM_LIMIT + 1) + 1)) if whole else count


def _plant(workflow: Any) -> None:
    workflow.task_tree = Task(workflow, workflow.spec.start, state=TaskState.FUTURE)
    workflow.task_tree._ready()
    prepare(workflow.task_tree)


def _update_waiting(workflow: Any) -> None:
    for task in [task for task in workflow.tasks.values() if task._state == TaskState.WAITING]:
        task.task_spec._update(task)


class _NoEvents:
    """Stands where the library keeps what waits for its events: none is ever sent through it (`catching`, `throwing`)."""

    def add_task(self, my_task: Any) -> None:
        pass

    def remove_task(self, my_task: Any) -> None:
        pass

    def catch(self, event: Any) -> None:
        pass


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

    def __init__(self, spec: Any, subprocess_specs: dict[str, Any], answers: Answers, *, start: bool) -> None:
        super().__init__(spec, subprocess_specs, script_engine=_Conditions(answers), deserializing=True)
        self._answers = answers
        self.event_manager = _NoEvents()
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

    def variables(self, task: Any = None) -> dict[str, Any]:
        """What the completed steps have decided, later ones over earlier ones, as far as `task` may see it: what was decided
        inside an item of a multi-instance activity is seen in that item only."""
        within = self._items_around(task) if task is not None else ()
        return self._decided(lambda scope: scope == within[: len(scope)])

    def local_variables(self, task: Any) -> dict[str, Any]:
        """The item variables of the multi-instance activities around the task, inner ones over outer ones."""
        items = [self.find(name) for name in self._items_around(task)]
        return {item.parent.task_spec.plan.variable: item_value(item) for item in items}

    def write(self, task: Any, values: dict[str, Any]) -> None:
        self.sequence += 1
        task.internal_data[WRITES] = (self.sequence, values)

    def set_variables(self, values: dict[str, Any]) -> None:
        """Over whatever was decided so far."""
        root = self.task_tree
        given = root.internal_data.get(WRITES, (0, {}))[1]
        # What the start gave lies below all decisions; put on top with the rest, it must not hide them.
        hidden = {name: value for name, value in self.variables().items() if name in given}
        self.write(root, {**given, **hidden, **values})

    def innermost_item(self, task: Any) -> Any:
        """What the innermost item around the task is for; None outside any."""
        around = self._items_around(task)
        return item_value(self.find(around[-1])) if around else None

    def items(self, task: Any, plan: Plan) -> list[Any]:
        """The list that a multi-instance activity goes through. Raises BadItems."""
        expression = plan.collection if plan.cardinality is None else plan.cardinality
        with _naming(task):
            found = self._answers.value(str(expression), self.variables(task), self.local_variables(task))
        if plan.cardinality is not None and not isinstance(found, list):
            found = _numbered(found)
        if not isinstance(found, list):
            raise BadItems(task.task_spec.bpmn_id, f"không phải một danh sách ({found!r})")
        if len(found) > ITEM_LIMIT:
            raise BadItems(task.task_spec.bpmn_id, f"có {len(found)} mục, nhiều nhất là {ITEM_LIMIT}")
        return found

    def is_enough(self, task: Any, plan: Plan) -> bool:
        """Whether a multi-instance activity is over before all its items are (its completion condition)."""
        items = items_of(task)
        done = sum(item._state == TaskState.COMPLETED for item in items)
        local = {
            **self.local_variables(task),
            "nrOfInstances": len(task.internal_data[ITEMS]),
            "nrOfCompletedInstances": done,
            "nrOfActiveInstances": len(items) - done,
            task.task_spec.results_variable: self.results(task),
        }
        with _naming(task):
            return self._answers.condition(str(plan.until), self.variables(task), local)

    def results(self, task: Any) -> list[dict[str, Any]]:
        """What each completed item of a multi-instance activity has decided, in the order of the list."""
        around = self._items_around(task)
        done = [item for item in items_of(task) if item._state == TaskState.COMPLETED]
        return [{"item": item_value(item), **self._decided((*around, item.id).__eq__)} for item in done]

    def _decided(self, is_seen: Callable[[tuple[Any, ...]], bool]) -> dict[str, Any]:
        """What was written in the items that `is_seen` of, merged in the order of writing."""
        writes = []
        for level in self.levels():
            around = self._items_around_level(level)
            for task in level.tasks.values():
                found = [task.internal_data[key] for key in (WRITES, CARRIED) if key in task.internal_data]
                if found and is_seen((*around, task.id) if is_item(task) else around):
                    writes += found
        merged: dict[str, Any] = {}
        for _, values in sorted(writes, key=lambda write: write[0]):
            merged.update(values)
        return merged

    def stands(self, task: Any) -> bool:
        """Whether all processes around a task are there still: what ends several levels at once takes the outer ones first."""
        level = task.workflow
        while level is not self:
            caller = self.find(level.parent_task_id)
            if caller is None:
                return False
            level = caller.workflow
        return True

    def _items_around(self, task: Any) -> tuple[Any, ...]:
        """The ids of the items in which a task stands, the outermost first; an item stands in itself."""
        around = self._items_around_level(task.workflow)
        return (*around, task.id) if is_item(task) else around

    def _items_around_level(self, level: Any) -> tuple[Any, ...]:
        return () if level is self else self._items_around(self.find(level.parent_task_id))

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
