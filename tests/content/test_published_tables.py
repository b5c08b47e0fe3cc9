"""The diagrams say what the published decisions print: the same steps, positions, times and totals."""

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
    steps = read_diagram(path).steps.values()
    counted = {step.properties.get("limitGroup", step.id): hours(step) for step in steps}
    assert sum(limit or 0 for limit in counted.values()) == (TABLES[path.stem].total_hours or 0)


@every_procedure
def test_steps_under_one_printed_limit_share_one(path: Path) -> None:
    groups: dict[str, set[str]] = {}
    for step in read_diagram(path).steps.values():
        if "limitGroup" in step.properties:
            groups.setdefault(step.properties["limitGroup"], set()).add(step.id)
    assert list(groups.values()) == ([set(TABLES[path.stem].shared)] if TABLES[path.stem].shared else [])


@every_procedure
def test_only_the_desk_receives_and_returns(path: Path) -> None:
    diagram = read_diagram(path)
    stages = [diagram.steps[node].properties["stage"] for node in walk(diagram)[1:-1]]
    received = stages.index("resolve")
    assert stages == [*["receive"] * received, *["resolve"] * (len(stages) - received - 1), "return"]
    assert received >= 1
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


def test_the_religious_headquarters_keep_the_eight_steps_at_the_committee_and_say_where_they_go_back_to() -> None:
    diagram = read_diagram(PROCEDURES / "change_religious_headquarters.bpmn")
    notes = diagram.find(".//bpmn:textAnnotation/bpmn:text")
    cited = [(note.text or "").partition(":")[0] for note in notes]
    assert cited == [f"Bước {step}" for step in (1, 2, 2, 2, 3, 4, 5, *range(6, 16))]
    assert "chuyển lại bước 3" in diagram.steps["review"].work
    assert "chuyển lại bước 4" in diagram.steps["sign"].work


def test_the_certified_copy_has_two_real_steps_and_no_invented_hours() -> None:
    diagram = read_diagram(PROCEDURES / "certify_copy.bpmn")
    resolving = [step.position for step in diagram.steps.values() if step.properties["stage"] == "resolve"]
    assert resolving == ["judicial_officer", "committee_leader"]
    assert {step.properties["timeLimit"] for step in diagram.steps.values()} == {"none"}
