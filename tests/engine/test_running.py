from __future__ import annotations

import pytest

from app.engine.instance import EngineIncident, Instance, StepNotOpen
from tests.engine.runs import Run, definition


def test_a_linear_procedure_goes_from_step_to_step_and_ends() -> None:
    run = Run("linear")
    assert run.open == ["receive"]
    run.do("receive", "review")
    assert run.open == ["deliver"]
    assert not run.finished
    run.do("deliver")
    assert run.finished
    assert run.open == []


def test_a_step_can_be_completed_only_while_it_is_open() -> None:
    run = Run("linear")
    receive = run.task("receive")
    run.do("receive")
    with pytest.raises(StepNotOpen):
        run.instance.complete(receive, {})
    with pytest.raises(StepNotOpen):
        run.instance.complete("not an id", {})
    with pytest.raises(StepNotOpen):
        run.instance.earlier_steps(receive)
    assert run.open == ["review"]


def test_a_decision_chooses_the_branch_and_a_loop_asks_again() -> None:
    run = Run("decision").do("draft").do("review", decision="reject")
    assert run.open == ["draft"]
    run.do("draft").do("review", decision="agree")
    assert run.open == ["sign"]
    assert run.do("sign").finished


@pytest.mark.parametrize(
    ("context", "chosen"),
    [
        ({"amount": 1_000_000, "applicant": {"kind": "firm"}}, "large"),
        ({"amount": 1_000_000, "applicant": {"kind": "person"}}, "small"),
        ({"amount": 999_999.5, "applicant": {"kind": "firm"}}, "small"),
    ],
)
def test_conditions_read_the_dossiers_data(context: dict[str, object], chosen: str) -> None:
    assert Run("data", context=context).do("a").open == [chosen]


def test_a_condition_that_is_neither_true_nor_false_is_an_incident_and_the_instance_is_not_kept() -> None:
    run = Run("data", context={"applicant": {"kind": "firm"}})
    with pytest.raises(EngineIncident, match="amount") as caught:
        run.do("a")
    assert caught.value.element == "by_amount"
    with pytest.raises(EngineIncident):
        run.instance.save()


def test_a_gateway_without_a_way_is_an_incident_that_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    run = Run("xml_order")
    monkeypatch.setattr(Instance, "condition", lambda *asked: False)
    with pytest.raises(EngineIncident, match="both") as caught:
        run.instance.complete(run.task("a"), {})
    assert caught.value.element == "both"


def test_routing_variables_go_over_the_dossiers_data() -> None:
    run = Run("decision", context={"review_decision": "agree"}).do("draft").do("review", decision="reject")
    assert run.open == ["draft"]


@pytest.mark.parametrize("value", [{1, 2}, float("nan"), object(), "x" * 20_000])
def test_routing_variables_are_small_json(value: object) -> None:
    run = Run("linear")
    with pytest.raises(ValueError):
        run.instance.complete(run.task("receive"), {"receive_decision": value})
    assert run.open == ["receive"]


def test_a_variable_called_typename_is_only_a_variable() -> None:
    run = Run("linear", variables={"typename": "Task"})
    run.instance.complete(run.task("receive"), {"typename": "datetime", "nested": {"typename": "UUID"}})
    run.reload()
    assert run.instance.evaluate("nested.typename") == "UUID"


def test_exclusive_branches_are_tried_in_the_order_of_the_file() -> None:
    assert Run("xml_order").do("a").open == ["first_in_file"]


def test_a_parallel_join_waits_for_every_branch() -> None:
    run = Run("parallel").do("a")
    assert run.open == ["b", "c"]
    assert run.do("c").open == ["b"]
    assert run.do("b").open == ["d"]
    assert run.do("d").finished


def test_a_parallel_join_waits_again_in_each_round_of_a_loop() -> None:
    run = Run("parallel_loop").do("a")
    for decision in ("reject", "reject", "agree"):
        assert run.do("b").open == ["c"]
        assert run.do("c").open == ["d"]
        run.do("d", decision=decision)
    assert run.finished


def test_a_branch_does_not_bring_back_an_older_decision_of_another() -> None:
    run = Run("parallel_loop").do("a").do("b", decision="reject").do("c").do("d", decision="reject")
    run.do("b", decision="agree").do("c")
    assert run.instance.evaluate("b_decision") == "agree"


def test_three_branches_join_in_any_order() -> None:
    assert Run("parallel_three").do("d", "b", "c").open == ["e"]


