"""The shortest usual way to where a dossier stands that was begun in another system, and the instance that stands there.

Steps on the way are completed with their first decision where that leads there, timers fire, messages arrive; a gateway whose
condition the dossier's data cannot answer is answered as the way needs it. So what came before stands in the instance as done,
and can be gone back to, as if it had been done here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import count
from typing import Any, Literal

from app.engine.definition import Definition
from app.engine.instance import EngineIncident, Instance
from app.engine.specs import is_live
from app.engine.spiff import EndJoin, InclusiveGateway, ParallelGateway, TaskState
from app.engine.state import decode

LIMIT = 1_500
"""How many moves are tried in all before the search gives up."""
_UNUSUAL, _AGAINST, _BESIDE, _EVENT = 100, 1_000, 500, 3
"""What it costs to decide otherwise than first, to answer a condition otherwise than the data do, to let an event happen beside
an open step, or where nothing else can; a step costs one."""

What = Literal["step", "timer", "message"]


@dataclass(frozen=True, slots=True)
class Move:
    """`name`: of a step how it is referred to, of an event its element; `answers`: what conditions were told, in order."""

    what: What
    name: str
    decision: str | None = None
    answers: tuple[bool, ...] = ()


@dataclass(frozen=True, slots=True)
class Way:
    """How to get there; `passed`: ids of the steps that are done then, in order; `guessed`: conditions were answered against
    the data, or without any."""

    moves: tuple[Move, ...]
    first: tuple[bool, ...] = ()
    """What conditions were told before the first step opened."""
    passed: tuple[str, ...] = ()
    guessed: bool = False

    def to_dict(self) -> dict[str, Any]:
        """JSON form: `{"first", "moves": [[what, name, decision, answers]], "passed", "guessed"}`."""
        moves = [[move.what, move.name, move.decision, list(move.answers)] for move in self.moves]
        return {"first": list(self.first), "moves": moves, "passed": list(self.passed), "guessed": self.guessed}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Way:
        moves = tuple(Move(what, name, decision, tuple(said)) for what, name, decision, said in data["moves"])
        return cls(moves, tuple(data["first"]), tuple(data["passed"]), data["guessed"])


class NoWayError(Exception):
    """The steps cannot all be open at once, and nothing else beside them."""


@dataclass(slots=True)
class _Script:
    """Answers conditions as written, what is not written as the data do; keeps what was said and where it was a guess."""

    written: tuple[bool, ...] = ()
    said: list[bool] = field(default_factory=list)
    guessed: bool = False

    def answer(self, natural: bool | None) -> bool:
        place = len(self.said)
        said = self.written[place] if place < len(self.written) else bool(natural)
        self.guessed = self.guessed or said is not natural
        self.said.append(said)
        return said


class _Arriving(Instance):
    """An instance whose conditions a script answers."""

    def __init__(
        self, definition: Definition, context: Mapping[str, Any], script: _Script, state: bytes | None
    ) -> None:
        super().__init__(definition, context, start=state is None)
        self._script = script
        if state is None:
            self._begin({})
        else:
            with self._incidents():
                decode(self._run, state)

    def condition(self, expression: str, variables: Mapping[str, Any], local: Mapping[str, Any]) -> bool:
        try:
            natural: bool | None = super().condition(expression, variables, local)
        except EngineIncident:
            natural = None
        return self._script.answer(natural)

    def value(self, expression: str, variables: Mapping[str, Any], local: Mapping[str, Any]) -> Any:
        """A list that the data do not have was empty: what it was done for is over."""
        try:
            found = super().value(expression, variables, local)
        except EngineIncident:
            found = None
        if found is None:
            self._script.guessed = True
        return [] if found is None else found

    def do(self, move: Move) -> None:
        """Raises EngineIncident."""
        if move.what == "step":
            opened = next(one for one in self.open_steps() if one.ref == move.name)
            decided = {opened.step.decision_variable: move.decision} if move.decision is not None else {}
            self.complete(opened.engine_task, decided)
        elif move.what == "timer":
            self.fire(next(one.engine_task for one in self.timers() if one.element == move.name))
        else:
            self.deliver(next(one.engine_task for one in self.messages() if one.element == move.name), {})

    def choices(self, wanted: Collection[str]) -> Iterator[tuple[int, Move]]:
        """What can be done, with its cost; not the steps at which the dossier is to stand."""
        opened = self.open_steps()
        for one in opened:
            if one.step.id not in wanted:
                yield 1, Move("step", one.ref, one.step.decisions[0].value if one.step.decisions else None)
                for other in one.step.decisions[1:]:
                    yield 1 + _UNUSUAL, Move("step", one.ref, other.value)
        cost = _BESIDE if opened else _EVENT
        for timer in self.timers():
            yield cost, Move("timer", timer.element)
        for message in self.messages():
            yield cost, Move("message", message.element)

    def shape(self) -> tuple[str, ...]:
        """Where it stands, for telling whether it stood there before."""
        live = (
            f"{task.task_spec.name}:{task._state}"
            for task in self._run.all_tasks()
            if is_live(task) and not isinstance(task.task_spec, EndJoin)
        )
        return tuple(sorted(live))

    def stands_at(self, wanted: Collection[str]) -> bool:
        return {one.step.id for one in self.open_steps()} == set(wanted)


@dataclass(frozen=True, slots=True)
class _Place:
    state: bytes
    way: Way


def find_way(definition: Definition, steps: Collection[str], context: Mapping[str, Any]) -> Way:
    """The cheapest way to where exactly `steps` (ids) are open. Raises NoWayError."""
    wanted = frozenset(steps)
    search = _Search(definition, wanted, context)
    return search.run()


class _Search:
    def __init__(self, definition: Definition, wanted: frozenset[str], context: Mapping[str, Any]) -> None:
        self._definition, self._wanted, self._context = definition, wanted, context
        self._open: list[tuple[int, int, _Place]] = []
        self._seen: set[tuple[str, ...]] = set()
        self._number = count()
        self._tried = 0

    def run(self) -> Way:
        for cost, script, instance in self._outcomes(None, None):
            self._add(cost, instance, Way((), tuple(script.said), (), script.guessed))
        while self._open:
            cost, _, place = heappop(self._open)
            instance = self._load(place.state)
            shape = instance.shape()
            if shape in self._seen:
                continue
            self._seen.add(shape)
            if instance.stands_at(self._wanted):
                return place.way
            for price, move in instance.choices(self._wanted):
                self._try(cost + price, move, place)
        raise NoWayError(", ".join(sorted(self._wanted)))

    def _try(self, cost: int, move: Move, place: _Place) -> None:
        for more, script, instance in self._outcomes(place.state, move):
            name = move.name.partition("#")[0]
            done = (name,) if move.what == "step" else ()
            way = place.way
            made = Move(move.what, move.name, move.decision, tuple(script.said))
            passed = (*way.passed, *(one for one in done if one not in way.passed))
            self._add(cost + more, instance, Way((*way.moves, made), way.first, passed, way.guessed or script.guessed))

    def _outcomes(self, state: bytes | None, move: Move | None) -> Iterator[tuple[int, _Script, _Arriving]]:
        """What a move can come to: as the data answer, and with each condition answered the other way."""
        waiting: list[tuple[bool, ...]] = [()]
        while waiting:
            written = waiting.pop()
            if self._tried >= LIMIT:
                return
            self._tried += 1
            script = _Script(written)
            try:
                instance = _Arriving(self._definition, self._context, script, state)
                if move is not None:
                    instance.do(move)
            except EngineIncident:
                instance = None
            said = script.said
            waiting += [(*said[:place], not said[place]) for place in range(len(written), len(said))]
            if instance is not None and not instance.finished:
                yield (_AGAINST if script.guessed else 0), script, instance

    def _add(self, cost: int, instance: _Arriving, way: Way) -> None:
        if instance.shape() not in self._seen:
            heappush(self._open, (cost, next(self._number), _Place(instance.save(), way)))

    def _load(self, state: bytes) -> _Arriving:
        return _Arriving(self._definition, self._context, _Script(), state)


def leaves_branches_done(instance: Instance) -> bool:
    """Whether a branch beside the open steps is over and waits for them where the branches meet."""
    return any(
        task._state == TaskState.WAITING and isinstance(task.task_spec, ParallelGateway | InclusiveGateway)
        for task in instance._run.all_tasks()
    )


def arrive(definition: Definition, way: Way, context: Mapping[str, Any]) -> Instance:
    """A new instance that went that way; what it would have announced on it is not said. Raises EngineIncident."""
    script = _Script(way.first)
    going = _Arriving(definition, context, script, None)
    for move in way.moves:
        going._script = _Script(move.answers)
        going.do(move)
    return Instance.load(definition, going.save(), context)
