"""What tests of pages rely on can fail: each helper finds its fault on a page that was made to have it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask, Response, redirect, request
from playwright.sync_api import Browser, expect

from tests.factories import PASSWORD
from tests.fixtures.browser import (
    DESKTOP,
    PHONE,
    Person,
    Screen,
    Visitor,
    axe,
    losing_answers,
    offline,
    serving,
    sticking_out,
    visiting,
)

POLICY = "default-src 'self'; base-uri 'none'; form-action 'self'"
PAGE = """<!doctype html><html lang="vi"><head><title>Thử</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<script src="/sound.js"></script></head><body><main><h1>Trang thử</h1>{}</main></body></html>"""
BODIES = {
    "sound": "<p>Không có lỗi nào.</p>",
    "no-name": "<button></button>",
    "inline": "<p>Chữ</p><script>document.title = 'ran'</script>",
    "console": "<script src='/console.js'></script>",
    "throws": "<script src='/throws.js'></script>",
    "missing": "<script src='/nowhere.js'></script>",
    "elsewhere": "<p>Chữ</p><script src='https://example.org/x.js'></script>",
    "wide": "<p>" + "x" * 400 + "</p>",
    "send": "<form method='post' action='/sent'><button type='submit'>Gửi</button></form>",
    "times": "<p id='zone'></p><script src='/zone.js'></script>",
}
SCRIPTS = {
    "sound": "",
    "console": "console.error('mistake')",
    "throws": "nowhere.to.be.found",
    "zone": "addEventListener('load', () => { document.getElementById('zone').textContent ="
    " [navigator.language, new Date().getTimezoneOffset()].join(' ') })",
}


@pytest.fixture(scope="module")
def toy() -> Flask:
    """Pages with one fault each, a form, and a sign-in as the real site has it."""
    app = Flask(__name__, static_folder=None)
    app.config["SENT"] = 0

    @app.get("/<name>")
    def page(name: str) -> str:
        return PAGE.format(BODIES[name])

    @app.get("/favicon.ico")
    def icon() -> Response:
        return Response(status=204)

    @app.get("/<name>.js")
    def script(name: str) -> Response:
        return Response(SCRIPTS[name], mimetype="text/javascript") if name in SCRIPTS else Response(status=404)

    @app.post("/sent")
    def sent() -> str:
        app.config["SENT"] += 1
        return PAGE.format("<p>Đã nhận</p>")

    @app.route("/dang-nhap", methods=["GET", "POST"])
    def sign_in() -> str | Response:
        if request.form.get("password") == PASSWORD:
            answer = redirect("/sound", 303)
            answer.set_cookie("who", request.form["username"])
            return answer  # type: ignore[return-value]
        fields = "<input name='username' aria-label='Tên'><input name='password' type='password' aria-label='Mật khẩu'>"
        return PAGE.format(f"<form method='post'>{fields}<button type='submit'>Đăng nhập</button></form>")

    @app.get("/who")
    def who() -> str:
        return PAGE.format(f"<p id='who'>{request.cookies.get('who', 'nobody')}</p>")

    @app.get("/breaks")
    def breaks() -> str:
        raise RuntimeError("it broke")

    @app.after_request
    def with_policy(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = POLICY
        return response

    return app


@pytest.fixture
def site(toy: Flask) -> Iterator[str]:
    """The toy in the place of the real site."""
    with serving(toy) as address:
        yield address


@pytest.mark.parametrize("screen", [DESKTOP, PHONE])
def test_a_sound_page_passes_everything_under_a_strict_policy(visitor: Visitor, screen: Screen) -> None:
    page = visitor(screen=screen)
    page.goto("/sound")
    assert axe(page) == []
    assert axe(page) == []
    assert sticking_out(page) == []
    assert page.viewport_size == {"width": screen.width, "height": screen.height}


def test_axe_finds_a_button_without_a_name(visitor: Visitor) -> None:
    page = visitor()
    page.goto("/no-name")
    (found,) = axe(page)
    assert found.startswith("button-name")
    assert found.endswith(": button")


def test_without_javascript_widths_are_measured_and_axe_refuses(visitor: Visitor) -> None:
    page = visitor(javascript=False, screen=PHONE)
    page.goto("/wide")
    assert sticking_out(page) != []
    with pytest.raises(AssertionError, match="JavaScript is off"):
        axe(page)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("inline", "(?s)console: .*inline script violates.*Content Security Policy"),
        ("console", r"console: mistake \(http.*/console.js:0\)"),
        ("throws", "uncaught: .*nowhere is not defined"),
        ("missing", "404 GET http.*/nowhere.js"),
        ("elsewhere", "(?s)example.org"),
    ],
)
def test_what_goes_wrong_in_a_page_fails_the_test(chromium: Browser, site: str, name: str, says: str) -> None:
    with pytest.raises(AssertionError, match=says), visiting(chromium, site) as visitors:
        visitors.visitor().goto(f"/{name}")


def test_what_is_allowed_does_not(visitor: Visitor) -> None:
    visitor(allow={404}).goto("/missing")
    visitor(allow={"console: mistake"}).goto("/console")


def test_the_browser_reaches_nothing_but_this_machine(chromium: Browser) -> None:
    for address in ("http://example.org/", "http://192.0.2.1/"):
        with pytest.raises(AssertionError, match="ERR_NAME_NOT_RESOLVED"), visiting(chromium, address) as visitors:
            visitors.visitor().evaluate("address => fetch(address, {mode: 'no-cors'}).catch(() => null)", address)


def test_a_traceback_of_the_site_fails_the_test(toy: Flask, chromium: Browser) -> None:
    toy.testing = True
    with pytest.raises(AssertionError, match="it broke"), serving(toy) as address, visiting(chromium, address) as who:
        who.visitor(allow={500}).goto("/breaks")


@pytest.mark.parametrize("screen", [DESKTOP, PHONE])
def test_what_is_too_wide_is_named(visitor: Visitor, screen: Screen) -> None:
    page = visitor(screen=screen)
    page.goto("/wide")
    first, *rest = sticking_out(page)
    assert first.endswith(f"> {screen.width}")
    assert "p" in rest


def test_people_sign_in_through_the_form_and_are_apart(person: Person, visitor: Visitor) -> None:
    pages = {"binh": person("binh"), "chi": person("chi", screen=PHONE, javascript=False), "nobody": visitor()}
    for name, page in pages.items():
        page.goto("/who")
        expect(page.locator("#who")).to_have_text(name)


def test_a_browser_is_vietnamese_and_may_have_no_javascript(visitor: Visitor) -> None:
    page = visitor()
    page.goto("/times")
    expect(page.locator("#zone")).to_have_text("vi-VN -420")
    page = visitor(javascript=False)
    page.goto("/times")
    expect(page.locator("#zone")).to_be_empty()


def test_offline_is_offline_and_ends(visitor: Visitor) -> None:
    page = visitor()
    page.goto("/sound")
    asks = "() => fetch('/sound').then(answer => answer.status, () => 'lost')"
    with offline(page):
        assert page.evaluate(asks) == "lost"
    assert page.evaluate(asks) == 200


def test_an_answer_is_lost_after_the_deed_was_done(visitor: Visitor, toy: Flask) -> None:
    page = visitor(allow={"net::ERR_CONNECTION_RESET"})
    page.goto("/send")
    before = toy.config["SENT"]
    with losing_answers(page, "**/sent") as lost:
        page.get_by_role("button").click()
        expect(page.get_by_text("Đã nhận")).to_have_count(0)
    assert lost == [200]
    assert toy.config["SENT"] == before + 1
