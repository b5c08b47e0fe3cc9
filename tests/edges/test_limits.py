"""Limits: whoever asks too much is told when to come again, others notice nothing; and who one is behind a proxy."""

from __future__ import annotations

import ipaddress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask, g

from app.access.limits import MOST_KEYS, Window, network_of
from app.access.proxies import TrustedProxies
from app.config import ConfigError, Settings
from app.factory import create_app
from app.jobs.duties import forget_old_keys
from app.store.database import db
from tests import factories
from tests.actions.scene import Scene
from tests.fixtures.statements import counted_statements


class Seconds:
    def __init__(self) -> None:
        self.at = 0.0

    def __call__(self) -> float:
        return self.at


def test_so_many_a_minute_and_then_as_they_fade() -> None:
    clock = Seconds()
    window = Window(10, clock)
    assert [window.hit("a") for _ in range(10)] == [0] * 10
    wait = window.hit("a")
    assert 60 <= wait <= 70
    assert window.hit("b") == 0
    clock.at = 61
    assert window.hit("a") > 0, "those of the minute before still count"
    clock.at = 66.5
    assert [window.hit("a") for _ in range(2)].count(0) == 1
    assert 0 < window.hit("a") <= 6
    clock.at = 600
    assert [window.hit("a") for _ in range(11)].count(0) == 10


def test_what_it_says_to_wait_is_enough() -> None:
    for asked in (1, 3, 7):
        clock = Seconds()
        window = Window(asked, clock)
        for _ in range(200):
            wait = window.hit("a")
            clock.at += wait or 0.3
            if wait:
                assert window.hit("a") == 0


def test_memory_has_a_bound_whoever_comes() -> None:
    window = Window(5, Seconds())
    for number in range(MOST_KEYS + 5):
        assert window.hit(number) == 0
    assert window.hit("one more") > 0, "those beyond share a count"
    assert window.hit(3) == 0


def test_none_means_none() -> None:
    assert {Window(0).hit("a") for _ in range(1000)} == {0}


def test_a_subscriber_of_ipv6_is_a_network() -> None:
    assert network_of("2001:db8:1:2:3::4") == network_of("2001:db8:1:2:ffff::1") != network_of("2001:db8:1:3::1")
    assert network_of("::ffff:192.0.2.7") == network_of("192.0.2.7") == "192.0.2.7"
    assert network_of(None) == network_of("unknown") == ""


# Over HTTP ---------------------------------------------------------------------------------------------------------------


def limited(scene: Scene, **settings: Any) -> Flask:
    """Another process on the same database, with these limits."""
    made = scene.app.extensions["motcua"]
    app = create_app(replace(made.settings, **settings), now=scene.clock)
    app.testing = True
    return app


def token(scene: Scene, username: str) -> dict[str, str]:
    with scene.writing() as connection:
        return {"Authorization": f"Bearer {factories.token_for(connection, scene.province.accounts[username])}"}


@pytest.fixture
def own(scene: Scene) -> Any:
    made: list[Flask] = []

    def make(**settings: Any) -> Flask:
        made.append(limited(scene, **settings))
        return made[-1]

    yield make
    for app in made:
        with app.app_context():
            db.engine.dispose()


def is_too_many(answer: Any) -> int:
    assert answer.status_code == 429, answer.text
    return int(answer.headers["Retry-After"])


def test_an_account_has_its_share_and_others_theirs(scene: Scene, own: Any) -> None:
    client = own(requests_per_account=5, requests_per_address=1000).test_client()
    binh, chi = token(scene, "binh"), token(scene, "chi")
    assert [client.get("/api/v1/me", headers=binh).status_code for _ in range(5)] == [200] * 5
    answer = client.get("/api/v1/me", headers=binh)
    assert 0 < is_too_many(answer) <= 120
    assert answer.content_type == "application/problem+json"
    assert answer.json["code"] == "too_many_requests"
    assert "giây" in answer.json["detail"]
    assert client.get("/api/v1/me", headers=chi).status_code == 200
    assert client.get("/healthz").status_code == 200


