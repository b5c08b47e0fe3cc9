"""The state stays small however long a dossier lives and whatever is drawn, and it is always enough to go back.

Kept are the steps that can be gone back to and what leads to them; nothing that was only predicted, no round that a later
one has taken the place of, nothing that is over beside a running step.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

import pytest

from app.engine.instance import Instance, WaitingTimer
from app.engine.spiff import TaskState
from tests.engine.random_walks import BESIDE, CONTEXT, DIAGRAMS
from tests.engine.runs import Run, definition, examine

ROUNDS = 160
MOST_BYTES = 1024
MOST_TASKS = 48
"""Of diagrams of a few steps, some of them open three or four times: a single task left over in each round would show."""


class Life:
    """A dossier that is acted on at random and never comes to its end: what would end it starts it anew."""

    def __init__(self, names: tuple[str, ...], chance: Random) -> None:
        self.definition = definition(*names)
        self.chance = chance
        self.instance = Instance.start(self.definition, {}, CONTEXT)
        self.state = b""
        self.reload()

    def reload(self) -> None:
        self.state = self.instance.save()
        self.instance = Instance.load(self.definition, self.state, CONTEXT)

    def live(self) -> None:
        if self.instance.finished:
            self.instance = Instance.start(self.definition, {}, CONTEXT)
        else:
            self._move()
        self.reload()

    def _move(self) -> None:
        opened = self.instance.open_steps()
        back = [earlier for step in opened for earlier in self.instance.earlier_steps(step.engine_task)]
        if back and self.chance.random() < 0.5:
            self.instance.go_back(self.chance.choice(back).engine_task)
            return
        deeds: list[Callable[[], None]] = [self._completing(step) for step in opened]
        if len(opened) < BESIDE:
            deeds += [self._letting_come(event) for event in (*self.instance.timers(), *self.instance.messages())]
        self.chance.choice(deeds)()

    def _completing(self, step: Any) -> Callable[[], None]:
        decision = self.chance.choice(("agree", "reject"))
        return lambda: self.instance.complete(step.engine_task, {step.step.decision_variable: decision})

    def _letting_come(self, event: Any) -> Callable[[], None]:
        if isinstance(event, WaitingTimer):
            return lambda: self.instance.fire(event.engine_task)
        return lambda: self.instance.deliver(event.engine_task, {"said": "yes"})


@pytest.mark.parametrize("names", DIAGRAMS, ids=lambda names: names[0])
def test_hundreds_of_rounds_leave_the_state_as_it_was(names: tuple[str, ...]) -> None:
    life = Life(names, Random(names[0]))  # noqa: S311
    for _ in range(ROUNDS):
        life.live()
        assert len(life.state) < MOST_BYTES
        assert life.instance.size < MOST_TASKS
    examine(life.instance)


@pytest.mark.parametrize("names", DIAGRAMS, ids=lambda names: names[0])
def test_what_is_written_holds_nothing_that_was_only_foreseen(names: tuple[str, ...]) -> None:
    life = Life(names, Random(7))  # noqa: S311
    for _ in range(30):
        life.live()
        for level in levels(json.loads(zlib.decompress(life.state))):
            states = [record[1] for record in level["t"]]
            assert not any(state & (TaskState.PREDICTED_MASK | TaskState.FUTURE) for state in states)


def levels(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The process of a state and those that it called."""
    yield document
    for record in document["t"]:
        if len(record) > 4 and "sub" in record[4]:
            yield from levels(record[4]["sub"])


@pytest.mark.parametrize("names", DIAGRAMS, ids=lambda names: names[0])
def test_from_every_state_every_step_that_is_offered_can_be_gone_back_to(names: tuple[str, ...]) -> None:
    life = Life(names, Random(11))  # noqa: S311
    states = [life.state]
    for _ in range(25):
        life.live()
        states.append(life.state)
    for state in states:
        for target in offered(load(life, state)):
            instance = load(life, state)
            instance.go_back(target)
            examine(instance)
            again = load(life, instance.save())
            examine(again)
            assert target in {step.engine_task for step in again.open_steps()}


def offered(instance: Instance) -> set[str]:
    steps = instance.open_steps()
    return {earlier.engine_task for step in steps for earlier in instance.earlier_steps(step.engine_task)}


def load(life: Life, state: bytes) -> Instance:
    return Instance.load(life.definition, state, CONTEXT)


# What comes again and again ----------------------------------------------------------------------------------------------


def test_a_timer_that_repeats_leaves_nothing_when_what_it_started_is_done() -> None:
    run = Run("cycle_endless").do("a")
    sizes = []
    for _ in range(100):
        run.fire("again").do("look")
        sizes.append((len(run.state), run.instance.size))
    assert max(size for size, _ in sizes) <= sizes[0][0] + 16
    assert {size for _, size in sizes} == {sizes[0][1]}
    assert run.earlier("b") == ["a"]
    run.back("b", "a").do("a")
    assert run.waiting == ["again"]


def test_so_does_a_message() -> None:
    run = Run("message_border")
    sizes = []
    for _ in range(100):
        run.send("told").do("look")
        sizes.append((len(run.state), run.instance.size))
    assert max(size for size, _ in sizes) <= sizes[0][0] + 16
    assert {size for _, size in sizes} == {sizes[0][1]}


def test_what_a_repeated_event_started_last_is_kept_while_it_is_open() -> None:
    run = Run("cycle_endless").do("a").fire("again").fire("again")
    first, *_ = (opened.engine_task for opened in run.instance.open_steps() if opened.step.id == "look")
    sizes = []
    for _ in range(60):
        run.fire("again")
        for opened in run.instance.open_steps():
            if opened.step.id == "look" and opened.engine_task != first:
                run.instance.complete(opened.engine_task, {})
        run.reload()
        sizes.append(run.instance.size)
    assert run.open == ["b", "look"]
    assert max(sizes) <= sizes[0]


def test_rounds_through_gateways_with_a_wait_in_them() -> None:
    run = Run("parallel_loop").do("a")
    sizes = []
    for _ in range(150):
        run.do("b", decision="agree").do("c").do("d", decision="reject")
        sizes.append(len(run.state))
    assert max(sizes[-50:]) <= max(sizes[:10]) + 24


@pytest.mark.parametrize("to", ["x", "y", "a"])
def test_hundreds_of_returns_into_a_call_that_had_ended(to: str) -> None:
    run = Run("nested", "outer", "inner").do("a0", "a", "x", "y", "b")
    before = len(run.state), run.instance.size
    line = ["a0", "a", "x", "y", "b"]
    for _ in range(100):
        run.back("z", to).do(*line[line.index(to) :])
    assert run.instance.size == before[1]
    assert len(run.state) <= before[0] + 24
    assert run.earlier("z") == ["b", "y", "x", "a", "a0"]
