"""BPMN files to the engine's specifications: SpiffWorkflow's parser with what it gets wrong put right.

Differences: exclusive branches keep the order of the file (the library sorts them by their height in the drawing);
nodes are parsed from the far end, so a long diagram does not exhaust the stack; events wait to be told (`catching`) and
throw to the nearest border (`throwing`); multi-instance activities keep their own list (`items`); joins count tokens; a
send task is a notice; a link is a flow.
"""

from __future__ import annotations

import re
from typing import Any

from lxml import etree

from app.engine.catching import ENDLESS, INSTANTS, LIMIT_AT, Arrival, Caught, FirstEventGateway, RowTimer
from app.engine.items import ItemsTask, Plan
from app.engine.names import bpmn, camunda, is_true, link_target, local, properties
from app.engine.specs import (
    NoticeTask,
    OrderedExclusiveGateway,
    TokenEndJoin,
    TokenInclusiveGateway,
    TokenParallelGateway,
)
from app.engine.spiff import (
    BoundaryEvent,
    BoundaryEventParser,
    BpmnParser,
    BpmnProcessSpec,
    CallActivity,
    CallActivityParser,
    ConditionalGatewayParser,
    EmbeddedSubprocess,
    EndEvent,
    EndEventParser,
    EventBasedGatewayParser,
    GatewayParser,
    IntermediateCatchEvent,
    IntermediateCatchEventParser,
    IntermediateThrowEvent,
    IntermediateThrowEventParser,
    NoneEventDefinition,
    ProcessParser,
    ReceiveTask,
    ReceiveTaskParser,
    SimpleBpmnTask,
    SubWorkflowParser,
    TaskParser,
    TransactionSubprocess,
    UserTask,
    full_tag,
)
from app.engine.steps import Unit, read_notice
from app.engine.throwing import TerminatingEnd, ThrowingEnd, ThrowingEvent, Thrown

_CYCLE = re.compile(r"R(\d*)/(P.+)")


def read_timer(event: etree._Element) -> RowTimer:
    """The timer that an event element draws; its `timerEventDefinition` holds one of timeDate, timeDuration and timeCycle.

    Raises ValueError when it holds none, or a cycle that is no `R3/P1D`.
    """
    element = event.get("id", "")
    name = " ".join((event.get("name") or element).split())
    unit: Unit = "calendar" if properties(event).get("limitUnit") == "calendar" else "working"
    duration = event.findtext(f".//{bpmn('timeDuration')}")
    if duration is not None:
        return RowTimer(element, name, duration=duration.strip(), unit=unit)
    cycle = event.findtext(f".//{bpmn('timeCycle')}")
    if cycle is not None:
        rounds = _CYCLE.fullmatch(cycle.strip())
        if rounds is None:
            raise ValueError(f"not a repeated time: {cycle.strip()!r}")
        times = int(rounds[1]) if rounds[1] else ENDLESS
        return RowTimer(element, name, duration=rounds[2], unit=unit, cycle=times)
    date = (event.findtext(f".//{bpmn('timeDate')}") or "").strip()
    if not date:
        raise ValueError("a timer needs a timeDate or a timeDuration")
    if date in INSTANTS or date == LIMIT_AT:
        return RowTimer(element, name, instant=date)
    return RowTimer(element, name, due_on=date)


def _title(event: etree._Element) -> tuple[str, str]:
    """Id and name of an event."""
    element = event.get("id", "")
    return element, " ".join((event.get("name") or element).split())


def _code(event: etree._Element, definition: etree._Element, kind: str) -> str | None:
    """The code that an error or escalation definition refers to: its code, else its name, else its id; None for any."""
    reference = (definition.get(f"{kind}Ref") or "").rpartition(":")[2]
    for declared in event.getroottree().getroot().iterfind(bpmn(kind)) if reference else ():
        if declared.get("id") == reference:
            return (declared.get(f"{kind}Code") or declared.get("name") or reference).strip()
    return reference or None


def read_message(event: etree._Element, definition: etree._Element) -> Arrival:
    """The message that an event or a receive task waits for. Raises ValueError when it names none that is declared."""
    reference = (definition.get("messageRef") or "").rpartition(":")[2]
    for declared in event.getroottree().getroot().iterfind(bpmn("message")):
        if declared.get("id") == reference and declared.get("name"):
            return Arrival(*_title(event), declared.get("name", "").strip())
    raise ValueError(f"no message {reference!r}")


class _CatchParser(IntermediateCatchEventParser):  # type: ignore[misc]
    def parse_timer_event(self, event: Any) -> RowTimer:
        return read_timer(self.node)

    def parse_message_event(self, message_event: Any) -> Arrival:
        return read_message(self.node, message_event)


class _ReceiveParser(ReceiveTaskParser):  # type: ignore[misc]
    def parse_message_event(self, message_event: Any) -> Arrival:
        return read_message(self.node, message_event)


