"""Multi-instance activities: what the list says, who decides what, when it is over, and going back among the items."""

from __future__ import annotations

import pytest

from app.engine.instance import EngineIncident
from tests.engine.runs import Run

THREE = {"agencies": ["STC", "SXD", "STP"]}


def test_each_item_is_a_step_of_its_own_that_knows_what_it_is_for() -> None:
    run = Run("items_parallel", context=THREE).do("a")
    opened = run.instance.open_steps()
    assert [(step.ref, step.item, step.step.id) for step in opened] == [
        ("ask#1", "STC", "ask"),
        ("ask#2", "SXD", "ask"),
        ("ask#3", "STP", "ask"),
    ]
    agencies = [run.instance.evaluate(step.step.agency.removeprefix("="), step.engine_task) for step in opened]
    assert agencies == ["STC", "SXD", "STP"]


def test_the_activity_is_over_when_every_item_is_and_tells_what_each_decided() -> None:
    run = Run("items_parallel", context=THREE).do("a")
    run.do_ref("ask#2", ask_decision="no").do_ref("ask#1", ask_decision="yes")
    assert run.instance.variables() == {}
    run.do_ref("ask#3")
    assert run.open == ["b"]
    assert run.instance.variables() == {
        "ask_results": [{"item": "STC", "ask_decision": "yes"}, {"item": "SXD", "ask_decision": "no"}, {"item": "STP"}]
    }
    assert run.do("b").finished


def test_an_empty_list_is_passed_at_once() -> None:
    run = Run("items_parallel", context={"agencies": []}).do("a")
    assert run.open == ["b"]
    assert run.instance.variables() == {"ask_results": []}


@pytest.mark.parametrize("context", [{}, {"agencies": "STC"}, {"agencies": list(range(101))}])
def test_what_is_no_list_or_too_long_stops_the_dossier_and_says_where(context: dict[str, object]) -> None:
    run = Run("items_parallel", context=context)
    with pytest.raises(EngineIncident, match="ask") as caught:
        run.do("a")
    assert caught.value.element == "ask"


def test_one_after_the_other() -> None:
    run = Run("items_sequential", context=THREE).do("a")
    for ref in ("ask#1", "ask#2", "ask#3"):
        assert run.refs == [ref]
        run.do_ref(ref, ask_decision=ref)
    assert run.open == ["b"]


def test_a_condition_ends_it_early_and_calls_the_others_off() -> None:
    run = Run("items_enough", context=THREE).do("a")
    run.do_ref("ask#3", ask_decision="yes")
    assert run.refs == ["ask#1", "ask#2"]
    run.do_ref("ask#1", ask_decision="no")
    assert run.open == ["again"]
    assert [result["item"] for result in run.instance.variables()["ask_results"]] == ["STC", "STP"]


def test_what_was_called_off_opens_again_with_the_item_that_is_gone_back_to() -> None:
    run = Run("items_enough", context=THREE).do("a")
    run.do_ref("ask#3").do_ref("ask#1", ask_decision="no")
    run.back_ref("again", "ask#1")
    assert run.refs == ["ask#1", "ask#2"]
    run.do_ref("ask#1", ask_decision="yes")
    assert run.open == ["b"]


@pytest.mark.parametrize(("times", "refs"), [(0, []), (2, ["ask#1", "ask#2"])])
def test_as_often_as_a_number_says(times: int, refs: list[str]) -> None:
    assert Run("items_number", context={"times": times}).refs == refs


@pytest.mark.parametrize("times", [-1, 1.5, "2", None, 101])
def test_a_number_that_is_none_is_an_incident(times: object) -> None:
    with pytest.raises(EngineIncident, match="ask"):
        Run("items_number", context={"times": times})


def test_what_is_decided_in_an_item_is_seen_there_only() -> None:
    asked = [{"code": "STC", "limit": "P7D"}, {"code": "SXD", "limit": "P3D"}]
    run = Run("items_block", context={"agencies": asked}).do("a")
    limits = [run.instance.evaluate(step.step.limit[1:], step.engine_task) for step in run.instance.open_steps()]  # type: ignore[index]
    assert limits == ["P7D", "P3D"]
    run.do_ref("x#1", x_decision="more")
    assert run.refs == ["x#2"], "only the second agency is asked for more"
    run.do_ref("x#2", x_decision="more")
    assert run.refs == ["y#2"]
    run.do_ref("y#2")
    assert run.open == ["b"]
    assert run.instance.variables() == {
        "round_results": [{"item": asked[0], "x_decision": "more"}, {"item": asked[1], "x_decision": "more"}]
    }


