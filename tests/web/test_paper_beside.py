"""Papers beside what is being filled in: other pages, other files, larger, without losing a word."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.actions.scene import Scene
from tests.fixtures.browser import DESKTOP, PHONE, Person, axe, sticking_out
from tests.papers.samples import pdf
from tests.regulation.files import add_file


def test_papers_are_compared_beside_the_form(scene: Scene, person: Person) -> None:
    code = scene.at_step("process", scene.publish("linear"))
    first = add_file(scene, "binh", code, pdf(3), "Đơn đề nghị.pdf")["id"]
    second = add_file(scene, "binh", code, pdf(1), "Bản đồ.pdf")["id"]
    page = person("binh")
    page.goto(f"/ho-so/{code}")
    page.locator("#comment").fill("Đã đối chiếu")
    where, picture = page.locator("[data-beside-where]"), page.locator("[data-beside] img")
    page.get_by_role("button", name="Trang sau").click()
    expect(where).to_contain_text("Trang 2")
    page.locator("[data-beside-paper]").press("ArrowRight")
    expect(picture).to_have_attribute("src", f"/ho-so/{code}/tep/{first}/trang/3.png?rong=1200")
    page.locator("[data-beside-paper]").press("+")
    page.locator("[data-beside-paper]").press("+")
    expect(picture).to_have_attribute("src", f"/ho-so/{code}/tep/{first}/trang/3.png?rong=1600")
    for screen in (PHONE, DESKTOP):
        page.set_viewport_size({"width": screen.width, "height": screen.height})
        assert sticking_out(page) == []
        assert axe(page) == []
    page.get_by_label("Tệp đang xem").select_option(f"/ho-so/{code}/tep/{second}")
    expect(picture).to_have_attribute("src", f"/ho-so/{code}/tep/{second}/trang/1.png?rong=1600")
    expect(page.locator("#comment")).to_have_value("Đã đối chiếu")
