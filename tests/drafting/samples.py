"""Drafts as the reading of tables makes them, by hand."""

from __future__ import annotations

from app.drafting.model import DraftStep, Place, Remark, Route, TableDraft

DESK, HEALTH, OFFICE = "Bộ phận một cửa Sở Y tế", "Sở Y tế", "UBND tỉnh"


def step(number: int, name: str, who: str, limit: str | None = "P1D", place: str = HEALTH, **more: object) -> DraftStep:
    cells = {"name": Place(1, number + 1, 3), "who": Place(1, number + 1, 2), "limit": Place(1, number + 1, 4)}
    return DraftStep(f"s{number}", str(number), name, name, who, limit=limit, place=place, cells=cells, **more)  # type: ignore[arg-type]


LINE = TableDraft(
    "Công nhận cơ sở sử dụng lao động là người khuyết tật",
    "1.001806",
    (
        step(1, "Tiếp nhận hồ sơ", "Bộ phận TN&TKQ Sở Y tế tại TTPVHCC tỉnh", "PT4H", DESK, stage="receive"),
        step(2, "Phân công thụ lý hồ sơ", "Lãnh đạo Phòng BTXH và Trẻ em", "PT4H"),
        step(3, "Thụ lý giải quyết; trình lãnh đạo Phòng", "Chuyên viên Phòng BTXH và Trẻ em", "P7D"),
        step(4, "Xem xét hồ sơ, trình lãnh đạo Sở phê duyệt", "LĐ Phòng BTXH và Trẻ em Sở Y tế", "PT4H", returns="s3"),
        step(5, "Phê duyệt kết quả giải quyết", "Lãnh đạo Sở Y tế"),
        step(6, "Vào sổ văn bản, đóng dấu", "Bộ phận Văn thư Sở Y tế", "PT4H"),
        step(7, "Trả kết quả", "Bộ phận tiếp nhận và trả kết quả Sở Y tế", "none", DESK, stage="return"),
    ),
    (Remark("doubtful", "limit.odd", "Ô thời gian viết lạ.", Place(1, 4, 4), "s3", "limit"),),
    "P10D",
    total_text="10 ngày làm việc",
    decision_number="2022/QĐ-UBND",
    decided_on="2025-11-27",
    tables=(1,),
)

BRANCHED = TableDraft(
    "Chấp thuận chủ trương đầu tư",
    "1.009645.H05",
    (
        step(1, "Tiếp nhận hồ sơ", "Công chức của Sở tiếp nhận hồ sơ tại TTPVHCC", "PT4H", DESK, stage="receive"),
        step(2, "Dự thảo văn bản xin ý kiến", "Chuyên viên xử lý hồ sơ", "PT4H"),
        step(
            3,
            "Có ý kiến thẩm định",
            "Các Sở, ban, ngành được xin ý kiến",
            "P7D",
            "Các Sở, ban, ngành",
            asked="asked_agencies",
        ),
        step(
            4,
            "Tổng hợp ý kiến",
            "Chuyên viên được phân công",
            "P2D",
            routes=(
                Route("report", "Đủ điều kiện; báo cáo", "next"),
                Route("supplement", "Yêu cầu bổ sung", "s2"),
                Route("refuse", "Từ chối", "end"),
            ),
        ),
        step(5, "Ký duyệt", "Lãnh đạo Sở", None, returns="s4"),
        step(6, "Nộp tiền", "Người nộp hồ sơ", "none", DESK, pause="payment"),
        step(7, "Quyết định", "UBND tỉnh", "P3D", OFFICE, agency="UBNDTINH"),
        step(8, "Trả kết quả", "Bộ phận Một cửa", "none", DESK, stage="return"),
    ),
    total="P17D",
)
