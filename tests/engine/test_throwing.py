"""Errors, escalations and cancelled transactions: caught on the nearest border, as BPMN says; and links."""

from __future__ import annotations

import pytest

from app.engine.instance import EngineIncident
from tests.engine.runs import Run


@pytest.mark.parametrize("name", ["error_call", "error_call_any"])
def test_an_error_leaves_a_called_process_of_another_file(name: str) -> None:
    run = Run(name, "inner_error").do("a", "x")
    assert run.open == ["repair"], "the other branch of the called process is gone"
    run.back("repair", "a").do("a")
    assert run.open == ["x"]
    assert run.do("x", "repair").finished


def test_an_error_that_nothing_catches_is_an_incident_that_names_it() -> None:
    run = Run("inner_error")
    with pytest.raises(EngineIncident, match="broken") as caught:
        run.do("x")
    assert caught.value.element == "fail"


def test_an_escalation_beside_leaves_the_block_going_on() -> None:
    run = Run("escalation_beside").do("x")
    assert run.open == ["help", "y"]
    run.back("y", "x")
    assert run.open == ["help", "x"]
    run.do("x")
    assert run.open == ["help", "help", "y"], "raised again, heard again"


def test_an_interrupting_escalation_ends_the_block_before_what_follows_the_throw() -> None:
    run = Run("escalation_interrupting").do("x")
    assert run.open == ["help"]
    assert run.do("help").finished


def test_an_escalation_that_nobody_hears_is_no_fault() -> None:
    assert Run("escalation_unheard").do("x").open == ["b"]


def test_a_cancelled_transaction_leaves_by_its_border() -> None:
    assert Run("transaction").do("x", decision="no").open == ["c"]
    run = Run("transaction").do("x", decision="yes")
    assert run.open == ["b"]
    assert run.back("b", "x").do("x", decision="no").open == ["c"]


def test_what_was_decided_in_a_block_that_was_interrupted_is_kept() -> None:
    run = Run("transaction").do("x", decision="no")
    assert run.instance.variables() == {"x_decision": "no"}


def test_a_link_goes_on_where_its_name_is_caught() -> None:
    run = Run("links").do("a")
    assert run.open == ["b"]
    assert run.earlier("b") == ["a"]
    run = Run("links").do("a", decision="c").do("c")
    assert run.open == ["b"]
    assert run.earlier("b") == ["c", "a"]
    assert run.do("b").finished


@pytest.mark.parametrize("name", ["error_twice_at_once", "escalation_twice_at_once"])
def test_what_is_thrown_in_a_block_that_is_over_already_goes_no_further(name: str) -> None:
    assert Run(name).do("a").open == ["h"]