def test_going_back_into_an_item_leaves_the_others_as_they_are() -> None:
    asked = [{"code": "STC"}, {"code": "SXD"}]
    run = Run("items_block", context={"agencies": asked}).do("a")
    run.do_ref("x#1").do_ref("x#2", x_decision="more")
    run.back_ref("y#2", "x#2")
    assert run.refs == ["x#2"]
    run.do_ref("x#2")
    assert run.open == ["b"]
    assert sorted(run.earlier("b")) == ["a", "x", "x"]
    run.back_ref("b", "x#1")
    assert run.refs == ["x#1"]
    assert run.do_ref("x#1").open == ["b"]
    run.back_ref("b", "a")
    assert run.do("a").refs == ["x#1", "x#2"]


def test_going_back_before_a_list_takes_all_its_items_away() -> None:
    run = Run("items_parallel", context=THREE).do("a").do_ref("ask#1")
    (earlier,) = run.instance.earlier_steps(run.instance.open_steps()[0].engine_task)
    assert (earlier.ref, len(earlier.closes)) == ("a", 2)
    run.back_ref("ask#2", "a")
    assert run.open == ["a"]
    assert run.do("a").refs == ["ask#1", "ask#2", "ask#3"]


def test_going_back_one_after_the_other_takes_the_later_items_away() -> None:
    run = Run("items_sequential", context=THREE).do("a").do_ref("ask#1").do_ref("ask#2")
    run.back_ref("ask#3", "ask#1")
    assert run.refs == ["ask#1"]
    run.do_ref("ask#1").do_ref("ask#2").do_ref("ask#3")
    run.back_ref("b", "ask#2")
    assert run.refs == ["ask#2"]
    assert run.do_ref("ask#2").do_ref("ask#3").open == ["b"]


def test_a_called_process_for_each_item() -> None:
    run = Run("items_call", "inner", context={"agencies": [1, 2]}).do("a")
    assert run.refs == ["x#1"]
    run.do_ref("x#1").do_ref("y#1")
    assert run.refs == ["x#2"]
    run.back_ref("x#2", "y#1")
    assert run.refs == ["y#1"]
    run.do_ref("y#1").do_ref("x#2").do_ref("y#2")
    assert run.open == ["b"]


def test_a_timer_on_the_border_ends_all_items() -> None:
    run = Run("items_timer", context=THREE).do("a").do_ref("ask#2")
    assert run.waiting == ["late"]
    assert run.fire("late").open == ["without"]
    run.back("without", "a")
    assert run.do("a").refs == ["ask#1", "ask#2", "ask#3"]
    run.do_ref("ask#1").do_ref("ask#2").do_ref("ask#3")
    assert (run.open, run.waiting) == (["b"], [])
    run.back_ref("b", "ask#3")
    assert (run.refs, run.waiting) == (["ask#3"], ["late"])


def test_lists_within_lists() -> None:
    asked = [{"units": ["p", "q"]}, {"units": []}, {"units": ["r"]}]
    run = Run("items_nested", context={"agencies": asked})
    assert run.refs == ["x#1.1", "x#1.2", "x#3.1", "y#2"]
    run.do_ref("x#1.1", x_decision="m").do_ref("x#1.2").do_ref("y#1", y_decision="n").do_ref("y#2").do_ref("x#3.1")
    assert run.do_ref("y#3").open == ["b"]
    first, second, third = run.instance.variables()["round_results"]
    assert first == {
        "item": asked[0],
        "x_results": [{"item": "p", "x_decision": "m"}, {"item": "q"}],
        "y_decision": "n",
    }
    assert (second["x_results"], third["x_results"]) == ([], [{"item": "r"}])


def test_what_was_decided_before_a_timer_broke_the_list_off_is_known() -> None:
    run = Run("items_timer", context=THREE).do("a").do_ref("ask#2", ask_decision="yes").fire("late")
    assert run.instance.variables() == {"ask_results": [{"item": "SXD", "ask_decision": "yes"}]}
    run.back("without", "a").do("a").fire("late")
    assert run.instance.variables() == {"ask_results": []}
