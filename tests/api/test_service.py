"""The service itself: health, request ids, the form of JSON, and the document that describes it all."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask

from app.access.guard import ANYONE, declared
from app.config import ConfigError, Settings
from app.embedded import Urls
from app.factory import create_app
from app.jsontext import dumps
from app.store import readiness
from app.store.database import db
from app.store.migrate import upgrade
from tests import factories
from tests.factories import START, Clock
from tests.fixtures.application import SignIn, Writing


def test_it_lives_and_is_ready(app: Flask) -> None:
    client = app.test_client()
    assert (client.get("/healthz").status_code, client.get("/healthz").json) == (200, {"status": "ok"})
    assert (client.get("/readyz").status_code, client.get("/readyz").json) == (200, {"status": "ready"})


def test_it_is_not_ready_before_the_schema_is(
    app: Flask, empty_database_urls: Urls, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(database_url=empty_database_urls.owner, data=app.extensions["motcua"].settings.data)
    upgrade(empty_database_urls.owner)
    client = create_app(settings, now=Clock()).test_client()
    assert client.get("/readyz").status_code == 200
    monkeypatch.setattr(readiness, "newest_revision", lambda: "9999")
    answer: Any = client.get("/readyz")
    assert (answer.status_code, answer.json["code"]) == (503, "unavailable")
    monkeypatch.setattr(readiness, "newest_revision", lambda: "0001")  # an old process beside a newer schema
    assert client.get("/readyz").status_code == 200
    with client.application.app_context():
        db.engine.dispose()


def test_a_sane_request_id_is_kept_and_another_is_made(app: Flask) -> None:
    client = app.test_client()
    assert client.get("/healthz", headers={"X-Request-Id": "a-1.b_2"}).headers["X-Request-Id"] == "a-1.b_2"
    for given in ("", "a b", "x" * 65, "é", "<script>"):
        made = client.get("/healthz", headers={"X-Request-Id": given}).headers["X-Request-Id"]
        assert re.fullmatch(r"[0-9a-f]{32}", made)
    first, second = (client.get("/healthz").headers["X-Request-Id"] for _ in range(2))
    assert first != second


def test_json_is_compact_and_shows_letters_and_local_time(writing: Writing, sign_in: SignIn) -> None:
    with writing() as connection:
        factories.small_province(connection)
    answer = sign_in("desk").get("/api/v1/me")
    assert "Cán bộ một cửa" in answer.text
    assert '": ' not in answer.text
    assert dumps({"at": START, "on": START.date()}) == '{"at":"2026-11-23T08:00:00+07:00","on":"2026-11-23"}'
    with pytest.raises(TypeError):
        dumps({"bytes": b""})
    with pytest.raises(ValueError, match="offset"):
        dumps({"at": START.replace(tzinfo=None)})


def test_without_a_database_url_there_is_no_application(app: Flask) -> None:
    with pytest.raises(ConfigError, match="DATABASE_URL"):
        create_app(Settings(data=app.extensions["motcua"].settings.data))


def test_the_document_describes_every_route(app: Flask) -> None:
    document: Any = app.test_client().get("/openapi.json").json
    assert document["info"]["title"] == "Một Cửa"
    described = {
        (path, method.upper())
        for path, operations in document["paths"].items()
        for method in operations
        if method != "parameters"
    }
    routes = {
        (re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule), method)
        for rule in app.url_map.iter_rules()
        if rule.endpoint != "api-docs.openapi_json" and not rule.endpoint.startswith("web.")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert described == routes


def test_every_operation_of_the_document_has_a_summary_and_a_problem(app: Flask) -> None:
    document: Any = app.test_client().get("/openapi.json").json
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            if method != "parameters":
                assert operation["summary"], path
                assert operation["responses"]["default"]["$ref"].endswith("DEFAULT_ERROR")


def test_every_property_of_the_document_has_a_type(app: Flask) -> None:
    document: Any = app.test_client().get("/openapi.json").json
    schemas = document["components"]["schemas"]
    assert schemas["Task"]["properties"]["step"] == {"type": "string", "maxLength": 64}
    untyped = {
        f"{name}.{key}"
        for name, schema in schemas.items()
        for key, described in schema["properties"].items()
        if not {"type", "$ref", "allOf", "anyOf"} & set(described)
    }
    assert untyped <= {"Registered.status", "Registered.task"}  # values of their own making


def test_only_these_routes_are_open_to_all(app: Flask) -> None:
    public = {
        rule.rule for rule in app.url_map.iter_rules() if ANYONE in (declared(app.view_functions[rule.endpoint]) or ())
    }
    assert public == {
        "/healthz",
        "/readyz",
        "/metrics",
        "/openapi.json",
        "/",
        "/dang-nhap",
        "/dang-xuat",
        "/dang-nhap/dinh-danh",
        "/dang-nhap/dinh-danh/tro-ve",
        "/dang-nhap/tiep-tuc",
        "/dang-xuat/dinh-danh",
        "/static/<path:filename>",
        "/favicon.ico",
        "/tra-cuu",
        "/api/v1/tokens",
        "/api/v1/public/dossiers/<code:code>",
        "/api/v1/public/dossiers/<code:code>/slips/<id:slip_id>.pdf",
        "/api/v1/public/dossiers/<code:code>/results/<id:attachment_id>",
        "/api/v1/public/outages",
        "/api/v1/public/sms",
    }
