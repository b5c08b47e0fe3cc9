"""The way to where a dossier stands that another system began: any step can be reached, and everything after it still works."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from app.engine.arriving import NoWayError, Way, arrive, find_way, leaves_branches_done
from app.engine.definition import Definition, build_definition
from app.engine.instance import Instance
from app.engine.rehearsal import goes_on
from app.engine.shared import fragments

SHIPPED = sorted(Path("bpmn/procedures").glob("*.bpmn"))
DATA = {"asked_agencies": ["STC", "SYT"], "commune": "XTRIEUPHONG"}


def drawn(name: str) -> Definition:
    return build_definition({name: Path(f"tests/engine/diagrams/{name}.bpmn").read_bytes()})


def at(definition: Definition, *steps: str, **data: Any) -> Instance:
    way = find_way(definition, steps, data)
    assert Way.from_dict(way.to_dict()) == way
    return arrive(definition, way, data)


def opened(instance: Instance) -> list[str]:
    return sorted(one.step.id for one in instance.open_steps())


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.stem)
def test_every_step_of_every_shipped_procedure_can_be_stood_at_and_gone_on_from(file: Path) -> None:
    definition = build_definition({file.name: file.read_bytes()} | dict(fragments()))
    for name in definition.steps:
        instance = at(definition, name, **DATA)
        assert set(opened(instance)) == {name}
        assert instance.take_notices() == []
        state = instance.save()
        assert opened(Instance.load(definition, state, DATA)) == opened(instance)
        assert goes_on(definition, state) is None
        for one in instance.open_steps():
            for earlier in instance.earlier_steps(one.engine_task):
                assert earlier.step.id in find_way(definition, [name], DATA).passed


def test_what_was_done_can_be_gone_back_to() -> None:
    instance = at(drawn("decision"), "sign")
    (one,) = instance.open_steps()
    earlier = instance.earlier_steps(one.engine_task)
    assert earlier
    instance.go_back(earlier[0].engine_task)
    assert opened(instance) == [earlier[0].step.id]


def test_of_two_branches_one_alone_means_that_the_other_is_done() -> None:
    instance = at(drawn("parallel"), "b")
    assert leaves_branches_done(instance)
    (one,) = instance.open_steps()
    instance.complete(one.engine_task, {})
    assert opened(instance) == ["d"]


def test_both_branches_are_open_where_both_are_named() -> None:
    instance = at(drawn("parallel"), "b", "c")
    assert opened(instance) == ["b", "c"]
    assert not leaves_branches_done(instance)
    for one in instance.open_steps():
        instance.complete(one.engine_task, {})
    assert opened(instance) == ["d"]


def test_what_cannot_be_open_together_is_refused() -> None:
    with pytest.raises(NoWayError):
        find_way(drawn("parallel"), ["a", "b"], {})


def test_a_list_is_opened_for_what_the_data_name_and_refused_without() -> None:
    definition = drawn("items_parallel")
    with pytest.raises(NoWayError):
        find_way(definition, ["ask"], {})
    instance = at(definition, "ask", agencies=["STC", "SYT"])
    assert [one.ref for one in instance.open_steps()] == ["ask#1", "ask#2"]


def test_a_gateway_follows_the_data_and_without_them_the_way_that_is_wanted() -> None:
    definition = drawn("data")
    guessed = find_way(definition, ["large"], {})
    assert guessed.guessed
    assert opened(arrive(definition, guessed, {})) == ["large"]


def test_the_usual_decision_is_taken_where_it_leads_there() -> None:
    definition = drawn("decision")
    way = find_way(definition, ["sign"], {})
    decided = {move.name: move.decision for move in way.moves if move.decision}
    for name, value in decided.items():
        assert value == definition.steps[name].decisions[0].value


def test_a_step_again_in_a_loop_is_stood_at_in_its_first_round() -> None:
    for diagram in ("cycle", "parallel_loop"):
        definition = drawn(diagram)
        for name in definition.steps:
            instance = at(definition, name)
            assert opened(instance) == [name]
            assert goes_on(definition, instance.save()) is None
