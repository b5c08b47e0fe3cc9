"""Every published table: file, draft, diagram, gate, picture; compared with the diagrams that careful people drew of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from app.drafting.correcting import open_doubts
from app.drafting.drawing import draw
from app.drafting.filing import drawn_from
from app.drafting.reading import drafts_of, read_tables
from app.engine.gate.verdict import check
from app.rules.limits import parse_limit
from tests.content.diagram_reading import PROCEDURES
from tests.drafting.drawn import faults

TABLES = sorted((Path(__file__).parent / "tables").glob("*.md"))
VARIANTS = sorted(path for path in (Path(__file__).parent / "variants").rglob("*") if path.is_file())
LIKE_SHIPPED = [
    "approve_investment_policy",
    "certify_free_sale_press",
    "change_religious_headquarters",
    "declare_emission_fee",
    "end_alternative_child_care",
    "recognise_disabled_employer",
    "reduce_public_tuition",
    "register_private_social_facility",
]
"""Shipped diagrams that follow their tables row by row; the land procedures join and add rows."""


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.stem)
def test_a_published_table_becomes_a_diagram(path: Path) -> None:
    (draft,) = drafts_of(read_tables(path.read_bytes(), path.name))
    drawn = draw(draft)
    verdict = check(path.name, drawn.diagram)
    assert (verdict.verdict, [one.message for one in verdict.problems if one.severity == "error"]) == ("ok", [])
    assert len(verdict.steps) == len(draft.steps)
    assert faults(drawn.diagram) == []
    assert drawn == draw(draft)


@pytest.mark.parametrize("name", LIKE_SHIPPED)
def test_it_says_what_the_shipped_diagram_says(name: str) -> None:
    path = Path(__file__).parent / "tables" / f"{name}.md"
    (draft,) = drafts_of(read_tables(path.read_bytes(), path.name))
    drawn, shipped = (_said(content) for content in (draw(draft).diagram, (PROCEDURES / f"{name}.bpmn").read_bytes()))
    assert [one[0] for one in drawn] == [one[0] for one in shipped]
    assert [one[1] for one in drawn] == [one[1] for one in shipped]


def _said(content: bytes) -> list[tuple[int, str]]:
    """Seconds and stage of each step, in order."""
    steps = check("a.bpmn", content).to_dict()["steps"]
    return [(_seconds(step), str(step["stage"])) for step in steps]


def _seconds(step: dict[str, Any]) -> int:
    limit = parse_limit(step["limit"] or "none", "working")
    return limit.seconds if limit else 0


@pytest.mark.parametrize("path", VARIANTS, ids=lambda path: path.name)
def test_variants_become_diagrams_too(path: Path) -> None:
    for draft in drafts_of(read_tables(path.read_bytes(), path.name)):
        drawn = draw(draft)
        errors = [one.message for one in check(path.name, drawn.diagram).problems if one.severity == "error"]
        assert (errors, faults(drawn.diagram)) == ([], [])


def test_a_report_has_what_scripts_rely_on() -> None:
    path = TABLES[0]
    (found,) = drawn_from(path.read_bytes(), path.name)
    assert {"name", "steps", "total", "sum", "remarks", "verdict"} <= set(found)
    assert {"number", "name", "position", "limit"} <= set(found["steps"][0])
    assert {"certainty", "code", "message", "cell", "step", "field"} == set(found["remarks"][0])
    assert found["verdict"] == "ok"


def test_doubts_of_steps_that_are_gone_are_no_doubts() -> None:
    (draft,) = drafts_of(read_tables(TABLES[0].read_bytes(), TABLES[0].name))
    from dataclasses import replace

    assert [one for one in open_doubts(replace(draft, steps=()), []) if one.step] == []
