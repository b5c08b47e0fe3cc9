"""A BPMN document as the gate looks at it: scopes (processes and sub-processes), their nodes and flows, with lines."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import cast

from lxml import etree

from app.engine.names import bpmn, is_true, local

TASKS = frozenset(
    ("task", "userTask", "manualTask", "serviceTask", "scriptTask", "sendTask", "receiveTask", "businessRuleTask")
)
BLOCKS = frozenset(("subProcess", "transaction", "adHocSubProcess"))
ACTIVITIES = TASKS | BLOCKS | {"callActivity"}
LOOPING = frozenset(("userTask", "subProcess", "callActivity"))
"""What may be gone through once for every item of a list."""
GATEWAYS = frozenset(("exclusiveGateway", "inclusiveGateway", "parallelGateway", "eventBasedGateway", "complexGateway"))
CONDITIONAL = frozenset(("exclusiveGateway", "inclusiveGateway"))
EVENTS = frozenset(("startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent"))
FLOW_NODES = ACTIVITIES | GATEWAYS | EVENTS


@dataclass(slots=True)
class Node:
    id: str
    kind: str
    name: str
    line: int | None
    element: etree._Element
    scope: Scope = field(repr=False)
    block: Scope | None = field(default=None, repr=False)
    """What is inside, where this is a block."""

    @property
    def label(self) -> str:
        """How the messages call it."""
        name, code = self.name[:120], self.id[:120]
        return f"“{name}” ({code})" if name and name != code else f"“{code}”"

    @property
    def trigger(self) -> str:
        """What kind of event this is ("timer", "error" …); empty for one without a definition and for what is no event."""
        found = self.definitions()
        return local(found[0]).removesuffix("EventDefinition") if found else ""

    @property
    def loop(self) -> etree._Element | None:
        """What makes an activity a multi-instance one."""
        return self.element.find(bpmn("multiInstanceLoopCharacteristics"))

    @property
    def interrupts(self) -> bool:
        """Whether a boundary event ends what it stands on."""
        return is_true(self.element.get("cancelActivity", "true"))

    def definitions(self) -> list[etree._Element]:
        """The event definitions inside an event."""
        return [child for child in self.element if local(child).endswith("EventDefinition")]


@dataclass(slots=True)
class Flow:
    id: str
    source: str
    target: str
    line: int | None
    element: etree._Element

    @property
    def condition(self) -> etree._Element | None:
        return self.element.find(bpmn("conditionExpression"))


@dataclass(slots=True)
class Scope:
    """A process, or a sub-process inside one (`owner` is its node)."""

    id: str
    element: etree._Element
    owner: Node | None
    depth: int
    nodes: dict[str, Node] = field(default_factory=dict)
    flows: list[Flow] = field(default_factory=list)
    nameless: list[etree._Element] = field(default_factory=list)

    def of_kind(self, *kinds: str) -> list[Node]:
        return [node for node in self.nodes.values() if node.kind in kinds]

    def outgoing(self, node: str) -> list[Flow]:
        return [flow for flow in self.flows if flow.source == node]

    def incoming(self, node: str) -> list[Flow]:
        return [flow for flow in self.flows if flow.target == node]

    def on_border(self, node: str) -> list[Node]:
        """The boundary events of an activity."""
        return [event for event in self.of_kind("boundaryEvent") if event.element.get("attachedToRef") == node]

    def linked(self, name: str) -> Iterator[str]:
        """Where a link event that throws goes on: the catching events of its name."""
        node = self.nodes[name]
        if node.kind == "intermediateThrowEvent" and node.trigger == "link":
            for other in self.of_kind("intermediateCatchEvent"):
                if other.trigger == "link" and link_name(other) == link_name(node):
                    yield other.id

    def around(self) -> Iterator[Node]:
        """The blocks that this lies in, the inner ones first."""
        scope: Scope | None = self
        while scope is not None and scope.owner is not None:
            yield scope.owner
            scope = scope.owner.scope


@dataclass(slots=True)
class Model:
    root: etree._Element
    processes: list[Scope] = field(default_factory=list)
    scopes: list[Scope] = field(default_factory=list)

    def nodes(self) -> Iterator[Node]:
        for scope in self.scopes:
            yield from scope.nodes.values()

    def flows(self) -> Iterator[tuple[Scope, Flow]]:
        for scope in self.scopes:
            for flow in scope.flows:
                yield scope, flow


def link_name(node: Node) -> str:
    """The name by which a link event finds its other half."""
    return node.definitions()[0].get("name") or ""


def line_of(element: etree._Element) -> int | None:
    return cast("int | None", element.sourceline)


def nearest_id(element: etree._Element | None) -> str | None:
    """The id of the element, or of the nearest one around it that has one."""
    while element is not None and not element.get("id"):
        element = element.getparent()
    return None if element is None else element.get("id")


def label_of(element: etree._Element) -> str:
    """How the messages call an element that may be no node."""
    name, code = " ".join((element.get("name") or "").split())[:120], (nearest_id(element) or "")[:120]
    return f"“{name}” ({code})" if name and name != code else f"“{code or local(element)}”"


def plain(reference: str | None) -> str:
    """An id out of a reference, which may have a prefix of the file's own namespace."""
    return (reference or "").strip().rpartition(":")[2]


def read_model(tree: etree._ElementTree) -> Model:
    model = Model(tree.getroot())
    for process in tree.getroot().iterfind(bpmn("process")):
        scope = Scope(process.get("id", ""), process, None, 0)
        model.processes.append(scope)
        _fill(model, scope)
    return model


def _fill(model: Model, first: Scope) -> None:
    todo = [first]
    while todo:
        scope = todo.pop(0)
        model.scopes.append(scope)
        for child in scope.element:
            kind = local(child)
            if kind == "sequenceFlow":
                source, target = child.get("sourceRef", ""), child.get("targetRef", "")
                scope.flows.append(Flow(child.get("id", ""), source, target, line_of(child), child))
            elif kind in FLOW_NODES:
                if not child.get("id"):
                    scope.nameless.append(child)
                    continue
                name = " ".join((child.get("name") or "").split())
                node = Node(child.get("id", ""), kind, name, line_of(child), child, scope)
                # Of two with the same id the first is kept; `gate.structure` reports the second.
                scope.nodes.setdefault(node.id, node)
                if kind in BLOCKS:
                    node.block = Scope(node.id, child, node, scope.depth + 1)
                    todo.append(node.block)
