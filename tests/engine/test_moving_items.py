"""Moving an instance that stands in a multi-instance activity, waits for a message, or has repeated timers."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from app.engine.definition import build_definition
from app.engine.instance import Instance
from app.engine.moving import CannotMove, Mover
from tests.actions.drawing import arrival, boundary, diagram, end, for_each, notice, start, step
from tests.engine.runs import examine

ONES = [{"agency": "A"}, {"agency": "B"}, {"agency": "C"}]
CONTEXT: dict[str, Any] = {"asked": ONES}


def asked(*more: str, name: str = "answer", way: str = "", timer: str = "R3/P1D") -> bytes:
    loop = for_each(step(name, "consulted", agency="=one.agency"), "asked", "one")
    loop = loop.replace('isSequential="false"', way) if way else loop
    elements = [start(), step("process", "officer"), loop, boundary("again", name, timer, interrupting=False)]
    elements += [notice("remind", "holder", "due"), end("reminded"), *(step(one, "clerk") for one in more), end()]
    line = ["start", "process", name, *more, "done"]
    flows = [*itertools.pairwise(line), ("again", "remind"), ("remind", "reminded")]
    return diagram("asked", elements, flows)


class Dossier:
    def __init__(self, content: bytes) -> None:
        self.definition = build_definition({"d": content})
        self.engine = Instance.start(self.definition, {}, CONTEXT)

    @property
    def open(self) -> list[str]:
        return [opened.ref for opened in self.engine.open_steps()]

    def do(self, *refs: str, decision: str = "agree") -> Dossier:
        for ref in refs:
            (opened,) = [one for one in self.engine.open_steps() if one.ref == ref]
            self.engine.complete(opened.engine_task, {opened.step.decision_variable: decision})
            self.reload()
        return self

    def reload(self) -> None:
        examine(self.engine)
        self.engine = Instance.load(self.definition, self.engine.save(), CONTEXT)

    def move(self, content: bytes, **mapping: str) -> tuple[str, ...]:
        new = build_definition({"d": content})
        moved = Mover(self.definition, new, mapping).move(self.engine.save(), CONTEXT)
        self.definition, self.engine = new, moved.engine
        self.reload()
        return moved.lost


def test_open_items_stay_open_and_their_answers_are_counted() -> None:
    dossier = Dossier(asked()).do("process").do("answer#2", decision="yes")
    before = {one.ref: one.engine_task for one in dossier.engine.open_steps()}
    assert sorted(before) == ["answer#1", "answer#3"]
    timers = {one.engine_task for one in dossier.engine.timers()}
    assert dossier.move(asked("review")) == ()
    assert {one.ref: one.engine_task for one in dossier.engine.open_steps()} == before
    assert {one.engine_task for one in dossier.engine.timers()} == timers
    dossier.do("answer#1", "answer#3")
    assert dossier.open == ["review"]
    results = dossier.engine.variables()["answer_results"]
    assert [one["item"]["agency"] for one in results] == ["A", "B", "C"]
    assert results[1]["answer_decision"] == "yes"
    earlier = {
        one.ref: one.engine_task for one in dossier.engine.earlier_steps(dossier.engine.open_steps()[0].engine_task)
    }
    dossier.engine.go_back(earlier["answer#2"])
    dossier.reload()
    assert dossier.open == ["answer#2"]


def test_a_list_that_is_called_otherwise_is_named_once() -> None:
    dossier = Dossier(asked()).do("process").do("answer#1")
    with pytest.raises(CannotMove):
        dossier.move(asked(name="reply"))
    dossier.move(asked(name="reply"), answer="reply")
    assert dossier.open == ["reply#2", "reply#3"]
    dossier.do("reply#2", "reply#3")
    assert dossier.engine.finished
    assert len(dossier.engine.variables()["reply_results"]) == 3


def test_a_list_that_is_gone_leaves_its_results() -> None:
    dossier = Dossier(asked("review")).do("process", "answer#1", "answer#2", "answer#3")
    bare = diagram(
        "asked",
        [start(), step("process", "officer"), step("review", "clerk"), end()],
        [("start", "process"), ("process", "review"), ("review", "done")],
    )
    lost = dossier.move(bare)
    assert len(lost) == 3
    assert len(dossier.engine.variables()["answer_results"]) == 3
    (opened,) = dossier.engine.open_steps()
    assert [one.ref for one in dossier.engine.earlier_steps(opened.engine_task)] == ["process"]


def test_an_open_list_does_not_become_one_after_the_other_nor_a_plain_step() -> None:
    dossier = Dossier(asked()).do("process")
    with pytest.raises(CannotMove):
        dossier.move(asked(way='isSequential="true"'))
    plain = diagram(
        "asked",
        [start(), step("process", "officer"), step("answer", "consulted"), end()],
        [("start", "process"), ("process", "answer"), ("answer", "done")],
    )
    with pytest.raises(CannotMove) as caught:
        dossier.move(plain)
    assert "loại khác" in caught.value.reasons[0]


def test_a_repeated_timer_has_as_many_rounds_left_as_before() -> None:
    dossier = Dossier(asked()).do("process")
    (timer,) = dossier.engine.timers()
    dossier.engine.fire(timer.engine_task)
    dossier.reload()
    left = [one.repeat for one in dossier.engine.timers()]
    dossier.move(asked("review"))
    assert [one.repeat for one in dossier.engine.timers()] == left == [1]


def waiting(*more: str, on: str | None = None) -> bytes:
    line = ["start", "process", *([] if on else ["paid"]), *more, "done"]
    elements = [
        start(),
        step("process", "officer"),
        arrival("paid", "paid", on),
        *(step(one, "clerk") for one in more),
        end(),
    ]
    flows = list(itertools.pairwise(line)) + ([("paid", "done")] if on else [])
    return diagram("waiting", elements, flows, ["paid"])


def test_a_message_that_is_waited_for_is_waited_for_still() -> None:
    dossier = Dossier(waiting()).do("process")
    (message,) = dossier.engine.messages()
    dossier.move(waiting("review"))
    assert dossier.engine.messages() == [message]
    dossier.engine.deliver(message.engine_task, {})
    dossier.reload()
    assert dossier.open == ["review"]
    again = Dossier(waiting()).do("process")
    with pytest.raises(CannotMove) as caught:
        again.move(waiting("review", on="review").replace(b'"paid"', b'"other"'))
    assert "sự kiện" in caught.value.reasons[0]
