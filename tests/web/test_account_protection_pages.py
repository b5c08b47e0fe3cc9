"""The pages of an account that is attacked or stolen: the sign-in that waits, a browser that is known, the report, the list."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.rules.sign_in_limits import LOCKED_OUT_AFTER, OF_NAME
from app.web.sign_in import DEVICE
from tests import factories
from tests.actions.scene import Scene
from tests.factories import PASSWORD
from tests.web.desk import Desk, page_of, words

Desks = Callable[[str], Desk]
OWN = "con trâu bên dòng sông"


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the work of a hash, which is slow on purpose."""
    monkeypatch.setattr(
        "app.access.sign_in.verify_password", lambda kept, password: bool(kept) and password == PASSWORD
    )


def attempt(client: FlaskClient, username: str, password: str) -> Any:
    (form,) = [form for form in page_of(client.get("/dang-nhap")).iter("form") if form.get("action") == "/dang-nhap"]
    fields = {name: str(value) for name, value in form.form_values()}
    return client.post("/dang-nhap", data=fields | {"username": username, "password": password})


def lock_out(scene: Scene, username: str) -> None:
    client = scene.app.test_client()
    for number in range(LOCKED_OUT_AFTER):
        assert attempt(client, username, "sai").status_code == 401
        scene.clock.move(seconds=OF_NAME.waits[number] if number < LOCKED_OUT_AFTER - 1 else 0)


@pytest.mark.rule("QT-28.5b")
def test_who_has_signed_in_there_before_is_not_kept_out_by_others(scene: Scene, quick: None) -> None:
    own = scene.app.test_client()
    assert attempt(own, "binh", PASSWORD).status_code == 303
    own.delete_cookie("motcua")
    lock_out(scene, "binh")
    refused = attempt(scene.app.test_client(), "binh", PASSWORD)
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "1800")
    assert "Tạm dừng đăng nhập" in words(refused)
    assert "phải chờ 30 phút" in words(refused)
    assert attempt(own, "binh", PASSWORD).status_code == 303


def test_a_known_browser_is_limited_by_itself_and_known_for_its_own_people_only(scene: Scene, quick: None) -> None:
    shared = scene.app.test_client()
    for username in ("binh", "chi"):
        assert attempt(shared, username, PASSWORD).status_code == 303
        shared.delete_cookie("motcua")
    lock_out(scene, "desk")
    assert attempt(shared, "desk", PASSWORD).status_code == 429, "nobody has signed in as desk in this one"
    assert [attempt(shared, "binh", "sai").status_code for _ in range(6)] == [401] * 5 + [429]
    assert attempt(shared, "chi", PASSWORD).status_code == 303


def test_a_mark_that_is_not_ours_counts_for_nothing(scene: Scene, quick: None) -> None:
    lock_out(scene, "binh")
    for value in ("", "x", "a.b", "A" * 22 + "." + "0" * 24, "\x00", "é" * 40, "A" * 3900):
        client = scene.app.test_client()
        client.set_cookie(DEVICE, value, path="/dang-nhap")
        assert attempt(client, "binh", PASSWORD).status_code == 429


def test_the_mark_is_for_the_sign_in_page_alone(scene: Scene, quick: None) -> None:
    client = scene.app.test_client()
    attempt(client, "binh", PASSWORD)
    cookie = client.get_cookie(DEVICE, path="/dang-nhap")
    assert cookie is not None
    assert (cookie.http_only, cookie.same_site, cookie.path) == (True, "Lax", "/dang-nhap")
    assert "binh" not in cookie.value


