"""The second factor: set up, shown at each sign-in, never twice with the same code, lost, reset, demanded of administrators."""

from __future__ import annotations

import json
import re
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pyotp
import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from sqlalchemy import select, text
from werkzeug.test import TestResponse

from app.access import second_factor as factor
from app.commands.second_factor import command as command_line
from app.rules.administration import ADMINISTRATION
from app.store.administration_changes import AdministrationChange
from app.store.idempotency import IdempotencyKey
from app.store.second_factors import RecoveryCode, SecondFactor
from tests.actions.scene import Scene, is_problem
from tests.factories import PASSWORD
from tests.signing_in.conftest import Office, Setting
from tests.web.desk import Desk, page_of, words

FACTOR, CODE = "/toi/xac-thuc-hai-lop", "/dang-nhap/ma-xac-thuc"


def now_code(scene: Scene, secret: str, later: int = 0) -> str:
    return pyotp.TOTP(secret).at(int(scene.clock().timestamp()) + later)


def enrol(scene: Scene, person: Desk) -> tuple[str, list[str]]:
    """Set it up at the page; answers the secret and the recovery codes."""
    shown = person.send(person.form(person.see(FACTOR), FACTOR), {"what": "begin"})
    assert shown.status_code == 303
    page = person.see(FACTOR)
    assert page.xpath("//img[starts-with(@src, 'data:image/svg+xml')]")
    secret = re.sub(r"\s", "", page.xpath("//code")[0].text_content())
    answer = person.send(person.form(page, FACTOR), {"what": "confirm", "otp": now_code(scene, secret)})
    assert answer.status_code == 200, words(answer)
    return secret, [code.text_content() for code in page_of(answer).xpath("//ol//code")]


def password_given(scene: Scene, username: str = "binh", path: str = "/dang-nhap") -> tuple[FlaskClient, TestResponse]:
    client = scene.app.test_client()
    (form,) = [one for one in page_of(client.get(path)).iter("form") if one.get("action") == "/dang-nhap"]
    fields = {name: str(value) for name, value in form.form_values()}
    return client, client.post("/dang-nhap", data=fields | {"username": username, "password": PASSWORD})


def show(client: FlaskClient, answer: TestResponse, code: str) -> TestResponse:
    (form,) = [one for one in page_of(answer).iter("form") if one.get("action") == CODE]
    return client.post(CODE, data={name: str(value) for name, value in form.form_values()} | {"otp": code})


def api(scene: Scene, username: str = "binh") -> tuple[FlaskClient, Any]:
    client = scene.app.test_client()
    answer = client.post("/api/v1/tokens", json={"username": username, "password": PASSWORD})
    assert answer.status_code == 201, answer.text
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {answer.json['token']}"  # type: ignore[index]
    return client, answer.json


def test_from_then_on_a_password_alone_opens_nothing(scene: Scene) -> None:
    other, person = Desk(scene, "binh"), Desk(scene, "binh")
    secret, recovery = enrol(scene, person)
    assert len(set(recovery)) == 10
    assert other.client.get("/viec").status_code == 401, "sessions of before end"
    assert person.client.get("/viec").status_code == 200
    client, asked = password_given(scene, path="/dang-nhap?tiep=/viec?q=an")
    assert "Nhập mã xác thực" in words(asked)
    for path in ("/viec", "/toi/phien", FACTOR, "/toi/mat-khau", "/toi/the-truy-cap"):
        away = client.get(path)
        assert (away.status_code, away.location.startswith(CODE)) == (303, True), path
    assert "Cán bộ đăng nhập" in words(client.get("/tra-cuu")), "pages for everybody do not know her yet"
    scene.clock.move(minutes=1)
    opened = show(client, asked, now_code(scene, secret))
    assert (opened.status_code, opened.location) == (303, "/viec?q=an")
    assert "Nguyễn Thị binh" in words(client.get("/viec"))
    scene.clock.move(hours=2)
    assert client.get("/viec").status_code == 200, "it lives as long as any session"


def test_a_code_counts_once_and_only_in_its_half_minute_or_beside(scene: Scene) -> None:
    secret, _ = enrol(scene, Desk(scene, "binh"))
    client, asked = password_given(scene)
    used = now_code(scene, secret)
    again = show(client, asked, used)
    assert (again.status_code, "đã dùng" in words(again)) == (422, True), "the code of the enrolment"
    scene.clock.move(minutes=5)
    for code in (
        now_code(scene, secret, -60),
        now_code(scene, secret, 90),
        "",
        "000",
        "abcdef",
        "١٢٣٤٥٦",
        "\x00",
        "1" * 99,
    ):
        client, asked = password_given(scene)
        with scene.writing() as connection:
            connection.execute(text("UPDATE second_factors SET failures = 0"))
        assert show(client, asked, code).status_code == 422, code
    code = now_code(scene, secret, -30)
    assert show(client, asked, f"{code[:3]} {code[3:]}").status_code == 303
    client, asked = password_given(scene)
    assert show(client, asked, code).status_code == 422
    assert show(client, asked, now_code(scene, secret)).status_code == 303


