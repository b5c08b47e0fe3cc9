"""The six diagrams say what the published decisions print: the same steps, positions, times and totals."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.rules.limits import parse_limit
from tests.content.diagram_reading import NAMES, PROCEDURES, Diagram, DrawnStep, attr, procedure_diagrams, read_diagram
from tests.content.published import TABLES, Row

every_procedure = pytest.mark.parametrize("path", procedure_diagrams(), ids=lambda path: path.stem)


def hours(step: DrawnStep) -> float | None:
    limit = parse_limit(step.properties["timeLimit"], step.properties["limitUnit"])
    return None if limit is None else limit.seconds / 3600


def walk(diagram: Diagram) -> list[str]:
    """Node ids from the start event along the only flow out of each."""
    following = dict(diagram.flows.values())
    assert len(following) == len(diagram.flows), "a published table has no branches"
    (node,) = (attr(start, "id") for start in diagram.find(".//bpmn:startEvent"))
    path = [node]
    while path[-1] in following:
        path.append(following[path[-1]])
    return path


def test_every_table_has_its_diagram() -> None:
    assert {path.stem for path in procedure_diagrams()} == set(TABLES)


@every_procedure
def test_rows_of_the_table_are_the_steps_in_the_order_of_the_flow(path: Path) -> None:
    diagram = read_diagram(path)
    visited = walk(diagram)
    steps = diagram.steps
    drawn: list[Row] = [
        (step.id, step.position, step.properties["agency"], hours(step))
        for step in (steps[node] for node in visited[1:-1])
    ]
    assert drawn == list(TABLES[path.stem].rows)
    assert visited[-1] == diagram.find(".//bpmn:endEvent")[0].attrib["id"]
    assert len(drawn) == len(steps)


@every_procedure
def test_limits_sum_to_the_printed_total(path: Path) -> None:
    assert sum(hours(step) or 0 for step in read_diagram(path).steps.values()) == TABLES[path.stem].total_hours


@every_procedure
def test_only_the_desk_receives_and_returns(path: Path) -> None:
    diagram = read_diagram(path)
    stages = [diagram.steps[node].properties["stage"] for node in walk(diagram)[1:-1]]
    assert stages == ["receive", *["resolve"] * (len(stages) - 2), "return"]
    desk = set(diagram.lanes["lane_desk"])
    at_desk = {step.id for step in diagram.steps.values() if step.properties["stage"] != "resolve"}
    assert desk & set(diagram.steps) == at_desk


@every_procedure
def test_steps_of_one_lane_belong_to_one_agency(path: Path) -> None:
    diagram = read_diagram(path)
    for lane, nodes in diagram.lanes.items():
        agencies = {diagram.steps[node].properties["agency"] for node in nodes if node in diagram.steps}
        assert len(agencies) == 1, lane


@every_procedure
def test_every_step_says_its_work_and_cites_its_row(path: Path) -> None:
    diagram = read_diagram(path)
    assert all(len(step.work) > 10 for step in diagram.steps.values())
    cited = {attr(note, "id"): note.findtext("bpmn:text", "", NAMES) for note in diagram.find(".//bpmn:textAnnotation")}
    assert set(cited) == {f"note_{step}" for step in diagram.steps}
    assert all(text.startswith("Bước ") for text in cited.values())


@every_procedure
def test_the_process_cites_its_decision(path: Path) -> None:
    said = read_diagram(path).find("bpmn:process/bpmn:documentation")[0].text or ""
    assert TABLES[path.stem].decision in said


def test_the_free_sale_certificate_splits_its_second_step_over_three_positions() -> None:
    notes = read_diagram(PROCEDURES / "certify_free_sale_press.bpmn").find(".//bpmn:textAnnotation/bpmn:text")
    assert [(note.text or "").partition(":")[0] for note in notes] == [f"Bước {step}" for step in (1, 2, 2, 2, 3, 4)]
