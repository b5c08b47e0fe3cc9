"""One move of the token game: tokens travel until each waits for somebody, for an event or at a join."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from app.engine.gate.model import BLOCKS, CONDITIONAL, Node
from app.engine.tokens.net import ENDLESS, Arc, Border, Net, Spot

Marking = tuple[Any, ...]

TOKEN, OPEN = 0, 1
ARRIVAL_LIMIT = 2_000  # tokens that arrive somewhere within one move

WAITING_EVENTS = ("timer", "message")


class Endless(Exception):  # noqa: N818
    """One move led to more than ARRIVAL_LIMIT arrivals."""


class Answers(Protocol):
    """What the drawing leaves open."""

    def branches(self, gateway: Spot) -> Sequence[Arc]:
        """The ways taken out of an exclusive (one) or inclusive (one or more) gateway."""

    def items(self, activity: Spot) -> int:
        """How many items the list of a multi-instance activity has."""

    def stops(self, activity: Spot, done: int) -> bool:
        """Whether the completion condition holds after `done` items."""


@dataclass(frozen=True, slots=True)
class Move:
    """Something that may happen: "complete" a step, "fire" a timer, "deliver" a message. `path` leads to the item: its
    position, then position of the run and of the item in it, and so on inwards; `border` is the event's place on the
    border, `arc` the way behind an event-based gateway."""

    kind: str
    node: Node
    path: tuple[int, ...]
    border: int | None = None
    arc: int | None = None
    beside: bool = False  # starts something beside what is open, which goes on


@dataclass(slots=True, eq=False)
class _Run:
    """A scope that is running."""

    net: Net
    host: _Item | None
    items: list[_Item] = field(default_factory=list)
    alive: bool = True


@dataclass(slots=True, eq=False)
class _Item:
    run: _Run
    spot: Spot
    arc: Arc | None = None
    rounds: list[int] = field(default_factory=list)
    done: int = 0
    left: int = 0
    runs: list[_Run | None] = field(default_factory=list)


def _thaw(net: Net, host: _Item | None, marking: Marking) -> _Run:
    run = _Run(net, host)
    for entry in marking:
        spot = net.spots[entry[0]]
        if entry[1] == TOKEN:
            run.items.append(_Item(run, spot, net.arcs[entry[2]]))
            continue
        item = _Item(run, spot, None, list(entry[2]), entry[3], entry[4])
        item.runs = [None if spot.body is None else _thaw(spot.body, item, inner) for inner in entry[5]]
        run.items.append(item)
    return run


def _freeze(run: _Run) -> Marking:
    entries: list[Marking] = []
    for item in run.items:
        if item.arc is not None:
            entries.append((item.spot.index, TOKEN, item.arc.index))
        else:
            runs = tuple(sorted(() if inner is None else _freeze(inner) for inner in item.runs))
            entries.append((item.spot.index, OPEN, tuple(item.rounds), item.done, item.left, runs))
    return tuple(sorted(entries))


class Play:
    """A marking in motion."""

    def __init__(self, net: Net, marking: Marking, answers: Answers) -> None:
        self.top = _thaw(net, None, marking)
        self.cut: list[tuple[Node, Node]] = []
        self.is_beside = False
        self._answers = answers
        self._travelling: deque[tuple[_Run, Arc]] = deque()
        self._arrivals = 0

    def send(self, run: _Run, arcs: Sequence[Arc]) -> None:
        self._travelling.extend((run, arc) for arc in arcs)

    def make(self, move: Move) -> None:
        item = self.top.items[move.path[0]]
        for number, place in zip(move.path[1::2], move.path[2::2], strict=True):
            run = item.runs[number]
            assert run is not None  # noqa: S101 - a path leads through bodies
            item = run.items[place]
        if move.border is not None:
            self._happen(item, move.border)
        elif move.arc is not None:
            item.run.items.remove(item)
            self.send(item.run, item.run.net.arcs[move.arc].target.out)
        elif item.spot.multiple:
            item.runs.pop()
            self._item_done(item)
        else:
            self._leave(item)

    def settle(self) -> Marking:
        while True:
            while self._travelling:
                run, arc = self._travelling.popleft()
                if run.alive:
                    self._arrivals += 1
                    if self._arrivals > ARRIVAL_LIMIT:
                        raise Endless
                    self._arrive(run, arc)
            if not (self._end_a_body(self.top) or self._pass_an_inclusive_join(self.top)):
                return _freeze(self.top)

    def _arrive(self, run: _Run, arc: Arc) -> None:
        spot = arc.target
        if spot.kind in CONDITIONAL or spot.kind == "parallelGateway":
            self._gateway(run, arc)
        elif spot.kind == "endEvent":
            self._end(run, spot)
        elif spot.kind == "intermediateThrowEvent" or spot.kind in ("sendTask", "task", "manualTask"):
            if spot.event == "escalation":
                self._throw(run, "escalation", spot.code)
            if run.alive:
                self.send(run, spot.out)
        elif spot.kind == "intermediateCatchEvent" and spot.event == "link":
            self.send(run, spot.out)
        else:
            self._open(run, spot)

    def _gateway(self, run: _Run, arc: Arc) -> None:
        spot = arc.target
        if spot.kind == "exclusiveGateway" or len(spot.into) == 1:
            self.send(run, self._chosen(spot))
            return
        run.items.append(_Item(run, spot, arc))
        if spot.kind == "parallelGateway":
            waiting = {item.arc: item for item in run.items if item.spot is spot}
            if len(waiting) == len(spot.into):
                for item in waiting.values():
                    run.items.remove(item)
                self.send(run, spot.out)

    def _chosen(self, spot: Spot) -> Sequence[Arc]:
        return self._answers.branches(spot) if spot.kind in CONDITIONAL and len(spot.out) > 1 else spot.out

    def _end(self, run: _Run, spot: Spot) -> None:
        if spot.event == "terminate":
            self.cut += [(spot.node, step) for step in _steps_in(run)]
            _stop(run)
            # It ends as a scope without tokens does: its activity goes on.
            run.alive = True
            self._travelling = deque(one for one in self._travelling if one[0] is not run)
        elif spot.event:
            self._throw(run, spot.event, spot.code)

    def _open(self, run: _Run, spot: Spot) -> None:
        item = _Item(run, spot, rounds=[border.rounds for border in spot.borders])
        if not spot.multiple:
            run.items.append(item)
            if spot.body is not None:
                self._begin(item)
            return
        item.left = self._answers.items(spot)
        run.items.append(item)
        if not item.left:
            self._leave(item)
        for _ in range(item.left if spot.multiple == "parallel" else min(item.left, 1)):
            item.left -= 1
            self._begin(item)

    def _begin(self, item: _Item) -> None:
        body = item.spot.body
        if body is None:
            item.runs.append(None)
            return
        run = _Run(body, item)
        item.runs.append(run)
        self.send(run, body.first)

    def _item_done(self, item: _Item) -> None:
        item.done += 1
        if item.spot.may_stop and self._answers.stops(item.spot, item.done):
            item.left = 0
            for run in item.runs:
                _stop(run)
            item.runs.clear()
        elif item.left and item.spot.multiple == "sequential":
            item.left -= 1
            self._begin(item)
        if not (item.runs or item.left):
            self._leave(item)

    def _leave(self, item: _Item) -> None:
        item.run.items.remove(item)
        for run in item.runs:
            _stop(run)
        self.send(item.run, item.spot.out)

    def _happen(self, host: _Item, number: int) -> None:
        """An event on the border happens."""
        border = host.spot.borders[number]
        if border.interrupts:
            host.run.items.remove(host)
            for run in host.runs:
                _stop(run)
        elif host.rounds[number] != ENDLESS and border.event in WAITING_EVENTS:
            host.rounds[number] -= 1
        self.send(host.run, border.spot.out)

    def _throw(self, run: _Run, event: str, code: str | None) -> None:
        """To the nearest activity around that catches it. An error that nobody catches ends everything."""
        around: _Run | None = run
        while around is not None and around.host is not None:
            host = around.host
            caught = _catching(host.spot.borders, event, code)
            if caught is not None:
                self.is_beside = self.is_beside or not host.spot.borders[caught].interrupts
                self._happen(host, caught)
                return
            around = host.run
        if event in ("error", "cancel"):
            _stop(self.top)

    def _end_a_body(self, run: _Run) -> bool:
        """Ends one body that holds nothing any more, the innermost first."""
        for item in list(run.items):
            for inner in item.runs:
                if inner is None:
                    continue
                if self._end_a_body(inner):
                    return True
                if not inner.items:
                    if item.spot.multiple:
                        item.runs.remove(inner)
                        self._item_done(item)
                    else:
                        self._leave(item)
                    return True
        return False

    def _pass_an_inclusive_join(self, run: _Run) -> bool:
        seen: set[int] = set()
        for item in run.items:
            spot = item.spot
            if item.arc is not None and spot.kind == "inclusiveGateway" and spot.index not in seen:
                seen.add(spot.index)
                if _is_enabled(run, spot):
                    for token in {one.arc: one for one in run.items if one.spot is spot}.values():
                        run.items.remove(token)
                    self.send(run, self._chosen(spot))
                    return True
        return any(self._pass_an_inclusive_join(inner) for item in run.items for inner in item.runs if inner)


def _is_enabled(run: _Run, join: Spot) -> bool:
    """BPMN 2.0.2, 13.4.3: no token elsewhere can reach a flow that has none, unless it can also reach one that has."""
    holding = {item.arc for item in run.items if item.spot is join}
    empty = [run.net.reaching(join, arc) for arc in join.into if arc not in holding]
    full = [run.net.reaching(join, arc) for arc in join.into if arc in holding]
    return not any(
        any(place in reach for reach in empty) and not any(place in reach for reach in full)
        for item in run.items
        if item.spot is not join
        for place in _places(item)
    )


def _places(item: _Item) -> Iterator[int]:
    """Where a token counts as being: an event on the border that may still happen is one too."""
    yield item.spot.index
    for border, rounds in zip(item.spot.borders, item.rounds, strict=False):
        if rounds:
            yield border.spot.index


def _catching(borders: list[Border], event: str, code: str | None) -> int | None:
    """The border event that names the code, else the one that catches any."""
    for wanted in (code, None):
        for number, border in enumerate(borders):
            if border.event == event and border.code == wanted:
                return number
    return None


def _stop(run: _Run | None) -> None:
    if run is None:
        return
    run.alive = False
    for item in run.items:
        for inner in item.runs:
            _stop(inner)
    run.items.clear()


def _steps_in(run: _Run) -> Iterator[Node]:
    for item in run.items:
        if item.arc is None and (item.spot.kind == "userTask" or (item.spot.kind in BLOCKS and not item.spot.body)):
            yield item.spot.node
        for inner in item.runs:
            if inner is not None:
                yield from _steps_in(inner)
