"""Secrets fed in through every channel, and then looked for in all that was written down: the log, the answers, the rows."""

from __future__ import annotations

import io
import json
import logging
from base64 import b64encode
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.access.guard import ANYONE, requires
from app.access.request import SESSION_TOKEN
from app.factory import create_app
from app.logs import configure_logging, get_logger
from app.store.database import db
from app.store.transaction import transaction
from tests import factories
from tests.actions.scene import Scene

HUSH = "hush-7c1d9e"
"""In every secret here."""


@pytest.fixture(params=["json", "console"])
def written(request: pytest.FixtureRequest) -> Iterator[io.StringIO]:
    """All that is logged, from DEBUG on, as the server configures it."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    stream = io.StringIO()
    configure_logging("DEBUG", request.param, stream)
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.captureWarnings(False)
    structlog.reset_defaults()


def test_no_channel_of_a_request_reaches_the_log(scene: Scene, written: io.StringIO) -> None:
    code = scene.register()["code"]
    client = scene.app.test_client()
    basic = b64encode(f"binh:{HUSH}".encode()).decode()
    for headers in (
        {"Authorization": f"Bearer {HUSH}"},
        {"Authorization": f"Basic {basic}"},
        {"Authorization": HUSH},
        {"Cookie": f"motcua={HUSH}; other={HUSH}"},
        {"X-Api-Key": HUSH},
        {"X-Request-Id": "x", "Referer": f"http://localhost/tra-cuu?token={HUSH}"},
    ):
        for path in ("/api/v1/me", "/viec", f"/tra-cuu?code={code}&token={HUSH}", f"/khong-co?token={HUSH}"):
            client.get(path, headers=headers)
    for path in (f"/api/v1/public/dossiers/{code}", f"/api/v1/public/dossiers/{code}/slips/1.pdf"):
        client.get(f"{path}?token={HUSH}")
    client.post("/api/v1/tokens", json={"username": "binh", "password": HUSH})
    client.post("/api/v1/tokens", json={"username": HUSH, "password": HUSH})
    client.post("/api/v1/tokens", json={"username": "binh", "password": HUSH, "them": HUSH})
    client.post("/api/v1/tokens", data=f'{{"password": "{HUSH}', content_type="application/json")
    client.post("/dang-nhap", data={"username": "binh", "password": HUSH})
    signed = scene.client("binh")
    signed.post("/api/v1/me/password", json={"old_password": HUSH, "new_password": HUSH * 2})
    signed.post("/api/v1/tasks/1/forward", json={"pin": HUSH})
    with client.session_transaction() as session:
        session[SESSION_TOKEN] = HUSH
    client.get("/viec")
    told = written.getvalue()
    assert "request_answered" in told
    assert HUSH not in told
    assert basic not in told


def test_nothing_that_was_typed_stands_in_the_tables(scene: Scene) -> None:
    client = scene.app.test_client()
    client.post("/api/v1/tokens", json={"username": "binh", "password": HUSH})
    client.post("/api/v1/tokens", json={"username": HUSH, "password": "x"})  # people type passwords there too
    scene.client("binh").post("/api/v1/me/password", json={"old_password": HUSH, "new_password": HUSH})
    with scene.reading() as connection:
        names = connection.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).scalars().all()
        kept = [
            name
            for name in names
            if connection.execute(
                text(f'SELECT 1 FROM "{name}" t WHERE t::text LIKE :it LIMIT 1'),  # noqa: S608
                {"it": f"%{HUSH}%"},
            ).first()
        ]
    assert kept == []


def test_what_goes_wrong_with_the_database_tells_no_values(scene: Scene, written: io.StringIO) -> None:
    broken = create_app(scene.app.extensions["motcua"].settings, now=scene.clock)

    @requires(ANYONE)
    def collide() -> str:
        with transaction() as connection:
            factories.account(connection, HUSH, scene.province.health)
            factories.account(connection, HUSH, scene.province.health)
        return ""

    @requires(ANYONE)
    def refuse() -> str:
        with transaction() as connection:
            connection.execute(text("SELECT CAST(:it AS bigint) + length(:it)"), {"it": "1"})
            connection.execute(text("INSERT INTO tokens (token_hash) VALUES (convert_to(:it, 'UTF8'))"), {"it": HUSH})
        return ""

    broken.add_url_rule("/collide", view_func=collide)
    broken.add_url_rule("/refuse", view_func=refuse)
    answers = [broken.test_client().get(path) for path in ("/collide", "/refuse")]
    with broken.app_context():
        db.engine.dispose()
    told = written.getvalue()
    assert [answer.status_code for answer in answers] == [500, 500]
    assert told.count("Traceback") >= 2, "it is still told what went wrong, and where"
    assert IntegrityError.__name__ in told
    assert HUSH not in told
    assert HUSH.encode().hex() not in told
    assert all(HUSH not in answer.text for answer in answers)


@pytest.mark.parametrize(
    "said",
    [
        f"GET /tra-cuu?code=1&token={HUSH} HTTP/1.1",
        f"Error handling request /api/v1/public/dossiers/x?token={HUSH}&x=1",
        f"old_password={HUSH}&new_password={HUSH}",
        f'{{"password": "{HUSH}", "x": 1}}',
        f'{{"temporary_password":"{HUSH}"}}',
        f"client_secret={HUSH}",
        f"Authorization: Bearer {HUSH}",
        f"Proxy-Authorization: Basic {HUSH}",
        f"cannot reach smtps://motcua:{HUSH}@mail.example.vn",
        f"s3s://key:{HUSH}@host/bucket is away",
        f"DETAIL:  Key (token_hash)=({HUSH}) already exists.",
        f"DETAIL:  Failing row contains (1, {HUSH}, null).",
        f"pin={HUSH}",
    ],
)
def test_texts_of_libraries_lose_their_secrets(written: io.StringIO, said: str) -> None:
    logging.getLogger("gunicorn.error").error("%s", said)
    logging.getLogger("other").warning(said.replace("%", "%%"))
    get_logger("app").info("told", what=said, inside=[{"deep": said}])
    assert HUSH not in written.getvalue()
    assert "***" in written.getvalue()


def test_values_under_telling_names_are_blank(written: io.StringIO) -> None:
    secret: Any = {
        "pin": HUSH,
        "new_password": HUSH,
        "otp_secret": HUSH,
        "recovery_codes": [HUSH],
        "client_secret": HUSH,
    }
    get_logger("app").info("told", **secret, cookies={"motcua": HUSH})
    assert HUSH not in written.getvalue()


def test_a_shown_request_stays_readable(written: io.StringIO, request: pytest.FixtureRequest) -> None:
    get_logger("app").info("dossier_registered", dossier="H50.12-1", step="Thẩm định", printing="xong", tokens=3)
    told = written.getvalue()
    assert "H50.12-1" in told
    assert "Thẩm định" in told
    assert "xong" in told
    if told.startswith("{"):
        assert json.loads(told)["event"] == "dossier_registered"


def test_a_long_text_is_looked_through_once(written: io.StringIO) -> None:
    """A pattern that begins anew at every letter would take minutes for these."""
    for said in (
        "token" * 20_000,
        "a" * 100_000,
        '"pin" : ' * 10_000,
        "Key (" * 20_000,
        "pin=" * 20_000,
        "x://" * 20_000,
    ):
        get_logger("app").info("told", what=said)
    assert written.getvalue().count("told") == 6
