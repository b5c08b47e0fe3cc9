"""The main job with the keyboard alone; no test here touches the mouse."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from tests.actions.scene import Scene
from tests.factories import PASSWORD
from tests.fixtures.browser import Visitor
from tests.web.screens import FORWARD, button, comment, errors, row, title, told

FURTHEST = 60


def has_focus(place: Locator) -> bool:
    return place.count() == 1 and bool(place.evaluate("element => element === document.activeElement"))


def tab_to(page: Page, place: Locator) -> None:
    """Press Tab until `place` has the focus."""
    for _ in range(FURTHEST):
        page.keyboard.press("Tab")
        if has_focus(place):
            return
    raise AssertionError(f"Tab never reaches {place}")


def signs_in(page: Page, username: str) -> None:
    page.goto("/dang-nhap")
    expect(page.get_by_label("Tên đăng nhập")).to_be_focused()
    page.keyboard.type(username)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(title(page)).to_have_text("Việc cần xử lý")


def test_from_signing_in_to_a_dossier_forwarded(scene: Scene, visitor: Visitor) -> None:
    scene.publish("linear")
    first, second = (scene.at_step("process", "linear") for _ in range(2))
    page = visitor()
    signs_in(page, "binh")
    for key in "jjk":
        page.keyboard.press(key)
    expect(page.get_by_role("link", name=first, exact=True)).to_be_focused()
    box = row(page, first).get_by_role("checkbox")
    page.keyboard.press("x")
    expect(box).to_be_checked()
    page.keyboard.press("x")
    expect(box).not_to_be_checked()
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(title(page)).to_be_focused()
    expect(title(page)).to_contain_text(second)
    tab_to(page, comment(page))
    page.keyboard.type("Gõ j, k, x và / đều là chữ")
    expect(comment(page)).to_have_value("Gõ j, k, x và / đều là chữ")
    tab_to(page, button(page, FORWARD))
    page.keyboard.press("Enter")
    expect(told(page)).to_contain_text(f"Đã chuyển hồ sơ {second}")
    assert scene.open_steps(second) == ["review"]
    assert scene.last(second, "forwarded").data["comment"] == "Gõ j, k, x và / đều là chữ"


def test_search_help_and_the_way_past_the_menu(scene: Scene, visitor: Visitor) -> None:
    scene.publish("linear")
    code = scene.at_step("process", "linear", applicant={"name": "Đỗ Thị Ổi"})
    scene.at_step("process", "linear")
    page = visitor()
    signs_in(page, "binh")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Phím tắt")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.keyboard.press("/")
    page.keyboard.type("do thi oi")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("q=do"))
    expect(page.get_by_role("row")).to_have_count(2)
    expect(row(page, code)).to_be_visible()
    page.reload()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Đến nội dung chính")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()


def test_after_an_error_reading_starts_at_its_summary_which_leads_to_the_field(scene: Scene, visitor: Visitor) -> None:
    code = scene.at_step("review", scene.publish("linear"))
    page = visitor(allow={422})
    signs_in(page, "head")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(title(page)).to_contain_text(code)
    unfold = page.get_by_role("main").locator("summary").filter(has_text="Trả lại")
    tab_to(page, unfold)
    page.keyboard.press("Enter")
    tab_to(page, page.locator("select[name=to_step]"))
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(errors(page)).to_be_focused()
    page.keyboard.press("Tab")
    expect(errors(page).get_by_role("link")).to_be_focused()
    page.keyboard.press("Enter")
    expect(comment(page)).to_be_focused()
    page.keyboard.type("Bổ sung căn cứ")
    send = page.get_by_role("group").filter(has=page.locator("select[name=to_step]")).get_by_role("button")
    tab_to(page, send)
    page.keyboard.press("Enter")
    expect(told(page)).to_contain_text("Đã trả hồ sơ")


def test_a_dossier_is_registered_without_a_mouse(scene: Scene, visitor: Visitor) -> None:
    scene.publish("linear")
    page = visitor(allow={422})
    signs_in(page, "desk")
    page.goto("/tiep-nhan/linear")
    tab_to(page, button(page, "Tiếp nhận hồ sơ"))
    page.keyboard.press("Enter")
    expect(errors(page)).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("[name=applicant-name]")).to_be_focused()
    page.keyboard.type("Lê Thị Bưởi")
    page.keyboard.press("Alt+g")
    tab_to(page, page.locator("[name=has-application]"))
    page.keyboard.press("Space")
    tab_to(page, button(page, "Tiếp nhận hồ sơ"))
    page.keyboard.press("Enter")
    expect(title(page)).to_have_text("Đã tiếp nhận hồ sơ")
