"""The pages on which templates and logos are replaced: tried, looked at, taken, withdrawn; in a browser too."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from lxml import html
from playwright.sync_api import expect
from werkzeug.test import TestResponse

from app.slips.docx import builtin_docx
from app.slips.replacing import current_template, logo_of
from tests import factories
from tests.actions.scene import Scene
from tests.fixtures.browser import DESKTOP, PHONE, Person, axe, sticking_out
from tests.slips.test_docx import picture
from tests.slips.word_files import word_file
from tests.web.desk import Desk, Form, page_of, words
from tests.web.screens import button, errors, title, told

KEY = "tt01-2018/02"
PAGE = f"/mau-phieu/mau/{KEY}"
LOGOS = "/mau-phieu/logo"
SOURCE = b"#let d = json(bytes(sys.inputs.content))\n= #d.code"


@pytest.fixture
def an(scene: Scene, desk: Callable[[str], Desk]) -> Desk:
    """She replaces what is her own agency's."""
    with scene.writing() as connection:
        factories.account(connection, "an", scene.province.health, [], ("slip.manage_own",))
    return desk("an")


def send(person: Desk, path: str, content: bytes, name: str, **typed: str) -> TestResponse:
    form = person.form(person.see(path), path)
    fields: dict[str, Any] = form.fields | typed | {"file": (io.BytesIO(content), name)}
    return person.client.post(path, data=fields, content_type="multipart/form-data")


def sent(answer: TestResponse) -> str:
    """The address of what was sent."""
    assert answer.status_code == 303, answer.text
    return str(answer.headers["Location"])


def looked_at(person: Desk, answer: TestResponse) -> tuple[str, html.HtmlElement]:
    """The page of what was sent, and its address."""
    path = sent(answer)
    seen = person.see(path)
    assert "Chưa áp dụng" in words(seen)
    return path, seen


def standing(scene: Scene, kind: str = "typst") -> bool:
    with scene.reading() as connection:
        day = scene.clock().date()
        return current_template(connection, KEY, scene.province.health, kind, day) is not None


def test_a_template_is_looked_at_before_it_counts(scene: Scene, an: Desk) -> None:
    path, seen = looked_at(an, send(an, PAGE, SOURCE, "Mẫu của Sở.TYP", note="Công văn số 5"))
    assert not standing(scene)
    assert "Chưa áp dụng" not in words(an.see(PAGE)), "only what was taken is listed"
    assert seen.xpath("//img[starts-with(@src, 'data:image/png;base64,')]")
    assert an.client.get(f"{path}/xem-truoc.pdf").data.startswith(b"%PDF-")
    taken = an.send(an.form(seen, f"{path}/ap-dung"))
    assert taken.headers["Location"] == PAGE
    assert standing(scene)
    listed = words(an.see(PAGE))
    assert "Đã áp dụng." in listed
    assert "Đang dùng" in listed
    assert "Công văn số 5" in listed
    assert "Sở Y tế PDF" in words(an.see("/mau-phieu"))
    an.send(an.form(an.see(path), f"{path}/thu-hoi"))
    assert not standing(scene)
    assert "Đã thu hồi" in words(an.see(PAGE))
    again = an.send(Form(f"{path}/thu-hoi", an.form(an.see(PAGE), PAGE).fields))
    assert (again.status_code, "đã được thu hồi" in words(again)) == (409, True)


def test_what_was_sent_may_be_dropped(scene: Scene, an: Desk) -> None:
    path, seen = looked_at(an, send(an, PAGE, builtin_docx(KEY), "mau.docx"))
    assert "Yêu cầu bổ sung, hoàn thiện hồ sơ gồm" in words(seen)
    assert an.client.get(f"{path}/xem-truoc.docx").data.startswith(b"PK")
    assert an.client.get(f"{path}/tep").data == builtin_docx(KEY)
    an.send(an.form(seen, f"{path}/thu-hoi"))
    assert not standing(scene, "docx")
    assert an.client.get(f"{path}/ap-dung").headers["Location"] == path


def test_a_refusal_shows_the_line(scene: Scene, an: Desk) -> None:
    with scene.unchanged():
        answer = send(an, PAGE, word_file("{{ code }}", "Lý do: {{ values.reson }}"), "mau.docx", note="Giữ lại")
    assert answer.status_code == 422
    seen = words(answer)
    assert "Đoạn 2: Phiếu này không có trường “reson”" in seen
    assert page_of(answer).find_class("template-line")[0].text_content() == "Lý do: {{ values.reson }}"
    assert an.form(answer, PAGE).fields["note"] == "Giữ lại"
    answer = send(an, PAGE, b"= a\n<b>\n#foo", "mau.typ")
    assert "Dòng 3: Không có tên “foo”" in words(answer)


