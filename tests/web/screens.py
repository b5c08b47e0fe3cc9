"""What people do at their screens, in the words that they read there."""

from __future__ import annotations

import re
from dataclasses import dataclass

from playwright.sync_api import APIResponse, Locator, Page, expect

FORWARD, CONFIRM, DELIVER = "Chuyển bước tiếp theo", "Xác nhận có kết quả", "Trả kết quả"


@dataclass(frozen=True)
class Registered:
    """A dossier that was just registered, and the receipt's address."""

    code: str
    receipt: str


def title(page: Page) -> Locator:
    return page.get_by_role("heading", level=1)


def button(page: Page, name: str) -> Locator:
    """A button of the page itself, by all of its words."""
    return page.get_by_role("main").get_by_role("button", name=name, exact=True)


def told(page: Page) -> Locator:
    """What the page says came of the last action."""
    return page.get_by_role("main").get_by_role("status").filter(has_text=re.compile(r"\w")).first


def errors(page: Page) -> Locator:
    return page.get_by_role("main").get_by_role("alert")


def comment(page: Page) -> Locator:
    return page.locator("textarea[name=comment]")


def write(page: Page, words: str) -> None:
    """Write a comment and stop typing: from when its draft is kept, nothing more goes to the server by itself."""
    comment(page).fill(words)
    expect(page.locator("[data-draft-status]").first).to_have_text("Đã lưu nháp")


def open_registration(page: Page, procedure: str) -> None:
    """From any page through the menu to the procedure's form."""
    page.get_by_role("navigation", name="Danh mục chính").get_by_role("link", name="Tiếp nhận hồ sơ").click()
    expect(title(page)).to_contain_text("chọn thủ tục")
    page.get_by_role("main").get_by_role("link", name=procedure).click()
    expect(title(page)).to_have_text(procedure)


def fill_in(page: Page, **applicant: str) -> None:
    """The applicant, and every paper handed in, on paper."""
    page.get_by_role("radio", name="Nhận bản giấy").check()
    if "email" in applicant:
        page.locator("details.more-of-applicant").evaluate("one => { one.open = true }")
    for name, value in applicant.items():
        page.locator(f"[name=applicant-{name}]").fill(value)
    for paper in page.locator("input[type=checkbox][name^=has-]").all():
        paper.check()


def registered(page: Page) -> Registered:
    """What the page after a registration tells the officer."""
    expect(title(page)).to_have_text("Đã tiếp nhận hồ sơ")
    code = re.search(r"[\d.]+\.H\d\d-\d{6}-\d{4}", page.get_by_role("main").inner_text())
    assert code is not None
    receipt = page.get_by_role("main").get_by_role("link", name="In giấy tiếp nhận").get_attribute("href")
    return Registered(code[0], str(receipt))


def register(page: Page, procedure: str, **applicant: str) -> Registered:
    open_registration(page, procedure)
    fill_in(page, **(applicant or {"name": "Trần Văn Bình"}))
    button(page, "Tiếp nhận hồ sơ").click()
    return registered(page)


def row(page: Page, code: str) -> Locator:
    """A dossier's line in a list."""
    return page.get_by_role("row").filter(has_text=code)


def open_from_inbox(page: Page, code: str) -> None:
    page.goto("/viec")
    page.get_by_role("link", name=code, exact=True).click()
    expect(title(page)).to_contain_text(code)


def act(page: Page, action: str, words: str = "") -> None:
    """Write a comment and press the action's button, which must succeed."""
    if words:
        comment(page).fill(words)
    before = told(page).inner_text() if told(page).count() else "Chưa làm gì."
    button(page, action).click()
    expect(told(page)).not_to_have_text(before)
    expect(told(page)).to_contain_text("Việc tiếp theo")


def is_pdf(answer: APIResponse) -> bytes:
    assert (answer.status, answer.headers["content-type"]) == (200, "application/pdf")
    content = answer.body()
    assert content.startswith(b"%PDF-")
    return content
