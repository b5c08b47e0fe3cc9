"""The work of a morning at the inbox: by keyboard alone, over a slow line, with numbers that keep up."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.actions.scene import Scene
from tests.fixtures.browser import DESKTOP, Person, Visitor, axe, losing_answers, sticking_out
from tests.web.screens import comment, row, title, told
from tests.web.test_journey_keyboard import signs_in, tab_to

DOSSIERS = 40


def at_process(scene: Scene, count: int) -> list[str]:
    scene.publish("linear")
    return [scene.at_step("process", "linear") for _ in range(count)]


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.textContent.trim()"))


def press(page: Page, *keys: str) -> None:
    """Keys on a page that stands: what was just swapped in is bound to its scripts a moment later."""
    expect(page.locator(".htmx-added, .htmx-settling, .htmx-swapping")).to_have_count(0)
    for key in keys:
        page.keyboard.press(key)


def test_forty_dossiers_by_keyboard_alone(scene: Scene, visitor: Visitor) -> None:
    codes = at_process(scene, DOSSIERS)
    page = visitor(allow={"tien-do"})  # asked for before a loaded machine has begun the batch
    signs_in(page, "binh")
    press(page, "j")
    assert focused(page) == codes[0]
    press(page, "f")  # to the form of the row's own task, the first field of it
    expect(title(page)).to_contain_text(codes[0])
    write_comment(page, "Đủ điều kiện")
    press(page, "Control+Enter")
    expect(title(page)).to_contain_text(codes[1])  # on to the next of the same list
    expect(told(page)).to_contain_text(f"Đã chuyển hồ sơ {codes[0]}")
    assert scene.last(codes[0], "forwarded").data["comment"] == "Đủ điều kiện"
    press(page, "n")
    expect(title(page)).to_contain_text(codes[2])
    press(page, "p")
    expect(title(page)).to_contain_text(codes[1])
    for code, following in ((codes[1], codes[2]), (codes[2], codes[3]), (codes[3], codes[4])):
        press(page, "f")
        expect(first_field(page)).to_be_focused()
        press(page, "Control+Enter")
        expect(told(page)).to_contain_text(f"Đã chuyển hồ sơ {code}")
        expect(title(page)).to_contain_text(following)
    press(page, "u")  # back, where one was
    expect(title(page)).to_have_text("Việc cần xử lý")
    expect(page.get_by_role("link", name=codes[4], exact=True)).to_be_focused()
    press(page, "x", *"jjjjjjjjjjjj", "Shift+X")
    expect(page.locator("[data-selected-count]")).to_have_text("Đã chọn 13")
    press(page, "f")
    expect(title(page)).to_contain_text("13 hồ sơ")
    send_batch(page)
    expect(title(page)).to_have_text("Việc cần xử lý")
    expect(told(page)).to_contain_text("đã xong 13 việc")
    press(page, "j", "x", *"j" * 22, "Shift+X", "f")
    expect(title(page)).to_contain_text("23 hồ sơ")
    send_batch(page)
    expect(page.get_by_text("Không có việc nào đang chờ")).to_be_visible()
    assert {step for code in codes for step in scene.open_steps(code)} == {"review"}


def first_field(page: Page) -> Locator:
    return page.get_by_label("Chuyển cho")


def write_comment(page: Page, words: str) -> None:
    """From the first field, which has the focus, on to the comment."""
    expect(first_field(page)).to_be_focused()
    expect(page.locator(".htmx-added, .htmx-settling, .htmx-swapping")).to_have_count(0)
    tab_to(page, comment(page))
    page.keyboard.type(words)


def send_batch(page: Page) -> None:
    """To the comment of the form, and off with it."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('.panel textarea, .panel button[type=submit]')"):
            break
    press(page, "Control+Enter")


def test_returning_and_handing_off_by_key_send_what_was_meant(scene: Scene, visitor: Visitor) -> None:
    code = scene.at_step("review", scene.publish("linear"))
    page = visitor(allow={422})
    signs_in(page, "head")
    press(page, "j", "r")
    expect(title(page)).to_contain_text(code)
    expect(page.locator("select[name=to_step]")).to_be_focused()
    comment(page).focus()
    page.keyboard.type("Thiếu căn cứ")
    press(page, "Control+Enter")  # the comment is shared: what is sent is for the person to say
    expect(page.get_by_role("main").get_by_role("button", name="Trả lại")).to_be_focused()
    assert scene.open_steps(code) == ["review"]
    press(page, "Enter")
    expect(told(page)).to_contain_text("Đã trả hồ sơ")
    assert scene.open_steps(code) == ["process"]


def test_keys_can_be_turned_off_but_sending_cannot(scene: Scene, visitor: Visitor) -> None:
    (code,) = at_process(scene, 1)
    page = visitor()
    signs_in(page, "binh")
    press(page, "?")
    sheet = page.get_by_role("dialog", name="Phím tắt")
    for name in ("Trong danh sách", "Ở trang hồ sơ", "Mọi trang"):
        expect(sheet.get_by_role("heading", name=name)).to_be_visible()
    assert axe(page) == []
    press(page, "Space", "Escape")
    press(page, "j")
    assert focused(page) != code
    page.get_by_role("link", name=code, exact=True).focus()
    press(page, "Enter")
    expect(title(page)).to_contain_text(code)
    comment(page).focus()
    press(page, "Control+Enter")
    expect(told(page)).to_contain_text("Đã chuyển hồ sơ")


