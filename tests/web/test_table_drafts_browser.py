"""A designer brings a decision in Word, settles what is doubtful beside its cell, and opens the drawing: in the browser."""

from __future__ import annotations

from io import BytesIO

import pytest
from docx import Document
from playwright.sync_api import expect

from tests.actions.scene import Scene
from tests.fixtures.browser import DESKTOP, PHONE, Person, Screen, axe, sticking_out

ROWS = [
    ("Bước", "Nội dung công việc", "Người thực hiện", "Thời gian"),
    ("Bước 1", "Tiếp nhận hồ sơ", "Bộ phận tiếp nhận và trả kết quả Sở Tư pháp", "0,5 ngày làm việc"),
    ("Bước 2", "Thẩm định hồ sơ", "Chuyên viên Phòng Hành chính tư pháp", "tùy việc"),
    ("Bước 3", "Phê duyệt", "Lãnh đạo Sở Tư pháp", "01 ngày làm việc"),
    ("Bước 4", "Trả kết quả", "Bộ phận tiếp nhận và trả kết quả Sở Tư pháp", "Không tính thời gian"),
]


def word_file() -> bytes:
    document = Document()
    document.add_paragraph("Thủ tục: Cấp giấy phép thử (mã 1.000001)")
    document.add_paragraph("Thời hạn giải quyết: 05 ngày làm việc")
    table = document.add_table(rows=len(ROWS), cols=4)
    for line, row in zip(table.rows, ROWS, strict=True):
        for cell, text in zip(line.cells, row, strict=True):
            cell.text = text
    content = BytesIO()
    document.save(content)
    return content.getvalue()


@pytest.mark.parametrize("screen", [DESKTOP, PHONE], ids=["desk", "telephone"])
def test_a_table_in_word_becomes_a_draft(scene: Scene, person: Person, screen: Screen) -> None:
    scene.publish("linear")
    page = person("admin", screen=screen)
    page.goto("/thiet-ke/bang")
    assert (axe(page), sticking_out(page)) == ([], [])
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    page.set_input_files("#file", {"name": "quyet-dinh.docx", "mimeType": kind, "buffer": word_file()})
    page.get_by_role("button", name="Đọc bảng").click()
    expect(page.get_by_role("heading", name="Cấp giấy phép thử", level=1)).to_be_visible()
    doubts = page.locator(".table-remarks .doubtful")
    expect(doubts).not_to_have_count(0)
    page.locator("[data-heat][data-ready]").wait_for()
    assert axe(page) == []
    assert sticking_out(page) == []

    # A doubt leads to its cell and to its step; what is focused on one side is marked on the other.
    cell = page.locator("td.doubtful", has_text="tùy việc")
    step = page.locator(f'[data-step="{cell.get_attribute("data-steps")}"]')
    cell.get_by_role("link").focus()
    expect(step).to_have_class("table-step of-cell")
    step.get_by_label("Thời gian", exact=True).fill("3,5")
    step.get_by_label("Đơn vị").select_option("days")
    # By the keyboard: on a telephone's screen that is still scrolling to the field, a pointer may come down beside it.
    page.get_by_role("button", name="Lưu và xem lại").press("Enter")
    expect(page.get_by_text("Không còn chỗ nghi ngờ")).to_be_visible()
    expect(page.get_by_text("✓ khớp")).to_be_visible()

    page.get_by_label("Thủ tục khác đã có, theo mã dưới đây").check()
    page.get_by_label("Mã thủ tục").last.fill("linear")
    page.get_by_role("button", name="Nhận và mở bản vẽ").click()
    page.wait_for_url("**/thiet-ke/*")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Cấp giấy phép thử")
