"""Events that throw: an error, an escalation, a cancelled transaction; caught on the border of what they happen in.

The nearest border wins, on it an event that names the code before one that takes any. Blocks, called processes (of other
files too) and the items of a multi-instance activity are borders alike.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from app.engine.catching import Caught, occur
from app.engine.items import is_item
from app.engine.specs import CUT, is_live
from app.engine.spiff import (
    BoundaryEvent,
    BoundaryEventJoin,
    BoundaryEventSplit,
    EndEvent,
    EndJoin,
    IntermediateThrowEvent,
    TaskState,
)


class Uncaught(Exception):  # noqa: N818
    """An error (or a cancelled transaction) that nothing around it catches; the arguments are element, kind and code."""


@dataclass(frozen=True, slots=True)
class Thrown:
    kind: str
    """error, escalation or cancel"""
    code: str | None


class ThrowingEnd(EndEvent):  # type: ignore[misc]
    thrown: Thrown

    def _run_hook(self, my_task: Any) -> bool:
        throw(my_task, self.thrown)
        return True


class TerminatingEnd(EndEvent):  # type: ignore[misc]
    """Takes away what else is open in its process or block; remembers what, for going back (`rewind`)."""

    def _on_complete_hook(self, my_task: Any) -> None:
        for task in my_task.workflow.tasks.values():
            if is_live(task) and not isinstance(task.task_spec, EndJoin | BoundaryEventJoin | BoundaryEvent):
                task.internal_data[CUT] = True
        my_task.internal_data[CUT] = True
        super()._on_complete_hook(my_task)


class ThrowingEvent(IntermediateThrowEvent):  # type: ignore[misc]
    thrown: Thrown

    def _run_hook(self, my_task: Any) -> bool:
        throw(my_task, self.thrown)
        return True


def throw(my_task: Any, thrown: Thrown) -> None:
    """Tell whoever catches it. An escalation that nobody catches is no fault (BPMN 2.0.2, 10.5.6). Raises Uncaught."""
    for border in _borders(my_task):
        if any(_has_interrupted(event) for event in border):
            return  # beside this throw another one has ended the activity already
        catching = [event for event in border if _catches(event, thrown)]
        catching.sort(key=lambda event: event.task_spec.event_definition.code is None)
        if catching:
            occur(catching[0], catching[0].task_spec.event_definition)
            return
        if thrown.kind == "cancel":
            break  # a transaction is cancelled by itself or not at all
    if thrown.kind != "escalation":
        raise Uncaught(my_task.task_spec.name, thrown.kind, thrown.code)


def _borders(my_task: Any) -> Iterator[list[Any]]:
    """The events on the border of each activity around the task, the nearest first."""
    top = my_task.workflow.top_workflow
    level = my_task.workflow
    while level is not top:
        activity = top.find(level.parent_task_id)
        level = activity.workflow
        if is_item(activity):
            activity = activity.parent
        split = activity.parent
        if split is not None and isinstance(split.task_spec, BoundaryEventSplit):
            yield [event for event in split.children if event is not activity]
        else:
            yield []


def _has_interrupted(event: Any) -> bool:
    spec = event.task_spec
    return isinstance(spec, BoundaryEvent) and spec.cancel_activity and event._state == TaskState.READY


def _catches(event: Any, thrown: Thrown) -> bool:
    definition = getattr(event.task_spec, "event_definition", None)
    return (
        event._state == TaskState.WAITING
        and isinstance(definition, Caught)
        and definition.catches_thrown(thrown.kind, thrown.code)
    )
