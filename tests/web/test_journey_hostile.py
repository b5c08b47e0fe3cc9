"""Names that want to be something else: markup, directions, formulas, a word without an end. They stay names everywhere."""

from __future__ import annotations

from urllib.parse import urlencode

from playwright.sync_api import Page, expect

from tests.actions.scene import Scene
from tests.fixtures.browser import DESKTOP, PHONE, Person, Visitor, axe, sticking_out
from tests.slips.pdf_reading import read_pages, squeeze
from tests.web.screens import button, fill_in, is_pdf, registered

LONGEST = 4_000
NAMES = {
    "image": '"><img src=x onerror="document.title=\'sống\'">',
    "script": "<script>document.title = 'sống'</script>",
    "template": "{{ 7 * 7 }} ${7*7} <svg/onload=alert(1)>",
    "directions": "\u202eoàh nêyugN\u202c \u2067\u200fNguyễn\u2069 Hòa",
    "formula": '=HYPERLINK("http://192.0.2.1/";"Bấm")',
    "endless": "Ư" * LONGEST,
}


def is_dead(page: Page) -> None:
    """Nothing of a name became part of the page, and nothing is pushed out of it."""
    assert page.locator("main :is(script, img, svg, iframe):not(#diagram *)").count() == 0
    assert "sống" not in page.title()
    assert sticking_out(page) == []


def test_a_name_is_a_name_from_the_form_to_the_receipt(scene: Scene, person: Person, visitor: Visitor) -> None:
    desk, citizen = person("desk", screen=PHONE), visitor(screen=PHONE)
    for number, name in enumerate(NAMES.values()):
        phone = f"09123456{number:02}"
        desk.goto("/tiep-nhan/1.000001")
        fill_in(desk, name=name, address=name, phone=phone)
        button(desk, "Tiếp nhận hồ sơ").click()
        found = registered(desk)
        is_dead(desk)
        assert scene.get("desk", f"/dossiers/{found.code}")["applicant"]["name"] == name
        printed = "".join(page.text for page in read_pages(is_pdf(desk.request.get(found.receipt))))
        assert squeeze(name)[:40] in printed or name == NAMES["directions"]

        for path in ("", "/dien-bien") if number else ("", "/tep", "/so-do", "/dien-bien", "/dong-ho"):
            desk.goto(f"/ho-so/{found.code}{path}")
            expect(desk.get_by_role("main")).to_contain_text(name[:100])
            is_dead(desk)
        desk.goto("/tiep-nhan/1.000001")
        desk.locator("[name=nguoi]").fill(phone)
        desk.get_by_role("button", name="Dùng lại").click()
        expect(desk.locator("[name=applicant-name]")).to_have_value(name)
        is_dead(desk)

        citizen.goto(f"/tra-cuu?{urlencode({'code': found.code, 'token': scene.dossier(found.code).token})}")
        expect(citizen.get_by_role("main")).to_contain_text(name[:100])
        is_dead(citizen)
    assert axe(citizen) == []


def test_lists_hold_all_of_them_at_once(scene: Scene, person: Person) -> None:
    codes = [scene.at_step("return_result", applicant={"name": name}) for name in NAMES.values()]
    for code in codes[::2]:
        scene.do("confirm-result", "desk", scene.task(code, "return_result").id)
    for screen in (DESKTOP, PHONE):
        desk = person("desk", screen=screen)
        for path in ("/viec", "/ho-so", "/tra-ket-qua?loai=waiting", "/tra-ket-qua?loai=ready"):
            desk.goto(path)
            expect(desk.get_by_role("row")).to_have_count((3 if "loai" in path else 6) + 1)  # with the heading
            is_dead(desk)
        assert axe(desk) == []


def test_comments_and_decisions_are_as_harmless(scene: Scene, person: Person) -> None:
    code = scene.at_step("process")
    said = "\n".join([*list(NAMES.values())[:-1], "Ư" * 3_000])
    scene.do("forward", "binh", scene.task(code, "process").id, {"comment": said})
    head = person("head", screen=PHONE)
    for path in ("", "/dien-bien"):
        head.goto(f"/ho-so/{code}{path}")
        expect(head.get_by_role("main")).to_contain_text(NAMES["formula"])
        is_dead(head)
