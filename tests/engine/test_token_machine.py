"""Random diagrams, walked at random, saved and loaded after every move: the engine says what the token game says."""

from __future__ import annotations

from collections import Counter
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.engine.definition import build_definition
from app.engine.gate.model import read_model
from app.engine.gate.verdict import check
from app.engine.instance import Instance
from app.engine.reading import parse
from app.engine.tokens.game import Marking, TokenGame
from app.engine.tokens.net import build_net
from tests.engine.random_diagrams import Answered, RandomDiagram, random_diagrams
from tests.engine.runs import examine

MOVES = 30


class Walk:
    """`markings` are those that the token game may be in: where a step is open for several items, it is not said for which
    of them it was completed."""

    def __init__(self, diagram: RandomDiagram, luck: Random) -> None:
        self.diagram = diagram
        self.luck = luck
        self.path: list[str] = []
        files = {name: read_model(parse(content)) for name, content in diagram.files.items()}
        main = files.pop("main")
        self.game = TokenGame(build_net(main, main.processes[0], files.values()))
        self.definition = build_definition(diagram.files, "main")
        data = self.data()
        self.markings = {self.game.start(Answered(data))}
        self.instance = Instance.start(self.definition, {}, data)
        self.compare(data)

    def data(self) -> dict[str, Any]:
        return self.diagram.data(self.luck.randrange)

    def compare(self, data: dict[str, Any]) -> None:
        examine(self.instance)
        seen = self.seen()
        self.instance = Instance.load(self.definition, self.instance.save(), data)
        assert self.seen() == seen, "what is loaded is what was saved"
        expected = {marking: self.expected(marking) for marking in self.markings}
        self.markings = {marking for marking, said in expected.items() if said == seen}
        assert self.markings, f"after {self.path} the engine has {seen}, the token game {list(expected.values())}"

    def seen(self) -> tuple[Any, ...]:
        engine = self.instance
        return (
            Counter(opened.step.id for opened in engine.open_steps()),
            Counter((timer.element, timer.repeat) for timer in engine.timers()),
            Counter(message.element for message in engine.messages()),
            engine.finished,
        )

    def expected(self, marking: Marking) -> tuple[Any, ...]:
        game = self.game
        return (
            Counter(game.open_steps(marking)),
            Counter(game.timers(marking)),
            Counter(game.messages(marking)),
            not marking,
        )

    def move(self) -> None:
        data = self.data()
        self.instance = Instance.load(self.definition, self.instance.save(), data)
        engine = self.instance
        ways = [("complete", opened.step.id, opened.engine_task) for opened in engine.open_steps()]
        ways += [("fire", timer.element, timer.engine_task) for timer in engine.timers()]
        ways += [("deliver", message.element, message.engine_task) for message in engine.messages()]
        kind, element, task = self.luck.choice(ways)
        self.path.append(f"{kind} {element} {data}")
        if kind == "fire":
            engine.fire(task)
        else:
            (engine.complete if kind == "complete" else engine.deliver)(task, {})
        self.markings = {
            self.game.play(marking, move, Answered(data))
            for marking in self.markings
            for move in self.game.moves(marking)
            if (move.kind, move.node.id) == (kind, element)
        }
        self.compare(data)


def agree(diagram: RandomDiagram, luck: Random) -> None:
    verdict = check("main.bpmn", diagram.files["main"], diagram.files)
    errors = [problem for problem in verdict.problems if problem.severity == "error"]
    assert not errors, [(problem.code, problem.message) for problem in errors]
    walk = Walk(diagram, luck)
    for _ in range(MOVES):
        if walk.instance.finished:
            return
        walk.move()


SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]


@settings(max_examples=80, deadline=None, suppress_health_check=SLOW)
@given(diagram=random_diagrams(), luck=st.randoms(use_true_random=False))
def test_the_engine_and_the_token_game_agree(diagram: RandomDiagram, luck: Random) -> None:
    agree(diagram, luck)


@pytest.mark.drill
@settings(max_examples=2_000, deadline=None, suppress_health_check=SLOW)
@given(diagram=random_diagrams(20), luck=st.randoms(use_true_random=False))
def test_the_engine_and_the_token_game_agree_at_length(diagram: RandomDiagram, luck: Random) -> None:
    agree(diagram, luck)
