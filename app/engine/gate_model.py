"""A BPMN document as the gate looks at it: scopes (processes and sub-processes), their nodes and flows, with lines."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import cast

from lxml import etree

from app.engine.names import bpmn, local

TASKS = frozenset(
    ("task", "userTask", "manualTask", "serviceTask", "scriptTask", "sendTask", "receiveTask", "businessRuleTask")
)
BLOCKS = frozenset(("subProcess", "transaction", "adHocSubProcess"))
ACTIVITIES = TASKS | BLOCKS | {"callActivity"}
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

    @property
    def label(self) -> str:
        """How the messages call it."""
        name, code = self.name[:120], self.id[:120]
        return f"“{name}” ({code})" if name and name != code else f"“{code}”"

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


def line_of(element: etree._Element) -> int | None:
    return cast("int | None", element.sourceline)


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
                # Of two with the same id the first is kept; `gate_structure` reports the second.
                scope.nodes.setdefault(node.id, node)
                if kind in BLOCKS:
                    todo.append(Scope(node.id, child, node, scope.depth + 1))
