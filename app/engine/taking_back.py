"""What taking a completed step back would undo: for whoever passed it on and wants it again before anybody has seen it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from app.engine import rewind
from app.engine.catching import is_moved_from_outside
from app.engine.instance import Instance, StepNotOpen
from app.engine.spiff import BoundaryEvent, TaskState, UserTask


@dataclass(frozen=True, slots=True)
class Undoing:
    """`closes` are the open steps (engine task ids) that would go; `moved`: a step that came of it was completed, or an
    event that it waited for has occurred."""

    closes: tuple[str, ...]
    moved: bool


def undoing(instance: Instance, engine_task: str) -> Undoing | None:
    """What going back to a completed step would undo; None where that is not possible (any more)."""
    try:
        task = instance._task(engine_task)
    except StepNotOpen:
        return None
    if instance.finished or not rewind.can_go_back(instance._run, task):
        return None
    gone = [found for name in rewind.closes(instance._run, task) if (found := instance._run.find(name)) is not None]
    own = _activities_around(instance, task)
    closes = [
        str(found.id) for found in gone if found._state == TaskState.READY and isinstance(found.task_spec, UserTask)
    ]
    return Undoing(tuple(sorted(closes)), any(_has_moved(found, own) for found in gone))


def _activities_around(instance: Instance, task: Any) -> set[Any]:
    """The task and the activities around it: what occurred on their borders meanwhile did not come of the task."""
    found = {task.id, task._parent}  # of an item the whole activity
    while task.workflow is not instance._run:
        task = instance._run.find(task.workflow.parent_task_id)
        found |= {task.id, task._parent}
    return found


def _has_moved(task: Any, own: set[Any]) -> bool:
    if task._state != TaskState.COMPLETED or not is_moved_from_outside(task.task_spec):
        return False
    return not (isinstance(task.task_spec, BoundaryEvent) and any(other.id in own for other in task.parent.children))
