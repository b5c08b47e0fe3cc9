"""On which activity of a diagram a boundary event sits."""

from __future__ import annotations

from app.engine.definition import Definition
from app.engine.spiff import BoundaryEvent, BoundaryEventSplit


def host_of(definition: Definition, element: str) -> str | None:
    """The id of the activity on whose border the event is drawn; None for an event that stands on the way."""
    for process in (definition.spec, *definition.subprocess_specs.values()):
        event = process.task_specs.get(element)
        if isinstance(event, BoundaryEvent):
            split = next(before for before in event.inputs if isinstance(before, BoundaryEventSplit))
            return str(split.name).removesuffix(".BoundaryEventSplit")
    return None
