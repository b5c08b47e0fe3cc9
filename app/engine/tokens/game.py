"""An independent token game for BPMN 2.0: where tokens may stand, what may happen next, where they stand then.

It runs nothing and evaluates nothing: whoever plays answers each gateway (`Answers`). A marking is what is open or waits
between two moves, a tuple that can be hashed and compared; `()` is the end. The marking of a scope is the sorted tuple of
its items, and an item is

    (spot, TOKEN, arc)                      a token that waits on a flow before a join
    (spot, OPEN, rounds, done, left, runs)  an activity, a waiting event or an event-based gateway

with `rounds` what is left of each event on its border, `runs` the markings of its body (one, or one an item of a list;
an item of a step is `()`), `done` and `left` the items completed and not yet begun. Where BPMN leaves the order open,
inclusive joins come last.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from app.engine.gate.model import Node
from app.engine.tokens.net import ENDLESS, Net, Spot
from app.engine.tokens.play import OPEN, TOKEN, WAITING_EVENTS, Answers, Marking, Move, Play


@dataclass(frozen=True, slots=True)
class Outcome:
    """The marking after a move, what terminating ends cut off on the way (the end and a step that was open), and whether an
    escalation began something beside what goes on."""

    marking: Marking
    cut: list[tuple[Node, Node]]
    is_beside: bool


class TokenGame:
    def __init__(self, net: Net) -> None:
        self.net = net

    def start(self, answers: Answers) -> Marking:
        return self.follow(None, None, answers).marking

    def moves(self, marking: Marking) -> list[Move]:
        return list(_moves(self.net, marking, ()))

    def play(self, marking: Marking, move: Move, answers: Answers) -> Marking:
        """The marking after the move. Raises Endless."""
        return self.follow(marking, move, answers).marking

    def follow(self, marking: Marking | None, move: Move | None, answers: Answers) -> Outcome:
        """What comes of the move (None: of the start). Raises Endless."""
        play = Play(self.net, marking or (), answers)
        if move is None:
            play.send(play.top, self.net.first)
        else:
            play.make(move)
        return Outcome(play.settle(), play.cut, play.is_beside)

    def open_steps(self, marking: Marking) -> list[str]:
        """The ids of the steps that wait for a person, one for each time that it is open."""
        return sorted(move.node.id for move in self.moves(marking) if move.kind == "complete")

    def timers(self, marking: Marking) -> list[tuple[str, int]]:
        """The timers that wait: their ids, and how often each fires yet after this time (ENDLESS: without end)."""
        waiting = [
            (move.node.id, _rounds(self.net, marking, move)) for move in self.moves(marking) if move.kind == "fire"
        ]
        return sorted((name, rounds if rounds == ENDLESS else rounds - 1) for name, rounds in waiting)

    def messages(self, marking: Marking) -> list[str]:
        """The ids of the events and receive tasks that wait for a message."""
        return sorted(move.node.id for move in self.moves(marking) if move.kind == "deliver")


def _rounds(net: Net, marking: Marking, move: Move) -> int:
    if move.border is None:
        return 1
    item = marking[move.path[0]]
    for run, place in zip(move.path[1::2], move.path[2::2], strict=True):
        item = item[5][run][place]
    rounds: int = item[2][move.border]
    return rounds


def items_of(net: Net, marking: Marking) -> Iterator[tuple[Net, Marking]]:
    """Every scope that runs in the marking with its own marking, outer ones first."""
    yield net, marking
    for item in marking:
        body = net.spots[item[0]].body
        if item[1] == OPEN and body is not None:
            for run in item[5]:
                yield from items_of(body, run)


def _moves(net: Net, marking: Marking, path: tuple[int, ...]) -> Iterator[Move]:
    for place, item in enumerate(marking):
        if item[1] == TOKEN:
            continue
        spot, here = net.spots[item[0]], (*path, place)
        yield from _own_moves(spot, item, here)
        for number, border in enumerate(spot.borders):
            if border.event in WAITING_EVENTS and item[2][number]:
                kind = "fire" if border.event == "timer" else "deliver"
                yield Move(kind, border.spot.node, here, border=number, beside=not border.interrupts)
        if spot.body is not None:
            for number, run in enumerate(item[5]):
                yield from _moves(spot.body, run, (*here, number))


def _own_moves(spot: Spot, item: Marking, here: tuple[int, ...]) -> Iterator[Move]:
    if spot.kind == "eventBasedGateway":
        for arc in spot.out:
            kind = "fire" if arc.target.event == "timer" else "deliver"
            yield Move(kind, arc.target.node, here, arc=arc.index)
    elif spot.kind == "intermediateCatchEvent":
        yield Move("fire" if spot.event == "timer" else "deliver", spot.node, here)
    elif spot.body is None:
        kind = "deliver" if spot.kind == "receiveTask" else "complete"
        for _ in item[5] if spot.multiple else (None,):
            yield Move(kind, spot.node, here)
