"""Slips as pages: listed, filled in, looked at, issued; and filled in beside the action that needs them."""

from __future__ import annotations

import io
from collections.abc import Callable

from tests.actions.scene import Scene
from tests.fixtures.pages import text_of
from tests.regulation.requests import approve, ask
from tests.web.desk import Desk, words

AtDesk = Callable[[str], Desk]


def test_a_slip_is_filled_in_from_the_dossier_and_issued_with_its_number(scene: Scene, desk: AtDesk) -> None:
    code = scene.at_step("process")
    person = desk("desk")
    place = f"/ho-so/{code}/phieu/lap?loai=refusal"
    form = person.form(person.see(place), place)
    assert form.fields["return_place"] == "Bộ phận một cửa Sở Y tế"
    answer = person.client.post(place, data=form.fields | {"reason": "Không đủ điều kiện"})
    assert answer.status_code == 303
    page = person.see(f"/ho-so/{code}/phieu")
    assert "Đã cấp phiếu từ chối tiếp nhận giải quyết hồ sơ số 01/PTC." in words(page)
    assert "Phiếu từ chối tiếp nhận giải quyết hồ sơ 01/PTC" in words(page)
    again = person.client.post(place, data=form.fields | {"reason": "Không đủ điều kiện"})
    assert again.status_code == 303
    assert [one["number"] for one in scene.get("desk", f"/dossiers/{code}/slips")["data"]][1:] == ["01/PTC"]


def test_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(scene: Scene, desk: AtDesk) -> None:
    code = scene.at_step("process")
    person = desk("desk")
    place = f"/ho-so/{code}/phieu/lap?loai=supplement"
    form = person.form(person.see(place), place)
    sent = form.fields | {"items.0.name": "Đơn", "items.0.quantity": "rất nhiều", "reason": "Thiếu"}
    with scene.unchanged():
        answer = person.client.post(place, data=sent)
    assert answer.status_code == 422
    page = answer
    assert "Dòng 1, Số lượng" in words(page)
    assert "rất nhiều" in answer.text
    assert "Thiếu" in answer.text


def test_a_day_that_no_calendar_has_is_shown_again_as_it_was_typed(scene: Scene, desk: AtDesk) -> None:
    code = scene.at_step("process")
    person = desk("desk")
    place = f"/ho-so/{code}/phieu/lap?loai=apology"
    form = person.form(person.see(place), place)
    for never in ("0001-01-01T00:00", "9999-12-31T23:59"):
        answer = person.client.post(place, data=form.fields | {"reason": "Thiếu", "new_appointment": never})
        assert (answer.status_code, never in answer.text) == (422, True)


def test_it_is_looked_at_before_it_is_issued(scene: Scene, desk: AtDesk) -> None:
    code = scene.at_step("process")
    person = desk("desk")
    place = f"/ho-so/{code}/phieu/lap?loai=refusal"
    form = person.form(person.see(place), place)
    with scene.unchanged():
        seen = person.client.post(place.replace("lap", "xem"), data=form.fields | {"reason": "Chưa đủ"})
    assert (seen.status_code, seen.mimetype) == (200, "application/pdf")
    assert "Chưa đủ" in text_of(seen.data)


def test_the_clerk_issues_the_slip_in_the_form_of_the_step(scene: Scene, desk: AtDesk) -> None:
    code = scene.at_step("process")
    ask(scene, "request-supplement", code, {"reason": "Thiếu giấy xác nhận", "items": ["Giấy xác nhận thu nhập"]})
    approve(scene, code)
    task = scene.task(code, "issue").id
    person = desk("clerk")
    form = person.form(person.see(f"/ho-so/{code}?viec={task}"), f"/viec/{task}/forward")
    assert form.fields["forward-slip-items.0.name"] == "Giấy xác nhận thu nhập"
    refused = person.client.post(f"/viec/{task}/forward", data=form.fields)
    assert refused.status_code == 422, "the slip is not there unless it was ticked"
    looked = person.client.post(f"/ho-so/{code}/phieu/xem?loai=supplement&viec=forward", data=form.fields)
    assert "Giấy xác nhận thu nhập" in text_of(looked.data)
    answer = person.client.post(f"/viec/{task}/forward", data=form.fields | {"forward-slip": "1"})
    assert answer.status_code == 303, words(answer)
    assert scene.last(code, "slip_issued").data["number"] == "01/HDHS"
    assert scene.dossier(code).status == 5


def test_who_has_no_key_to_sign_with_is_told_at_the_field(scene: Scene, desk: AtDesk) -> None:
    code = scene.at_step("process")
    task = scene.task(code, "process").id
    person = desk("binh")
    form = person.form(person.see(f"/ho-so/{code}?viec={task}"), f"/viec/{task}/reject")
    sent = form.fields | {"comment": "Không đủ điều kiện", "reject-slip": "1", "reject-slip-sign": "1"}
    with scene.unchanged():
        answer = person.client.post(f"/viec/{task}/reject", data=sent)
    assert answer.status_code == 422
    assert "Chưa có khóa ký số nào trên hệ thống cho bạn" in words(answer)


def test_a_file_is_uploaded_in_the_form_of_the_step_and_only_with_it(scene: Scene, desk: AtDesk) -> None:
    code = scene.at_step("process")
    ask(scene, "request-supplement", code, {"reason": "Thiếu"})
    approve(scene, code)
    task = scene.task(code, "issue").id
    person = desk("clerk")
    form = person.form(person.see(f"/ho-so/{code}?viec={task}"), f"/viec/{task}/forward")
    upload = {"forward-attachments-upload": (io.BytesIO(b"%PDF-1.7 phieu"), "Phiếu 12.pdf")}
    with scene.unchanged():
        refused = person.client.post(f"/viec/{task}/forward", data=form.fields | {"decision": "khong-co"} | upload)
    assert refused.status_code == 422
    upload = {"forward-attachments-upload": (io.BytesIO(b"%PDF-1.7 phieu"), "Phiếu 12.pdf")}
    answer = person.client.post(f"/viec/{task}/forward", data=form.fields | upload)
    assert answer.status_code == 303
    (added,) = scene.get("clerk", f"/dossiers/{code}/attachments")["data"]
    assert added["name"] == "Phiếu 12.pdf"
    assert scene.last(code, "supplement_requested").data["attachments"] == [added["id"]]


def test_the_books_are_listed_and_printed(scene: Scene, desk: AtDesk) -> None:
    code = scene.register()["code"]
    person = desk("desk")
    assert "Sổ theo dõi hồ sơ 2026 1" in words(person.see("/so-phieu"))
    printed = person.client.get("/so-phieu/so-theo-doi.pdf?tu=2026-11-01&den=2026-11-30")
    assert code in text_of(printed.data).replace(" ", "")
    wrong = person.client.get("/so-phieu/so-theo-doi.pdf?tu=2026-11-30&den=2026-11-01")
    assert wrong.status_code == 422
    assert "Ngày cuối phải từ ngày đầu trở đi." in words(wrong)
    for never in ("tu=9999-12-31&den=9999-12-31", "tu=0001-01-01&den=0001-12-31", "tu=x&den=&co-quan=%00"):
        assert person.client.get(f"/so-phieu/so-theo-doi.pdf?{never}").status_code == 422
    none = person.client.get("/so-phieu/phieu.pdf?loai=refusal&tu=2026-11-01&den=2026-11-30")
    assert none.status_code == 404