def test_strangers_and_forged_tokens_count_on_their_address(scene: Scene, own: Any) -> None:
    client = own(
        requests_per_account=1000, requests_per_address=6, trusted_proxies=(ipaddress.ip_network("127.0.0.1"),)
    ).test_client()
    forged = {"Authorization": "Bearer " + "x" * 43}
    statuses = [client.get("/api/v1/me", headers=forged).status_code for _ in range(3)]
    statuses += [client.get("/khong-co").status_code for _ in range(2)]
    statuses += [client.get("/").status_code]
    assert statuses == [401, 401, 401, 404, 404, 200]
    assert client.get("/static/khong-co.css").status_code == 404, "bundles are not counted"
    is_too_many(client.get("/api/v1/me", headers=forged))
    is_too_many(client.get("/", headers={"Accept": "text/html"}))
    assert client.get("/api/v1/me", headers=token(scene, "binh")).status_code == 200, "her office has the same address"
    assert client.get("/", headers={"X-Forwarded-For": "198.51.100.9"}).status_code == 200
    assert [client.get("/healthz").status_code for _ in range(9)] == [200] * 9


def test_a_page_says_it_in_words_and_keeps_what_was_typed(scene: Scene, own: Any) -> None:
    client = own(requests_per_address=3).test_client()
    page = client.get("/dang-nhap").text
    csrf = page.split('name="csrf_token"')[1].split('value="')[1].split('"')[0]
    typed = {"csrf_token": csrf, "username": "binh", "password": "sai"}
    statuses = [client.post("/dang-nhap", data=typed).status_code for _ in range(2)]
    assert 429 not in statuses
    answer = client.post("/dang-nhap", data=typed)
    assert is_too_many(answer) > 0
    assert "quá nhiều yêu cầu" in answer.text
    assert 'value="binh"' in answer.text
    assert "sai" not in answer.text.split("<main")[1].split('name="password"')[1][:200]


def test_counting_costs_no_statement(scene: Scene, own: Any) -> None:
    headers = token(scene, "binh")
    with_limits = own(requests_per_account=50, requests_per_address=50)
    without = own()
    counts = []
    for app in (with_limits, without):
        client = app.test_client()
        client.get("/api/v1/me", headers=headers)
        with counted_statements(app) as seen:
            assert client.get("/api/v1/me", headers=headers).status_code == 200
        counts.append(len(seen))
    assert counts[0] == counts[1]


# Look-ups ----------------------------------------------------------------------------------------------------------------


def test_codes_cannot_be_tried_out(scene: Scene, own: Any) -> None:
    code = scene.register()["code"]
    secret = scene.dossier(code).token
    first, second = (own(lookups_per_address=12).test_client() for _ in range(2))  # two processes, one count
    assert first.get(f"/api/v1/public/dossiers/{code}").status_code == 200
    assert second.get(f"/tra-cuu?code={code}").status_code == 200
    assert first.get("/api/v1/public/dossiers/000.00.99.H50-261123-0001").status_code == 404
    assert second.get(f"/tra-cuu?code={code}&token=khong-dung").status_code == 200
    assert second.get(f"/api/v1/public/dossiers/{code}/slips/999.pdf?token=khong-dung").status_code == 429
    wait = is_too_many(first.get(f"/api/v1/public/dossiers/{code}"))
    page = second.get(f"/tra-cuu?code={code}")
    assert (page.status_code, "tra cứu quá nhiều" in page.text) == (429, True)
    assert "Retry-After" in page.headers
    assert 0 < wait <= 3600
    assert first.get(f"/tra-cuu?code={code}&token={secret}").status_code == 200, "whoever holds the slip is not counted"
    assert first.get(f"/api/v1/public/dossiers/{code}?token={secret}").status_code == 200
    assert first.get(f"/tra-cuu?code={code}", environ_base={"REMOTE_ADDR": "198.51.100.9"}).status_code == 200
    scene.clock.move(seconds=wait)
    assert first.get(f"/api/v1/public/dossiers/{code}").status_code == 200


