"""Requirements group 9: the process is made from the published table, and every step of it is one position (defect 23)."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.drafting.model import TableDraft
from app.drafting.reading import drafts_of, read_tables

TABLES = Path(__file__).parents[1] / "drafting" / "tables"
HEAD = "Thủ tục: Thử\n\n| Bước | Vị trí | Nội dung công việc | Thời gian |\n|---|---|---|---|\n"


def read(rows: str) -> TableDraft:
    (draft,) = drafts_of(read_tables((HEAD + rows).encode(), "bang.md"))
    return draft


@pytest.mark.rule("QT-22.2")
@pytest.mark.parametrize("path", sorted(TABLES.glob("*.md")), ids=lambda path: path.stem)
def test_the_process_is_drawn_from_the_published_table(path: Path) -> None:
    """QT Điều 22 khoản 2: quy trình điện tử được xây dựng theo quy trình nội bộ đã công bố."""
    (draft,) = drafts_of(read_tables(path.read_bytes(), path.name))
    assert draft.steps
    assert all(step.limit is not None and step.name for step in draft.steps)
    assert {"receive", "return"} <= {step.stage for step in draft.steps}


@pytest.mark.rule("QT-22.2a")
@pytest.mark.parametrize(
    ("people", "steps"),
    [
        ("Chuyên viên phòng A; Lãnh đạo phòng A", 2),
        ("Chuyên viên phòng A<br>Lãnh đạo phòng A<br>Lãnh đạo Sở Y tế", 3),
        ("Chuyên viên phòng A và Lãnh đạo phòng A", 2),
        ("Chuyên viên phòng A, Văn thư Sở Y tế", 2),
        ("Sở Y tế / UBND cấp xã", 1),
        ("Phòng A hoặc Phòng B", 1),
    ],
)
def test_a_row_of_several_positions_is_split_or_doubtful(people: str, steps: int) -> None:
    """QT Điều 22 khoản 2a: mỗi bước ứng với một vị trí việc làm. A row of several is never merged silently."""
    draft = read(f"| 1 | Bộ phận một cửa Sở Y tế | Tiếp nhận | 1 ngày |\n| 2 | {people} | Thẩm định | 2 ngày |\n")
    of_row = [step for step in draft.steps if step.number == "2"]
    assert len(of_row) == steps
    assert "who.several" in {remark.code for remark in draft.doubts}
    assert len({step.limit_group for step in of_row}) == 1
    assert (of_row[0].limit_group is not None) == (steps > 1)


@pytest.mark.rule("QT-22.2a")
def test_positions_with_times_of_their_own_are_steps_of_their_own() -> None:
    """QT Điều 22 khoản 2a: what is said plainly is split without a doubt; the desk is one position wherever."""
    draft = read(
        "| 1 | Bộ phận một cửa Sở Y tế tại TTPVHCC tỉnh; TTPVHCC các xã, phường | Tiếp nhận | 1 ngày |\n"
        "| 2 | Chuyên viên phòng A<br>Lãnh đạo phòng A | Thẩm định<br>Trình ký | 2 ngày<br>1 ngày |\n"
    )
    assert [(step.number, step.name, step.limit) for step in draft.steps] == [
        ("1", "Tiếp nhận", "P1D"),
        ("2", "Thẩm định", "P2D"),
        ("2", "Trình ký", "P1D"),
    ]
    assert not [remark for remark in draft.doubts if remark.field == "position"]
    assert {remark.code for remark in draft.remarks} >= {"who.one-desk", "who.split"}
