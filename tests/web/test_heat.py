"""The bundle `heat`: figures and marks on a diagram that nobody edits."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask, Response
from playwright.sync_api import expect

from app.config import PROJECT_ROOT
from tests.fixtures.browser import PHONE, Visitor, axe, serving, sticking_out

STATIC = PROJECT_ROOT / "app" / "web" / "static"
DIAGRAM = PROJECT_ROOT / "bpmn" / "procedures" / "approve_investment_policy.bpmn"
FRAME = (Path(__file__).parent / "pages" / "frame.html").read_text(encoding="utf-8")
POLICY = "default-src 'self'; img-src 'self' data:; font-src 'self' data:; style-src 'self' 'unsafe-inline'"
HEAD = '<link rel="stylesheet" href="/static/heat.css"><script src="/static/heat.js" defer></script>'


@pytest.fixture
def toy() -> Flask:
    app = Flask(__name__, static_folder=str(STATIC), static_url_path="/static")

    @app.get("/two")
    def two() -> str:
        places = '<div data-heat data-url="/heat.json"></div><div data-heat data-url="/marks.json"></div>'
        return FRAME.replace("{title}", "Sơ đồ").replace("{head}", HEAD).replace("{main}", f"<h1>Sơ đồ</h1>{places}")

    @app.get("/none")
    def none() -> str:
        main = '<h1>Sơ đồ</h1><div data-heat data-url="/nowhere"></div>'
        return FRAME.replace("{title}", "Sơ đồ").replace("{head}", HEAD).replace("{main}", main)

    @app.get("/heat.json")
    def heat() -> dict[str, object]:
        return {
            "xml": DIAGRAM.read_text(encoding="utf-8"),
            "heat": {"receive": 0, "give_opinion": 1, "review": 0.5, "gone_since": 1},
            "pills": {"give_opinion": ["Chờ 12 giờ", "Trễ 31%"]},
        }

    @app.get("/marks.json")
    def marks() -> dict[str, object]:
        return {
            "xml": DIAGRAM.read_text(encoding="utf-8"),
            "marks": {"receive": "added", "give_opinion": "never", "gone_since": "removed", "review": "no such kind"},
            "legend": [{"text": "Mới so với bản trước", "class": "mark-added"}],
        }

    @app.after_request
    def with_policy(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = POLICY
        return response

    return app


@pytest.fixture
def site(toy: Flask) -> Iterator[str]:
    with serving(toy) as address:
        yield address


@pytest.mark.parametrize("screen", [None, PHONE])
def test_heat_is_told_by_fill_and_words_and_marks_by_border_and_words(
    visitor: Visitor, screen: dict[str, int] | None
) -> None:
    page = visitor(**({"screen": screen} if screen else {}))
    page.goto("/two")
    expect(page.locator("[data-heat][data-ready]")).to_have_count(2)
    heat, marks = page.locator("[data-heat]").nth(0), page.locator("[data-heat]").nth(1)
    expect(heat.locator(".heat-5[data-element-id=give_opinion]")).to_have_count(1)
    expect(heat.locator(".heat-1[data-element-id=receive]")).to_have_count(1)
    expect(heat.locator(".heat-pill", has_text="Chờ 12 giờ")).to_contain_text("Trễ 31%")
    expect(heat.locator(".heat-pill", has_text="Rất thấp")).to_have_count(1)
    assert "Rất cao" in heat.locator(".heat-legend").inner_text()
    expect(marks.locator(".heat-note")).to_have_text(["＋ Thêm"])
    expect(marks.locator(".mark-never[data-element-id=give_opinion]")).to_have_count(1)
    expect(marks.locator(".heat-legend li")).to_have_text(["Mới so với bản trước"])
    heat.get_by_role("button", name="Phóng to").press("Enter")
    assert sticking_out(page) == []
    assert axe(page) == []


def test_a_diagram_that_cannot_be_had_says_so(visitor: Visitor) -> None:
    page = visitor(allow={404, "console: Error: status 404"})
    page.goto("/none")
    expect(page.get_by_role("alert")).to_contain_text("Không tải được sơ đồ")
