"""Lanes: what lies in them, and the limit that a designer gives all of it (QT-21a)."""

from __future__ import annotations

import pytest

from app.engine.definition import build_definition
from app.engine.gate.verdict import check
from tests.actions.diagrams import two_agencies


def problems(content: bytes) -> list[tuple[str, str, str | None]]:
    found = check("two_agencies.bpmn", content).problems
    return [(one.severity, one.code, one.element) for one in found if "lane" in (one.element or "")]


@pytest.mark.rule("QT-21a")
def test_a_lane_holds_its_steps_and_its_limit() -> None:
    lead, office = build_definition({"two_agencies.bpmn": two_agencies(VPUBND="PT12H")}).lanes

    assert (lead.id, lead.limit, lead.steps) == (
        "lane_lead",
        None,
        frozenset({"receive", "process", "conclude", "give_back"}),
    )
    assert (office.limit, office.steps) == ("PT12H", frozenset({"opinion"}))


def test_a_limit_that_can_be_read_is_no_problem() -> None:
    assert problems(two_agencies(VPUBND="PT12H")) == []


def test_one_that_cannot_is_refused_and_an_unknown_property_remarked_on() -> None:
    assert problems(two_agencies(VPUBND="2 ngày")) == [("error", "lane.limit-invalid", "lane_office")]
    other = two_agencies(VPUBND="PT12H").replace(b'name="timeLimit" value="PT12H"', b'name="timelimit" value="PT12H"')
    assert problems(other) == [("warning", "property.unknown", "lane_office")]
