"""The diagrams say what the published decisions print: the same steps, positions, times and totals."""

from __future__ import annotations

import re
from itertools import pairwise
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
    """Node ids from the start event along the first flow out of each."""
    following: dict[str, str] = {}
    for source, target in diagram.flows.values():
        following.setdefault(source, target)
    (node,) = (attr(start, "id") for start in diagram.find(".//bpmn:startEvent"))
    path = [node]
    while path[-1] in following:
        path.append(following[path[-1]])
        assert len(path) < 100, "the first way goes in a circle"
    return path


def steps_on_the_way(diagram: Diagram) -> list[DrawnStep]:
    return [diagram.steps[node] for node in walk(diagram) if node in diagram.steps]


def waits_for_payment(step: DrawnStep) -> bool:
    return step.properties.get("pause") == "payment"


def test_every_table_has_its_diagram() -> None:
    assert {path.stem for path in procedure_diagrams()} == set(TABLES)


@every_procedure
def test_rows_of_the_table_are_the_steps_in_the_order_of_the_flow(path: Path) -> None:
    diagram = read_diagram(path)
    drawn: list[Row] = [
        (step.id, step.position, step.properties["agency"], hours(step)) for step in steps_on_the_way(diagram)
    ]
    assert drawn == list(TABLES[path.stem].rows)
    assert walk(diagram)[-1] == diagram.find(".//bpmn:endEvent")[0].attrib["id"]
    assert len(drawn) == len(diagram.steps)
    lines = len(walk(diagram)) == len(diagram.steps) + 2 and len(diagram.flows) == len(diagram.steps) + 1
    assert lines == TABLES[path.stem].line


@every_procedure
def test_limits_sum_to_the_printed_total(path: Path) -> None:
    steps = read_diagram(path).steps.values()
    counted = {step.properties.get("limitGroup", step.id): hours(step) for step in steps}
    table = TABLES[path.stem]
    assert sum(limit or 0 for limit in counted.values()) == (table.sum_hours or table.total_hours or 0)


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
    stages = [step.properties["stage"] for step in steps_on_the_way(diagram) if not waits_for_payment(step)]
    turns = [stage for before, stage in pairwise(["", *stages]) if stage != before]
    again = ["receive", "resolve"] if path.stem == "reissue_land_certificate" else []
    assert turns == ["receive", "resolve", *again, "return"], "in two stages it is received twice"
    assert stages.count("return") == 1
    desk = set(diagram.lanes["lane_desk"])
    at_desk = {
        step.id for step in diagram.steps.values() if step.properties["stage"] != "resolve" or waits_for_payment(step)
    }
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
    assert all(re.match(r"(GĐ\d - )?Bước |Giữa hai giai đoạn", text) for text in cited.values())


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


def test_the_investment_policy_asks_every_department_at_once_and_ends_in_a_report_or_a_notice() -> None:
    diagram = read_diagram(PROCEDURES / "approve_investment_policy.bpmn")
    (loop,) = diagram.find(".//bpmn:userTask[@id='give_opinion']/bpmn:multiInstanceLoopCharacteristics")
    assert loop.get("isSequential") is None
    assert diagram.steps["draft_request"].form == "asked_agencies"
    (due,) = diagram.find(".//bpmn:boundaryEvent")
    assert (due.get("attachedToRef"), due.get("cancelActivity")) == ("give_opinion", None)
    assert due.findtext("bpmn:timerEventDefinition/bpmn:timeDuration", "", NAMES) == "P7D"
    ways = {target for source, target in diagram.flows.values() if source == "outcome"}
    assert ways == {"decide", "gathered"}
    notes = diagram.find(".//bpmn:textAnnotation/bpmn:text")
    cited = [(note.text or "").partition(":")[0] for note in notes]
    assert cited == [f"Bước {step}" for step in (*range(1, 13), 12)]


@pytest.mark.parametrize("name", ["settle_land_tax", "reissue_land_certificate"])
def test_the_tax_office_lets_the_dossier_wait_until_a_message_says_that_it_was_paid(name: str) -> None:
    diagram = read_diagram(PROCEDURES / f"{name}.bpmn")
    (wait,) = [step for step in diagram.steps.values() if waits_for_payment(step)]
    (paid,) = diagram.find(".//bpmn:boundaryEvent")
    assert (paid.get("attachedToRef"), paid.get("cancelActivity")) == (wait.id, None)
    (message,) = diagram.find(".//bpmn:message")
    (awaited,) = paid.iterfind("bpmn:messageEventDefinition", NAMES)
    assert (awaited.get("messageRef"), message.get("name")) == (message.get("id"), "payment_received")
    assert hours(wait) is None, "past the last day it still waits"
    assert "quá hạn nộp tiền: vẫn tạm dừng" in wait.work or name != "settle_land_tax"


def test_the_land_tax_has_no_times_because_its_decision_prints_none() -> None:
    diagram = read_diagram(PROCEDURES / "settle_land_tax.bpmn")
    assert {step.properties["timeLimit"] for step in diagram.steps.values()} == {"none"}
    assert diagram.find(".//bpmn:timerEventDefinition") == []


def test_the_reissued_certificate_is_posted_for_fifteen_days_of_the_calendar_between_its_two_halves() -> None:
    diagram = read_diagram(PROCEDURES / "reissue_land_certificate.bpmn")
    (posted,) = diagram.find(".//bpmn:intermediateCatchEvent")
    assert posted.findtext("bpmn:timerEventDefinition/bpmn:timeDuration", "", NAMES) == "P15D"
    (unit,) = posted.iterfind("bpmn:extensionElements/camunda:properties/camunda:property", NAMES)
    assert (unit.get("name"), unit.get("value")) == ("limitUnit", "calendar")
    way = walk(diagram)
    assert [way[way.index("posted") + step] for step in (-1, 1)] == ["sign_posting", "conclude_posting"]
    notes = [(note.text or "") for note in diagram.find(".//bpmn:textAnnotation/bpmn:text")]
    for stage, last in ((1, 12), (2, 5)):
        cited = [note.partition(":")[0] for note in notes if note.startswith(f"GĐ{stage}")]
        assert cited == [f"GĐ{stage} - Bước {step}" for step in range(1, last + 1)]
    counted = {
        stage: sum(hours(diagram.steps[note.get("id", "")[5:]]) or 0 for note in diagram.find(".//bpmn:textAnnotation")
                   if (note.findtext("bpmn:text", "", NAMES)).startswith(f"GĐ{stage}"))
        for stage in (1, 2)
    }  # fmt: skip
    assert counted == {1: 48, 2: 28}


def test_the_certified_copy_has_two_real_steps_and_no_invented_hours() -> None:
    diagram = read_diagram(PROCEDURES / "certify_copy.bpmn")
    resolving = [step.position for step in diagram.steps.values() if step.properties["stage"] == "resolve"]
    assert resolving == ["judicial_officer", "committee_leader"]
    assert {step.properties["timeLimit"] for step in diagram.steps.values()} == {"none"}
