"""Where a step leads: the steps that are drawn next after it, before anything is decided."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from app.engine.definition import Definition
from app.engine.items import ItemsTask
from app.engine.spiff import (
    BoundaryEvent,
    EventBasedGateway,
    MultiChoice,
    ParallelGateway,
    SubWorkflowTask,
    UserTask,
)
from app.engine.steps import Step


@dataclass(frozen=True, slots=True)
class Ahead:
    """`steps` in reading order. `choice`: which of them come depends on a decision, on data or on an event; `waits`: other
    branches must arrive first; `ends`: on some way no step comes any more."""

    steps: tuple[Step, ...]
    choice: bool = False
    waits: bool = False
    ends: bool = False


def steps_ahead(definition: Definition, step_id: str) -> Ahead:
    """What may come after the step, as far as the drawing alone tells."""
    found: set[str] = set()
    choice = waits = ends = False
    seen: set[tuple[str, str]] = set()
    places = list(_places(definition, step_id))
    for _, spec in places:
        if isinstance(spec, ItemsTask):  # the other items
            waits = True
            found |= {step_id} if spec.plan.sequential else set()
    queue = deque(_after(definition, level, spec) for level, spec in places)
    while queue:
        for level, spec in queue.popleft():
            if (level, spec.name) in seen or isinstance(spec, BoundaryEvent):
                continue
            seen.add((level, spec.name))
            if isinstance(spec, UserTask) or (isinstance(spec, ItemsTask) and isinstance(spec.item_spec, UserTask)):
                found.add(spec.bpmn_id)
                continue
            choice = choice or (isinstance(spec, MultiChoice | EventBasedGateway) and len(spec.outputs) > 1)
            waits = waits or (isinstance(spec, ParallelGateway) and len(spec.inputs) > 1)
            following = list(_after(definition, level, spec))
            ends = ends or not following
            queue.append(iter(following))
    steps = tuple(step for name, step in definition.steps.items() if name in found)
    return Ahead(steps, choice, waits, ends)


def _levels(definition: Definition) -> dict[str, Any]:
    """The process itself under "", those that it calls under their names."""
    return {"": definition.spec, **definition.subprocess_specs}


def _places(definition: Definition, step_id: str) -> Iterator[tuple[str, Any]]:
    for level, process in _levels(definition).items():
        if step_id in process.task_specs:
            yield level, process.task_specs[step_id]


def _after(definition: Definition, level: str, spec: Any) -> Iterator[tuple[str, Any]]:
    """What follows in the flow: into a called process, and out of one where it ends."""
    called = _called(spec)
    if called in definition.subprocess_specs:
        yield from ((called, first) for first in definition.subprocess_specs[called].start.outputs)
    elif spec.outputs:
        yield from ((level, following) for following in spec.outputs)
    elif level:
        for outer, process in _levels(definition).items():
            for call in process.task_specs.values():
                if _called(call) == level and not call.name.endswith("[item]"):
                    yield from ((outer, following) for following in call.outputs)


def _called(spec: Any) -> str | None:
    """The process that a call or a block stands for, in a multi-instance activity for each item."""
    if isinstance(spec, ItemsTask):
        spec = spec.item_spec
    return str(spec.spec) if isinstance(spec, SubWorkflowTask) else None