def test_two_branches_that_meet_without_a_join_run_what_follows_twice() -> None:
    run = Run("merge_without_join").do("b")
    assert run.open == ["c", "d"]
    run.do("d", "c")
    assert run.open == ["d"]
    assert run.do("d").finished


@pytest.mark.parametrize(
    ("needs", "opened"),
    [((True, False), ["b"]), ((False, True), ["c"]), ((True, True), ["b", "c"]), ((False, False), ["d"])],
)
def test_an_inclusive_gateway_takes_every_branch_that_holds_and_joins_just_those(
    needs: tuple[bool, bool], opened: list[str]
) -> None:
    run = Run("inclusive", context={"needs_b": needs[0], "needs_c": needs[1]}).do("a")
    assert run.open == opened
    for step in opened:
        assert "e" not in run.open
        run.do(step)
    assert run.open == ["e"]
    assert run.do("e").finished


def test_an_inclusive_join_waits_for_a_called_process_on_a_branch() -> None:
    run = Run("inclusive_call", "inner").do("c")
    assert run.open == ["x"]
    assert run.do("x", "y").open == ["e"]


def test_a_called_process_runs_in_its_place() -> None:
    run = Run("outer", "inner").do("a")
    assert run.open == ["x"]
    assert run.do("x", "y").open == ["b"]
    assert run.do("b").finished


def test_a_process_called_twice_runs_twice() -> None:
    run = Run("outer_twice", "inner").do("x", "y")
    assert run.open == ["x"]
    assert run.do("x", "y", "b").finished


def test_calls_may_be_nested() -> None:
    run = Run("nested", "outer", "inner").do("a0", "a", "x", "y", "b")
    assert run.open == ["z"]
    assert run.do("z").finished


def test_steps_are_listed_as_a_reader_follows_them() -> None:
    assert list(definition("nested", "outer", "inner").steps) == ["a0", "a", "x", "y", "b", "z"]
    assert list(definition("parallel").steps) == ["a", "b", "c", "d"]
    assert list(definition("decision").steps) == ["draft", "review", "sign"]


def test_an_embedded_process_runs_in_its_place() -> None:
    run = Run("subprocess").do("a", "x", "y")
    assert run.open == ["b"]
    assert run.do("b").finished


def test_an_embedded_process_ends_when_its_last_branch_does() -> None:
    run = Run("subprocess_parallel").do("x")
    assert run.open == ["y"]
    assert run.do("y").open == ["b"]


def test_a_terminate_end_closes_what_is_open() -> None:
    run = Run("terminate").do("a")
    assert run.finished
    assert run.open == []


def test_a_terminate_end_inside_an_embedded_process_ends_only_that() -> None:
    run = Run("subprocess_terminate").do("x")
    assert run.open == ["b"]
    assert run.do("b").finished


def test_an_error_end_leaves_the_embedded_process_by_its_border() -> None:
    run = Run("subprocess_error").do("x", decision="reject")
    assert run.open == ["refuse"]
    assert run.do("refuse").finished
    assert Run("subprocess_error").do("x", decision="agree").open == ["grant"]


def test_notices_are_passed_on_once() -> None:
    run = Run("notice")
    assert run.notices == ["told"]
    told = Run("notice").instance
    assert told.take_notices() == []
    run.do("a")
    assert run.notices == ["told", "told_again"]
    assert run.finished


def test_a_notice_says_whom_and_what() -> None:
    instance = Instance.start(definition("notice"), {}, {})
    (notice,) = instance.take_notices()
    assert (notice.element, notice.to, notice.template) == ("tell", ("holder", "desk"), "told")


@pytest.mark.parametrize("name", ["self_call", "endless"])
def test_a_process_that_never_waits_is_an_incident_not_a_hang(name: str) -> None:
    with pytest.raises(EngineIncident, match="không dừng"):
        Instance.start(definition(name), {}, {})


def test_cancelling_leaves_nothing_open_or_waiting() -> None:
    run = Run("boundary_call", "inner").do("a")
    run.instance.cancel()
    run.reload()
    assert run.finished
    assert (run.open, run.waiting) == ([], [])


def test_a_state_that_belongs_to_another_definition_is_refused() -> None:
    state = Run("parallel").do("a").state
    for broken in (state, b"", b"not zlib", state[:-4]):
        with pytest.raises(EngineIncident):
            Instance.load(definition("linear"), broken, {})
