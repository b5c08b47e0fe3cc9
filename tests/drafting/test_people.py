"""Several positions in one cell are never one silently (QT-22.2a), however they are written."""

from __future__ import annotations

import pytest

from app.drafting.people import hints_at_several, kind_of, positions_of
from app.drafting.reading import drafts_of, read_tables


@pytest.mark.parametrize(
    "cell",
    [
        "CV phòng, LĐ phòng, LĐ Sở",
        "Chuyên viên/LĐ phòng",
        "Lãnh đạo, chuyên viên Phòng Quản lý đất đai",
        "Chủ tịch, các Phó Chủ tịch UBND xã",
        "Trưởng phòng & Chuyên viên",
        "CV, VT",
        "Công chức, văn thư UBND xã",
        "CV - LĐ phòng",
        "Phòng chuyên môn: chuyên viên + trưởng phòng",
        "Lãnh đạo và chuyên viên phòng",
        "Cán bộ phụ trách phối hợp lãnh đạo phòng",
    ],
)
@pytest.mark.rule("QT-22.2a")
def test_several_positions_are_split_or_doubtful(cell: str) -> None:
    table = f"Bước | Vị trí | Nội dung | Thời gian\n---|---|---|---\n1 | {cell} | Xem xét | 2 ngày\n2 | Văn thư | Gửi | 1 giờ"
    (draft,) = drafts_of(read_tables(table.encode(), "bang.md"))
    several = [remark for remark in draft.remarks if remark.code.startswith("who.") and remark.certainty != "read"]
    assert several, draft.steps
    assert several[0].place is not None


@pytest.mark.parametrize(
    "cell",
    [
        "Bộ phận Văn thư Sở Nông nghiệp và Môi trường",
        "Công chức, viên chức phòng Văn hóa - Xã hội",
        "Lãnh đạo Văn phòng HĐND và UBND",
        "Chuyên viên Phòng Bảo trợ xã hội và Trẻ em (trình lãnh đạo phòng)",
        "Chuyên viên phòng Hành chính, Tổng hợp",
    ],
)
def test_one_position_stays_one(cell: str) -> None:
    assert len(positions_of(cell).parts) == 1
    assert not hints_at_several(cell)


def test_the_environment_is_no_head_of_a_room() -> None:
    assert kind_of("Phòng Môi trường") == ""
    assert kind_of("Trưởng phòng Môi trường") == "leader"
