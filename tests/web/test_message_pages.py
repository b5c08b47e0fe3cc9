"""The pages of messages, worked without a script: sent again, called, changed, and outages above every page."""

from __future__ import annotations

from collections.abc import Callable

from app.jobs import deliveries
from tests.actions.scene import Scene
from tests.jobs.sending import PERSON, rows
from tests.web.desk import Desk, words

SEE = Callable[[str], Desk]


def send_all(scene: Scene) -> None:
    with scene.app.app_context():
        for row in rows(scene):
            deliveries.send_delivery(row.id)


def test_what_failed_is_found_its_address_put_right_and_sent_again(scene: Scene, desk: SEE) -> None:
    code = scene.register(applicant=PERSON | {"email": "b…h@exa_mple"}, notify=["email"])["code"]
    send_all(scene)
    (row,) = rows(scene)
    officer = desk("desk")
    listed = words(officer.see("/thong-bao"))
    assert code in listed
    assert "không đúng" in listed
    seen = officer.see(f"/thong-bao/{row.id}")
    form = officer.form(seen, f"/thong-bao/{row.id}/gui-lai")
    refused = officer.send(form, {"address": "vẫn sai"})
    assert refused.status_code == 422
    assert "Địa chỉ thư điện tử “vẫn sai” không đúng." in words(refused)
    again = officer.form(refused, f"/thong-bao/{row.id}/gui-lai")
    assert again.fields["address"] == "vẫn sai"
    assert officer.send(again, {"address": "dung@example.org"}).status_code == 303
    send_all(scene)
    assert "Không có thông báo nào gửi không được" in words(officer.see("/thong-bao"))
    assert "d•••@example.org" in words(officer.see("/thong-bao?tt=sent"))
    assert "Gửi lại thông báo" in words(officer.see(f"/ho-so/{code}/dien-bien"))


def test_several_are_ticked_and_sent_again(scene: Scene, desk: SEE) -> None:
    for _ in range(2):
        scene.register(applicant=PERSON | {"email": "b…h@exa_mple"}, notify=["email"])
    send_all(scene)
    officer = desk("desk")
    form = officer.form(officer.see("/thong-bao"), "/thong-bao/gui-lai")
    assert officer.send(form, {"ids": [str(row.id) for row in rows(scene)]}).status_code == 303
    assert {row.state for row in rows(scene)} == {"waiting"}
    assert "Đã đưa 2 thông báo" in words(officer.see("/thong-bao"))


def test_a_call_is_made_and_written_down(scene: Scene, desk: SEE) -> None:
    code = scene.register(applicant=PERSON, notify=["phone"])["code"]
    (row,) = rows(scene)
    officer = desk("desk")
    seen = officer.see("/thong-bao/goi-dien")
    assert "0912 345 678" in words(seen)
    form = officer.form(seen, f"/thong-bao/{row.id}/da-goi")
    assert officer.send(form, {"result": "Ông Bình đã rõ", "reached": "yes"}).status_code == 303
    assert "Không có cuộc gọi nào" in words(officer.see("/thong-bao/goi-dien"))
    assert "Ông Bình đã rõ" in words(officer.see(f"/ho-so/{code}/dien-bien"))


def test_a_text_is_looked_at_kept_and_gone_back_from(scene: Scene, desk: SEE) -> None:
    admin = desk("admin")
    path = "/mau-tin/receipt_issued/sms"
    form = admin.form(admin.see(path), path)
    looked = admin.send(form, {"body": "Đã nhận {ma_ho_so} của {nguoi_nop}", "what": "xem"})
    assert looked.status_code == 200
    assert "Đã nhận 000.00.12.H50-261123-0042 của Nguyễn Thị Thanh Huyền" in words(looked)
    assert rows(scene, "SELECT 1 FROM message_templates") == []
    wrong = admin.send(admin.form(looked, path), {"body": "{ma}", "what": "luu"})
    assert wrong.status_code == 422
    assert "Dòng 1, cột 1: không có mục {ma}" in words(wrong)
    kept = admin.send(admin.form(wrong, path), {"body": "Đã nhận {ma_ho_so}", "what": "luu"})
    assert kept.status_code == 303, kept.text
    assert "Đã sửa" in words(admin.see("/mau-tin"))
    scene.register(applicant=PERSON, notify=["sms"])
    send_all(scene)
    assert "Đã nhận 000.00.12.H50-261123-0001" in words(admin.see("/thong-bao/hop-thu"))
    assert admin.send(admin.form(admin.see(path), path), {"what": "co-san"}).status_code == 303
    assert "Đã sửa" not in words(admin.see("/mau-tin"))


def test_an_outage_stands_above_the_pages_until_it_is_over(scene: Scene, desk: SEE) -> None:
    admin = desk("admin")
    form = admin.form(admin.see("/gian-doan"), "/gian-doan")
    refused = admin.send(form, {"title": "Mất điện", "text": "", "audience": "users"})
    assert refused.status_code == 422
    again = admin.form(refused, "/gian-doan")
    typed = {"title": "Mất điện", "text": "Chờ 30 phút", "audience": "users"}
    assert admin.send(again, typed).status_code == 303
    officer = desk("desk")
    assert "Sự cố hệ thống: Mất điện" in words(officer.see("/toi"))
    assert "Mất điện" not in words(scene.app.test_client().get("/")), "for users only"
    (row,) = rows(scene, "SELECT id FROM outages")
    ending = admin.form(admin.see("/gian-doan"), f"/gian-doan/{row.id}/ket-thuc")
    assert admin.send(ending, {"text": "Xin cảm ơn"}).status_code == 303
    assert "Đã khắc phục: Mất điện" in words(officer.see("/toi"))
