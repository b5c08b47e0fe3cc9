"""What is drawn after a step: the next steps, whether a choice, other branches or the end lie between."""

from __future__ import annotations

import pytest

from app.engine.ahead import Ahead, steps_ahead
from app.engine.definition import Definition, build_definition
from tests.actions.diagrams import DIAGRAMS, line
from tests.actions.drawing import diagram, end, parallel, start, step


def names(ahead: Ahead) -> list[str]:
    return [found.id for found in ahead.steps]


def definition_of(name: str) -> Definition:
    return build_definition({f"{name}.bpmn": DIAGRAMS[name]})


def test_a_line_leads_to_one_step_and_the_last_one_to_the_end() -> None:
    linear = definition_of("linear")
    assert steps_ahead(linear, "process") == Ahead((linear.steps["review"],))
    assert steps_ahead(linear, "give_back") == Ahead((), ends=True)


def test_gateways_in_a_row_are_one_choice() -> None:
    ahead = steps_ahead(definition_of("decision"), "review")
    assert sorted(names(ahead)) == ["approve", "explain", "issue"]
    assert (ahead.choice, ahead.waits, ahead.ends) == (True, False, False)


@pytest.fixture
def fork() -> Definition:
    """first, then a and b side by side, then last; nothing after it."""
    drawn = diagram(
        "fork",
        [
            start(),
            step("first", "x"),
            parallel("split"),
            step("a", "x"),
            step("b", "x"),
            parallel("join"),
            step("last", "x"),
            end(),
        ],
        [
            *line("start", "first", "split", "a", "join", "last", "done"),
            *line("split", "b", "join"),
        ],
    )
    return build_definition({"fork.bpmn": drawn})


def test_branches_side_by_side_are_no_choice_and_a_join_waits_for_the_others(fork: Definition) -> None:
    ahead = steps_ahead(fork, "first")
    assert (names(ahead), ahead.choice, ahead.waits) == (["a", "b"], False, False)
    ahead = steps_ahead(fork, "a")
    assert (names(ahead), ahead.choice, ahead.waits) == (["last"], False, True)


@pytest.mark.parametrize("name", sorted(DIAGRAMS))
def test_every_diagram_leads_from_the_desk_to_the_desk(name: str) -> None:
    """No step is lost on the way, and events on the edge of a step are not taken for a way on from the step before it."""
    drawn = definition_of(name)
    reached, waiting = set(), [next(iter(drawn.steps))]
    while waiting:
        current = waiting.pop()
        if current not in reached:
            reached.add(current)
            waiting += names(steps_ahead(drawn, current))
    assert any(drawn.steps[found].stage == "return" for found in reached)
