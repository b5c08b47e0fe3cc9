"""Messages and repeated timers: where they are waited for, that they arrive once or again and again, and going back."""

from __future__ import annotations

import pytest

from app.engine.catching import ENDLESS
from app.engine.instance import StepNotOpen
from tests.engine.runs import Run


def test_a_message_is_waited_for_by_its_name_and_brings_what_it_says() -> None:
    run = Run("messages").do("a")
    (waiting,) = run.instance.messages()
    assert (waiting.element, waiting.message, run.open) == ("paid", "payment_received", [])
    run.send("paid", amount=5)
    assert run.instance.variables() == {"amount": 5}
    assert [(one.element, one.message) for one in run.instance.messages()] == [("hear", "told")]
    run.send("hear")
    assert (run.open, run.awaited) == (["b"], [])
    run.back("b", "a")
    assert run.instance.variables() == {}
    assert run.do("a").awaited == ["paid"]


def test_a_message_that_has_arrived_is_not_waited_for_any_more() -> None:
    run = Run("messages").do("a")
    (waiting,) = run.instance.messages()
    run.send("paid")
    with pytest.raises(StepNotOpen):
        run.instance.deliver(waiting.engine_task, {})


def test_a_message_is_no_timer() -> None:
    run = Run("messages").do("a")
    with pytest.raises(StepNotOpen):
        run.instance.fire(run.instance.messages()[0].engine_task)


def test_a_message_on_the_border_takes_the_step_away() -> None:
    run = Run("message_border")
    assert (run.open, run.awaited) == (["wait"], ["paid", "told"])
    run.send("paid")
    assert (run.open, run.awaited) == (["next"], [])
    assert run.do("next").finished


def test_a_message_beside_a_step_may_come_again() -> None:
    run = Run("message_border").send("told").send("told")
    assert (run.open, run.awaited) == (["look", "look", "wait"], ["paid", "told"])
    run.do("wait")
    assert run.awaited == []
    for step in run.instance.open_steps():
        if step.step.id == "look":
            run.instance.complete(step.engine_task, {})
            run.reload()
    assert run.do("b").finished


def test_the_first_of_message_and_timer_decides() -> None:
    run = Run("message_or_timer")
    assert (run.awaited, run.waiting) == (["paid"], ["late"])
    assert run.send("paid").open == ["b"]
    assert Run("message_or_timer").fire("late").open == ["remind"]


def test_a_repeated_timer_fires_as_often_as_it_says_and_is_a_new_one_each_time() -> None:
    run = Run("cycle").do("a")
    seen = set()
    for left in (2, 1, 0):
        (timer,) = run.instance.timers()
        assert (timer.repeat, timer.duration) == (left, "P1D")
        seen.add(timer.engine_task)
        run.fire("again")
    assert (len(seen), run.waiting, run.notices) == (3, [], ["reminder"] * 3)
    assert run.do("b").finished


def test_a_repeated_timer_goes_with_its_step_and_begins_anew_with_it() -> None:
    run = Run("cycle").do("a").fire("again").do("b")
    assert run.finished
    run = Run("cycle").do("a").fire("again")
    run.back("b", "a").do("a")
    assert run.instance.timers()[0].repeat == 2


def test_a_timer_without_end_leaves_nothing_behind() -> None:
    run = Run("cycle_endless").do("a").fire("again").do("look")
    size = len(run.state)
    for _ in range(100):
        assert run.instance.timers()[0].repeat == ENDLESS
        run.fire("again").do("look")
    assert len(run.state) <= size + 8
    assert run.earlier("b") == ["a"]
    assert run.do("b").finished