def test_of_two_who_send_the_same_code_at_once_one_gets_in(scene: Scene) -> None:
    secret, _ = enrol(scene, Desk(scene, "binh"))
    scene.clock.move(minutes=1)
    code, start = now_code(scene, secret), Barrier(2)
    clients = [api(scene)[0] for _ in range(2)]

    def send(client: FlaskClient) -> int:
        start.wait(10)
        return client.post("/api/v1/me/second-factor/show", json={"otp": code}).status_code

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(send, clients)) == [200, 422]


def test_wrong_codes_are_counted_over_all_sessions_and_end_for_a_while(scene: Scene) -> None:
    secret, recovery = enrol(scene, Desk(scene, "binh"))
    scene.clock.move(minutes=1)
    for _ in range(factor.MOST_FAILURES):
        client, asked = password_given(scene)
        assert show(client, asked, "000000").status_code == 422
    client, asked = password_given(scene)
    for code in (now_code(scene, secret), recovery[0]):
        blocked = show(client, asked, code)
        assert (blocked.status_code, "15 phút" in words(blocked)) == (429, True)
    scene.clock.move(minutes=16)
    for _ in range(factor.MOST_FAILURES):
        client, asked = password_given(scene)
        assert show(client, asked, "000000").status_code == 422
    assert "30 phút" in words(show(client, asked, now_code(scene, secret)))
    scene.clock.move(minutes=31)
    client, asked = password_given(scene)
    assert show(client, asked, now_code(scene, secret)).status_code == 303
    with scene.writing() as connection:
        kinds = connection.execute(select(AdministrationChange.kind)).scalars().all()
    assert kinds.count("second_factor_failed") == 2 * factor.MOST_FAILURES


def test_a_session_that_waits_ends_soon(scene: Scene) -> None:
    secret, _ = enrol(scene, Desk(scene, "binh"))
    client, asked = password_given(scene)
    scene.clock.move(minutes=11)
    assert show(client, asked, now_code(scene, secret)).status_code in (400, 401)
    assert client.get("/viec").status_code == 401


def test_recovery_codes_count_once_each_and_new_ones_end_the_old(scene: Scene) -> None:
    person = Desk(scene, "binh")
    secret, recovery = enrol(scene, person)
    client, asked = password_given(scene)
    assert show(client, asked, recovery[0].lower().replace("-", " ")).status_code == 303
    client, asked = password_given(scene)
    assert show(client, asked, recovery[0]).status_code == 422
    assert "Còn 9 mã khôi phục" in words(person.see(FACTOR))
    scene.clock.move(minutes=1)
    renewed = person.send(person.form(person.see(FACTOR), FACTOR), {"what": "renew", "otp": now_code(scene, secret)})
    fresh = [code.text_content() for code in page_of(renewed).xpath("//ol//code")]
    assert len(fresh) == 10
    assert show(client, asked, recovery[1]).status_code == 422
    assert show(client, asked, fresh[0]).status_code == 303


def test_neither_secret_nor_codes_can_be_read_in_the_database(scene: Scene) -> None:
    secret, recovery = enrol(scene, Desk(scene, "binh"))
    with scene.writing() as connection:
        kept = bytes(connection.execute(select(SecondFactor.secret)).scalar_one())
        tables = (RecoveryCode.hash, AdministrationChange.after, IdempotencyKey.answer)
        rows = "".join(str(connection.execute(select(column)).scalars().all()) for column in tables)
    assert secret.encode() not in kept
    for told in (secret, *recovery, *(code.replace("-", "") for code in recovery)):
        assert told not in rows


def test_who_lost_everything_is_helped_by_another_administrator(scene: Scene) -> None:
    person = Desk(scene, "binh")
    enrol(scene, person)
    admin = Desk(scene, "admin")
    page = admin.see("/quan-tri/phien?tai-khoan=binh")
    assert "Đang bật từ" in words(page)
    assert admin.send(admin.form(page, "/quan-tri/phien/xac-thuc-hai-lop")).status_code == 303
    assert person.client.get("/viec").status_code == 401
    assert password_given(scene)[1].status_code == 303
    enrol(scene, admin)
    own = scene.client("admin").post("/api/v1/accounts/admin/second-factor/reset")
    is_problem(own, 403, "forbidden")
    is_problem(scene.client("binh").post("/api/v1/accounts/admin/second-factor/reset"), 403, "forbidden")
    assert "Bỏ xác thực hai lớp của tài khoản" in words(admin.see("/quan-tri/nhat-ky"))


