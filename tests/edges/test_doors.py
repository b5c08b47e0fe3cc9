"""What every answer says to browsers, and what no form of a foreign site can make a page do: walked over all routes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.access.guard import ANYONE, declared
from app.access.request import SESSION_TOKEN
from app.factory import create_app
from app.rules.permissions import PERMISSIONS
from app.store.database import db
from app.web.carrying import safe_path
from tests import factories
from tests.actions.scene import Scene

ELSEWHERE = (
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "https://evil.example/",
    "https:evil.example",
    "HTTPS://evil.example",
    " //evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "/%09/evil.example\r\nX-Evil: 1",
    "javascript:alert(1)",
    "data:text/html,x",
    "evil.example",
    "@evil.example",
    "/\u2028/evil.example",
)
HOST = "localhost"


@pytest.fixture
def powerful(scene: Scene) -> FlaskClient:
    """The pages of somebody who may do everything."""
    positions = list(scene.province.positions.values())
    with scene.writing() as connection:
        account = factories.account(connection, "everything", scene.province.health, positions, tuple(PERMISSIONS))
        token = factories.token_for(connection, account)
    client = scene.app.test_client()
    with client.session_transaction() as session:
        session[SESSION_TOKEN] = token
    return client


def addresses(app: Flask, method: str) -> Iterator[tuple[str, str]]:
    """Every page's endpoint that takes this method, with an address of it."""
    with app.test_request_context():
        adapter = app.create_url_adapter(None) if app.config["SERVER_NAME"] else app.url_map.bind(HOST)
        assert adapter is not None
        for rule in app.url_map.iter_rules():
            if rule.endpoint.startswith("web.") and method in (rule.methods or ()):
                values: dict[str, Any] = {}
                for name in rule.arguments:
                    converter = rule._converters[name]
                    number = type(converter).__name__ in ("IdConverter", "IntegerConverter")
                    values[name] = 1 if number else min(getattr(converter, "items", {"x-1"}))
                if rule.endpoint == "web.static":
                    values["filename"] = "app.js"
                yield rule.endpoint, adapter.build(rule.endpoint, values, method=method)


def leads_away(answer: TestResponse) -> str | None:
    """Where an answer sends a browser that is not this site."""
    for name in ("Location", "HX-Redirect", "HX-Location", "HX-Push-Url", "Refresh"):
        target = answer.headers.get(name)
        if target is not None:
            parts = urlsplit(target)
            if (
                parts.netloc not in ("", HOST)
                or parts.scheme not in ("", "http")
                or safe_path(parts.path) != parts.path
            ):
                return f"{name}: {target!r}"
    return None


# Headers -----------------------------------------------------------------------------------------------------------------


def test_every_answer_says_what_browsers_must_know(scene: Scene, powerful: FlaskClient) -> None:
    code = scene.register()["code"]
    asked = [address for _, address in addresses(scene.app, "GET")]
    asked += [
        f"/ho-so/{code}",
        "/api/v1/me",
        "/openapi.json",
        "/healthz",
        "/khong-co",
        "/api/v1/khong-co",
        "//x",
        "/viec/",
    ]
    asked += [f"/api/v1/public/dossiers/{code}"]
    found = []
    for address in asked:
        answer = powerful.get(address)
        headers = answer.headers
        policy = headers.get("Content-Security-Policy", "" if answer.mimetype != "application/pdf" else "default-src")
        wrong = [
            name
            for name, value in {
                "X-Content-Type-Options": "nosniff",
                "X-Frame-Options": "DENY",
                "Referrer-Policy": "same-origin",
                "Cross-Origin-Opener-Policy": "same-origin",
                "Cross-Origin-Resource-Policy": "same-origin",
            }.items()
            if headers.get(name) != value
        ]
        if wrong or "default-src" not in policy or "camera=()" not in headers.get("Permissions-Policy", ""):
            found.append(f"{address}: {wrong} {policy!r}")
        if answer.status_code >= 500:
            found.append(f"{address}: {answer.status_code}")
        if "Server" in headers or "X-Powered-By" in headers:
            found.append(f"{address}: says what it runs on")
        answer.close()
    assert not found, "\n".join(found)