def test_a_missing_code_and_an_old_one_read_alike_in_the_answer(scene: Scene) -> None:
    code = scene.register()["code"]
    client = scene.app.test_client()
    wrong = client.get(f"/api/v1/public/dossiers/{code}/slips/999.pdf?token=x").json
    missing = client.get(f"/api/v1/public/dossiers/{code}/results/999?token=x").json
    assert wrong is not None
    assert missing is not None
    assert (wrong["status"], wrong["code"], wrong["detail"]) == (missing["status"], missing["code"], missing["detail"])


def test_counts_are_forgotten(scene: Scene, own: Any) -> None:
    client = own(lookups_per_address=100).test_client()
    client.get("/api/v1/public/dossiers/khong-co")
    assert scene.contents()["lookup_counts"][0] == 1
    scene.clock.at += timedelta(hours=4)
    with scene.app.app_context():
        forget_old_keys()
    assert scene.contents()["lookup_counts"][0] == 0


# Behind a proxy ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("peer", "told", "client"),
    [
        ("127.0.0.1", None, "127.0.0.1"),
        ("127.0.0.1", "203.0.113.5", "203.0.113.5"),
        ("127.0.0.1", "198.51.100.1, 203.0.113.5", "203.0.113.5"),  # the first was typed by the client
        ("127.0.0.1", "198.51.100.1, 203.0.113.5, 10.0.0.9", "203.0.113.5"),
        ("127.0.0.1", "2001:db8::1", "2001:db8::1"),
        ("127.0.0.1", "x, 10.0.0.9", "10.0.0.9"),
        ("127.0.0.1", "", "127.0.0.1"),
        ("127.0.0.1", "," * 5000, "127.0.0.1"),
        ("203.0.113.7", "198.51.100.1", "203.0.113.7"),  # nobody we know says so
        ("", "198.51.100.1", ""),
    ],
)
def test_only_a_known_proxy_is_believed(peer: str, told: str | None, client: str) -> None:
    seen: dict[str, Any] = {}
    networks = [ipaddress.ip_network(one) for one in ("127.0.0.1/32", "10.0.0.0/8")]
    application = TrustedProxies(lambda environ, _start: seen.update(environ), networks)
    environ = {"REMOTE_ADDR": peer, "wsgi.url_scheme": "http", "HTTP_X_FORWARDED_PROTO": "https"}
    application(environ | ({"HTTP_X_FORWARDED_FOR": told} if told is not None else {}), None)
    assert seen["REMOTE_ADDR"] == client
    assert seen["wsgi.url_scheme"] == ("https" if peer == "127.0.0.1" else "http")


def test_the_log_of_administrators_has_the_client_behind_the_proxy(scene: Scene, own: Any) -> None:
    app = own(trusted_proxies=(ipaddress.ip_network("127.0.0.1"),))
    body = {"username": "binh", "password": factories.PASSWORD}
    answer = app.test_client().post("/api/v1/tokens", json=body, headers={"X-Forwarded-For": "203.0.113.5"})
    assert answer.status_code == 201
    with app.test_request_context("/", headers={"X-Forwarded-For": "203.0.113.5"}):
        assert "caller" not in g
    with scene.reading() as connection:
        addresses = connection.exec_driver_sql("SELECT address FROM tokens WHERE address IS NOT NULL").scalars().all()
    assert addresses == ["203.0.113.5"]


def test_settings_of_limits_are_checked() -> None:
    found = Settings.from_env({"TRUSTED_PROXIES": "10.0.0.0/8, 192.0.2.1", "REQUESTS_PER_ACCOUNT": "0"})
    assert [str(one) for one in found.trusted_proxies] == ["10.0.0.0/8", "192.0.2.1/32"]
    assert found.requests_per_account == 0
    usual = Settings.from_env({})
    assert [str(one) for one in usual.trusted_proxies] == ["127.0.0.1/32", "::1/128"]
    assert min(usual.requests_per_account, usual.requests_per_address, usual.lookups_per_address) > 0
    assert Settings.from_env({"TRUSTED_PROXIES": "none"}).trusted_proxies == ()
    with pytest.raises(ConfigError, match="TRUSTED_PROXIES"):
        Settings.from_env({"TRUSTED_PROXIES": "nginx"})