@pytest.mark.parametrize(
    ("content", "name", "typed", "field"),
    [
        (SOURCE, "", {}, "file"),
        (SOURCE, "mau.pdf", {}, "file"),
        (b"", "mau.typ", {}, "file"),
        (SOURCE, "mau.typ", {"valid_from": "ngày mai"}, "valid_from"),
        (SOURCE, "mau.typ", {"valid_from": "2020-01-01"}, "valid_from"),
        (SOURCE, "mau.typ", {"agency": "KHONG-CO"}, "agency"),
        (SOURCE, "mau.typ", {"note": "x" * 1001}, "note"),
    ],
)
def test_what_is_wrong_is_told_at_its_field(
    scene: Scene, an: Desk, content: bytes, name: str, typed: dict[str, str], field: str
) -> None:
    with scene.unchanged():
        answer = send(an, PAGE, content, name, **typed)
    assert answer.status_code == 422
    assert page_of(answer).xpath("//div[@id='error-summary']//a/@href") == [f"#{field}"]


def test_a_logo_is_shown_on_a_slip_before_it_counts(scene: Scene, an: Desk) -> None:
    path, seen = looked_at(an, send(an, LOGOS, picture("JPEG"), "logo.jpg"))
    shown = an.client.get(f"{path}/tep")
    assert (shown.mimetype, shown.headers["X-Content-Type-Options"]) == ("image/jpeg", "nosniff")
    an.send(an.form(seen, f"{path}/ap-dung"))
    with scene.reading() as connection:
        assert logo_of(connection, scene.province.health, scene.clock().date()) is not None
    assert an.see("/mau-phieu").xpath(f"//img[@src='{path}/tep']")
    refused = send(an, LOGOS, b"<svg/>", "logo.png")
    assert (refused.status_code, "PNG hoặc JPEG" in words(refused)) == (422, True)


def test_an_agency_sees_its_own_and_the_provinces_only(scene: Scene, an: Desk, desk: Callable[[str], Desk]) -> None:
    admin = desk("admin")
    offices = sent(send(admin, PAGE, SOURCE, "a.typ", agency="VPUBND"))
    everywhere = sent(send(admin, PAGE, SOURCE, "a.typ"))
    assert an.client.get(offices).status_code == 404
    assert an.client.get(f"{offices}/tep").status_code == 404
    seen = an.see(everywhere)
    assert not seen.xpath("//form[contains(@action, '/ap-dung')]")
    form_page = an.see(PAGE)
    assert an.send(Form(f"{everywhere}/ap-dung", an.form(form_page, PAGE).fields)).status_code == 403
    assert [option.get("value") for option in form_page.xpath("//select[@id='agency']/option")] == ["SYT"]
    assert send(an, PAGE, SOURCE, "a.typ", agency="").status_code == 403
    assert desk("desk").client.get("/mau-phieu").status_code == 403


def test_what_is_built_in_is_there_to_start_from(an: Desk) -> None:
    assert an.client.get(f"/mau-phieu/goc/{KEY}.pdf").data.startswith(b"%PDF-")
    kept = an.client.get(f"/mau-phieu/goc/{KEY}.docx")
    assert (kept.data, "attachment" in kept.headers["Content-Disposition"]) == (builtin_docx(KEY), True)
    for path in ("/mau-phieu/goc/tt99/01.pdf", "/mau-phieu/goc/../forms.py", "/mau-phieu/mau/tt99/01"):
        assert an.client.get(path).status_code in (404, 308)


def test_in_a_browser(scene: Scene, person: Person, tmp_path: Path) -> None:
    files = {"bad": word_file("{{ code }}", "{{ values.reson }}"), "good": builtin_docx(KEY)}
    for name, content in files.items():
        (tmp_path / f"{name}.docx").write_bytes(content)
    page = person("admin", allow={422})
    page.goto("/mau-phieu")
    page.get_by_role("link", name="Phiếu yêu cầu bổ sung").first.click()
    expect(title(page)).to_contain_text("Phiếu yêu cầu bổ sung")
    page.locator("#file").set_input_files(tmp_path / "bad.docx")
    button(page, "In thử và xem trước").click()
    expect(errors(page)).to_contain_text("Đoạn 2")
    expect(page.locator(".template-line")).to_have_text("{{ values.reson }}")
    page.locator("#file").set_input_files(tmp_path / "good.docx")
    button(page, "In thử và xem trước").click()
    expect(title(page)).to_contain_text("Xem trước")
    for screen in (PHONE, DESKTOP):
        page.set_viewport_size({"width": screen.width, "height": screen.height})
        assert (axe(page), sticking_out(page)) == ([], [])
    button(page, "Áp dụng mẫu này").click()
    expect(told(page)).to_have_text("Đã áp dụng.")
    assert standing(scene, "docx")
