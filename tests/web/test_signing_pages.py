"""The pages of signatures: a file's, with the ways to sign it, and the list of what waits for one's signature."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from app.signatures.server import sign_pdf
from tests.factories import START
from tests.fixtures.browser import DESKTOP, PHONE, Person, Screen, axe, sticking_out
from tests.signatures.authority import a_pdf
from tests.signatures.conftest import Bench, authority, bench
from tests.web.desk import Desk, words
from tests.web.screens import button, errors, title

__all__ = ["authority", "bench"]

SEE = Callable[[str], Desk]


def drafts(bench: Bench, number: int = 2) -> list[tuple[str, int]]:
    """Dossiers at the director's step, each with a draft of its result."""
    codes = [bench.scene.at_step("approve") for _ in range(number)]
    return [(code, bench.upload(code, a_pdf(code), "binh", kind="draft_result")) for code in codes]


@pytest.mark.rule("QT-15.4")
def test_a_file_says_who_signed_it_and_is_signed_without_a_script(bench: Bench, desk: SEE) -> None:
    ((code, attachment),) = drafts(bench, 1)
    director = desk("director")
    place = f"/ho-so/{code}/tep/{attachment}/ky"
    seen = director.see(place)
    assert "Tệp chưa có chữ ký số nào" in words(seen)
    answer = director.send(director.form(seen, place), {"reason": "Phê duyệt", "page": "1"})
    assert answer.status_code == 303, answer.text
    signed = words(director.see(answer.location))
    for told in ("Hợp lệ", "Phan Thị Giám Đốc", "Sở Y tế", "08:00:00 23/11/2026", "CA của bài kiểm tra"):
        assert told in signed
    listed = words(director.see(f"/ho-so/{code}/tep"))
    assert "Phan Thị Giám Đốc · Hợp lệ" in listed
    assert "Phan Thị Giám Đốc: hợp lệ" in words(director.see(f"/ho-so/{code}"))
    assert "Ký số tệp" in words(director.see(f"/ho-so/{code}/dien-bien"))


def test_why_a_signature_does_not_hold_stands_there(bench: Bench, desk: SEE) -> None:
    code = bench.scene.register()["code"]
    (key,) = bench.ring().of_account("director")
    attachment = bench.upload(code, sign_pdf(a_pdf(), key, now=START))
    (bench.trust / "ca.crl").write_bytes(bench.authority.revocations(bench.director))
    told = words(desk("desk").see(f"/ho-so/{code}/tep/{attachment}/ky"))
    assert "Không hợp lệ" in told
    assert "Chứng thư số đã bị thu hồi từ 08:00 21/11/2026." in told


def test_a_refused_form_says_why_and_keeps_what_was_typed(bench: Bench, desk: SEE) -> None:
    ((code, attachment),) = drafts(bench, 1)
    director = desk("director")
    place = f"/ho-so/{code}/tep/{attachment}/ky"
    form = director.form(director.see(place), place)
    answer = director.send(form, {"reason": "Duyệt gấp", "page": "7"})
    assert answer.status_code == 409
    assert "không có trang 7" in words(answer)
    assert "Duyệt gấp" in answer.text
    brought = director.form(director.see(place), f"{place}/tai-len")
    answer = director.send(brought, {})
    assert (answer.status_code, "Hãy chọn tệp PDF đã ký" in words(answer)) == (422, True)
    assert director.client.get(f"{place}/tai-len").status_code == 303


def test_who_has_no_key_is_told_the_other_way_and_who_only_looks_gets_no_form(bench: Bench, desk: SEE) -> None:
    ((code, attachment),) = drafts(bench, 1)
    place = f"/ho-so/{code}/tep/{attachment}/ky"
    assert "Hãy ký bằng thiết bị của bạn" in words(desk("binh").see(place))
    control = words(desk("control").see(place))
    assert "không được giao ký" in control
    assert "USB token" not in control


def test_a_list_of_what_waits_is_signed_at_once_and_what_fails_is_named(bench: Bench, desk: SEE) -> None:
    (first, second) = drafts(bench)
    broken = bench.upload(second[0], b"%PDF-1.7 broken", "binh", name="hong.pdf", kind="draft_result")
    director = desk("director")
    seen = director.see("/ky-so")
    form = director.form(seen, "/ky-so")
    assert director.send(form, {}).status_code == 422
    chosen = [f"{first[0]}/{first[1]}", f"{second[0]}/{second[1]}", f"{second[0]}/{broken}", "x/y", "một/hai/3"]
    answer = director.send(director.form(director.see("/ky-so"), "/ky-so"), {"files": chosen})
    assert answer.status_code == 200, answer.text
    told = words(answer)
    assert "Đã ký 2 trên 4 tệp" in told
    assert "Tệp không phải là PDF đọc được nên không ký được." in told
    assert bench.scene.kinds(first[0]).count("signed") == 1
    assert "Không có tệp nào chờ bạn ký" in words(desk("binh").see("/ky-so"))


@pytest.mark.parametrize("screen", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.rule("QT-17.2")
def test_a_leader_signs_from_the_keyboard_on_any_screen(bench: Bench, person: Person, screen: Screen) -> None:
    (first, _) = drafts(bench)
    page = person("director", screen=screen)
    page.goto("/ky-so")
    expect(title(page)).to_have_text("Chờ ký số")
    assert axe(page) == []
    assert sticking_out(page) == []
    for box in page.locator("input[data-select]").all():
        box.focus()
        page.keyboard.press("Space")
    page.locator("#reason").fill("Phê duyệt kết quả")
    button(page, "Ký các tệp đã chọn").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Đã ký 2 trên 2 tệp")).to_be_visible()
    assert axe(page) == []
    page.goto(f"/ho-so/{first[0]}/tep")
    assert axe(page) == []
    assert sticking_out(page) == []
    page.get_by_role("link", name="Ký số du-thao (đã ký).pdf").click()
    expect(page.locator(".signature-good")).to_contain_text("Hợp lệ")
    assert axe(page) == []
    assert sticking_out(page) == []
    expect(errors(page)).to_have_count(0)
