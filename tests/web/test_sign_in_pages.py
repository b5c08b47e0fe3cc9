"""Signing in and out at the pages, forged and stale forms, and a session that ends while somebody types."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.access.request import SESSION_TOKEN
from app.config import PROJECT_ROOT
from app.errors import DomainError
from tests.actions.scene import Scene
from tests.factories import PASSWORD
from tests.web.desk import Desk, Form, page_of, words

AtDesk = Callable[[str], Desk]
STATIC = PROJECT_ROOT / "app" / "web" / "static"


def sign_in_form(answer: TestResponse) -> dict[str, str]:
    (form,) = [form for form in page_of(answer).iter("form") if form.get("action") == "/dang-nhap"]
    return {name: str(value) for name, value in form.form_values()}


def expire(person: Desk) -> None:
    """The session is over, as when somebody comes back from lunch; the page is still open."""
    with person.client.session_transaction() as session:
        session[SESSION_TOKEN] = "over"


def sign_in_again(person: Desk, answer: TestResponse, username: str = "desk") -> TestResponse:
    return person.client.post("/dang-nhap", data=sign_in_form(answer) | {"username": username, "password": PASSWORD})


@pytest.mark.parametrize(
    ("username", "home"), [("desk", "/viec"), ("binh", "/viec"), ("control", "/ho-so"), ("admin", "/quan-tri")]
)
def test_each_begins_where_her_work_is_and_goes_back_there(
    scene: Scene, desk: AtDesk, username: str, home: str
) -> None:
    person = desk(username)
    for path in ("/", "/dang-nhap"):
        assert (person.client.get(path).status_code, person.client.get(path).location) == (303, home)
    assert f"Nguyễn Thị {username}" in words(person.see(home))


def test_signing_out_ends_the_session_on_the_server_too(scene: Scene, desk: AtDesk) -> None:
    person = desk("desk")
    cookie = person.client.get_cookie("motcua")
    assert cookie is not None
    assert (cookie.http_only, cookie.same_site) == (True, "Lax")
    answer = person.send(person.form(person.see("/viec"), "/dang-xuat"))
    assert (answer.status_code, answer.location) == (303, "/dang-nhap")
    assert "Bạn đã đăng xuất." in words(person.see("/dang-nhap"))
    person.client.set_cookie("motcua", cookie.value, httponly=True)
    assert person.client.get("/viec").status_code == 401


@pytest.mark.parametrize(
    ("username", "password"),
    [
        ("desk", "sai"),
        ("nobody", PASSWORD),
        ("de\x00sk", PASSWORD),
        ("'; --", "sai rồi"),
        ("d" * 9999, "x" * 99999),
        ("desk", "\x00"),
    ],
)
def test_a_wrong_name_or_password_says_the_same_and_keeps_the_name(scene: Scene, username: str, password: str) -> None:
    client = scene.app.test_client()
    form = sign_in_form(client.get("/dang-nhap"))
    answer = client.post("/dang-nhap", data=form | {"username": username, "password": password})
    assert answer.status_code == 401
    assert "Chưa đăng nhập được" in words(answer)
    assert "Mat-khau" not in answer.text
    assert "sai rồi" not in answer.text
    assert client.get("/viec").status_code == 401


def test_nothing_entered_is_not_an_attempt(scene: Scene) -> None:
    client = scene.app.test_client()
    answer = client.post("/dang-nhap", data=sign_in_form(client.get("/dang-nhap")) | {"username": " ", "password": ""})
    assert answer.status_code == 422
    assert "Hãy nhập tên đăng nhập và mật khẩu." in words(answer)


@pytest.mark.parametrize(
    "path",
    [
        "//evil.example", "\\evil.example", "/\\evil.example", "https://evil.example/x", "https:evil.example",
        "/\t/evil.example", "/\n//evil.example", "evil.example", "", "///evil.example", "http:\\\\evil.example", "[", "//[",
        "%2f%2fevil", "javascript:alert(1)",
    ],
)  # fmt: skip
def test_signing_in_leads_nowhere_else(scene: Scene, path: str) -> None:
    client = scene.app.test_client()
    form = sign_in_form(client.get("/dang-nhap", query_string={"tiep": path}))
    answer = client.post("/dang-nhap", data=form | {"username": "desk", "password": PASSWORD})
    assert (answer.status_code, answer.location) == (303, "/")
    forged = {"_carried": f'{{"path": {path!r}}}'.replace("'", '"'), "csrf_token": form["csrf_token"]}
    client = scene.app.test_client()
    forged["csrf_token"] = sign_in_form(client.get("/dang-nhap"))["csrf_token"]
    answer = client.post("/dang-nhap", data=forged | {"username": "desk", "password": PASSWORD})
    assert (answer.status_code, answer.location) == (303, "/")


def test_whoever_asks_for_a_page_gets_it_after_signing_in(scene: Scene) -> None:
    client = scene.app.test_client()
    asked = client.get("/viec?q=b%C3%ACnh&hop=unit")
    assert asked.status_code == 401
    answer = client.post("/dang-nhap", data=sign_in_form(asked) | {"username": "desk", "password": PASSWORD})
    assert (answer.status_code, answer.location) == (303, "/viec?q=b%C3%ACnh&hop=unit")


@pytest.mark.parametrize(
    "carried",
    [
        "",
        "[]",
        "7",
        "null",
        '{"fields": 7}',
        '{"fields": [[1]]}',
        "[" * 99999,
        "{" * 300000,
        '{"path": {"a": 1}}',
        "\x00",
        '{"path": "/viec", "fields": [["comment", "\\ud800"]]}',
        '{"path": "/viec", "fields": [["\\udfff", "x"]]}',
    ],
)
def test_what_a_sign_in_form_carries_is_ours_or_nothing(scene: Scene, carried: str) -> None:
    client = scene.app.test_client()
    form = sign_in_form(client.get("/dang-nhap")) | {"_carried": carried}
    answer = client.post("/dang-nhap", data=form | {"username": "desk", "password": PASSWORD})
    assert (answer.status_code, answer.location) == (303, "/")


def registration(person: Desk) -> tuple[Form, dict[str, str]]:
    form = person.form(person.see("/tiep-nhan/1.000001"), "/tiep-nhan/1.000001")
    return form, {
        "applicant-name": "Trần Văn <b>Bình</b>",
        "request": "Nội dung",
        "has-application": "1",
        "how": "later",
        "filing": "paper",
    }


def dossiers(scene: Scene) -> int:
    return int(scene.contents()["dossiers"][0])


def test_an_expired_session_keeps_what_was_typed_and_sends_nothing_by_itself(scene: Scene, desk: AtDesk) -> None:
    person = desk("desk")
    form, typed = registration(person)
    expire(person)
    answer = person.send(form, typed)
    assert answer.status_code == 401
    assert "Phiên làm việc đã hết hạn. Những gì bạn vừa nhập vẫn còn" in words(answer)
    wrong = person.client.post("/dang-nhap", data=sign_in_form(answer) | {"username": "desk", "password": "sai"})
    assert wrong.status_code == 401
    resumed = sign_in_again(person, wrong)
    assert resumed.status_code == 200
    assert "Trần Văn <b>Bình</b>" in words(resumed)
    assert "Họ và tên, hoặc tên tổ chức" in words(resumed)
    assert dossiers(scene) == 0
    again = person.form(resumed, "/tiep-nhan/1.000001")
    answer = person.send(again)
    assert answer.status_code == 303, words(answer)[:1500]
    assert dossiers(scene) == 1


def test_what_was_done_before_the_session_ended_is_not_done_again(scene: Scene, desk: AtDesk) -> None:
    """The answer was lost on the way, the same form is sent again after lunch: its key still counts."""
    person = desk("desk")
    form, typed = registration(person)
    done = person.send(form, typed)
    expire(person)
    again = person.send(person.form(sign_in_again(person, person.send(form, typed)), "/tiep-nhan/1.000001"))
    assert (again.status_code, again.location) == (303, done.location)
    assert dossiers(scene) == 1


def test_a_comment_survives_too_and_its_version_is_still_checked(scene: Scene, desk: AtDesk) -> None:
    code = scene.at_step("process", scene.publish("linear"))
    task = scene.task(code, "process").id
    person = desk("binh")
    form = person.form(person.see(f"/ho-so/{code}"), f"/viec/{task}/forward")
    expire(person)
    resumed = sign_in_again(person, person.send(form, {"comment": "Ý kiến\ndài"}), "binh")
    assert "Ý kiến dài" in words(resumed)
    assert "Bấm gửi để làm tiếp: Chuyển bước tiếp theo" in words(resumed)
    assert scene.open_steps(code) == ["process"]
    assert person.send(person.form(resumed, f"/viec/{task}/forward")).status_code == 303
    assert scene.last(code, "forwarded").data["comment"] == "Ý kiến\ndài"


def test_two_tabs_that_both_wait_for_a_sign_in_keep_what_each_had(scene: Scene, desk: AtDesk) -> None:
    person = desk("desk")
    form, typed = registration(person)
    expire(person)
    first = person.send(form, typed)
    second = person.send(form, typed | {"applicant-name": "Lê Thị Hai"})
    assert "Trần Văn" in words(sign_in_again(person, first))
    stale = sign_in_again(person, second)
    assert stale.status_code == 400
    assert "Hãy nhập lại mật khẩu." in words(stale)
    assert "Lê Thị Hai" in words(sign_in_again(person, stale))
    assert dossiers(scene) == 0


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        ({f"field{number}": "x" for number in range(1000)}, "multipart/form-data"),
        ({"comment": "x" * 300_000}, "multipart/form-data"),
        ({"comment": "x" * 300_000}, "application/x-www-form-urlencoded"),
        (b"x", "multipart/form-data"),
    ],
)
def test_a_form_beyond_every_measure_of_nobody_signed_in_asks_to_sign_in(scene: Scene, data: Any, kind: str) -> None:
    answer = scene.app.test_client().post("/viec/1/forward", data=data, content_type=kind)
    assert answer.status_code == 401
    assert sign_in_form(answer)["_carried"]


def test_a_form_sent_again_with_other_words_is_refused_in_words_of_the_page(scene: Scene, desk: AtDesk) -> None:
    """The button Back, other words, and the same form once more."""
    person = desk("desk")
    form, typed = registration(person)
    assert person.send(form, typed).status_code == 303
    again = person.send(form, typed | {"applicant-name": "Lê Thị Hai"})
    assert again.status_code == 422
    assert "Biểu mẫu này đã được gửi một lần với nội dung khác" in words(again)
    assert "Idempotency" not in again.text
    assert dossiers(scene) == 1
    assert person.send(person.form(again, form.action), typed | {"applicant-name": "Lê Thị Hai"}).status_code == 303
    assert dossiers(scene) == 2


@pytest.mark.parametrize(
    ("trouble", "status"), [(DomainError("unavailable", "Hãy thử lại sau."), 503), (RuntimeError("lỗi"), 500)]
)
def test_trouble_of_our_own_keeps_what_was_typed_and_its_key(
    scene: Scene, desk: AtDesk, monkeypatch: pytest.MonkeyPatch, trouble: Exception, status: int
) -> None:
    person = desk("desk")
    form, typed = registration(person)

    def fail(*_: Any) -> None:
        raise trouble

    with monkeypatch.context() as patched:
        patched.setattr("app.web.registering.procedure_detail", fail)
        answer = person.send(form, typed)
    assert answer.status_code == status
    assert "Mã yêu cầu" in words(answer)
    assert "Trần Văn <b>Bình</b>" in words(answer)
    again = person.form(answer, form.action)
    assert again.fields["_key"] == form.fields["_key"]
    assert person.send(again).status_code == 303
    assert dossiers(scene) == 1


def test_trouble_while_signing_in_keeps_what_is_carried(
    scene: Scene, desk: AtDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = desk("desk")
    form, typed = registration(person)
    expire(person)
    asked = person.send(form, typed)

    def fail(*_: Any) -> None:
        raise DomainError("unavailable", "Hãy thử lại sau.")

    with monkeypatch.context() as patched:
        patched.setattr("app.web.sign_in.sign_in", fail)
        troubled = sign_in_again(person, asked)
    assert troubled.status_code == 503
    assert "Trần Văn <b>Bình</b>" in words(sign_in_again(person, troubled))


def test_a_part_of_a_page_is_not_answered_with_a_whole_one(scene: Scene, desk: AtDesk) -> None:
    """The session ends while the desk looks for an applicant: the form around the list stays as it is."""
    person = desk("desk")
    expire(person)
    part = person.client.get("/tiep-nhan/nguoi-nop?nguoi=binh", headers={"HX-Request": "true"})
    assert part.status_code == 401
    assert "Những gì bạn đã nhập vẫn còn" in part.text
    assert "<form" not in part.text
    whole = person.client.get("/viec", headers={"HX-Request": "true", "HX-Boosted": "true"})
    assert sign_in_form(whole)


def test_an_address_that_only_takes_forms_says_so_in_words(scene: Scene, desk: AtDesk) -> None:
    answer = desk("desk").client.get("/dang-xuat", headers={"Accept": "text/html"})
    assert answer.status_code == 405
    assert "chỉ nhận biểu mẫu" in words(answer)
    assert "openapi" not in answer.text


def test_an_empty_form_leads_to_a_page_that_exists(scene: Scene, desk: AtDesk) -> None:
    person = desk("desk")
    token = person.form(person.see("/viec"), "/dang-xuat").fields["csrf_token"]
    expire(person)
    answer = person.client.post("/viec/hang-loat", data={"csrf_token": token})
    assert answer.status_code == 401
    signed = sign_in_again(person, answer)
    assert (signed.status_code, signed.location) == (303, "/")


@pytest.mark.parametrize("token", [None, "", "x", "\x00", "a.b.c"])
def test_a_form_without_its_token_does_nothing_and_is_offered_again(
    scene: Scene, desk: AtDesk, token: str | None
) -> None:
    person = desk("desk")
    form, typed = registration(person)
    del form.fields["csrf_token"]
    answer = person.send(form, typed | ({} if token is None else {"csrf_token": token}))
    assert answer.status_code == 400
    assert "chưa có gì được thực hiện" in words(answer)
    assert "Trần Văn <b>Bình</b>" in words(answer)
    assert dossiers(scene) == 0
    assert person.send(person.form(answer, "/tiep-nhan/1.000001")).status_code == 303
    assert dossiers(scene) == 1


def test_signing_out_twice_leads_to_signing_in(scene: Scene, desk: AtDesk) -> None:
    """The button of a tab that was open when another one signed out."""
    person = desk("desk")
    form = person.form(person.see("/viec"), "/dang-xuat")
    person.send(form)
    answer = person.send(form)
    assert (answer.status_code, answer.location) == (303, "/dang-nhap")


def test_somebody_elses_token_is_no_token(scene: Scene, desk: AtDesk) -> None:
    form, typed = registration(desk("desk"))
    answer = desk("desk").send(form, typed)
    assert answer.status_code == 400
    assert dossiers(scene) == 0


def test_a_form_of_a_foreign_page_gains_nothing_after_signing_in(scene: Scene) -> None:
    """Nobody is signed in; a foreign page sends our form. It is shown, with what it holds, and waits for a button."""
    client = scene.app.test_client()
    answer = client.post("/tiep-nhan/1.000001", data={"applicant-name": "Kẻ gian", "has-application": "1"})
    assert answer.status_code in (400, 401)
    assert dossiers(scene) == 0


@pytest.mark.parametrize(
    "path", ["/viec", "/tiep-nhan", "/toi", "/", "/dang-nhap", "/tra-cuu", "/khong-co", "/viec/hang-loat"]
)
def test_headers_of_every_page(scene: Scene, desk: AtDesk, path: str) -> None:
    for client in (desk("desk").client, scene.app.test_client()):
        headers = client.get(path, headers={"Accept": "text/html"}).headers
        policy = headers["Content-Security-Policy"]
        assert {"default-src 'self'", "frame-ancestors 'none'"} <= set(policy.split("; "))
        assert "unsafe" not in policy
        assert headers["Cache-Control"] == "no-store"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize("path", ["/viec", "/tiep-nhan/1.000001", "/toi", "/tra-ket-qua"])
def test_no_page_holds_script_or_style_of_its_own(scene: Scene, desk: AtDesk, path: str) -> None:
    page = desk("desk").see(path)
    assert page.xpath("//script[not(@src)] | //style | //*[@style] | //@*[starts-with(name(), 'on')]") == []


def fetched(client: FlaskClient, address: str, encodings: str | None = None) -> TestResponse:
    """A file, read to its end and closed."""
    answer = client.get(address, headers={"Accept-Encoding": encodings} if encodings else None)
    answer.get_data()
    answer.close()
    return answer


def test_bundles_are_packed_for_who_takes_that_and_kept_for_ever(scene: Scene) -> None:
    client = scene.app.test_client()
    address = page_of(client.get("/")).xpath("//link[@rel='stylesheet']/@href")[0]
    plain = fetched(client, address)
    packed = fetched(client, address, "br, gzip;q=0.8")
    assert (plain.content_encoding, packed.content_encoding) == (None, "gzip")
    assert plain.data == (STATIC / "app.css").read_bytes()
    assert packed.data == (STATIC / "app.css.gz").read_bytes()
    for answer in (plain, packed, fetched(client, address, "gzip;q=0")):
        assert answer.content_type == "text/css; charset=utf-8"
        assert answer.headers["Vary"] == "Accept-Encoding"
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert fetched(client, "/static/app.css").headers["Cache-Control"] == "no-cache"
    assert client.get("/static/../pages.py").status_code == 404
    assert client.get("/static/khong-co.css").status_code == 404
    for name in ("x" * 300, "x/" * 3000, "%00"):
        assert client.get(f"/static/{name}", headers={"Accept-Encoding": "gzip"}).status_code == 404


def test_a_browser_asks_for_no_picture_that_is_missing(scene: Scene) -> None:
    client = scene.app.test_client()
    (icon,) = page_of(client.get("/")).xpath("//link[@rel='icon']/@href")
    assert fetched(client, icon).content_type.startswith("image/svg+xml")
    assert client.get("/favicon.ico").location == icon
