"""What is drawn of a draft: a diagram that the gate lets pass, whatever is in doubt."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from app.drafting.drawing import draw
from app.drafting.model import DraftStep, Route, TableDraft
from app.engine.gate.verdict import check
from app.engine.names import bpmn, properties
from tests.drafting.drawn import faults
from tests.drafting.samples import BRANCHED, LINE


def problems(draft: TableDraft) -> list[str]:
    return [problem.code for problem in check("a.bpmn", draw(draft).diagram).problems]


@pytest.mark.parametrize("draft", [LINE, BRANCHED], ids=["line", "branched"])
def test_a_draft_passes_the_gate_and_is_drawn_clear(draft: TableDraft) -> None:
    drawn = draw(draft)
    verdict = check("a.bpmn", drawn.diagram)
    assert (verdict.verdict, [p.message for p in verdict.problems if p.severity == "error"]) == ("ok", [])
    assert len(verdict.steps) == len(draft.steps)
    assert faults(drawn.diagram) == []


def test_a_line_says_what_the_table_says() -> None:
    drawn = draw(LINE)
    assert problems(LINE) == []
    steps = check("a.bpmn", drawn.diagram).to_dict()["steps"]
    assert [step["id"] for step in steps] == [
        "receive", "assign", "process", "review", "sign", "issue", "return_result",
    ]  # fmt: skip
    assert [step["position"] for step in steps] == [
        "desk_officer", "room_head_social", "specialist_social", "room_head_social", "director", "clerk", "desk_officer",
    ]  # fmt: skip
    assert [step["limit"] for step in steps] == ["PT4H", "PT4H", "P7D", "PT4H", "P1D", "PT4H", "none"]
    root = etree.fromstring(drawn.diagram)
    process = root.find(bpmn("process"))
    assert process is not None
    assert properties(process) == {"timeLimit": "P10D", "limitUnit": "working"}
    words = process.findtext(bpmn("documentation"), "")
    assert "2022/QĐ-UBND ngày 27/11/2025" in words
    assert "10 ngày làm việc" in words
    review = next(step for step in process.iter(bpmn("userTask")) if step.get("id") == "review")
    assert "trả lại bước Bước 3" not in review.findtext(bpmn("documentation"), "")
    assert "Không đồng ý: trả lại" in review.findtext(bpmn("documentation"), "")
    assert [lane.get("name") for lane in process.iter(bpmn("lane"))] == ["Bộ phận một cửa Sở Y tế", "Sở Y tế"]


def test_the_form_that_asks_for_agencies_comes_with_the_diagram() -> None:
    drawn = draw(BRANCHED)
    assert list(drawn.forms) == ["asked_agencies"]
    assert drawn.forms["asked_agencies"]["components"][0]["key"] == "asked_agencies"
    assert b'camunda:formKey="asked_agencies"' in drawn.diagram
    assert b'consolidate_decision = "supplement"' in drawn.diagram


def test_whatever_is_missing_there_is_a_diagram() -> None:
    bare = TableDraft(
        "", None, (DraftStep("a", "", ""), DraftStep("b", "2", "\x01x" * 900, limit="P9Z", agency="?? ?"))
    )
    assert check("a.bpmn", draw(bare).diagram).verdict == "ok"


texts = st.text(max_size=40)
limits = st.sampled_from(["P1D", "PT2H", "none", None, "PT0S", "x"])
routes = st.lists(st.builds(Route, texts, texts, st.sampled_from(["next", "end", "k0", "k1", "k4", "k9"])), max_size=3)
steps = st.builds(
    DraftStep,
    key=st.just("k"),
    number=texts,
    name=st.sampled_from(["Tiếp nhận", "Ký duyệt", "Nộp tiền", "end", "start", ""]) | texts,
    who=texts,
    place=st.sampled_from(["", "Sở A", "Phường B"]) | texts,
    limit=limits,
    stage=st.sampled_from(["receive", "resolve", "return", "x"]),
    routes=routes.map(tuple),
    returns=st.sampled_from([None, "k1", "k9"]),
    asked=st.sampled_from([None, None, "asked_agencies"]),
    pause=st.sampled_from([None, None, None, "payment"]),
    limit_group=st.sampled_from([None, None, "Nhóm 1"]),
    paper=texts,
)


@given(st.lists(steps, min_size=1, max_size=7))
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_draft_can_be_read_as_a_diagram_and_is_drawn_clear(found: list[DraftStep]) -> None:
    draft = TableDraft("Thủ tục", None, tuple(replace(step, key=f"k{n}") for n, step in enumerate(found)))
    drawn = draw(draft)
    assert faults(drawn.diagram) == []
    assert not [p for p in check("a.bpmn", drawn.diagram).problems if p.code.startswith(("xsd", "xml", "id", "flow"))]
