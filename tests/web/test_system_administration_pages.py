"""The pages of system administration, without a browser: procedures, passwords, sessions, the log, jobs, the profile."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lxml import html
from sqlalchemy import text

from app.jobs.failures import reason_words
from app.store.job_failures import note_failure, note_tick
from tests import factories
from tests.actions.scene import Scene
from tests.factories import PASSWORD
from tests.web.desk import Desk, Form, words

Desks = Callable[[str], Desk]
PROCEDURE = "/quan-tri/thu-tuc/1.000001"
HEAD = {"reason": "Theo nghị quyết của HĐND tỉnh", "decision_number": "45/NQ-HĐND"}
FEE = {"fees.0.name": "Lệ phí", "fees.0.amount": "50.000", "fees.0.when": "submission"}


def edit(admin: Desk, part: str, **typed: Any) -> Any:
    address = f"{PROCEDURE}/sua/{part}"
    return admin.send(admin.form(admin.see(address), address), {**HEAD, **typed})


# Procedures ------------------------------------------------------------------------------------------------------------


def test_a_fee_is_edited_and_stands_in_the_log(scene: Scene, desk: Desks) -> None:
    admin = desk("admin")
    assert edit(admin, "phi", **FEE).status_code == 303
    shown = words(admin.see(PROCEDURE))
    assert "50.000 đồng , nộp khi nộp hồ sơ" in shown
    assert "Theo 45/NQ-HĐND" in shown
    assert "Thu phí mà chưa có tài khoản thụ hưởng: Sở Y tế" in shown
    log = words(admin.see("/quan-tri/nhat-ky?q=le-phi"))
    assert "Không có dòng nhật ký nào khớp" in log
    log = words(admin.see("/quan-tri/nhat-ky?q=lệ+phí"))
    assert "Thay đổi dữ liệu thủ tục" in log
    assert "45/NQ-HĐND" in log


def test_rows_are_added_taken_out_and_put_in_order(scene: Scene, desk: Desks) -> None:
    admin = desk("admin")
    second = {"components.1.code": "TP02", "components.1.name": "Giấy khai sinh", "components.1.place": "1"}
    assert edit(admin, "thanh-phan", **second, **{"components.0.place": "2", "max_file_mb": "7,5"}).status_code == 303
    data = scene.get("admin", "/procedures/1.000001/data")["data"]
    assert [one["code"] for one in data["components"]] == ["TP02", "application"]
    assert data["max_file_bytes"] == 7_864_320
    assert edit(admin, "thanh-phan", **{"components.0.gone": "1"}).status_code == 303
    data = scene.get("admin", "/procedures/1.000001/data")["data"]
    assert [one["code"] for one in data["components"]] == ["application"]


def test_another_empty_row_keeps_what_was_typed(scene: Scene, desk: Desks) -> None:
    admin, address = desk("admin"), f"{PROCEDURE}/sua/phi"
    answer = edit(admin, "phi", what="rows", **FEE)
    assert answer.status_code == 200
    form = admin.form(answer, address)
    assert (form.fields["fees.0.amount"], form.fields["reason"]) == ("50.000", HEAD["reason"])
    assert "fees.4.name" in form.fields


def test_a_refusal_points_at_the_row_and_keeps_what_was_typed(scene: Scene, desk: Desks) -> None:
    admin = desk("admin")
    answer = edit(admin, "phi", **{**FEE, "fees.0.amount": "năm mươi nghìn", "fees.0.when": ""})
    assert answer.status_code == 422
    seen = html.document_fromstring(answer.text)
    links = [link.get("href") for link in seen.get_element_by_id("error-summary").iter("a")]
    assert links == ["#fees.0.amount", "#fees.0.when"]
    assert seen.get_element_by_id("fees.0.amount").get("value") == "năm mươi nghìn"


def test_the_account_of_an_agency_is_entered_whole(scene: Scene, desk: Desks) -> None:
    admin, begin = desk("admin"), "beneficiaries.SYT."
    answer = edit(admin, "co-quan", agencies="SYT", **{f"{begin}holder": "Sở Y tế"})
    assert answer.status_code == 422
    assert "Phải có trường này." in words(answer) or "Không được để trống." in words(answer)
    account = {f"{begin}holder": "Sở Y tế", f"{begin}number": "3511.0.1", f"{begin}bank": "Kho bạc Nhà nước"}
    assert edit(admin, "co-quan", agencies="SYT", **account).status_code == 303
    assert "số 3511.0.1, Kho bạc Nhà nước" in words(admin.see(PROCEDURE))


def test_who_saw_an_older_state_is_told(scene: Scene, desk: Desks) -> None:
    admin, address = desk("admin"), f"{PROCEDURE}/sua/thong-tin"
    stale = admin.form(admin.see(address), address)
    assert edit(admin, "thong-tin", name="Tên mới").status_code == 303
    answer = admin.send(stale, {**HEAD, "field": "Giáo dục"})
    assert answer.status_code == 412
    form = admin.form(answer, address)
    assert (form.fields["field"], form.fields["name"]) == ("Giáo dục", "Giảm học phí công lập")


def test_a_planned_change_waits_and_is_taken_back(scene: Scene, desk: Desks) -> None:
    admin = desk("admin")
    assert edit(admin, "thoi-tiep-nhan", closed_from="2027-01-01", effective_from="2026-12-01").status_code == 303
    seen = admin.see(PROCEDURE)
    assert "Thay đổi chờ áp dụng từ 01/12/2026" in words(seen)
    (action,) = [form.get("action") for form in seen.iter("form") if "bo-thay-doi" in form.get("action", "")]
    assert admin.send(admin.form(seen, action)).status_code == 303
    assert "chờ áp dụng" not in words(admin.see(PROCEDURE)).split("Các lần thay đổi")[0]


def test_a_procedure_is_copied(scene: Scene, desk: Desks) -> None:
    admin, address = desk("admin"), "/quan-tri/thu-tuc-moi"
    form = admin.form(admin.see(f"{address}?tu=1.000001"), address)
    assert form.fields["copy_from"] == "1.000001"
    answer = admin.send(form, {"code": "mã có dấu"})
    assert answer.status_code == 422
    answer = admin.send(admin.form(answer, address), {"code": "1.000009", "name": "Giảm học phí cấp xã"})
    assert answer.location.endswith("/quan-tri/thu-tuc/1.000009")
    assert "Sở Y tế" in words(admin.see("/quan-tri/thu-tuc/1.000009"))


# Passwords and sessions ------------------------------------------------------------------------------------------------


def test_a_temporary_password_leads_to_the_password_page_alone(scene: Scene, desk: Desks) -> None:
    with scene.writing() as connection:
        factories.account(connection, "moi", scene.province.health, must_change_password=True)
    person = desk("moi")
    for path in ("/viec", "/toi/phien", "/"):
        answer = person.client.get(path)
        assert path == "/" or answer.location == "/toi/mat-khau"
    form = person.form(person.see("/viec"), "/toi/mat-khau")
    refused = person.send(form, {"old_password": PASSWORD, "new_password": "ngan", "new_password_again": "khac"})
    assert refused.status_code == 422
    assert "ngan" not in refused.text.replace("ngang", "")
    new = "con trâu bên dòng sông"
    again = person.form(refused, "/toi/mat-khau")
    answer = person.send(again, {"old_password": PASSWORD, "new_password": new, "new_password_again": new})
    assert answer.status_code == 303
    assert person.see("/toi") is not None


def test_a_password_is_never_carried_through_a_sign_in(scene: Scene, desk: Desks) -> None:
    person = desk("binh")
    form = person.form(person.see("/toi/mat-khau"), "/toi/mat-khau")
    scene.clock.move(hours=13)
    answer = person.send(form, {"old_password": PASSWORD, "new_password": "con trâu bên dòng sông"})
    assert answer.status_code == 401
    assert PASSWORD not in answer.text
    assert "con trâu" not in answer.text


def test_my_other_sessions_are_ended(scene: Scene, desk: Desks) -> None:
    here, there = desk("binh"), desk("binh")
    form = here.form(here.see("/toi/phien"), "/toi/phien")
    assert here.send(here.form(here.see("/toi/phien"), "/toi/phien"), {"what": "others"}).status_code == 303
    assert form.action == "/toi/phien"
    assert "Không có phiên nào khác" in words(here.see("/toi/phien"))
    assert there.client.get("/viec").status_code == 401


def test_an_abused_account_is_locked_with_one_button(scene: Scene, desk: Desks) -> None:
    thief, admin = desk("binh"), desk("admin")
    seen = admin.see("/quan-tri/phien?tai-khoan=binh")
    assert "Nguyễn Thị binh" in words(seen)
    *_, last = [form for form in seen.iter("form") if form.get("method") == "post" and "phien" in form.get("action")]
    fields = {name: str(value) for name, value in last.form_values()}
    answer = admin.send(Form("/quan-tri/phien", fields), {"what": "lock"})
    assert answer.status_code == 303
    assert thief.client.get("/viec").status_code == 401
    assert "đã khóa" in words(admin.see("/quan-tri/phien?tai-khoan=binh"))


# Jobs, profile ---------------------------------------------------------------------------------------------------------


def failed_job(scene: Scene) -> int:
    insert = "INSERT INTO procrastinate_jobs (queue_name, task_name, args, status, attempts) VALUES"
    with scene.writing() as connection:
        found: int = connection.execute(
            text(f"{insert} ('default', 'send_delivery', '{{\"delivery_id\": 7}}', 'failed', 5) RETURNING id")
        ).scalar_one()
        note_failure(connection, found, reason_words(ValueError("mật khẩu là abc")), scene.clock())
    return found


def test_a_failed_job_says_why_and_is_tried_again_or_given_up(scene: Scene, desk: Desks) -> None:
    first, second = failed_job(scene), failed_job(scene)
    admin = desk("admin")
    seen = admin.see("/quan-tri/cong-viec")
    told = words(seen)
    assert "Gửi một thông báo" in told
    assert "Lỗi của chương trình (ValueError)" in told
    assert "abc" not in told, "what an error says may be anybody's data"
    assert "Không có tiến trình xử lý nào đang chạy" in told
    for job, what in ((first, "thu-lai"), (second, "bo")):
        address = f"/quan-tri/cong-viec/{job}/{what}"
        assert admin.send(admin.form(seen, address)).status_code == 303
    with scene.writing() as connection:
        rows = connection.execute(text("SELECT id, status::text FROM procrastinate_jobs")).all()
        note_tick(connection, "machine:1", scene.clock())
    assert [tuple(row) for row in rows] == [(first, "todo")]
    assert "Không có tiến trình" not in words(admin.see("/quan-tri/cong-viec"))
    log = words(admin.see("/quan-tri/nhat-ky"))
    assert "Chạy lại công việc nền" in log
    assert "Bỏ công việc nền" in log


def test_the_profile_is_found_by_words_without_marks(scene: Scene, desk: Desks) -> None:
    admin = desk("admin")
    told = words(admin.see("/quan-tri/ho-so-tinh?q=supplement_clock"))
    assert "tính lại từ đầu" in told
    assert "Sóc Trăng (2" in told
    assert "Không có lựa chọn nào" in words(admin.see("/quan-tri/ho-so-tinh?q=khongcotunay"))
    assert "chỉ để so sánh" in words(admin.see("/quan-tri/ho-so-tinh?tinh=long_an"))


def test_what_administrators_do_is_on_their_start_page(scene: Scene, desk: Desks) -> None:
    links = {link.get("href") for link in desk("admin").see("/quan-tri").iter("a")}
    wanted = ("thu-tuc", "nhat-ky", "ho-so-tinh", "phien", "cong-viec")
    assert {f"/quan-tri/{name}" for name in wanted} <= links
    assert {"/mau-tin", "/mau-phieu", "/su-co", "/gian-doan", "/lich-lam-viec"} <= links


def test_an_outage_is_told_otherwise_and_that_is_logged(scene: Scene, desk: Desks) -> None:
    body = {"title": "Nâng cấp", "text": "Tạm dừng.", "starts_at": "2026-11-23T18:00:00+07:00", "audience": ["users"]}
    made = scene.client("admin").post("/api/v1/outages", json=body)
    assert made.status_code == 201, made.text
    assert made.json is not None
    admin, address = desk("admin"), f"/gian-doan/{made.json['id']}/sua"
    form = admin.form(admin.see(address), address)
    assert admin.send(form, {"ends_at": "2026-11-23T17:00"}).status_code == 422
    assert admin.send(form, {"ends_at": "2026-11-23T22:00", "text": "Xong lúc 22 giờ."}).status_code == 303
    assert "Xong lúc 22 giờ." in words(admin.see("/toi"))
    assert "Sửa thông báo sự cố hệ thống" in words(admin.see("/quan-tri/nhat-ky"))