@contextmanager
def holding(page: Page, path: str) -> Iterator[tuple[list[str], Event]]:
    """What is posted to `path` waits on the line until the event is set: the methods that came."""
    sent: list[str] = []
    waiting: list[Route] = []
    released = Event()

    def hold(route: Route) -> None:
        if route.request.method != "POST":
            route.fallback()
            return
        sent.append(route.request.url)
        if released.is_set():
            route.continue_()
        else:
            waiting.append(route)

    class Release(Event):
        def set(self) -> None:
            released.set()
            for route in waiting:
                route.continue_()

    page.route(path, hold)
    try:
        yield sent, Release()
    finally:
        page.unroute(path, hold)


def test_on_a_slow_line_nothing_is_sent_twice_and_one_is_told(scene: Scene, person: Person) -> None:
    first, second = at_process(scene, 2)
    page = person("binh")
    press(page, "j", "f")
    write_comment(page, "Chậm mà chắc")
    with holding(page, "**/forward") as (sent, release):
        press(page, "Control+Enter")
        expect(page.locator("form[aria-busy=true]")).to_have_count(1)
        press(page, "Control+Enter", "Control+Enter")
        expect(page.locator("#connection")).to_contain_text("máy chủ trả lời chậm")
        expect(comment(page)).to_have_value("Chậm mà chắc")
        release.set()
        expect(title(page)).to_contain_text(second)
        expect(page.locator("#connection")).to_have_text("")
    assert len(sent) == 1
    assert scene.kinds(first).count("forwarded") == scene.kinds(second).count("forwarded") + 1


def test_an_answer_that_was_lost_is_asked_for_again(scene: Scene, person: Person) -> None:
    first, second = at_process(scene, 2)
    page = person("binh", allow={"net::ERR_CONNECTION_RESET", "htmx:"})
    press(page, "j", "f")
    write_comment(page, "Gửi lần nữa")
    with losing_answers(page, "**/forward") as lost:
        press(page, "Control+Enter")
        expect(page.locator("#connection")).to_contain_text("Mất kết nối")
        expect(comment(page)).to_have_value("Gửi lần nữa")
    assert lost == [303]
    comment(page).focus()
    press(page, "Control+Enter")
    expect(title(page)).to_contain_text(second)
    assert [kind for kind in scene.kinds(first) if kind == "forwarded"].count("forwarded") == scene.kinds(second).count(
        "forwarded"
    ) + 1


def test_numbers_keep_up_and_rows_stay_where_they_are(scene: Scene, person: Person) -> None:
    (first,) = at_process(scene, 1)
    page = person("binh", allow={"net::ERR_FAILED GET"})
    press(page, "j")
    scene.clock.move(minutes=1)
    second = scene.at_step("process", "linear")
    ask(page)
    expect(page.locator(".new-work")).to_have_text("1 việc mới – tải lại")
    expect(page.locator("[data-fresh=tab-position]")).to_contain_text("2")
    expect(row(page, second)).to_have_count(0)
    assert focused(page) == first
    assert axe(page) == []
    page.route("**/viec/so?*", lambda route: route.abort())
    ask(page)
    expect(page.locator("#connection")).to_have_text("")
    page.get_by_role("link", name="tải lại").click()
    expect(row(page, second)).to_be_visible()


def ask(page: Page) -> None:
    """As if half a minute had passed while the page was hidden: coming back to it asks."""
    page.evaluate(
        "Date.now = (before => () => before() + 60_000 * ++window.asked)((window.asked ??= 0, Date.now.bind(Date)))"
    )
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


def test_eighteen_rows_at_a_desk_and_nothing_moves_when_one_is_chosen(scene: Scene, person: Person) -> None:
    at_process(scene, 26)
    page = person("binh")
    rows = "[...document.querySelectorAll('table.inbox tbody tr')]"
    visible = f"{rows}.filter(r => r.getBoundingClientRect().bottom <= innerHeight).length"
    assert page.viewport_size == {"width": DESKTOP.width, "height": DESKTOP.height}
    assert page.evaluate(visible) >= 18
    place = "[...document.querySelectorAll('main h1, main .tabs, main .filters, table.inbox tr, .pager')].map(e => e.offsetTop)"
    before = page.evaluate(place)
    press(page, "j", "x")
    expect(page.locator(".batch-bar")).to_be_visible()
    assert page.evaluate(place) == before
    assert sticking_out(page) == []


def test_a_list_goes_onto_paper(scene: Scene, person: Person, tmp_path: Any) -> None:
    at_process(scene, 3)
    page = person("binh")
    page.goto("/viec/in?hop=position")
    content = page.pdf(prefer_css_page_size=True)
    assert content.startswith(b"%PDF-")
    boxes = {
        tuple(round(float(part)) for part in box.split()) for box in re.findall(rb"/MediaBox\s*\[([\d. ]+)\]", content)
    }
    assert boxes == {(0, 0, 842, 595)} or boxes == {(0, 0, 841, 595)}
    (tmp_path / "danh-sach.pdf").write_bytes(content)


@pytest.mark.parametrize("javascript", [False])
def test_everything_goes_without_scripts(scene: Scene, person: Person, javascript: bool) -> None:
    first, second = at_process(scene, 2)
    page = person("binh", javascript=javascript)
    page.get_by_role("link", name=first, exact=True).click()
    page.get_by_role("main").get_by_role("button", name="Chuyển bước tiếp theo").click()
    expect(title(page)).to_contain_text(second)
    page.get_by_role("link", name="← Cần tôi xử lý").click()
    expect(page.get_by_role("link", name=second, exact=True)).to_be_visible()
