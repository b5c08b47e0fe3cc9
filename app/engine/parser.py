"""BPMN files to the engine's specifications: SpiffWorkflow's parser with what it gets wrong put right.

Differences: exclusive branches keep the order of the file (the library sorts them by their height in the drawing);
nodes are parsed from the far end, so a long diagram does not exhaust the stack; timers wait for timer rows; joins count
tokens; a send task is a notice.
"""

from __future__ import annotations

from typing import Any

from lxml import etree

from app.engine.names import bpmn, local, properties
from app.engine.specs import (
    INSTANTS,
    LIMIT_AT,
    NoticeTask,
    OrderedExclusiveGateway,
    RowTimer,
    TokenEndJoin,
    TokenInclusiveGateway,
    TokenParallelGateway,
)
from app.engine.spiff import (
    BoundaryEvent,
    BoundaryEventParser,
    BpmnParser,
    BpmnProcessSpec,
    ConditionalGatewayParser,
    GatewayParser,
    IntermediateCatchEvent,
    IntermediateCatchEventParser,
    ProcessParser,
    SimpleBpmnTask,
    TaskParser,
    full_tag,
)
from app.engine.steps import Unit, read_notice


def read_timer(event: etree._Element) -> RowTimer:
    """The timer that an event element draws; its `timerEventDefinition` holds one of timeDate and timeDuration.

    Raises ValueError when it holds neither.
    """
    element = event.get("id", "")
    name = " ".join((event.get("name") or element).split())
    unit: Unit = "calendar" if properties(event).get("limitUnit") == "calendar" else "working"
    duration = event.findtext(f".//{bpmn('timeDuration')}")
    if duration is not None:
        return RowTimer(element, name, duration=duration.strip(), unit=unit)
    date = (event.findtext(f".//{bpmn('timeDate')}") or "").strip()
    if not date:
        raise ValueError("a timer needs a timeDate or a timeDuration")
    if date in INSTANTS or date == LIMIT_AT:
        return RowTimer(element, name, instant=date)
    return RowTimer(element, name, due_on=date)


class _CatchParser(IntermediateCatchEventParser):  # type: ignore[misc]
    def parse_timer_event(self, event: Any) -> RowTimer:
        return read_timer(self.node)


class _BoundaryParser(BoundaryEventParser):  # type: ignore[misc]
    def parse_timer_event(self, event: Any) -> RowTimer:
        return read_timer(self.node)


class _NoticeParser(TaskParser):  # type: ignore[misc]
    def create_task(self) -> Any:
        attributes = {key: value for key, value in self.bpmn_attributes.items() if not key.startswith("data_")}
        task = NoticeTask(self.spec, self.bpmn_id, event_definition=None, **attributes)
        task.notice = read_notice(self.node)
        return task


class _ProcessSpec(BpmnProcessSpec):  # type: ignore[misc]
    """A process whose end counts tokens."""

    end: Any

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        del self.task_specs[self.end.name], self.task_specs["End"]
        self.end = TokenEndJoin(self, f"{self.name}.EndJoin")
        self.end.connect(SimpleBpmnTask(self, "End"))


class _ProcessParser(ProcessParser):  # type: ignore[misc]
    def create_spec(self) -> Any:
        return _ProcessSpec(name=self.bpmn_id, description=self.get_name(), filename=self.filename)

    def add_tasks(self) -> None:
        # The library follows the flows by recursion, two frames a node. Begun at the far end, each node finds its
        # successors parsed already.
        for node in reversed(self._by_distance()):
            self.parse_node(node)
        super().add_tasks()

    def _by_distance(self) -> list[Any]:
        """The nodes that can be reached from the start, near ones first; the start events themselves are left out."""
        starts = list(self.node.iterfind(bpmn("startEvent")))
        seen, order = {node.get("id") for node in starts}, list(starts)
        for node in order:
            targets = [flow.get("targetRef") for flow in self.get_outgoing_sequence_flows(node.get("id"))]
            for name in targets:
                following = self.get_node_by_id(name)
                if following is not None and name not in seen:
                    seen.add(name)
                    order.append(following)
            for event in self.get_boundary_events(node.get("id")):
                if event.get("id") not in seen:
                    seen.add(event.get("id"))
                    order.append(event)
        # A boundary event is parsed by the activity that it is attached to.
        return [node for node in order[len(starts) :] if local(node) != "boundaryEvent"]


class DiagramParser(BpmnParser):  # type: ignore[misc]
    PROCESS_PARSER_CLASS = _ProcessParser
    OVERRIDE_PARSER_CLASSES = {  # noqa: RUF012 - the library's own class attribute
        full_tag("exclusiveGateway"): (ConditionalGatewayParser, OrderedExclusiveGateway),
        full_tag("inclusiveGateway"): (ConditionalGatewayParser, TokenInclusiveGateway),
        full_tag("parallelGateway"): (GatewayParser, TokenParallelGateway),
        full_tag("intermediateCatchEvent"): (_CatchParser, IntermediateCatchEvent),
        full_tag("boundaryEvent"): (_BoundaryParser, BoundaryEvent),
        full_tag("sendTask"): (_NoticeParser, NoticeTask),
    }

    def _add_diagram_indexes(self, bpmn: Any) -> None:
        # No positions: equal heights keep the order of the file. No lanes: agencies come from the steps.
        key = self._document_key(bpmn)
        self.document_lanes[key] = {}
        self.document_positions[key] = {}
