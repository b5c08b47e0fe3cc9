from __future__ import annotations

import pytest

from app.engine.instance import StepNotOpen
from tests.engine.runs import Run


def test_going_back_on_a_line_and_coming_forward_again() -> None:
    run = Run("linear").do("receive", "review")
    assert run.earlier("deliver") == ["review", "receive"]
    run.back("deliver", "receive")
    assert run.open == ["receive"]
    assert run.earlier("receive") == []
    assert run.do("receive", "review", "deliver").finished


def test_going_back_forgets_what_was_decided_since() -> None:
    run = Run("decision").do("draft").do("review", decision="agree")
    run.back("sign", "draft")
    assert run.instance.evaluate("review_decision") is None


def test_a_loop_offers_each_step_once_and_never_the_step_itself() -> None:
    run = Run("decision").do("draft").do("review", decision="reject").do("draft")
    assert run.earlier("review") == ["draft"]
    run.do("review", decision="agree")
    assert run.earlier("sign") == ["review", "draft"]


def test_going_back_from_inside_a_called_process_to_before_it() -> None:
    run = Run("outer", "inner").do("a", "x")
    assert run.earlier("y") == ["x", "a"]
    run.back("y", "a")
    assert run.open == ["a"]
    assert run.do("a", "x", "y", "b").finished


def test_going_back_within_a_called_process_while_it_runs() -> None:
    run = Run("outer", "inner").do("a", "x")
    run.back("y", "x")
    assert run.open == ["x"]
    assert run.do("x", "y", "b").finished


def test_going_back_into_a_called_process_that_has_ended() -> None:
    run = Run("outer", "inner").do("a", "x", "y")
    assert run.earlier("b") == ["y", "x", "a"]
    run.back("b", "x")
    assert run.open == ["x"]
    assert run.do("x", "y").open == ["b"]
    run.back("b", "y")
    assert run.do("y", "b").finished


def test_going_back_into_a_call_of_a_call_that_has_ended() -> None:
    run = Run("nested", "outer", "inner").do("a0", "a", "x", "y", "b")
    assert run.earlier("z") == ["b", "y", "x", "a", "a0"]
    run.back("z", "x")
    assert run.open == ["x"]
    assert run.do("x", "y", "b", "z").finished


def test_a_process_called_twice_is_gone_back_to_call_by_call() -> None:
    run = Run("outer_twice", "inner").do("x", "y", "x", "y")
    assert run.earlier("b") == ["y", "x", "y", "x"]
    first_x = run.instance.earlier_steps(run.task("b"))[3].engine_task
    run.instance.go_back(first_x)
    run.reload()
    assert run.open == ["x"]
    assert run.do("x", "y", "x", "y", "b").finished


def test_going_back_from_one_branch_to_before_the_split_says_what_it_closes() -> None:
    run = Run("parallel").do("a")
    (earlier,) = run.instance.earlier_steps(run.task("b"))
    assert earlier.step.id == "a"
    assert set(earlier.closes) == {run.task("b"), run.task("c")}
    run.back("b", "a")
    assert run.open == ["a"]
    assert run.do("a", "b", "c", "d").finished


@pytest.mark.parametrize("order", [("b", "c"), ("c", "b")])
@pytest.mark.parametrize("target", ["b", "c"])
def test_going_back_past_a_join_keeps_the_other_branch(order: tuple[str, str], target: str) -> None:
    run = Run("parallel").do("a", *order)
    assert set(run.earlier("d")) == {"a", "b", "c"}
    run.back("d", target)
    assert run.open == [target]
    run.do(target)
    assert run.open == ["d"]
    assert run.do("d").finished


def test_both_branches_of_a_join_can_be_gone_back_to_one_after_the_other() -> None:
    run = Run("parallel").do("a", "b", "c").back("d", "b").do("b").back("d", "c")
    assert run.open == ["c"]
    assert run.do("c").open == ["d"]


@pytest.mark.parametrize("target", ["b", "c", "d"])
def test_going_back_to_one_of_three_branches_waits_only_for_it(target: str) -> None:
    run = Run("parallel_three").do("b", "d", "c").back("e", target)
    assert run.open == [target]
    assert run.do(target).open == ["e"]


def test_a_branch_that_waits_at_the_join_can_be_recalled() -> None:
    run = Run("parallel")
    run.do("a")
    b = run.task("b")
    run.do("b")
    run.instance.go_back(b)
    run.reload()
    assert run.open == ["b", "c"]
    assert run.do("c", "b").open == ["d"]


def test_going_back_in_the_second_round_of_a_loop_with_branches() -> None:
    run = Run("parallel_loop").do("a", "b", "c").do("d", decision="reject").do("c", "b")
    assert set(run.earlier("d")) == {"a", "b", "c"}
    run.back("d", "c")
    assert run.open == ["c"]
    assert run.do("c").open == ["d"]
    assert run.do("d", decision="agree").finished


def test_going_back_past_an_inclusive_join() -> None:
    run = Run("inclusive", context={"needs_b": True, "needs_c": True}).do("a", "b", "c")
    assert set(run.earlier("e")) == {"a", "b", "c"}
    run.back("e", "b")
    assert run.open == ["b"]
    assert run.do("b").open == ["e"]
    run.back("e", "a")
    assert run.do("a").open == ["b", "c"]


def test_going_back_into_branches_of_an_embedded_process_that_has_ended() -> None:
    for target in ("x", "y"):
        run = Run("subprocess_parallel").do("x", "y")
        assert set(run.earlier("b")) == {"x", "y"}
        run.back("b", target)
        assert run.open == [target]
        assert run.do(target).open == ["b"]


