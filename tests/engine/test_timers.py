from __future__ import annotations

import pytest

from app.engine.instance import StepNotOpen
from tests.engine.runs import Run


def test_timers_say_when_they_are_due_and_wait_until_they_are_fired() -> None:
    run = Run("timers")
    by_element = {timer.element: timer for timer in run.instance.timers()}
    assert by_element["on_day"].due_on == "2026-12-01"
    assert (by_element["after"].duration, by_element["after"].unit) == ("P15D", "calendar")
    assert by_element["soon"].instant == "due_soon_at"
    assert by_element["soon"].name == "Chờ soon"
    assert run.open == []
    run.fire("on_day")
    assert (run.open, run.waiting) == (["x"], ["after", "soon"])
    run.do("x").fire("soon").fire("after")
    assert run.finished


def test_a_timer_fires_once() -> None:
    run = Run("timers")
    timer = run.timer("on_day")
    run.instance.fire(timer)
    with pytest.raises(StepNotOpen):
        run.instance.fire(timer)


def test_a_timer_keeps_its_id_across_saves() -> None:
    run = Run("boundary").do("a")
    timer = run.timer("late")
    run.reload()
    assert run.timer("late") == timer


def test_an_interrupting_timer_takes_the_step_away() -> None:
    run = Run("boundary").do("a")
    assert (run.open, run.waiting) == (["b"], ["late"])
    run.fire("late")
    assert (run.open, run.waiting) == (["escalated"], [])
    assert run.do("escalated", "c").finished


def test_a_timer_on_a_step_goes_with_the_step() -> None:
    run = Run("boundary").do("a", "b")
    assert (run.open, run.waiting) == (["c"], [])


def test_a_timer_beside_a_step_leaves_the_step_open() -> None:
    run = Run("boundary_beside").do("a").fire("late")
    assert (run.open, run.waiting) == (["b", "remind"], [])
    run.do("b")
    assert run.open == ["c", "remind"]
    run.do("c")
    assert not run.finished
    assert run.do("remind", "chase").finished


def test_what_a_timer_started_may_end_before_the_step() -> None:
    run = Run("boundary_beside").do("a").fire("late").do("remind", "chase")
    assert run.open == ["b"]
    assert run.do("b", "c").finished


def test_an_interrupting_timer_ends_a_called_process() -> None:
    run = Run("boundary_call", "inner").do("a", "x")
    assert (run.open, run.waiting) == (["y"], ["late"])
    run.fire("late")
    assert run.open == ["without"]
    assert run.do("without", "b").finished


def test_of_two_timers_at_an_event_based_gateway_the_fired_one_decides() -> None:
    for fired, opened in (("short", "b"), ("long", "c")):
        run = Run("event_gateway").do("a")
        assert run.waiting == ["long", "short"]
        assert run.timer("long") != run.timer("short")
        run.fire(fired)
        assert (run.open, run.waiting) == ([opened], [])
        assert run.do(opened).finished
