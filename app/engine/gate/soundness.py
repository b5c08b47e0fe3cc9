"""Gate: soundness. Every marking that the token game (`tokens`) can reach is looked at, within limits.

Found are markings from which the end cannot be reached any more (a join that waits for a branch never taken), steps open
twice at once, and terminating ends that cut open steps off. The last is a warning: it is what such an end is for,
and in BPMN nothing else ends a process over the heads of its tokens. What an event that does not interrupt starts beside a
step may meet the rest as it likes: two of a kind are no fault there. A sub-process that throws nothing outwards is
examined by itself, and is one step to what is around it; so is a called process, which is examined with its own file.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from app.engine.gate.answers import EveryAnswer, Facts, shared_subjects, still_known
from app.engine.gate.model import ACTIVITIES, Model, Node, Scope
from app.engine.problems import Problem, error, warning
from app.engine.tokens.game import TokenGame, items_of
from app.engine.tokens.net import Net, Spot, body_of, build_net, contract
from app.engine.tokens.play import TOKEN, Endless, Marking, Move

TIME_LIMIT = 1.5  # seconds of the processor for one diagram
STATE_LIMIT = 12_000  # markings of one diagram
REPORTED = 5  # problems of one kind
TOLD = 12  # moves of a path

_AT_ONCE = "ngay khi bắt đầu"

_THROWN = ("error", "escalation", "cancel")

State = tuple[Marking, Facts]
_Moves = list[tuple[State | None, Move | None]]
_Later = deque[tuple[State | None, Move | None]]


def check_soundness(model: Model, called: Iterable[Model] = ()) -> Iterator[Problem]:
    """`model` has passed the other checks of the gate; `called` are the diagrams of the processes that it calls."""
    models = (model, *called)
    closed = _Closed(models)
    budget = _Budget(time.thread_time() + TIME_LIMIT, STATE_LIMIT)
    for scope in model.scopes:
        if scope.owner is None or closed(scope):
            yield from _Search(build_net(model, scope, models[1:], closed), model, budget).problems()
    if budget.is_spent:
        message = (
            "Sơ đồ có quá nhiều khả năng song song nên chưa xét hết được các đường đi. "
            "Hãy tách bớt phần song song thành quy trình được gọi."
        )
        yield warning("soundness.bounded", message)


class _Closed:
    """Whether a body shows nothing outside before its end: it throws no error, escalation or cancellation."""

    def __init__(self, models: tuple[Model, ...]) -> None:
        self._models = models
        self._known: dict[int, bool] = {}

    def __call__(self, scope: Scope) -> bool:
        if id(scope) not in self._known:
            bodies = [body_of(self._models, node) for node in scope.nodes.values()]
            self._known[id(scope)] = not any(_throws(node) for node in scope.nodes.values()) and all(
                self(body) for body in bodies if body is not None
            )
        return self._known[id(scope)]


def _throws(node: Node) -> bool:
    return node.kind in ("endEvent", "intermediateThrowEvent") and node.trigger in _THROWN


@dataclass(slots=True)
class _Budget:
    deadline: float
    states: int
    is_spent: bool = False

    def take(self) -> bool:
        """Whether one more marking may be looked at."""
        self.states -= 1
        self.is_spent = self.is_spent or self.states < 0
        return not self.is_late()

    def is_late(self) -> bool:
        self.is_spent = self.is_spent or time.thread_time() > self.deadline
        return self.is_spent


@dataclass(slots=True)
class _Known:
    """How a state was first reached, and which states lead to it."""

    before: State | None
    told: str
    sources: list[State]


class _Search:
    def __init__(self, net: Net, model: Model, budget: _Budget) -> None:
        self._game = TokenGame(net)
        self._net = net
        self._budget = budget
        self._own = {id(scope) for scope in model.scopes}
        nets = list(_inside(net))
        # The items of a list decide each for itself: nothing is known of all of them.
        several = any(spot.multiple and spot.body is not None for one in nets for spot in one.spots)
        for one in nets:
            contract(one)
        # What was made one with the step before it, by the step's id.
        self._then = {spot.node.id: spot.then for one in nets for spot in one.spots if spot.then}
        self._tracked = frozenset() if several else shared_subjects(nets)
        self._known: dict[State, _Known] = {}
        self._dead: list[State] = []
        self._open_ended: set[State] = set()  # not followed to the end: nothing is said of them
        self._doubled: dict[str, tuple[Net, Spot, State]] = {}
        self._cut: dict[str, tuple[Node, Node, State | None, str]] = {}

    def problems(self) -> Iterator[Problem]:
        is_complete = self._explore()
        for net, spot, state in list(self._doubled.values())[:REPORTED]:
            yield self._unsynchronised(net, spot, state)
        seen: set[str] = set()
        for state in self._doomed() if is_complete else self._dead:
            problem = self._deadlock(state)
            if problem.element not in seen and len(seen) < REPORTED:
                seen.add(problem.element or "")
                yield problem
        for end, step, before, told in list(self._cut.values())[:REPORTED]:
            yield self._improper(end, step, before, told)

    def _explore(self) -> bool:
        """Whether everything was looked at. What starts beside a step comes last, so that without it is known first."""
        todo: deque[State] = deque()
        later: _Later = deque()
        if not self._follow(None, None, todo, later):
            return False
        while todo:
            if not self._budget.take():
                return False
            state = todo.popleft()
            for move in self._moves(state):
                if move.beside:
                    later.append((state, move))
                elif not self._follow(state, move, todo, later):
                    return False
        while todo or later:
            if not self._budget.take():
                return False
            moves = self._moves_from(todo.popleft()) if todo else [later.popleft()]
            if not all(self._follow(before, move, todo, None) for before, move in moves):
                return False
        return True

    def _moves_from(self, state: State) -> _Moves:
        return [(state, move) for move in self._moves(state)]

    def _moves(self, state: State) -> list[Move]:
        found = {(move.path, move.border, move.arc): move for move in self._game.moves(state[0])}
        if not found and state[0]:
            self._dead.append(state)
        return list(found.values())

    def _follow(self, state: State | None, move: Move | None, todo: deque[State], later: _Later | None) -> bool:
        """Every outcome of one move; False when they cannot all be told. What begins something beside is put off, as long
        as there is a `later`."""
        answers = EveryAnswer(self._tracked, self._facts_after(state, move))
        is_put_off = False
        while not self._budget.is_late():
            try:
                outcome = self._game.follow(state[0] if state else None, move, answers)
            except Endless:
                self._budget.is_spent = True
                return False
            if not answers.is_possible:
                self._open_ended.update([state] if state is not None else ())
            elif outcome.is_beside and later is not None:
                is_put_off = True
            else:
                told = self._told(move, answers.said)
                for end, step in outcome.cut if later is not None else ():
                    self._cut.setdefault(end.id, (end, step, state, told))
                self._arrive(state, (outcome.marking, answers.facts), told, todo, beside=later is None)
            if not answers.advance():
                if is_put_off and later is not None:
                    later.append((state, move))
                return True
        return False

    def _facts_after(self, state: State | None, move: Move | None) -> Facts:
        if state is None or move is None:
            return frozenset()
        facts = state[1]
        for node in (move.node, *self._then.get(move.node.id, ())):
            is_timer = node.kind not in ACTIVITIES and node.trigger == "timer"
            if not (is_timer or node.kind == "userTask"):
                return frozenset()
            facts = still_known(facts, "" if is_timer else node.id)
        return facts

    def _told(self, move: Move | None, said: list[str]) -> str:
        nodes = (move.node, *self._then.get(move.node.id, ())) if move is not None else ()
        names = " → ".join((node.name or node.id)[:80] for node in nodes)
        choices = f"[{'; '.join(said)}]" if said else ""
        return f"{names} {choices}".strip()

    def _arrive(self, before: State | None, state: State, told: str, todo: deque[State], *, beside: bool) -> None:
        known = self._known.get(state)
        if known is not None:
            if before is not None:
                known.sources.append(before)
            return
        self._known[state] = _Known(before, told, [before] if before is not None else [])
        doubled = _doubled(self._net, state[0])
        if doubled is None:
            todo.append(state)
            return
        self._open_ended.add(state)
        if not beside:
            net, spot = doubled
            self._doubled.setdefault(spot.node.id, (net, spot, state))

    def _doomed(self) -> Iterator[State]:
        """The states that cannot end although the state before could, nearest to the start first."""
        todo = [state for state in self._known if not state[0] or state in self._open_ended]
        hopeful = set(todo)
        while todo:
            for source in self._known[todo.pop()].sources:
                if source not in hopeful:
                    hopeful.add(source)
                    todo.append(source)
        for state, known in self._known.items():
            if state not in hopeful and (known.before is None or known.before in hopeful):
                yield state

    def _deadlock(self, state: State) -> Problem:
        """What waits in vain, told where nothing else can happen any more."""
        last = self._last(state)
        for net, marking in items_of(self._net, last[0]):
            for entry in marking:
                if entry[1] == TOKEN:
                    join = net.spots[entry[0]]
                    holding = {other[2] for other in marking if other[0] == entry[0] and other[1] == TOKEN}
                    lacking = [arc.source.node.label for arc in join.into if arc.index not in holding]
                    place = self._place(net, join)
                    message = (
                        f"Quy trình có thể kẹt ở cổng gộp {join.node.label}: cổng chờ nhánh từ {', '.join(lacking)} "
                        f"mà nhánh đó không bao giờ tới nữa. Đường đi: {self._path(last)}. "
                        "Hãy để mọi nhánh đi vào cổng này luôn được đi, hoặc gộp bằng cổng cùng loại với cổng đã rẽ nhánh."
                    )
                    return error("soundness.deadlock", message, place.id, place.line)
        node = next(
            (net.spots[entry[0]].node for net, marking in items_of(self._net, last[0]) for entry in marking), None
        )
        message = (
            f"Quy trình có thể lặp mãi không tới được điểm kết thúc. Đường đi: {self._path(state)}. "
            "Hãy thêm đường ra khỏi vòng lặp."
        )
        place_id, line = (node.id, node.line) if node is not None else (self._net.scope.id, None)
        return error("soundness.no-completion", message, place_id, line)

    def _last(self, state: State) -> State:
        """A dead state after this one, else one in which it goes on for ever."""
        seen, todo = {state}, deque([state])
        dead = set(self._dead)
        after: dict[State, list[State]] = {}
        for name, known in self._known.items():
            for source in known.sources:
                after.setdefault(source, []).append(name)
        while todo:
            current = todo.popleft()
            if current in dead:
                return current
            for following in after.get(current, ()):
                if following not in seen:
                    seen.add(following)
                    todo.append(following)
        return state

    def _unsynchronised(self, net: Net, spot: Spot, state: State) -> Problem:
        place = self._place(net, spot)
        what = "Bước" if spot.kind == "userTask" else "Phần tử"
        message = (
            f"{what} {spot.node.label} có thể mở hai lần cùng lúc vì các nhánh song song chưa được gộp. "
            f"Đường đi: {self._path(state)}. Hãy đặt một cổng song song để gộp các nhánh trước đó."
        )
        return error("soundness.unsynchronised", message, place.id, place.line)

    def _improper(self, end: Node, step: Node, before: State | None, told: str) -> Problem:
        path = " → ".join([*self._steps(before), told][-TOLD:]) or _AT_ONCE
        message = (
            f"Điểm kết thúc hủy {end.label} có thể đóng ngang bước {step.label} đang mở. Đường đi: {path}. "
            "Nếu không cố ý, hãy dùng điểm kết thúc thường."
        )
        return warning("soundness.improper-completion", message, end.id, end.line)

    def _place(self, net: Net, spot: Spot) -> Node:
        """The element of this file to show: of a called file, the call."""
        if id(net.scope) in self._own:
            return spot.node
        for one in _inside(self._net):
            for call in one.spots:
                if id(one.scope) in self._own and call.body is not None and net in _inside(call.body):
                    return call.node
        return spot.node

    def _path(self, state: State) -> str:
        return " → ".join(self._steps(state)[-TOLD:]) or _AT_ONCE

    def _steps(self, state: State | None) -> list[str]:
        steps = []
        while state is not None:
            known = self._known[state]
            steps.append(known.told)
            state = known.before
        return [step for step in reversed(steps) if step]


def _inside(net: Net) -> list[Net]:
    found, todo = [net], [net]
    while todo:
        for spot in todo.pop().spots:
            if spot.body is not None and spot.body not in found:
                found.append(spot.body)
                todo.append(spot.body)
    return found


def _doubled(net: Net, marking: Marking) -> tuple[Net, Spot] | None:
    """What is open twice within one scope, or a flow before a join that holds two tokens."""
    for inner, items in items_of(net, marking):
        last: tuple[int, ...] = ()
        for entry in items:
            key = entry[:3] if entry[1] == TOKEN else entry[:2]
            if key == last:
                return inner, inner.spots[entry[0]]
            last = key
    return None
