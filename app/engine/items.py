"""Multi-instance activities: the same activity once for every item of a list, beside each other or one after the other.

The list is worked out when the token arrives. Each item is a task of its own under the activity's task, and so is
everything that it calls; what is decided inside an item is seen there only. When the activity is over, or was broken off,
`<id>_results` lists what each completed item has decided.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from app.engine.spiff import BpmnTaskSpec, TaskState

ITEMS = "items"  # internal data of the activity's task: the list
ITEM = "item"  # internal data of an item's task: its place in the list

ITEM_LIMIT = 100


class BadItems(Exception):  # noqa: N818
    """There is no list to go through; the arguments are the activity's id and what there is (Vietnamese)."""


@dataclass(frozen=True, slots=True)
class Plan:
    """`collection` or `cardinality` (FEEL) says which items there are, `until` when no more of them are waited for."""

    variable: str
    sequential: bool = False
    collection: str | None = None
    cardinality: str | None = None
    until: str | None = None


class ItemsTask(BpmnTaskSpec):  # type: ignore[misc]
    """Stands in the flow where the activity is drawn; the activity itself is `item_spec`, connected to nothing."""

    def __init__(self, wf_spec: Any, bpmn_id: str, plan: Plan, item_spec: Any) -> None:
        super().__init__(wf_spec, bpmn_id, description="Multi-instance")
        self.bpmn_id = bpmn_id
        self.plan = plan
        self.item_spec = item_spec
        item_spec.completed_event.connect(self._item_done)

    @property
    def results_variable(self) -> str:
        return f"{self.bpmn_id}_results"

    def _update_hook(self, my_task: Any) -> bool:
        if my_task._state == TaskState.STARTED:
            return False
        my_task.internal_data[ITEMS] = my_task.workflow.top_workflow.items(my_task, self.plan)
        my_task._set_state(TaskState.STARTED)
        self.open_missing(my_task)
        if self._is_over(my_task):
            self._finish(my_task)
            return True
        return False

    def open_missing(self, my_task: Any) -> None:
        """Opens the items that ought to be open and are not: all at the start, what was called off when it opens again."""
        present = {task.internal_data[ITEM]: task for task in items_of(my_task)}
        for number in range(len(my_task.internal_data[ITEMS])):
            task = present.get(number)
            if task is None:
                self._open(my_task, number)
            if self.plan.sequential and (task is None or task._state != TaskState.COMPLETED):
                return

    def _open(self, my_task: Any, number: int) -> None:
        task = my_task._add_child(self.item_spec, TaskState.FUTURE)
        task.triggered = True  # no output of the activity: the library must not clear it away
        task.internal_data[ITEM] = number
        self.item_spec._update(task)

    def _item_done(self, workflow: Any, task: Any) -> None:
        my_task = task.parent
        top = workflow.top_workflow
        if self.plan.until is not None and top.is_enough(my_task, self.plan):
            for other in items_of(my_task):
                other.cancel()
        elif self.plan.sequential:
            self.open_missing(my_task)
        if self._is_over(my_task):
            self._finish(my_task)
            my_task._set_state(TaskState.READY)

    def _is_over(self, my_task: Any) -> bool:
        return not any(task._state & TaskState.NOT_FINISHED_MASK for task in items_of(my_task))

    def _finish(self, my_task: Any) -> None:
        top = my_task.workflow.top_workflow
        top.write(my_task, {self.results_variable: top.results(my_task)})

    def _predict_hook(self, my_task: Any) -> None:
        # The items are no outputs; what follows is known when the activity is over.
        if my_task._state == TaskState.READY:
            my_task._sync_children(self.outputs, TaskState.FUTURE)

    def _on_cancel(self, my_task: Any) -> None:
        super()._on_cancel(my_task)
        # The items are gone already; what they called goes with them, and what that called.
        top = my_task.workflow.top_workflow
        while gone := [name for name in top.subprocesses if top.find(name) is None]:
            for name in gone:
                del top.subprocesses[name]
        if ITEMS in my_task.internal_data and top.stands(my_task):
            self._finish(my_task)


def is_item(task: Any) -> bool:
    return ITEM in task.internal_data


def items_of(my_task: Any) -> list[Any]:
    """The tasks of the activity's items that there are, in the order of the list; those called off are left out."""
    found = [task for task in my_task.children if is_item(task) and task._state != TaskState.CANCELLED]
    return sorted(found, key=lambda task: int(task.internal_data[ITEM]))


def item_value(task: Any) -> Any:
    """The item that an item's task is for."""
    return task.parent.internal_data[ITEMS][task.internal_data[ITEM]]
