"""What the pages' scripts add, in a real browser under the real content policy, on pages made of the documented markup."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask, Response, request
from playwright.sync_api import Page, expect

from app.config import PROJECT_ROOT
from tests.fixtures.browser import PHONE, Visitor, axe, losing_answers, offline, serving, sticking_out

STATIC = PROJECT_ROOT / "app" / "web" / "static"
DIAGRAM = PROJECT_ROOT / "bpmn" / "procedures" / "certify_copy.bpmn"
POLICY = "default-src 'self'; img-src 'self' data:; font-src 'self' data:; style-src 'self'{}"
FRAME = (Path(__file__).parent / "pages" / "frame.html").read_text(encoding="utf-8")


def part(name: str) -> str:
    return (Path(__file__).parent / "pages" / f"{name}.html").read_text(encoding="utf-8")


def framed(title: str, main: str, head: str = "") -> str:
    return FRAME.replace("{title}", title).replace("{head}", head).replace("{main}", main)


@pytest.fixture
def toy() -> Flask:
    app = Flask(__name__, static_folder=str(STATIC), static_url_path="/static")
    app.config |= {"SENT": [], "DRAFTS": []}
    extra = '<link rel="stylesheet" href="/static/diagram.css"><script src="/static/diagram.js" defer></script>'

    @app.get("/list")
    def rows() -> str:
        row = part("row")
        return framed(
            "Danh sách", part("list").replace("{rows}", "".join(row.replace("{n}", str(n)) for n in range(30)))
        )

    @app.get("/form")
    def form() -> str:
        return framed("Biểu mẫu", part("form").replace("{errors}", ""))

    @app.post("/form")
    def send() -> tuple[str, int]:
        app.config["SENT"].append(request.form.to_dict())
        time.sleep(0.3)
        errors = '<div class="error-summary" id="error-summary" tabindex="-1"><h2>Chưa được</h2></div>'
        return framed("Chưa được", part("form").replace("{errors}", errors)), 422

    @app.post("/draft")
    def draft() -> tuple[str, int]:
        app.config["DRAFTS"].append(request.form.to_dict())
        return "", 204

    @app.post("/gateway")
    def gateway() -> tuple[str, int]:
        return "<html><body><h1>502 Bad Gateway</h1></body></html>", 502

    @app.get("/diagram")
    def diagram() -> str:
        return framed("Sơ đồ", '<h1>Sơ đồ</h1><div id="diagram" data-url="/diagram.json"></div>', extra)

    @app.get("/broken-diagram")
    def broken() -> str:
        return framed("Sơ đồ", '<h1>Sơ đồ</h1><div id="diagram" data-url="/nowhere"></div>', extra)

    @app.get("/diagram.json")
    def drawing() -> dict[str, object]:
        steps = {"receive": "done", "check": "late", "sign": "current", "gone_since": "done"}
        return {"xml": DIAGRAM.read_text(encoding="utf-8"), "steps": steps}

    @app.after_request
    def with_policy(response: Response) -> Response:
        inline = " 'unsafe-inline'" if request.path.endswith("diagram") else ""
        response.headers["Content-Security-Policy"] = POLICY.format(inline)
        return response

    return app


@pytest.fixture
def site(toy: Flask) -> Iterator[str]:
    with serving(toy) as address:
        yield address


def opened(visitor: Visitor, path: str, **settings: object) -> Page:
    page = visitor(**settings)
    page.goto(path)
    return page


def test_a_desk_shows_eighteen_rows_and_a_telephone_no_overflow(visitor: Visitor) -> None:
    page = opened(visitor, "/list")
    seen = page.evaluate(
        "[...document.querySelectorAll('tbody tr')].filter(row => row.getBoundingClientRect().bottom <= innerHeight).length"
    )
    assert seen >= 18
    assert axe(page) == []
    page = opened(visitor, "/list", screen=PHONE)
    assert sticking_out(page) == []
    assert axe(page) == []


@pytest.mark.parametrize("javascript", [True, False])
def test_the_batch_bar_shows_with_a_selection_only(visitor: Visitor, javascript: bool) -> None:
    page = opened(visitor, "/list", javascript=javascript)
    expect(page.locator(".batch-bar")).to_be_hidden()
    page.get_by_label("Chọn hồ sơ 3", exact=True).check()
    expect(page.locator(".batch-bar")).to_be_visible()


def test_choosing_all_and_none_counts(visitor: Visitor) -> None:
    page = opened(visitor, "/list")
    everything = page.get_by_label("Chọn tất cả")
    everything.check()
    expect(page.locator("[data-selected-count]")).to_have_text("Đã chọn 30")
    page.get_by_label("Chọn hồ sơ 3", exact=True).uncheck()
    expect(page.locator("[data-selected-count]")).to_have_text("Đã chọn 29")
    assert everything.evaluate("box => box.indeterminate")
    everything.check()
    everything.uncheck()
    expect(page.locator(".batch-bar")).to_be_hidden()


def test_keys_move_choose_and_open(visitor: Visitor) -> None:
    page = opened(visitor, "/list")
    for key in "jjkjx":
        page.keyboard.press(key)
    expect(page.get_by_role("link", name="H26-1", exact=True)).to_be_focused()
    expect(page.get_by_label("Chọn hồ sơ 1", exact=True)).to_be_checked()
    page.keyboard.press("Control+x")
    expect(page.get_by_label("Chọn hồ sơ 1", exact=True)).to_be_checked()
    page.keyboard.press("o")
    page.wait_for_url("**/form?1")


def test_keys_are_letters_again_in_a_field(visitor: Visitor) -> None:
    page = opened(visitor, "/list")
    page.keyboard.press("/")
    expect(page.locator("[data-search]")).to_be_focused()
    page.keyboard.type("xjo?/")
    expect(page.locator("[data-search]")).to_have_value("xjo?/")
    assert page.locator("dialog").count() == 0


def test_keys_are_explained_and_can_be_turned_off(visitor: Visitor) -> None:
    page = opened(visitor, "/list")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Phím tắt")).to_be_visible()
    assert axe(page) == []
    page.get_by_label("Dùng phím tắt trên máy này").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    expect(page.locator("[data-search]")).not_to_be_focused()


def test_a_link_swaps_the_page_its_title_and_the_focus(visitor: Visitor) -> None:
    page = opened(visitor, "/list")
    page.evaluate("window.stayed = true")
    page.get_by_role("link", name="H26-2", exact=True).click()
    expect(page).to_have_title("Biểu mẫu")
    expect(page.locator("h1")).to_be_focused()
    assert page.evaluate("window.stayed")
    page.go_back()
    expect(page).to_have_title("Danh sách")
    expect(page.locator("tbody tr")).to_have_count(30)


def test_a_form_is_sent_once_and_its_refusal_is_shown_where_reading_starts(visitor: Visitor, toy: Flask) -> None:
    page = opened(visitor, "/form", allow={422})
    page.locator("#comment").fill("Đủ giấy tờ")
    page.get_by_role("button", name="Gửi").dblclick()
    expect(page.locator("#error-summary")).to_be_focused()
    assert [sent["go"] for sent in toy.config["SENT"]] == ["1"]
    assert page.url.endswith("/form")
    page.get_by_role("button", name="Gửi").click()
    expect(page.get_by_role("button", name="Gửi")).to_be_disabled()
    expect(page.get_by_role("button", name="Gửi")).to_be_enabled()


def test_without_a_network_what_was_typed_stays_and_the_page_says_so(visitor: Visitor, toy: Flask) -> None:
    page = opened(visitor, "/form", allow={422, "net::ERR_CONNECTION_RESET", "console: htmx:"})
    page.locator("#name").fill("Lê Thị Bưởi")
    with offline(page):
        page.get_by_role("button", name="Gửi").click()
        expect(page.locator("#connection")).to_contain_text("những gì bạn đã nhập vẫn còn")
    expect(page.locator("#name")).to_have_value("Lê Thị Bưởi")
    expect(page.get_by_role("button", name="Gửi")).to_be_enabled()
    with losing_answers(page, "**/form"):
        with page.expect_event("requestfailed"):
            page.get_by_role("button", name="Gửi").click()
        expect(page.locator("#connection")).to_contain_text("Mất kết nối")
    page.get_by_role("button", name="Gửi").click()
    expect(page.locator("#error-summary")).to_be_visible()
    expect(page.locator("#connection")).to_be_empty()
    assert [sent["name"] for sent in toy.config["SENT"]] == ["Lê Thị Bưởi"] * 2


def test_the_page_of_a_gateway_does_not_take_the_place_of_a_form(visitor: Visitor) -> None:
    page = opened(visitor, "/form", allow={502})
    page.locator("#name").fill("Lê Thị Bưởi")
    page.get_by_role("button", name="Qua cổng").click()
    expect(page.locator("#connection")).to_contain_text("Mất kết nối")
    expect(page.locator("#name")).to_have_value("Lê Thị Bưởi")


def test_a_draft_is_kept_when_typing_stops_and_on_leaving(visitor: Visitor, toy: Flask) -> None:
    page = opened(visitor, "/form")
    page.locator("#comment").press_sequentially("Cần xem", delay=20)
    expect(page.locator("[data-draft-status]")).to_have_text("Đã lưu nháp")
    form = {"csrf_token": "token", "_open": "", "name": "", "kind": "person"}  # the whole of it, but what is not shown
    assert toy.config["DRAFTS"] == [form | {"comment": "Cần xem"}]
    page.locator("#comment").press_sequentially(" lại")
    page.goto("/list")
    page.wait_for_timeout(200)
    assert toy.config["DRAFTS"][1:] == [form | {"comment": "Cần xem lại"}]


def test_sending_the_form_leaves_no_draft_behind(visitor: Visitor, toy: Flask) -> None:
    page = opened(visitor, "/form", allow={422})
    page.locator("#comment").press_sequentially("Xong")
    page.get_by_role("button", name="Gửi").click()
    expect(page.locator("#error-summary")).to_be_visible()
    page.wait_for_timeout(1_000)
    assert toy.config["DRAFTS"] == []


def test_an_applicant_found_again_fills_the_fields(visitor: Visitor, toy: Flask) -> None:
    page = opened(visitor, "/form", allow={422})
    expect(page.locator("#tax")).to_be_hidden()
    page.get_by_role("button", name="Điền").click()
    expect(page.locator("#name")).to_have_value("Công ty Ổi & Mít")
    expect(page.locator("#tax")).to_be_visible()
    page.locator("#tax").fill("0100")
    page.get_by_label("Cá nhân").check()
    page.get_by_role("button", name="Gửi").click()
    expect(page.locator("#error-summary")).to_be_visible()
    assert "tax" not in toy.config["SENT"][0]
    assert toy.config["SENT"][0]["name"] == "Công ty Ổi & Mít"


def test_without_javascript_every_field_is_there(visitor: Visitor) -> None:
    page = opened(visitor, "/form", javascript=False)
    expect(page.locator("#tax")).to_be_visible()
    expect(page.get_by_role("button", name="In trang")).to_be_hidden()


def _seen_at(page: Page) -> list[float]:
    """The diagram's scale and place in its frame; fitted anew, it may come to lie a hair beside where it was."""
    said = page.locator(".viewport").get_attribute("transform") or ""
    return [float(number) for number in said.removeprefix("matrix(").removesuffix(")").replace(",", " ").split()]


def test_the_diagram_says_in_words_where_the_dossier_is(visitor: Visitor) -> None:
    page = opened(visitor, "/list")
    page.get_by_role("link", name="Sơ đồ").click()  # another style sheet, another policy: the whole document is loaded
    expect(page.locator("#diagram[data-ready]")).to_be_visible()
    assert sorted(page.locator(".step-note").all_inner_texts()) == ["● Đang xử lý", "⚠ Quá hạn", "✓ Đã xong"]
    assert page.locator(".step-late").get_attribute("data-element-id") == "check"
    expect(page.locator(".bjs-powered-by")).to_be_visible()
    before = _seen_at(page)
    page.get_by_role("button", name="Phóng to").press("Enter")
    assert _seen_at(page) != pytest.approx(before, abs=0.5)
    page.get_by_role("button", name="Vừa khung").click()
    assert _seen_at(page) == pytest.approx(before, abs=0.5)
    assert axe(page) == []


def test_a_diagram_that_cannot_be_had_says_so(visitor: Visitor) -> None:
    page = opened(visitor, "/broken-diagram", allow={404, "console: Error: status 404"})
    expect(page.get_by_role("alert")).to_have_text(re.compile("Không tải được sơ đồ"))
