"""Publishing, checking and correcting at the pages, without a script: what is missing, what is refused, what comes of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import insert

from app.store.procedures import ProcedureAgency
from tests import factories
from tests.actions.diagrams import DIAGRAMS
from tests.actions.drafting import DECISION, begun, draft, noted, published
from tests.actions.scene import Scene
from tests.papers.samples import pdf
from tests.web.desk import Desk, words

SEE = Callable[[str], Desk]
TYPED = {"decision_number": "45/QĐ-UBND", "decided_on": "2026-11-20", "effective_from": "2026-11-23"}


def note(person: Desk, made: int, **typed: Any) -> Any:
    at = f"/thiet-ke/{made}/ban-hanh"
    form = person.form(person.see(at), f"{at}/quyet-dinh")
    return person.client.post(form.action, data=form.fields | typed, content_type="multipart/form-data")


def soc_trang(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    running = scene.app.extensions["motcua"]
    settings = replace(running.settings, profile="soc_trang")
    monkeypatch.setitem(scene.app.extensions, "motcua", replace(running, settings=settings))


@pytest.mark.rule("QT-22.3", "LA-14.3")
def test_from_a_decision_to_a_version(scene: Scene, desk: SEE) -> None:
    made = begun(scene)
    admin = desk("admin")
    at = f"/thiet-ke/{made}/ban-hanh"
    before = words(admin.see(at))
    assert "Chưa được" in before
    assert "Chưa ghi số, ngày ban hành, ngày áp dụng." in before
    answer = note(admin, made, **TYPED, amends="Thay QĐ 12", scan=(BytesIO(pdf(1)), "quyet dinh.pdf"))
    assert answer.status_code == 303, words(answer)
    seen = admin.see(at)
    assert "Ban hành được." in words(seen)
    assert "45/QĐ-UBND ngày 20/11/2026, áp dụng từ 23/11/2026." in words(seen)
    assert "Thêm bước" in words(seen)
    with admin.client.get(f"{at}/ban-quet") as kept:
        assert (kept.status_code, kept.data) == (200, pdf(1))
        assert kept.headers["X-Content-Type-Options"] == "nosniff"
    done = admin.send(admin.form(seen, at))
    assert done.status_code == 303, words(done)
    after = words(admin.see(at))
    assert "Đã ban hành phiên bản số 2" in after
    assert "Sửa dữ liệu" not in after
    assert "cập nhật dữ liệu công khai" in after
    version = "/thu-tuc/1.000001/phien-ban/2"
    assert "Thay QĐ 12" in words(admin.see(version))
    with admin.client.get(f"{version}/quyet-dinh") as scan:
        assert scan.data == pdf(1)
    listed = words(admin.see("/thu-tuc/1.000001/phien-ban"))
    assert "thay bằng phiên bản số 2 theo 45/QĐ-UBND" in listed
    form = admin.form(seen, at)
    again = admin.client.post(at, data=form.fields | {"_key": "another-press-of-the-button"})
    assert again.status_code == 409, words(again)
    assert "phien-ban/3" not in admin.client.get("/thu-tuc/1.000001/phien-ban").text


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("quyet-dinh.pdf", b"MZ\x90\0 program", "là chương trình"),
        ("quyet-dinh.docx", b"PK\x03\x04", "PDF, JPG hoặc PNG"),
        ("quyet-dinh.pdf", b"", "Tệp rỗng"),
        ("quyet-dinh.exe", pdf(1), "chương trình"),
        ("quyet-dinh.jpg", pdf(1), "nội dung là"),
    ],
)
def test_a_hostile_or_wrong_scan_is_refused_and_what_was_typed_stays(
    scene: Scene, desk: SEE, name: str, content: bytes, told: str
) -> None:
    made = begun(scene)
    answer = note(desk("admin"), made, **TYPED, scan=(BytesIO(content), name))
    assert answer.status_code == 422
    assert told in words(answer)
    assert 'value="45/QĐ-UBND"' in answer.text
    assert draft(scene, made).preparation == {}


@pytest.mark.rule("HT-6.1", "ST-26.7")
def test_what_is_due_is_listed_with_the_days_that_are_left(
    scene: Scene, desk: SEE, monkeypatch: pytest.MonkeyPatch
) -> None:
    running = scene.app.extensions["motcua"]
    settings = replace(running.settings, profile="ha_tinh")
    monkeypatch.setitem(scene.app.extensions, "motcua", replace(running, settings=settings))
    made = begun(scene)
    noted(scene, made)
    admin = desk("admin")
    seen = words(admin.see("/thu-tuc/theo-doi"))
    assert "Phải công khai, cấu hình trong 3 ngày làm việc kể từ ngày quyết định công bố." in seen
    assert "25/11/2026 còn 2 ngày làm việc" in seen
    scene.clock.move(days=7)
    assert "đã quá hạn 3 ngày làm việc" in words(desk("admin").see(f"/thiet-ke/{made}/ban-hanh"))
    assert "Đến hạn ban hành, kiểm tra" in words(desk("control").see("/thu-tuc/theo-doi"))
    desk("binh").see("/thu-tuc/theo-doi", 403)


@pytest.mark.rule("QT-22.4")
def test_accounts_are_registered_asked_for_and_confirmed_where_they_are_missing(scene: Scene, desk: SEE) -> None:
    with scene.writing() as connection:
        other = factories.agency(connection, "SKHAC", name="Sở Khác")
        room = factories.unit(connection, other, "phong")
        for code in ("assigned_room_head", "assigned_room_officer", "principal", "clerk"):
            factories.position(connection, other, room, code)
        factories.account(connection, "moi", other)
        factories.account(connection, "qtri", other, permissions=("account.manage_own",))
        connection.execute(insert(ProcedureAgency).values(procedure_id=scene.province.procedure, agency_id=other))
    made = begun(scene)
    noted(scene, made)
    admin = desk("admin")
    at = f"/thiet-ke/{made}/ban-hanh"
    seen = admin.see(f"{at}/tai-khoan")
    assert "Chưa ai giữ" in words(seen)
    assert "Cơ quan chưa có vị trí này" in words(seen)
    form = admin.form(seen, f"{at}/tai-khoan/giao")
    wrong = admin.send(form, {"vi-tri.assigned_room_head": "khong-co"})
    assert wrong.status_code == 422
    assert "khong-co: Không có tài khoản này" in words(wrong)
    form = admin.form(wrong, f"{at}/tai-khoan/giao")
    assert admin.send(form, {"vi-tri.assigned_room_head": "moi", "vi-tri.clerk": "moi"}).status_code == 303
    seen = admin.see(f"{at}/tai-khoan")
    assert "Nguyễn Thị moi" in words(seen)
    assert admin.send(admin.form(seen, f"{at}/tai-khoan/de-nghi")).status_code == 303
    (asked,) = [one for one in scene.get("qtri", "/notices")["data"] if one["event"] == "process"]
    assert "Sở Khác chưa có tài khoản giữ" in asked["text"]
    assert admin.send(admin.form(seen, f"{at}/tai-khoan/xac-nhan")).status_code == 303
    assert "đã xác nhận ngày 23/11/2026" in words(admin.see(f"{at}/tai-khoan"))
    refused = admin.send(admin.form(admin.see(at), at))
    assert refused.status_code == 422
    assert "ghi lý do vẫn ban hành" in words(refused)
    assert admin.send(admin.form(refused, at), {"despite": "Sở Khác mới lập"}).status_code == 303
    assert "Sở Khác mới lập" in words(admin.see("/thu-tuc/1.000001/phien-ban/2"))


@pytest.mark.rule("ST-10.3b")
def test_the_centre_checks_says_where_returns_and_it_is_done_again(
    scene: Scene, desk: SEE, monkeypatch: pytest.MonkeyPatch
) -> None:
    soc_trang(scene, monkeypatch)
    with scene.writing() as connection:
        factories.account(connection, "centre", scene.province.office, permissions=("procedure.review",))
    made = begun(scene)
    noted(scene, made)
    published(scene, made, profile="soc_trang")
    centre, admin = desk("centre"), desk("admin")
    assert "còn 5 ngày làm việc" in words(centre.see("/thu-tuc/cho-kiem-tra"))
    at = "/thu-tuc/1.000001/phien-ban/2/kiem-tra"
    seen = centre.see(at)
    assert "Thêm bước" in words(seen)
    said = centre.send(centre.form(seen, f"{at}/y-kien"), {"element": "review", "text": "Hạn bước này sai"})
    assert said.status_code == 303
    told = admin.see(at)
    assert "Hạn bước này sai" in words(told)
    assert "do người khác kiểm tra" not in words(told), "who may not check at all is not told why"
    answer = admin.send(admin.form(told, f"{at}/y-kien"), {"text": "Sẽ sửa"})
    assert answer.status_code == 303
    drawn = admin.client.get(f"{at}/so-do").json
    assert drawn["pills"] == {"review": ["1 ý kiến"]}
    assert "added" in drawn["marks"].values()
    verdict = centre.form(centre.see(at), at)
    empty = centre.send(verdict, {"decision": "return"})
    assert empty.status_code == 422
    assert centre.send(centre.form(empty, at), {"decision": "return", "review_note": "Sửa hạn"}).status_code == 303
    again = admin.send(admin.form(admin.see(at), "/thu-tuc/1.000001/phien-ban/2/lam-lai"))
    assert again.status_code == 303
    number = again.location.rpartition("/")[2]
    carried = words(admin.see(f"/thiet-ke/{number}/ban-hanh"))
    assert "Hạn bước này sai" in carried
    assert "45/QĐ-UBND ngày 20/11/2026" in carried


@pytest.mark.rule("QT-22.3", "ST-26.7")
def test_a_faulty_configuration_is_put_right_at_its_page(scene: Scene, desk: SEE) -> None:
    for name in ("linear", "decision"):
        made = begun(scene, DIAGRAMS[name])
        noted(scene, made)
        published(scene, made)
    admin = desk("admin")
    at = "/thu-tuc/1.000001/phien-ban"
    form = admin.form(admin.see(f"{at}/3"), f"{at}/3/sua-cau-hinh")
    refused = admin.send(form, {"using": "2", "correction": ""})
    assert refused.status_code == 422
    form = admin.form(refused, f"{at}/3/sua-cau-hinh")
    assert admin.send(form, {"using": "2", "correction": "Thiếu bước xử lý"}).status_code == 303
    assert "Cấu hình đã thay (lỗi)" in words(admin.see(f"{at}/3"))
    seen = words(admin.see(f"{at}/4"))
    assert "Đang áp dụng" in seen
    assert "Phiên bản số 3 : Thiếu bước xử lý" in seen
    listed = words(admin.see(at))
    assert "cấu hình sửa lỗi của phiên bản số 3" in listed
    form = admin.form(admin.see(f"{at}/4"), f"{at}/4/sua-cau-hinh")
    begun_new = admin.send(form, {"using": "draft"})
    assert begun_new.status_code == 303
    number = begun_new.location.rpartition("/")[2]
    assert "Áp dụng cấu hình đã sửa" in words(admin.see(f"/thiet-ke/{number}/ban-hanh"))


@pytest.mark.rule("HT-6.3")
def test_officials_say_what_is_wrong_and_are_answered(scene: Scene, desk: SEE) -> None:
    at = "/thu-tuc/1.000001/gop-y-quy-trinh"
    binh, admin = desk("binh"), desk("admin")
    seen = binh.see(at)
    assert "Quy trình đang áp dụng" in words(seen)
    form = binh.form(seen, at)
    assert binh.send(form, {"text": " "}).status_code == 422
    assert binh.send(binh.form(binh.see(at), at), {"text": "Bước 4 sai hạn"}).status_code == 303
    page = admin.see(at)
    assert "Bước 4 sai hạn" in words(page)
    action = next(str(one.get("action")) for one in page.iter("form") if str(one.get("action")).startswith(f"{at}/"))
    number = action.rpartition("/")[2]
    assert admin.send(admin.form(page, action), {f"answer-{number}": ""}).status_code == 422
    assert admin.send(admin.form(admin.see(at), action), {f"answer-{number}": "Đã sửa"}).status_code == 303
    assert "Đã sửa" in words(binh.see(at))


def test_who_may_not_publish_sees_the_page_and_no_button(scene: Scene, desk: SEE) -> None:
    with scene.writing() as connection:
        factories.account(connection, "designer", scene.province.office, permissions=("diagram.design",))
    made = begun(scene)
    noted(scene, made)
    designer = desk("designer")
    seen = designer.see(f"/thiet-ke/{made}/ban-hanh")
    assert "Ban hành cần quyền" in words(seen)
    at = f"/thiet-ke/{made}/ban-hanh"
    fields = designer.form(designer.see(at), f"{at}/quyet-dinh").fields
    typed = {"csrf_token": fields["csrf_token"], "revision": "1", "saved": "1", "despite": "Chưa kịp"}
    with scene.unchanged():
        assert designer.client.post(at, data=typed).status_code == 403
    desk("binh").see(f"/thiet-ke/{made}/ban-hanh", 403)
    assert DECISION.decision_number in words(seen)


def test_what_is_wrong_with_the_diagram_leads_to_its_element_in_the_modeller(scene: Scene, desk: SEE) -> None:
    group = b'camunda:candidateGroups="assigned_room_officer"'
    made = begun(scene, DIAGRAMS["linear"].replace(group, b'camunda:candidateGroups=""'))
    seen = desk("admin").see(f"/thiet-ke/{made}/ban-hanh")
    assert f"/thiet-ke/{made}?phan-tu=process" in seen.xpath("//details//a/@href")


def test_a_version_leads_designers_to_playing_and_simulating_it(scene: Scene, desk: SEE) -> None:
    with scene.writing() as connection:
        factories.account(connection, "designer", scene.province.office, permissions=("diagram.design",))
        factories.account(connection, "checks", scene.province.office, permissions=("procedure.review",))
    at = f"/thu-tuc/{scene.publish('linear')}/phien-ban/1"
    for name, offered in (("designer", {"chay-thu", "mo-phong"}), ("checks", {"chay-thu"})):
        links = {str(one) for one in desk(name).see(at).xpath("//main//a/@href")}
        assert {one for one in ("chay-thu", "mo-phong") if f"{at}/{one}" in links} == offered
        for one in offered:
            desk(name).see(f"{at}/{one}")
