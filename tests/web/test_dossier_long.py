"""A dossier to which very much has happened: it opens, it can be read, and it costs no more statements."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.actions.scene import Scene
from tests.fixtures.browser import DESKTOP, PHONE, Person, axe, sticking_out
from tests.web.screens import title


def much_happened(scene: Scene) -> str:
    """Three hundred events through the actions themselves, in the hands of two people, forwarded and returned now and then."""
    code = scene.at_step("process", scene.publish("linear"))
    for number in range(32):
        for who in ("binh", "chi"):
            for _ in range(2):
                scene.do("claim", who, scene.task(code, "process").id)
                scene.do("release", who, scene.task(code, "process").id)
        if number % 2:
            scene.do("forward", "binh", scene.task(code, "process").id, {"comment": f"Chuyển lần {number}"})
            scene.do("return", "head", scene.task(code, "review").id, {"comment": "Cần giải trình thêm " * 8})
            scene.do("release", "binh", scene.task(code, "process").id)
        scene.clock.move(hours=1)
    return code


def test_three_hundred_events_can_be_read(scene: Scene, person: Person) -> None:
    code = much_happened(scene)
    assert len(scene.kinds(code)) >= 300
    page = person("binh")
    for path in ("", "/dien-bien"):
        page.goto(f"/ho-so/{code}{path}")
        expect(title(page)).to_contain_text(code)
        for screen in (PHONE, DESKTOP):
            page.set_viewport_size({"width": screen.width, "height": screen.height})
            assert sticking_out(page) == []
            assert axe(page) == []
    assert page.locator(".timeline > li").count() <= 125
    page.get_by_role("link", name="Cũ hơn").click()
    expect(page.get_by_role("link", name="Về diễn biến mới nhất")).to_be_visible()
    scene.sound(code)
