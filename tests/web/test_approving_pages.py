"""The leader's page: drafts read, left out or returned, signed and passed on in one go; with progress, and tried again."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event
from typing import Any

import pytest
from playwright.sync_api import expect

from app.signatures import server
from tests.actions.delegating import delegate
from tests.fixtures.browser import DESKTOP, PHONE, Person, Screen, axe, sticking_out
from tests.signatures.authority import PASSPHRASE, a_pdf
from tests.signatures.conftest import Bench, authority, bench
from tests.signatures.test_approve_batch import asking, files
from tests.web.desk import Desk, page_of, words
from tests.web.screens import button, title

__all__ = ["authority", "bench"]

SEE = Callable[[str], Desk]
SIGNING = 90_000.0
"""Milliseconds for ten signatures, each with a stamp that is set and a place that is looked for, on a busy machine."""


def drafts(bench: Bench, number: int) -> list[str]:
    codes = [bench.scene.at_step("approve") for _ in range(number)]
    for code in codes:
        bench.upload(code, a_pdf(code), "binh", kind="draft_result")
    return codes


def chosen(seen: Any) -> list[str]:
    return [str(box.get("value")) for box in seen.iter("input") if box.get("name") == "items"]


@pytest.mark.rule("QT-17.5")
def test_chosen_drafts_are_signed_and_passed_on_without_a_script(bench: Bench, desk: SEE) -> None:
    codes = drafts(bench, 3)
    director = desk("director")
    seen = director.see("/duyet")
    assert "Duyệt, ký" in words(seen)
    form = director.form(seen, "/duyet")
    assert "Hãy chọn ít nhất một hồ sơ" in words(director.send(form))
    answer = director.send(form, {"items": chosen(seen)[:2], "comment": "Đồng ý"})
    assert answer.status_code == 200, answer.text
    assert "xong 2 trên 2 hồ sơ" in words(answer)
    left = words(director.see("/duyet"))
    assert [code in left for code in codes].count(True) == 1


@pytest.mark.rule("ST-15.1a")
def test_one_that_is_not_good_goes_back_with_what_is_to_be_done(bench: Bench, desk: SEE) -> None:
    (code,) = drafts(bench, 1)
    task = bench.scene.task(code, "approve").id
    director = desk("director")
    form = director.form(director.see("/duyet"), "/duyet")
    place = f"/duyet/tra-lai/{task}"
    answer = director.client.post(place, data=form.fields | {f"instruction-{task}": "  "})
    assert answer.status_code == 422
    assert "Phải ghi ý kiến." in words(answer)
    again = director.form(director.see("/duyet"), "/duyet")
    answer = director.client.post(place, data=again.fields | {f"instruction-{task}": "Bổ sung căn cứ pháp lý"})
    assert answer.status_code == 303, answer.text
    assert bench.scene.last(code, "returned").data["comment"] == "Bổ sung căn cứ pháp lý"


def test_what_failed_is_tried_again_from_the_results(bench: Bench, desk: SEE) -> None:
    drafts(bench, 2)
    asking(bench)
    director = desk("director")
    seen = director.see("/duyet")
    answer = director.send(director.form(seen, "/duyet"), {"items": chosen(seen), "pin": "sai"})
    told = words(answer)
    assert "xong 0 trên 2 hồ sơ" in told
    assert "2 hồ sơ chưa được" in told
    assert "sai" not in [box.get("value") for box in seen.iter("input")]
    again = director.form(answer, "/duyet")
    answer = director.send(again, {"items": chosen(page_of(answer)), "pin": PASSPHRASE})
    assert "xong 2 trên 2 hồ sơ" in words(answer)


def test_how_far_it_is_is_its_own_persons_affair(bench: Bench, desk: SEE) -> None:
    drafts(bench, 1)
    director = desk("director")
    seen = director.see("/duyet")
    form = director.form(seen, "/duyet")
    director.send(form, {"items": chosen(seen)})
    place = f"/duyet/{form.fields['_key']}"
    assert "Đã xong 1 trên 1 việc" in director.see(f"{place}/tien-do").text_content()
    assert "xong 1 trên 1 hồ sơ" in words(director.see(place))
    desk("head").see(place, 404)
    director.see("/duyet/khong-co-khoa-nhu-vay", 404)


def test_who_leads_nothing_is_told_where_her_work_is(bench: Bench, desk: SEE) -> None:
    drafts(bench, 1)
    assert "Không có hồ sơ nào chờ bạn duyệt" in words(desk("binh").see("/duyet"))


@pytest.mark.parametrize("screen", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.rule("ST-14.1")
@pytest.mark.rule("QT-17.2")
def test_a_deputy_approves_ten_in_one_go_and_tries_the_refused_one_again(
    bench: Bench, person: Person, screen: Screen, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The leader's main path: he delegates; his deputy reads with j and k, signs ten with progress, one fails once."""
    codes = drafts(bench, 3 if screen.mobile else 10)
    bench.add_pkcs12("Trưởng phòng", bench.authority.issue("Trần Văn Trưởng Phòng"), account="head")
    director = person("director", screen=screen)
    director.goto("/uy-quyen")
    assert axe(director) == []
    assert sticking_out(director) == []
    director.locator("#delegate").select_option("head")
    director.locator("#to_day").fill("2026-12-31")
    director.get_by_label("Được ký thay tôi").check()
    director.locator("#decision_number").fill("15/QĐ-SYT")
    director.locator("#reason").fill("Phân công duyệt thường xuyên")
    button(director, "Ủy quyền").click()
    expect(director.get_by_text("Đã ủy quyền; hai bên đều được báo.")).to_be_visible()
    assert axe(director) == []
    head = person("head", screen=screen)
    head.goto("/duyet")
    expect(title(head)).to_have_text("Duyệt, ký kết quả")
    assert axe(head) == []
    assert sticking_out(head) == []
    head.keyboard.press("j")
    head.keyboard.press("j")
    if not screen.mobile:
        expect(head.locator("[data-preview-shown]")).to_be_visible()
        expect(head.locator("[data-preview-name]")).to_contain_text(codes[1])
    for box in head.locator("tbody input[data-select]").all():
        box.check()
    broken, seen, failed = a_pdf(codes[1]), Event(), Event()
    signed = server.prepared_signer

    def fails_once(content: bytes, *more: Any, **named: Any) -> Any:
        if content == broken and not failed.is_set():
            assert seen.wait(
                SIGNING / 1000
            )  # it goes on when the progress has been seen, which may be before it came here
            failed.set()
            raise server.SigningFailedError("Thiết bị ký không trả lời.")
        return signed(content, *more, **named)

    monkeypatch.setattr(server, "prepared_signer", fails_once)
    button(head, "Duyệt và ký các hồ sơ đã chọn").click()
    expect(head.locator(".batch-progress progress")).to_be_visible()
    seen.set()
    total = len(codes)
    expect(title(head)).to_have_text(f"Duyệt, ký: xong {total - 1} trên {total} hồ sơ", timeout=SIGNING)
    assert axe(head) == []
    assert sticking_out(head) == []
    button(head, "Làm lại 1 hồ sơ").click()
    expect(title(head)).to_have_text("Duyệt, ký: xong 1 trên 1 hồ sơ", timeout=SIGNING)
    for code in codes:
        assert bench.scene.open_steps(code) == ["issue"]
        assert bench.scene.last(code, "signed").data["delegated_by"] == "director"
        assert sum(found.signed_from is not None for found in files(bench.scene, code)) == 1


def test_a_delegates_list_says_for_whom(bench: Bench, desk: SEE) -> None:
    drafts(bench, 1)
    delegate(bench.scene, "director", "head", "principal")
    told = words(desk("head").see("/duyet"))
    assert "ủy quyền, 15/QĐ-SYT" in told
    assert "Ủy quyền không gồm quyền ký" in told
