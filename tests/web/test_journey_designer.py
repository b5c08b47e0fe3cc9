"""From a published decision to a running procedure, by a designer's hands: drawn from nothing or read from a Word table,
mended where the gate says so, published, and worked by officials."""

from __future__ import annotations

import io
import re

import pytest
from docx import Document
from playwright.sync_api import Page, expect

from tests.actions.diagrams import DIAGRAMS
from tests.actions.drafting import begun
from tests.actions.scene import Scene
from tests.fixtures.browser import Person
from tests.web.modelling import EMPTY, append, checked, field, problems, saved, select
from tests.web.screens import CONFIRM, DELIVER, FORWARD, act, button, open_from_inbox, register, title, told

PROCEDURE = "Giảm học phí công lập"
STEP = "Thêm bước tiếp theo"
DRAWN = (
    ("Tiếp nhận hồ sơ", "desk_officer", "receive", "4 giờ"),
    ("Thẩm định hồ sơ", "assigned_room_officer", "resolve", "2 ngày"),
    ("Trả kết quả", "desk_officer", "return", "không tính"),
)
ROWS = (
    ("STT", "Nội dung công việc", "Người thực hiện", "Thời gian"),
    ("1", "Tiếp nhận hồ sơ", "Bộ phận tiếp nhận và trả kết quả", "02 giờ làm việc"),
    ("2", "Thẩm định hồ sơ, trình lãnh đạo", "Chuyên viên được giao", "tùy từng hồ sơ"),
    ("3", "Trả kết quả", "Bộ phận tiếp nhận và trả kết quả", "Không tính thời gian"),
)


def word_table() -> bytes:
    document = Document()
    document.add_paragraph("QUY TRÌNH NỘI BỘ")
    document.add_paragraph(f"Tên thủ tục: {PROCEDURE} (1.000001)")
    document.add_paragraph("Thời hạn giải quyết: 02 ngày làm việc")
    table = document.add_table(rows=0, cols=4)
    for row in ROWS:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    content = io.BytesIO()
    document.save(content)
    return content.getvalue()


def modelled(page: Page) -> None:
    expect(page.locator("#modeller[data-ready]")).to_be_visible()
    checked(page)


def publish(page: Page, decision: str) -> None:
    """From the modeller through the tab: the decision is noted, then the draft published."""
    saved(page)
    page.get_by_role("main").get_by_role("link", name="Ban hành", exact=True).click()
    page.get_by_label("Số quyết định").fill(decision)
    page.get_by_label("Ngày quyết định").fill("2026-11-20")
    page.get_by_label("Áp dụng từ ngày").fill("2026-11-23")
    button(page, "Ghi thông tin quyết định").click()
    expect(page.get_by_text("Ban hành được.", exact=True)).to_be_visible()
    button(page, "Ban hành").click()
    expect(told(page)).to_have_text(re.compile("Đã ban hành phiên bản số 2"))


@pytest.mark.rule("QT-22.2", "QT-22.2a", "QT-22.3")
def test_three_steps_drawn_from_nothing_are_published_and_a_dossier_walks_them(scene: Scene, person: Person) -> None:
    page = person("admin")
    page.goto("/thiet-ke")
    page.get_by_role("link", name="Lập bản vẽ cho một thủ tục").click()
    page.get_by_role("link", name=PROCEDURE).click()
    blank = {"name": "trong.bpmn", "mimeType": "application/xml", "buffer": EMPTY}
    page.get_by_label("Sơ đồ", exact=True).set_input_files(blank)
    button(page, "Mở thành bản vẽ").click()
    modelled(page)
    select(page, "start")
    steps = [append(page, STEP) for _ in DRAWN]
    append(page, "Thêm điểm kết thúc")
    for step, (name, position, stage, limit) in zip(steps, DRAWN, strict=True):
        select(page, step)
        field(page, "name").fill(name)
        field(page, "timeLimit").fill(limit)
        field(page, "position").select_option(position)
        field(page, "stage").select_option(stage)
    checked(page)
    expect(page.locator("[data-problems-summary]")).to_have_text("✓ Không có lỗi")
    publish(page, "45/QĐ-UBND")

    desk, binh = person("desk"), person("binh")
    code = register(desk, PROCEDURE).code
    desk.get_by_role("link", name="Mở hồ sơ").click()
    act(desk, FORWARD, "Hồ sơ đủ.")
    open_from_inbox(binh, code)
    expect(binh.get_by_role("heading", name="Thẩm định hồ sơ")).to_be_visible()
    act(binh, FORWARD, "Đạt yêu cầu.")
    open_from_inbox(desk, code)
    act(desk, CONFIRM)
    act(desk, DELIVER)
    scene.sound(code)
    assert scene.dossier(code).status == 10


@pytest.mark.rule("QT-22.2", "QT-22.3")
def test_a_word_table_is_read_its_doubt_settled_and_the_diagram_published(scene: Scene, person: Person) -> None:
    page = person("admin")
    page.goto("/thiet-ke")
    page.get_by_role("link", name="Từ bảng của quyết định").click()
    word = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    page.locator("input[type=file]").set_input_files({"name": "qd.docx", "mimeType": word, "buffer": word_table()})
    button(page, "Đọc bảng").click()
    expect(title(page)).to_have_text(PROCEDURE)
    expect(page.locator(".certainty.doubtful").first).to_be_visible()
    second = page.locator(".table-steps > li").nth(1)
    second.locator("input[name$='-amount']").fill("14")
    second.locator("select[name$='-unit']").select_option("hours")
    second.locator("input[name$='-position']").fill("assigned_room_officer")
    before = page.locator("#correction [name=_version]").input_value()
    button(page, "Lưu và xem lại").click()
    expect(page.locator("#correction [name=_version]")).not_to_have_value(before)
    settle = page.get_by_role("button", name=re.compile("^Đã xem, đúng"))
    for left in reversed(range(settle.count())):
        settle.first.click()
        expect(settle).to_have_count(left)
    expect(page.get_by_text("Không còn chỗ nghi ngờ")).to_be_visible()
    button(page, "Nhận và mở bản vẽ").click()
    modelled(page)
    expect(page.locator("[data-problems-summary]")).not_to_contain_text("lỗi,")
    publish(page, "46/QĐ-UBND")
    code = scene.register()["code"]
    (first,) = scene.open_tasks(code)
    assert first.step_name == "Tiếp nhận hồ sơ"


def test_a_broken_diagram_says_what_is_wrong_and_is_mended(scene: Scene, person: Person) -> None:
    draft = begun(scene, DIAGRAMS["linear"])
    page = person("admin")
    page.goto(f"/thiet-ke/{draft}")
    modelled(page)
    select(page, "process")
    field(page, "timeLimit").fill("2 ngày")
    field(page, "position").select_option("")
    wrong = problems(page).filter(has_text="chưa có vị trí việc làm")
    expect(wrong).to_have_count(1)
    saved(page)
    page.goto(f"/thiet-ke/{draft}/ban-hanh")
    expect(page.get_by_text("Chưa ban hành được:")).to_be_visible()
    page.goto(f"/thiet-ke/{draft}")
    modelled(page)
    page.locator("[data-problems-list] button", has_text="chưa có vị trí việc làm").click()
    field(page, "position").select_option("assigned_room_officer")
    expect(wrong).to_have_count(0)
    publish(page, "47/QĐ-UBND")
