"""QT-22.2, QT-22.2a: a process is built from the published table, and each of its steps is one position's."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import etree

from app.drafting.drawing import draw
from app.drafting.positions import settled
from app.drafting.reading import drafts_of, read_tables
from app.engine.gate.verdict import check
from app.engine.names import bpmn, camunda
from tests.actions.tables import CLEAR

TABLES = sorted((Path(__file__).parents[1] / "drafting" / "tables").glob("*.md"))


@pytest.mark.rule("QT-22.2")
def test_a_process_is_built_from_the_published_table() -> None:
    (draft,) = drafts_of(read_tables(CLEAR.encode(), "bang.md"))
    verdict = check("a.bpmn", draw(draft).diagram)
    assert verdict.verdict == "ok"
    assert [step.name for step in verdict.steps] == ["Tiếp nhận hồ sơ", "Thẩm định hồ sơ", "Phê duyệt", "Trả kết quả"]


@pytest.mark.rule("QT-22.2a")
@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.stem)
def test_each_step_is_one_position_s(path: Path) -> None:
    (draft,) = drafts_of(read_tables(path.read_bytes(), path.name))
    steps = list(etree.fromstring(draw(draft).diagram).iter(bpmn("userTask")))
    assert len(steps) == len(draft.steps)
    assert all("," not in step.get(camunda("candidateGroups"), ",") for step in steps)


@pytest.mark.rule("QT-22.2a")
def test_a_row_with_several_positions_is_split_or_in_doubt_and_never_merged() -> None:
    rows = CLEAR.replace("Lãnh đạo Sở Tư pháp |", "Lãnh đạo Phòng Hành chính tư pháp; Lãnh đạo Sở Tư pháp |")
    (draft,) = drafts_of(read_tables(rows.encode(), "bang.md"))
    found = settled(draft)
    doubtful = [one for one in found.doubts if one.field == "position"]
    assert len(found.steps) == 5 or doubtful
    assert len({step.position for step in found.steps}) >= 4
