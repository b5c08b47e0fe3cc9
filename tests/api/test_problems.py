"""Whatever a client sends, it gets a problem in one form, never a 500; and what goes wrong inside shows nothing."""

from __future__ import annotations

import json
import socket
from contextlib import ExitStack
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import create_engine, func, select, text

from app.access.guard import ANYONE, requires
from app.config import Settings
from app.embedded import Urls
from app.errors import PROBLEMS, DomainError
from app.factory import create_app
from app.store.database import sqlalchemy_url
from app.store.dossiers import Dossier
from app.store.transaction import reading
from tests import factories
from tests.factories import Clock
from tests.fixtures.application import SignIn, Writing

JSON = "application/json"


@pytest.fixture
def desk(writing: Writing, sign_in: SignIn) -> Any:
    with writing() as connection:
        factories.small_province(connection)
    return sign_in("desk")


def is_problem(answer: Any, status: int, code: str) -> bool:
    body = answer.json
    assert answer.status_code == status, answer.text
    assert answer.content_type == "application/problem+json"
    assert body["status"] == status
    assert body["code"] == code
    assert body["type"] == f"urn:motcua:problem:{code}"
    assert body["title"] == PROBLEMS[code].title
    assert body["detail"]
    assert body["request_id"] == answer.headers["X-Request-Id"]
    return True


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"",
        b"{'a': 1}",
        b'{"a": 1,}',
        b"\xff\xfe{}",
        b'{"a": "\xff"}',
        b'{"a": "\x00"}',
        b'{"a": NaN}',
        b'{"a": Infinity}',
        b'{"a": 1e999}',
        b'{"a": ' + b"1" * 5000 + b"}",
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b'{"data": ' + b"[" * 40 + b"]" * 40 + b"}",
    ],
    ids=lambda body: repr(body[:20]),
)
def test_a_body_that_is_not_json_is_400(desk: Any, body: bytes) -> None:
    answer = desk.post("/api/v1/dossiers", data=body, content_type=JSON)
    if body == b"":
        assert is_problem(answer, 422, "invalid")
    else:
        assert is_problem(answer, 422, "invalid")


@pytest.mark.parametrize("body", [b"[]", b"1", b'"text"', b"null", b"true", b"[{}]"])
def test_json_that_is_not_an_object_is_422(desk: Any, body: bytes) -> None:
    answer = desk.post("/api/v1/dossiers", data=body, content_type=JSON)
    assert is_problem(answer, 422, "invalid")
    assert answer.json["errors"] == {"body": ["Phải là một đối tượng JSON."]}


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "text/html", None])
def test_a_body_of_another_kind_is_415(desk: Any, content_type: str | None) -> None:
    answer = desk.post("/api/v1/dossiers", data=b'{"procedure": "1.000001"}', content_type=content_type)
    assert is_problem(answer, 415, "unsupported_media_type")


def test_duplicate_keys_are_json(desk: Any) -> None:
    answer = desk.post("/api/v1/dossiers", data=b'{"procedure": 1, "procedure": "1.000001"}', content_type=JSON)
    assert is_problem(answer, 422, "invalid")
    assert set(answer.json["errors"]) == {"applicant"}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"applicant": {"name": "a\0b"}}, "applicant.name"),
        ({"applicant": {"name": "a\ud800"}}, "applicant.name"),
        ({"applicant": {"name": "a\x1bb"}}, "applicant.name"),
        ({"applicant": {"name": "a" * 5000}}, "applicant.name"),
        ({"applicant": {"name": 5}}, "applicant.name"),
        ({"applicant": []}, "applicant"),
        ({"applicant": {"name": "Bình", "age": 3}}, "applicant.age"),
        ({"data": {"deep": [{"x": "\0"}]}}, "data.deep.0.x"),
        ({"data": {"bad\0key": 1}}, "data.bad\ufffdkey"),
        ({"data": {"x": "\udfff"}}, "data.x"),
        ({"data": []}, "data"),
        ({"components": {}}, "components"),
        ({"components": [{"code": "application", "kind": "fax"}]}, "components.0.kind"),
        ({"components": [{"code": "application", "kind": "copy", "quantity": 10**30}]}, "components.0.quantity"),
        ({"components": [{"code": "application", "kind": "copy", "quantity": True}]}, "components.0.quantity"),
        ({"components": [{"code": "application", "kind": "copy", "quantity": 1.5}]}, "components.0.quantity"),
        ({"components": [{}] * 201}, "components"),
        ({"channel": "carrier pigeon"}, "channel"),
        ({"unknown": 1}, "unknown"),
    ],
)
def test_a_wrong_field_is_422_and_named(desk: Any, writing: Writing, change: dict[str, Any], field: str) -> None:
    body = {"procedure": "1.000001", "applicant": {"name": "Trần Văn Bình"}} | change
    answer = desk.post("/api/v1/dossiers", data=json.dumps(body), content_type=JSON)
    assert is_problem(answer, 422, "invalid")
    assert field in answer.json["errors"]
    with writing() as connection:
        assert connection.execute(select(func.count()).select_from(Dossier)).scalar_one() == 0


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/dossiers/khong%20co",
        "/api/v1/dossiers/%00",
        "/api/v1/dossiers/000.00.12%00",
        "/api/v1/dossiers/%ff%fe",
        "/api/v1/dossiers/" + "9" * 65,
        "/api/v1/dossiers/x'; DROP TABLE dossiers; --",
        "/api/v1/dossiers/000.00.12.H50-261123-0001/slips/99999999999999999999.pdf",
        "/api/v1/dossiers/000.00.12.H50-261123-0001/slips/-1.pdf",
        "/api/v1/dossiers/000.00.12.H50-261123-0001/attachments/9223372036854775808",
        "/api/v1/tasks/9223372036854775808",
        "/api/v1/tasks/9223372036854775807",
        "/api/v1/tasks/0",
        "/api/v1/tasks/" + "9" * 5000,
        "/api/v1/tasks/١٢",
        "/api/v1/procedures/%00",
        "/api/v1/nothing",
        "/khong-co-trang-nay",
    ],
)
def test_a_path_that_leads_nowhere_is_404(desk: Any, path: str) -> None:
    assert is_problem(desk.get(path), 404, "not_found")


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("page_size=0", "page_size"),
        ("page_size=101", "page_size"),
        ("page_size=x", "page_size"),
        ("page_size=" + "9" * 5000, "page_size"),
        ("page_size=١", "page_size"),
        ("inbox=yours", "inbox"),
        ("due=never", "due"),
        ("sort=name", "sort"),
        ("q=%00", "q"),
        ("q=" + "a" * 201, "q"),
        ("cursor=zzz", "cursor"),
        ("cursor=%F0%9F%98%80", "cursor"),
        ("colour=red", "colour"),
        ("agency=SYT", "agency"),
        ("inbox=agency&agency=NOWHERE", "agency"),
        ("step=", "step"),
    ],
)
def test_a_bad_query_parameter_is_422_and_named(desk: Any, query: str, field: str) -> None:
    answer = desk.get(f"/api/v1/tasks?{query}")
    assert is_problem(answer, 422, "invalid")
    assert list(answer.json["errors"]) == [field]


