"""A diagram as the token game plays it: each scope as a net of spots and arcs, with its joins' reach and its bodies.

Made from the drawing alone (`gate.model`), not from the engine's specifications: it is a second opinion on them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from lxml import etree

from app.engine.gate.model import Flow, Model, Node, Scope, link_name, plain
from app.engine.names import bpmn, is_true

ENDLESS = -1  # rounds of an event that may happen again and again

_REFERENCES = {"error": ("errorRef", "errorCode"), "escalation": ("escalationRef", "escalationCode")}


@dataclass(slots=True, eq=False)
class Arc:
    """A way from a spot to the next: a flow, or the jump from a link's throw to its catch (`flow` is None)."""

    index: int
    source: Spot
    target: Spot
    flow: Flow | None


@dataclass(slots=True, eq=False)
class Border:
    """A boundary event: `event` is what it waits for, `rounds` how often it may happen while its host is open."""

    spot: Spot
    event: str
    code: str | None
    interrupts: bool
    rounds: int


@dataclass(slots=True, eq=False)
class Spot:
    """A flow node. `event` is its kind of event ("" for none), `code` the error or escalation that it names."""

    index: int
    node: Node
    net: Net
    event: str = ""
    code: str | None = None
    rounds: int = 1
    out: list[Arc] = field(default_factory=list)
    into: list[Arc] = field(default_factory=list)
    borders: list[Border] = field(default_factory=list)
    body: Net | None = None
    multiple: str = ""  # "parallel" or "sequential" for an activity that is repeated for the items of a list
    may_stop: bool = False  # it has a completion condition
    then: list[Node] = field(default_factory=list)  # what follows it alone and was made one with it (`contract`)

    @property
    def kind(self) -> str:
        return self.node.kind

    @property
    def is_plain(self) -> bool:
        """It only waits: nothing else can happen while it does."""
        kinds = ("userTask", "receiveTask", "intermediateCatchEvent", "subProcess", "transaction", "callActivity")
        return self.kind in kinds and self.event != "link" and not (self.borders or self.body or self.multiple)


@dataclass(slots=True, eq=False)
class Net:
    scope: Scope
    spots: list[Spot] = field(default_factory=list)
    arcs: list[Arc] = field(default_factory=list)
    first: list[Arc] = field(default_factory=list)
    reach: dict[tuple[int, int], frozenset[int]] = field(default_factory=dict)

    def reaching(self, join: Spot, arc: Arc) -> frozenset[int]:
        """The spots from which a token can come along `arc` without passing `join`."""
        known = self.reach.get((join.index, arc.index))
        if known is None:
            seen, todo = {arc.source.index}, [arc.source]
            while todo:
                for before in todo.pop().into:
                    source = before.source
                    if source is not join and source.index not in seen:
                        seen.add(source.index)
                        todo.append(source)
            seen.discard(join.index)
            known = self.reach[join.index, arc.index] = frozenset(seen)
        return known


def build_net(
    model: Model, scope: Scope, called: Iterable[Model] = (), is_step: Callable[[Scope], bool] | None = None
) -> Net:
    """The net of a process or sub-process. `called` are the diagrams of called processes; a body for which `is_step` says
    so is left closed, as one step."""
    return _Builder((model, *called), is_step or (lambda _: False)).net(scope)


def contract(net: Net) -> None:
    """Makes each row of plain spots one, and each block of them beside each other between a split and its join: whatever
    else happens may happen while the first of them waits."""
    while any(_contract_row(spot) or _contract_block(spot) for spot in net.spots):
        pass


def _contract_row(first: Spot) -> bool:
    following = first.out[0].target if first.is_plain and len(first.out) == 1 else first
    if following is first or not following.is_plain or len(following.into) != 1:
        return False
    _absorb(first, following)
    first.out, following.out = following.out, []
    for arc in first.out:
        arc.source = first
    return True


def _contract_block(split: Spot) -> bool:
    inner = [arc.target for arc in split.out] if split.kind == "parallelGateway" and len(split.into) == 1 else []
    if len(inner) < 2 or not all(spot.is_plain and len(spot.into) == len(spot.out) == 1 for spot in inner):
        return False
    join = inner[0].out[0].target
    if join.kind != "parallelGateway" or {arc.source for arc in join.into} != set(inner):
        return False
    first = inner[0]
    for spot in inner[1:]:
        _absorb(first, spot)
        spot.out = []
    first.into, first.out = split.into, join.out
    split.into, split.out, join.into, join.out = [], [], [], []
    for arc in first.into:
        arc.target = first
    for arc in first.out:
        arc.source = first
    return True