class _BoundaryParser(BoundaryEventParser):  # type: ignore[misc]
    def create_task(self) -> Any:
        # An XSD boolean may also be written as a digit.
        interrupts = is_true(self.node.get("cancelActivity", "true"))
        (definition,) = [child for child in self.node if local(child).endswith("EventDefinition")]
        return self._create_task(self._read(definition), interrupts)

    def _read(self, definition: etree._Element) -> Any:
        kind = local(definition).removesuffix("EventDefinition")
        if kind == "timer":
            return read_timer(self.node)
        if kind == "message":
            return read_message(self.node, definition)
        if kind in ("error", "escalation", "cancel"):
            return Caught(*_title(self.node), kind, _code(self.node, definition, kind))
        raise ValueError(f"no boundary event of kind {kind!r}")


class _EndParser(EndEventParser):  # type: ignore[misc]
    def create_task(self) -> Any:
        thrown = _thrown(self.node)
        if thrown is None:
            if self.node.find(bpmn("terminateEventDefinition")) is not None:
                self.spec_class = TerminatingEnd
            return super().create_task()
        self.spec_class = ThrowingEnd
        task = self._create_task(NoneEventDefinition())
        task.thrown = thrown
        task.connect(self.spec.end)
        return task


class _ThrowParser(IntermediateThrowEventParser):  # type: ignore[misc]
    def create_task(self) -> Any:
        thrown = _thrown(self.node)
        if thrown is not None:
            self.spec_class = ThrowingEvent
        task = self._create_task(NoneEventDefinition())
        if thrown is not None:
            task.thrown = thrown
        return task

    def parse_node(self) -> Any:
        task = super().parse_node()
        catch = link_target(self.node)
        if catch is not None:
            task.connect(self.process_parser.parse_node(catch))
        return task


def _thrown(event: etree._Element) -> Thrown | None:
    for kind in ("error", "escalation", "cancel"):
        definition = event.find(bpmn(f"{kind}EventDefinition"))
        if definition is not None:
            return Thrown(kind, _code(event, definition, kind))
    return None


class _EventGatewayParser(EventBasedGatewayParser):  # type: ignore[misc]
    def create_task(self) -> Any:
        return self._create_task(NoneEventDefinition())


class _ItemsMixin:
    """What multi-instance characteristics make of an activity."""

    spec: Any
    task: Any

    def _add_multiinstance_task(self, loop: etree._Element) -> None:
        inner = self.spec.task_specs.pop(self.task.name)
        self.task = ItemsTask(self.spec, inner.name, read_plan(loop), inner)
        inner.name = f"{inner.name}[item]"
        inner.inputs = [self.task]
        self.spec.task_specs[inner.name] = inner


def read_plan(loop: etree._Element) -> Plan:
    """What a `multiInstanceLoopCharacteristics` element says; the gate makes sure that it says enough."""

    def text(name: str) -> str | None:
        return (loop.findtext(bpmn(name)) or "").strip().removeprefix("=").strip() or None

    return Plan(
        variable=(loop.get(camunda("elementVariable")) or "item").strip(),
        sequential=is_true(loop.get("isSequential")),
        collection=(loop.get(camunda("collection")) or "").strip().removeprefix("=").strip() or None,
        cardinality=text("loopCardinality"),
        until=text("completionCondition"),
    )


class _StepParser(_ItemsMixin, TaskParser):  # type: ignore[misc]
    pass


class _BlockParser(_ItemsMixin, SubWorkflowParser):  # type: ignore[misc]
    pass


class _CallParser(_ItemsMixin, CallActivityParser):  # type: ignore[misc]
    pass


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
            linked = link_target(node)
            for name in targets if linked is None else [linked.get("id")]:
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
        full_tag("intermediateThrowEvent"): (_ThrowParser, IntermediateThrowEvent),
        full_tag("boundaryEvent"): (_BoundaryParser, BoundaryEvent),
        full_tag("endEvent"): (_EndParser, EndEvent),
        full_tag("eventBasedGateway"): (_EventGatewayParser, FirstEventGateway),
        full_tag("receiveTask"): (_ReceiveParser, ReceiveTask),
        full_tag("userTask"): (_StepParser, UserTask),
        full_tag("subProcess"): (_BlockParser, EmbeddedSubprocess),
        full_tag("transaction"): (_BlockParser, TransactionSubprocess),
        full_tag("callActivity"): (_CallParser, CallActivity),
        full_tag("sendTask"): (_NoticeParser, NoticeTask),
    }

    def _add_diagram_indexes(self, bpmn: Any) -> None:
        # No positions: equal heights keep the order of the file. No lanes: agencies come from the steps.
        key = self._document_key(bpmn)
        self.document_lanes[key] = {}
        self.document_positions[key] = {}