@pytest.mark.rule("HT-22.1")
def test_ones_own_account_is_reported_with_one_button(scene: Scene, desk: Desks) -> None:
    person = desk("binh")
    form = person.form(person.see("/toi/bao-lo"), "/toi/bao-lo")
    assert "whose" not in form.fields, "she helps nobody"
    answer = person.send(form, {"reason": "Mất máy ở bến xe"})
    assert (answer.status_code, answer.location) == (303, "/dang-nhap")
    assert "Đã khóa tài khoản của bạn" in words(person.see("/dang-nhap"))
    assert person.client.get("/viec").status_code == 401
    assert attempt(scene.app.test_client(), "binh", PASSWORD).status_code == 401
    admin = desk("admin")
    seen = words(admin.see("/quan-tri/tai-khoan/binh"))
    assert "đã được báo lộ nên mật khẩu cũ bị hủy" in seen
    assert "Mở khóa xong phải đặt mật khẩu tạm" in seen
    assert "Tài khoản bị báo lộ, đã khóa" in words(admin.see("/thong-bao-cua-toi"))


@pytest.mark.rule("HT-22.1")
def test_the_desk_reports_for_a_colleague(scene: Scene, desk: Desks) -> None:
    helper = desk("desk")
    form = helper.form(helper.see("/toi/bao-lo"), "/toi/bao-lo")
    refused = helper.send(form, {"whose": "other"})
    assert refused.status_code == 422
    assert "Hãy nhập tên đăng nhập của đồng nghiệp" in words(refused)
    refused = helper.send(form, {"whose": "other", "username": "binh", "reason": ""})
    assert "Hãy ghi ai nhờ báo" in words(refused)
    assert page_of(refused).get_element_by_id("username").get("value") == "binh"
    again = helper.form(refused, "/toi/bao-lo")
    assert helper.send(again, {"whose": "other", "reason": "Chị Bình gọi điện"}).status_code == 303
    assert "Đã khóa tài khoản binh" in words(helper.see("/toi/bao-lo"))


def test_who_still_has_a_temporary_password_may_report_it(scene: Scene, desk: Desks) -> None:
    with scene.writing() as connection:
        factories.account(connection, "moi", scene.province.health, must_change_password=True)
    person = desk("moi")
    answer = person.send(person.form(person.see("/toi/bao-lo"), "/toi/bao-lo"))
    assert (answer.status_code, answer.location) == (303, "/dang-nhap")


@pytest.mark.rule("QT-28.5b")
def test_somebody_locked_out_is_let_in_at_her_page_or_from_the_list(scene: Scene, desk: Desks, quick: None) -> None:
    admin = desk("admin")
    for path in ("/quan-tri/tai-khoan/binh", "/quan-tri/dang-nhap-tam-khoa"):
        lock_out(scene, "binh")
        seen = admin.see(path)
        assert "binh" in words(seen)
        action = path if path.endswith("khoa") else f"{path}/bo-tam-khoa"
        assert admin.send(admin.form(seen, action)).status_code == 303
        assert "đăng nhập lại được rồi" in words(admin.see(path))
        assert attempt(scene.app.test_client(), "binh", PASSWORD).status_code == 303
    assert "Không có tài khoản hay địa chỉ mạng nào" in words(admin.see("/quan-tri/dang-nhap-tam-khoa"))


@pytest.mark.rule("QT-28.5b")
def test_a_password_says_when_it_ends_and_then_has_to_be_changed(scene: Scene, desk: Desks) -> None:
    scene.clock.move(days=84)
    person = desk("binh")
    assert "Mật khẩu của bạn hết hạn sau 6 ngày nữa, ngày 21/02/2027" in words(person.see("/toi"))
    assert "sắp hết hạn" in words(person.see("/toi"))
    scene.clock.move(days=6)
    late = desk("binh")
    assert late.client.get("/viec").location == "/toi/mat-khau"
    seen = late.see("/toi/mat-khau")
    assert "đã quá hạn ngày 21/02/2027" in words(seen)
    form = late.form(seen, "/toi/mat-khau")
    typed = {"old_password": PASSWORD, "new_password": OWN, "new_password_again": OWN}
    assert late.send(form, typed).location == "/viec"
    assert "Mật khẩu hiện tại dùng được đến ngày 22/05/2027" in words(late.see("/toi/mat-khau"))