def test_what_is_no_page_runs_nothing(scene: Scene) -> None:
    answer = scene.client("binh").get("/api/v1/me")
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'; frame-ancestors 'none'")
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.fixture
def secure(scene: Scene) -> Iterator[Flask]:
    """The application where people open it over https."""
    made = scene.app.extensions["motcua"]
    app = create_app(replace(made.settings, public_url="https://motcua.example.vn"), now=scene.clock)
    yield app
    with app.app_context():
        db.engine.dispose()


def test_over_https_the_cookie_is_of_this_host_alone(secure: Flask) -> None:
    answer = secure.test_client().get("/dang-nhap", base_url="https://motcua.example.vn")
    (cookie,) = answer.headers.getlist("Set-Cookie")
    assert cookie.startswith("__Host-motcua=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= {part.strip() for part in cookie.split(";")}
    assert "Domain" not in cookie
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=31536000")


def test_without_https_there_is_no_promise_of_it(scene: Scene) -> None:
    answer = scene.app.test_client().get("/dang-nhap")
    assert "Strict-Transport-Security" not in answer.headers
    assert answer.headers["Set-Cookie"].startswith("motcua=")
    assert "HttpOnly" in answer.headers["Set-Cookie"]


def test_one_can_sign_in_over_https_behind_a_proxy(secure: Flask) -> None:
    client = secure.test_client()
    page = client.get("/dang-nhap", base_url="https://motcua.example.vn")
    csrf = re.findall(r'name="csrf_token"[^>]*value="([^"]+)"', page.text)[0]
    answer = client.post(
        "/dang-nhap",
        data={"csrf_token": csrf, "username": "binh", "password": factories.PASSWORD},
        base_url="https://motcua.example.vn",
        headers={"Referer": "https://motcua.example.vn/dang-nhap"},
    )
    assert answer.status_code == 303
    assert client.get("/toi", base_url="https://motcua.example.vn").status_code == 200


def test_no_other_site_reads_an_answer(scene: Scene) -> None:
    for path in ("/api/v1/me", "/api/v1/public/dossiers/x", "/", "/openapi.json"):
        answer = scene.client("binh").get(path, headers={"Origin": "https://evil.example"})
        assert not [name for name, _ in answer.headers if name.startswith("Access-Control")]


# Forged forms ------------------------------------------------------------------------------------------------------------


def test_no_page_does_anything_for_a_form_that_is_not_ours(scene: Scene, powerful: FlaskClient) -> None:
    scene.register()
    powerful.get("/toi")
    before = scene.contents()
    found, walked = [], 0
    for endpoint, address in addresses(scene.app, "POST"):
        for data in ({}, {"csrf_token": "x" * 91}):
            answer = powerful.post(address, data=data)
            walked += 1
            if answer.status_code != 400 and not (answer.status_code == 303 and endpoint in LEADING_ON):
                found.append(f"{endpoint} {address}: {answer.status_code}")
    assert walked > 200
    assert not found, "\n".join(found)
    after = scene.contents()
    assert {name for name in before if before[name] != after[name]} <= {"tokens"}


def test_a_page_is_only_changed_by_posting(scene: Scene) -> None:
    """A GET can be made by a picture on any site: no route of the pages changes anything by another method unasked."""
    methods = {
        method
        for rule in scene.app.url_map.iter_rules()
        if rule.endpoint.startswith("web.")
        for method in (rule.methods or set())
    }
    assert methods <= {"GET", "HEAD", "OPTIONS", "POST"}


def test_the_api_knows_no_cookies(powerful: FlaskClient) -> None:
    assert powerful.get("/toi").status_code == 200
    assert powerful.get("/api/v1/me").status_code == 401
    assert powerful.post("/api/v1/dossiers", json={}).status_code == 401


# Redirects ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ELSEWHERE)
def test_an_address_elsewhere_is_none_of_ours(path: str) -> None:
    assert safe_path(path) == "/"


LEADING_ON = ("web.sign_out_now", "web.go_on_here")
"""Opened before a sign-in in another tab, as they are meant to be: they lead to a page, and do nothing else."""
FIELDS = ("tiep", "next", "ve", "ve-tra", "danh-sach", "back", "url", "path", "return", "quay-lai", "code", "ma", "q")


def test_no_page_leads_away_whatever_it_is_asked(scene: Scene, powerful: FlaskClient) -> None:
    found = []
    for place, (_, address) in enumerate(addresses(scene.app, "GET")):
        elsewhere = ELSEWHERE[place % len(ELSEWHERE)]
        typed = dict.fromkeys(FIELDS, elsewhere)
        headers = {"Referer": "https://evil.example/", "HX-Boosted": "true", "HX-Request": "true"}
        headers["HX-Current-URL"] = "https://evil.example//evil.example"
        answer = powerful.get(address, query_string=typed, headers=headers)
        if (away := leads_away(answer)) is not None or answer.status_code >= 500:
            found.append(f"{address} {elsewhere!r}: {answer.status_code} {away}")
        answer.close()
    assert not found, "\n".join(found)


@pytest.mark.parametrize("elsewhere", ELSEWHERE)
def test_signing_in_leads_nowhere_else(scene: Scene, elsewhere: str) -> None:
    client = scene.app.test_client()
    page = client.get("/dang-nhap", query_string={"tiep": elsewhere})
    assert leads_away(page) is None
    assert "evil.example" not in page.text
    carried = '{"path": ' + f'"{elsewhere}"'.replace("\n", "\\n").replace("\t", "\\t").replace("\r", "\\r") + "}"
    csrf = re.findall(r'name="csrf_token"[^>]*value="([^"]+)"', page.text)[0]
    typed = {"csrf_token": csrf, "username": "binh", "password": factories.PASSWORD, "_carried": carried}
    answer = client.post("/dang-nhap", data=typed, headers={"Host": HOST})
    assert answer.status_code == 303
    assert leads_away(answer) is None


def test_paths_that_begin_like_hosts_stay_here(scene: Scene, powerful: FlaskClient) -> None:
    for path in (
        "//evil.example/..",
        "//evil.example/%2e%2e/viec",
        "/%5cevil.example",
        "/viec//evil.example",
        "/dang-nhap/",
    ):
        assert leads_away(powerful.get(path)) is None


# Who there is ------------------------------------------------------------------------------------------------------------


def test_nobody_learns_which_accounts_there_are(scene: Scene) -> None:
    """Wrong name and wrong password are the same answer, at the API and on the page; so is the length of it."""
    client = scene.app.test_client()
    answers = [
        client.post("/api/v1/tokens", json={"username": name, "password": "khong-dung-1"})
        for name in ("binh", "khongco")
    ]
    said = [{key: value for key, value in (answer.json or {}).items() if key != "request_id"} for answer in answers]
    assert said[0] == said[1]
    assert [name for name, _ in answers[0].headers] == [name for name, _ in answers[1].headers]


def test_what_strangers_may_open_is_named(scene: Scene) -> None:
    """An address that asks for signing in does so whether or not there is what it names."""
    code = scene.register()["code"]
    stranger = scene.app.test_client()
    for there, missing in (
        (f"/api/v1/dossiers/{code}", "/api/v1/dossiers/khong-co"),
        ("/api/v1/tasks/1", "/api/v1/tasks/999999"),
        (f"/ho-so/{code}", "/ho-so/khong-co"),
    ):
        first, second = stranger.get(there), stranger.get(missing)
        assert (first.status_code, second.status_code) == (401, 401)
    open_to_all = [
        rule.rule
        for rule in scene.app.url_map.iter_rules()
        if ANYONE in (declared(scene.app.view_functions[rule.endpoint]) or ()) and "username" in rule.arguments
    ]
    assert open_to_all == []