def test_a_method_that_a_path_does_not_take_is_405(desk: Any) -> None:
    answer = desk.delete("/api/v1/dossiers")
    assert is_problem(answer, 405, "method_not_allowed")
    assert "POST" in answer.headers["Allow"]


def test_too_large_a_body_is_413_however_it_is_sent(desk: Any, app: Flask) -> None:
    limit = app.config["MAX_CONTENT_LENGTH"]
    assert is_problem(desk.post("/api/v1/dossiers", data=b"x" * (limit + 1), content_type=JSON), 413, "too_large")
    big_json = b'{"procedure": "' + b"x" * (1024 * 1024) + b'"}'
    assert is_problem(desk.post("/api/v1/dossiers", data=big_json, content_type=JSON), 413, "too_large")


def test_what_goes_wrong_inside_shows_nothing_of_it(app: Flask, capsys: pytest.CaptureFixture[str]) -> None:
    broken = create_app(app.extensions["motcua"].settings, now=Clock())

    @requires(ANYONE)
    def fail() -> str:
        raise RuntimeError("mật khẩu là hoa-sen-22")

    broken.add_url_rule("/fail", view_func=fail)
    answer = broken.test_client().get("/fail")
    assert is_problem(answer, 500, "internal")
    assert "hoa-sen-22" not in answer.text
    logged = capsys.readouterr()
    assert "hoa-sen-22" in logged.out + logged.err


def test_a_domain_error_keeps_its_code_detail_fields_and_extras(app: Flask) -> None:
    own = create_app(app.extensions["motcua"].settings, now=Clock())

    @requires(ANYONE)
    def refuse() -> str:
        extra = {"rule": "QT-17.4", "status": 200}
        raise DomainError("comment_required", "Hãy ghi lý do.", errors={"comment": ["Phải ghi."]}, extra=extra)

    own.add_url_rule("/refuse", view_func=refuse)
    answer = own.test_client().get("/refuse")
    assert is_problem(answer, 422, "comment_required")
    assert answer.json is not None
    assert answer.json["detail"] == "Hãy ghi lý do."
    assert answer.json["errors"] == {"comment": ["Phải ghi."]}
    assert answer.json["rule"] == "QT-17.4"


def test_without_a_database_answers_are_503_and_the_process_lives(app: Flask) -> None:
    settings: Settings = app.extensions["motcua"].settings
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        free_port = taken.getsockname()[1]
    elsewhere = Settings(database_url=f"postgresql://nobody@127.0.0.1:{free_port}/none", data=settings.data)
    client = create_app(elsewhere, now=Clock()).test_client()
    assert client.get("/healthz").status_code == 200
    answer = client.get("/readyz")
    assert is_problem(answer, 503, "unavailable")
    assert answer.headers["Retry-After"] == "5"
    signing_in = client.post("/api/v1/tokens", json={"username": "an", "password": "x"})
    assert is_problem(signing_in, 503, "unavailable")


def test_after_a_restart_of_the_database_one_request_at_most_fails(app: Flask, database_urls: Urls) -> None:
    client = app.test_client()
    with app.app_context(), ExitStack() as pool:
        for _ in range(3):  # so that several stale connections lie in the pool
            pool.enter_context(reading()).execute(text("SELECT 1"))
    assert client.get("/readyz").status_code == 200
    engine = create_engine(sqlalchemy_url(database_urls.app))
    with engine.connect() as connection:
        # As a fast shutdown does: every other session of this database is ended.
        ended = connection.execute(
            text(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid() AND usename = current_user"
            )
        ).scalar_one()
    engine.dispose()
    assert ended >= 3
    statuses = [client.get("/readyz").status_code for _ in range(4)]
    assert statuses[1:] == [200, 200, 200]
    assert statuses[0] in (200, 503)
