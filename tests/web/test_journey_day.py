"""A dossier's way through the pages from registration to delivery, by a department's people and as its applicant sees it."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page, expect

from tests.actions.scene import Scene
from tests.fixtures.browser import PHONE, Person, Visitor, axe, sticking_out
from tests.slips.pdf_reading import read_pages, squeeze
from tests.web.screens import (
    CONFIRM,
    DELIVER,
    FORWARD,
    act,
    button,
    comment,
    errors,
    is_pdf,
    open_from_inbox,
    register,
    row,
    told,
)

PROCEDURE = "Giảm học phí công lập"
APPLICANT = {"name": "Trần Thị Ánh Nguyệt", "id_number": "045123456789", "phone": "0912345678"}
STAGES = ["Nộp hồ sơ", "Tiếp nhận", "Giải quyết", "Có kết quả", "Trả kết quả"]
COURSE = (
    # who, the step before her, what she writes
    ("head", "Nhận hồ sơ, phân công thẩm tra", "Giao đồng chí Bình."),
    ("binh", "Thẩm tra, xử lý, dự thảo kết quả", "Đủ điều kiện giảm 70%."),
    ("head", "Thẩm định, xác nhận dự thảo kết quả", "Đồng ý với dự thảo."),
    ("director", "Ký phê duyệt kết quả", ""),
    ("clerk", "Vào sổ, lưu trữ, chuyển kết quả", "Số 12/QĐ-SYT."),
)


def looks_up(page: Page, code: str, token: str | None = None) -> None:
    page.goto(f"/tra-cuu?{urlencode({'code': code} | ({'token': token} if token else {}))}")
    assert axe(page) == []
    assert sticking_out(page) == []


def stages_done(page: Page) -> list[str]:
    """The stages that the citizen reads as done."""
    items = page.get_by_role("main").get_by_role("listitem").all_inner_texts()
    return [one.split("\n")[0].strip() for one in items if "Đã xong" in one]


def test_from_registration_to_delivery_through_the_pages(scene: Scene, person: Person, visitor: Visitor) -> None:
    people = {name: person(name) for name in ("desk", "head", "binh", "director", "clerk")}
    desk, citizen = people["desk"], visitor(screen=PHONE, allow={404})
    found = register(desk, PROCEDURE, **APPLICANT)
    code = found.code
    receipt = is_pdf(desk.request.get(found.receipt))
    assert code in read_pages(receipt)[0].text
    assert squeeze(APPLICANT["name"]) in read_pages(receipt)[0].text
    token = scene.dossier(code).token

    looks_up(citizen, code, token)
    expect(citizen.get_by_role("main")).to_contain_text("Được tiếp nhận")
    assert stages_done(citizen) == STAGES[:2]
    expect(citizen.get_by_role("main")).to_contain_text(APPLICANT["name"])
    link = citizen.get_by_role("link", name="Giấy tiếp nhận").get_attribute("href")
    assert is_pdf(citizen.request.get(str(link))) == receipt
    citizen.goto("/")
    citizen.get_by_label("Mã hồ sơ").fill(code.lower())
    citizen.get_by_role("button", name="Tra cứu").click()
    expect(citizen.get_by_role("main")).to_contain_text("Được tiếp nhận")
    assert APPLICANT["name"] not in citizen.content()

    desk.get_by_role("link", name="Mở hồ sơ").click()
    act(desk, FORWARD, "Hồ sơ đủ, kính chuyển.")
    for name, step, words in COURSE:
        scene.clock.move(minutes=30)
        page = people[name]
        open_from_inbox(page, code)
        expect(page.get_by_role("heading", name=step)).to_be_visible()
        act(page, FORWARD, words)
        scene.sound(code)
    looks_up(citizen, code)
    expect(citizen.get_by_role("main")).to_contain_text("Đang xử lý")
    assert stages_done(citizen) == STAGES[:2]

    open_from_inbox(desk, code)
    act(desk, CONFIRM)
    looks_up(citizen, code, token)
    expect(citizen.get_by_role("main")).to_contain_text("Đã có kết quả")
    assert stages_done(citizen) == STAGES[:4]

    desk.get_by_role("navigation", name="Danh mục chính").get_by_role("link", name="Trả kết quả").click()
    row(desk, code).get_by_role("link", name=code, exact=True).click()
    act(desk, DELIVER, "Đã giao bản chính.")
    expect(desk.get_by_text("Hồ sơ không còn bước nào đang mở.")).to_be_visible()
    desk.get_by_role("link", name="Diễn biến").click()
    for words in ("Hồ sơ đủ, kính chuyển.", *(words for _, _, words in COURSE), "Đã giao bản chính."):
        expect(desk.get_by_role("main")).to_contain_text(words)
    looks_up(citizen, code, token)
    expect(citizen.get_by_role("main")).to_contain_text("Đã trả kết quả")
    assert stages_done(citizen) == STAGES
    scene.sound(code)
    assert scene.dossier(code).status == 10

    looks_up(citizen, code, "khong-phai-ma-cua-toi")
    assert APPLICANT["name"] not in citizen.content()


@pytest.mark.parametrize("javascript", [True, False], ids=["script", "no script"])
def test_the_main_job_needs_no_javascript(scene: Scene, person: Person, javascript: bool) -> None:
    """Register, forward with a comment, take several at once, return, confirm, deliver."""
    scene.publish("linear")
    other = scene.at_step("process", "linear")
    desk, binh, head = (person(name, javascript=javascript, allow={422}) for name in ("desk", "binh", "head"))
    code = register(desk, "Thủ tục linear").code
    desk.get_by_role("link", name="Mở hồ sơ").click()
    act(desk, FORWARD, "Đủ giấy tờ.")

    binh.goto("/viec")
    for one in (code, other):
        row(binh, one).get_by_role("checkbox").check()
    button(binh, "Nhận xử lý").click()
    expect(told(binh)).to_contain_text("đã xong 2 việc")
    assert {scene.task(one, "process").assignee for one in (code, other)} == {"binh"}
    open_from_inbox(binh, code)
    act(binh, FORWARD, "Dự thảo kèm theo.")

    open_from_inbox(head, code)
    expect(head.get_by_text("Dự thảo kèm theo.")).to_be_visible()
    head.get_by_text("Trả lại", exact=False).first.click()
    send_back = head.get_by_role("group").filter(has=head.locator("select[name=to_step]")).get_by_role("button")
    send_back.click()
    expect(errors(head)).to_contain_text("kiến")
    comment(head).fill("Nêu rõ căn cứ.")
    send_back.click()
    expect(told(head)).to_contain_text("Đã trả hồ sơ")
    for page, words in ((binh, "Đã nêu."), (head, "Đồng ý.")):
        open_from_inbox(page, code)
        act(page, FORWARD, words)

    open_from_inbox(desk, code)
    act(desk, CONFIRM)
    act(desk, DELIVER)
    assert scene.dossier(code).status == 10
    scene.sound(code)
