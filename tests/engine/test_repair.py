"""What an administrator may do to a run that stands: move its token, set its variables."""

from __future__ import annotations

import pytest

from app.engine.instance import StepNotOpen
from tests.engine.runs import Run


def jumps(run: Run, step: str) -> list[str]:
    return [found.id for found in run.instance.jumps(run.task(step))]


def jump(run: Run, step: str, to: str) -> Run:
    run.instance.jump(run.task(step), to)
    run.reload()
    return run


def test_the_one_token_may_be_moved_forward_and_the_step_is_left_undone() -> None:
    run = jump(Run("decision").do("draft"), "review", "sign")
    assert run.open == ["sign"]
    assert run.earlier("sign") == ["draft"]
    assert run.do("sign").finished


def test_a_moved_token_takes_the_timers_of_its_step_along() -> None:
    run = Run("boundary").do("a")
    assert run.waiting
    jump(run, "b", "a")
    assert (run.open, run.waiting) == (["a"], [])
    run.do("a")
    assert run.waiting, "the timer waits anew"
    jump(run, "b", "c")
    assert (run.open, run.waiting) == (["c"], [])


def test_beside_other_branches_and_into_them_no_token_is_moved() -> None:
    run = Run("parallel")
    if run.open == ["a"]:
        assert set(jumps(run, "a")).isdisjoint({"b", "c"})
        run.do("a")
    for step in run.open:
        assert jumps(run, step) == []
        with pytest.raises(StepNotOpen):
            run.instance.jump(run.task(step), "d")


def test_a_token_stays_in_its_block() -> None:
    assert jumps(Run("subprocess").do("a"), "x") == ["y"]


def test_a_token_may_be_moved_to_a_list() -> None:
    run = Run("items_parallel", context={"agencies": ["STC"]})
    assert jump(run, "a", "ask").refs == ["ask#1"]
    assert jumps(run, "ask") == []


def test_set_variables_go_over_what_was_decided_and_hide_nothing_else() -> None:
    run = Run("decision", variables={"merged": True}).do("draft").do("review", decision="reject")
    before = run.instance.variables()
    assert before["review_decision"] == "reject"
    run.instance.set_variables({"review_decision": "agree", "region": "north"})
    run.reload()
    assert run.instance.variables() == {**before, "review_decision": "agree", "region": "north"}