def test_it_is_demanded_of_administrators_where_the_installation_says_so(scene: Scene, setting: Setting) -> None:
    setting(second_factor=ADMINISTRATION)
    assert password_given(scene)[1].location == "/", "binh has none of these permissions"
    client, answer = password_given(scene, "admin")
    assert (answer.status_code, answer.location) == (303, FACTOR)
    for path in ("/quan-tri", "/toi/phien", CODE):
        assert client.get(path).location == FACTOR
    admin = Desk.__new__(Desk)
    admin.client = client
    assert "đòi phải có xác thực hai lớp" in words(client.get(FACTOR))
    secret, _ = enrol(scene, admin)
    assert client.get("/quan-tri").status_code == 200
    scene.clock.move(minutes=1)
    refused = admin.send(admin.form(admin.see(FACTOR), FACTOR), {"what": "end", "otp": now_code(scene, secret)})
    assert (refused.status_code, "không tắt được" in words(refused)) == (403, True)


def test_who_may_can_give_it_up_with_a_code(scene: Scene) -> None:
    person = Desk(scene, "binh")
    secret, _ = enrol(scene, person)
    form = person.form(person.see(FACTOR), FACTOR)
    assert person.send(form, {"what": "end", "otp": "000000"}).status_code == 422
    scene.clock.move(minutes=1)
    assert person.send(form, {"what": "end", "otp": now_code(scene, secret)}).status_code == 303
    assert password_given(scene)[1].location == "/"


def test_programs_that_sign_in_show_it_too(scene: Scene) -> None:
    client, signed = api(scene)
    assert signed["second_factor"] is None
    made = client.post("/api/v1/me/second-factor").json
    assert made is not None
    assert made["address"].startswith("otpauth://totp/")
    wrong = client.post("/api/v1/me/second-factor/confirm", json={"otp": "000000"})
    assert list(is_problem(wrong, 422, "invalid")["errors"]) == ["otp"]
    done = client.post("/api/v1/me/second-factor/confirm", json={"otp": now_code(scene, made["secret"])})
    assert done.status_code == 200, done.text
    is_problem(client.post("/api/v1/me/second-factor"), 409, "settled")
    scene.clock.move(minutes=1)
    client, signed = api(scene)
    assert (signed["second_factor"], signed["expires_at"]) == ("code", "2026-11-23T08:11:00+07:00")
    for method, path in (
        ("get", "/me"),
        ("post", "/me/second-factor"),
        ("get", "/tasks"),
        ("post", "/me/second-factor/end"),
    ):
        refused = getattr(client, method)(f"/api/v1{path}", **({"json": {"otp": "1"}} if method == "post" else {}))
        assert is_problem(refused, 403, "second_factor_required")["second_factor"] == "code"
    shown = client.post("/api/v1/me/second-factor/show", json={"otp": now_code(scene, made["secret"])})
    assert shown.json == {"expires_at": "2026-11-23T20:01:00+07:00"}
    assert client.get("/api/v1/me").status_code == 200


def test_who_came_by_her_mailbox_shows_it_too(office: Office) -> None:
    secret, _ = enrol(office.scene, Desk(office.scene, "binh"))
    client, answer = office.sign_in("binh@example.org")
    assert client.get("/viec").status_code == 303
    office.scene.clock.move(minutes=1)
    assert show(client, answer, now_code(office.scene, secret)).status_code == 303
    assert client.get("/viec").status_code == 200


def test_another_secret_key_leaves_recovery_codes(scene: Scene, setting: Setting) -> None:
    secret, recovery = enrol(scene, Desk(scene, "binh"))
    scene.clock.move(minutes=1)
    setting(secret_key="x" * 40)
    client, asked = password_given(scene)
    assert show(client, asked, now_code(scene, secret)).status_code == 409
    assert show(client, asked, recovery[3]).status_code == 303


@pytest.fixture
def at_the_machine(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr("app.commands.second_factor.application", scene.app.app_context)
    return lambda *arguments: CliRunner().invoke(command_line, arguments)


def test_the_last_administrator_is_helped_at_the_machine(scene: Scene, at_the_machine: Any) -> None:
    enrol(scene, Desk(scene, "admin"))
    assert "Đã bỏ" in at_the_machine("reset", "admin").output
    assert password_given(scene, "admin")[1].status_code == 303
    with pytest.raises(Exception, match="chưa bật"):
        raise at_the_machine("reset", "admin").exception


def test_what_is_typed_is_neither_logged_nor_carried(scene: Scene, capsys: pytest.CaptureFixture[str]) -> None:
    secret, recovery = enrol(scene, Desk(scene, "binh"))
    client, asked = password_given(scene)
    scene.clock.move(minutes=11)
    late = show(client, asked, recovery[0])
    assert recovery[0] not in late.text
    said = capsys.readouterr()
    for told in (secret, recovery[0], json.dumps(recovery[0])):
        assert told not in said.out + said.err