def _absorb(spot: Spot, other: Spot) -> None:
    spot.then += [other.node, *other.then]
    other.into, other.then = [], []


def body_of(models: Iterable[Model], node: Node) -> Scope | None:
    """The scope that an activity runs: its own, or the process that it calls."""
    if node.block is not None:
        return node.block
    if node.kind == "callActivity":
        name = plain(node.element.get("calledElement"))
        return next((process for model in models for process in model.processes if process.id == name), None)
    return None


class _Builder:
    def __init__(self, models: tuple[Model, ...], is_step: Callable[[Scope], bool]) -> None:
        self._models = models
        self._is_step = is_step
        self._known: dict[int, Net] = {}

    def net(self, scope: Scope) -> Net:
        if id(scope) in self._known:
            return self._known[id(scope)]
        net = self._known[id(scope)] = Net(scope)
        spots = {}
        for node in scope.nodes.values():
            spots[node.id] = spot = Spot(len(net.spots), node, net)
            net.spots.append(spot)
            self._read_event(spot)
            self._read_activity(spot)
        for flow in scope.flows:
            if flow.source in spots and flow.target in spots:
                _connect(net, spots[flow.source], spots[flow.target], flow)
        _join_links(net)
        for spot in net.spots:
            host = spots.get(spot.node.element.get("attachedToRef", ""))
            if spot.kind == "boundaryEvent" and host is not None:
                interrupts = spot.event in ("error", "cancel") or spot.node.interrupts
                host.borders.append(Border(spot, spot.event, spot.code, interrupts, spot.rounds))
        net.first = [arc for spot in net.spots if spot.kind == "startEvent" for arc in spot.out]
        return net

    def _read_event(self, spot: Spot) -> None:
        spot.event = spot.node.trigger
        for definition in spot.node.definitions()[:1]:
            if spot.event in _REFERENCES:
                spot.code = self._code(spot.node, definition, *_REFERENCES[spot.event])
            elif spot.event == "link":
                spot.code = link_name(spot.node)
            elif spot.event == "timer":
                spot.rounds = _rounds(definition)
            elif spot.event == "message" and not spot.node.interrupts:
                spot.rounds = ENDLESS

    def _code(self, node: Node, definition: etree._Element, attribute: str, code: str) -> str | None:
        """What is thrown or caught, known across files by its code, else by its name, else by its id."""
        reference = definition.get(attribute)
        if reference is None:
            return None
        root = node.element.getroottree().getroot()
        tag = bpmn(attribute.removesuffix("Ref"))
        declared = next((one for one in root.iterfind(tag) if one.get("id") == plain(reference)), None)
        names = (declared.get(code), declared.get("name")) if declared is not None else ()
        return next((name.strip() for name in names if name), plain(reference))

    def _read_activity(self, spot: Spot) -> None:
        scope = body_of(self._models, spot.node)
        if scope is not None and not self._is_step(scope):
            spot.body = self.net(scope)
        loop = spot.node.loop
        if loop is not None:
            spot.multiple = "sequential" if is_true(loop.get("isSequential")) else "parallel"
            spot.may_stop = loop.find(bpmn("completionCondition")) is not None


def _connect(net: Net, source: Spot, target: Spot, flow: Flow | None) -> None:
    arc = Arc(len(net.arcs), source, target, flow)
    net.arcs.append(arc)
    source.out.append(arc)
    target.into.append(arc)


def _join_links(net: Net) -> None:
    catches = {s.code: s for s in net.spots if s.event == "link" and s.kind == "intermediateCatchEvent"}
    for spot in net.spots:
        if spot.event == "link" and spot.kind == "intermediateThrowEvent" and spot.code in catches:
            _connect(net, spot, catches[spot.code], None)


def _rounds(definition: etree._Element) -> int:
    """How often a timer comes due: `R3/P1D` three times, `R/P1D` without end, all others once."""
    cycle = "".join((definition.findtext(bpmn("timeCycle")) or "").split())
    if not cycle.startswith("R"):
        return 1
    count = cycle[1:].partition("/")[0]
    return max(int(count), 1) if count.isdigit() else ENDLESS