def test_going_back_to_a_step_starts_its_timer_anew() -> None:
    run = Run("boundary").do("a")
    first = run.timer("late")
    run.do("b").back("c", "b")
    assert (run.open, run.waiting) == (["b"], ["late"])
    assert run.timer("late") != first
    run.fire("late")
    assert run.open == ["escalated"]


def test_going_back_past_a_waiting_timer() -> None:
    run = Run("boundary").do("a").back("b", "a")
    assert (run.open, run.waiting) == (["a"], [])
    assert run.do("a").waiting == ["late"]


def test_going_back_from_where_a_timer_led() -> None:
    run = Run("boundary").do("a").fire("late")
    assert run.earlier("escalated") == ["a"]
    run.back("escalated", "a").do("a")
    assert (run.open, run.waiting) == (["b"], ["late"])


def test_what_runs_beside_a_step_is_not_returned_to_before_it() -> None:
    run = Run("boundary_beside").do("a").fire("late").do("remind")
    assert run.earlier("chase") == ["remind"]
    assert run.earlier("b") == ["a"]
    run.back("chase", "remind")
    assert run.open == ["b", "remind"]


def test_going_back_takes_what_ran_beside_along_and_says_so() -> None:
    run = Run("boundary_beside").do("a").fire("late")
    (earlier,) = run.instance.earlier_steps(run.task("b"))
    assert set(earlier.closes) == {run.task("b"), run.task("remind")}
    run.back("b", "a")
    assert (run.open, run.waiting) == (["a"], [])


def test_the_timer_of_a_running_call_is_not_touched_by_going_back_inside_it() -> None:
    run = Run("boundary_call", "inner").do("a", "x")
    timer = run.timer("late")
    run.back("y", "x")
    assert run.timer("late") == timer


def test_the_timer_of_a_call_that_had_ended_starts_anew() -> None:
    run = Run("boundary_call", "inner").do("a", "x", "y")
    assert run.waiting == []
    run.back("b", "y")
    assert (run.open, run.waiting) == (["y"], ["late"])
    run.fire("late")
    assert run.open == ["without"]


def test_a_reminder_beside_an_ended_block_goes_when_the_block_opens_again() -> None:
    run = Run("boundary_sub_beside").do("a").fire("late").do("x", "y")
    assert run.open == ["b", "remind"]
    run.back("b", "y")
    assert (run.open, run.waiting) == (["y"], ["late"])
    assert run.do("y", "b").finished


def test_only_a_completed_step_that_something_open_came_of_can_be_gone_back_to() -> None:
    run = Run("terminate")
    a = run.task("a")
    with pytest.raises(StepNotOpen):
        run.instance.go_back(a)
    run.do("a")
    assert run.finished
    with pytest.raises(StepNotOpen):
        run.instance.go_back(a)
    with pytest.raises(StepNotOpen):
        run.instance.go_back("00000000-0000-0000-0000-000000000000")


def test_five_hundred_returns_leave_the_state_as_small_as_one() -> None:
    run = Run("linear").do("receive", "review").back("deliver", "receive")
    first = len(run.state)
    for _ in range(250):
        run.do("receive", "review").back("deliver", "review").do("review").back("deliver", "receive")
    assert len(run.state) < first + 16


def test_rounds_of_a_drawn_loop_are_forgotten_and_what_they_decided_is_not() -> None:
    run = Run("decision").do("draft").do("review", decision="reject")
    run.instance.complete(run.task("draft"), {"remark": "first"})
    run.reload()
    run.do("review", decision="reject")
    sizes = []
    for _ in range(200):
        run.do("draft").do("review", decision="reject")
        sizes.append(run.instance.size)
    assert len(set(sizes)) == 1
    assert run.instance.evaluate("remark") == "first"
    assert run.earlier("draft") == ["review"], "the last round only"
    run.do("draft").do("review", decision="agree")
    assert run.earlier("sign") == ["review", "draft"]
    run.back("sign", "draft")
    assert run.instance.evaluate("remark") == "first"
    assert run.instance.evaluate("review_decision") == "reject"


def test_a_round_that_has_only_just_begun_can_be_taken_back() -> None:
    run = Run("decision").do("draft").do("review", decision="reject").back("draft", "review")
    assert (run.open, run.instance.evaluate("review_decision")) == (["review"], None)
    assert run.do("review", decision="agree").open == ["sign"]


def test_rounds_with_branches_are_forgotten_too() -> None:
    run = Run("parallel_loop").do("a")
    sizes = []
    for _ in range(60):
        run.do("b", decision="agree").do("c").do("d", decision="reject")
        sizes.append(run.instance.size)
    assert len(set(sizes)) == 1
    run.do("c", "b")
    assert set(run.earlier("d")) == {"a", "b", "c"}
    assert run.back("d", "c").do("c").open == ["d"]


def test_a_reminder_that_is_still_open_keeps_its_round() -> None:
    run = Run("loop_beside").do("a").fire("late").do("b", decision="reject")
    assert run.open == ["a", "remind"]
    run.do("a", "remind").do("b", decision="agree")
    assert run.finished


def test_no_way_back_into_a_block_whose_other_branches_a_terminating_end_took_away() -> None:
    for before in ([], ["c"]):
        run = Run("terminate_beside").do("z", "y", *before)
        stopped = run.task("a")
        run.do("a", decision="reject")
        assert run.earlier("b") == ["y", "z"], "the join would wait for the branch that is gone"
        with pytest.raises(StepNotOpen):
            run.instance.go_back(stopped)
        run.back("b", "y").do("y").do("a", decision="agree")
        assert run.open == ["c"]
        assert run.do("c", "d", "b").finished
