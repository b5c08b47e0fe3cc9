"""The demonstration province on a database of its own, without dossiers: made once for each state of the sources.

`office` is the application on it with a clock that tests move, and the accounts that the province was loaded with.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Connection

from app.config import PROJECT_ROOT, Settings
from app.demo.load import load
from app.embedded import EmbeddedPostgres, Urls
from app.factory import create_app
from app.jobs.ticker import tick
from app.store import dossiers
from app.store.database import db
from app.store.dossiers import DossierRow
from app.store.transaction import reading
from tests.factories import START, Clock
from tests.journey.client import Client
from tests.journey.soundness import faults

SOURCES = ("app", "bpmn", "forms", "migrations", "profiles")


@dataclass
class Office:
    """The application, its clock, and the clients' view of it."""

    app: Flask
    clock: Clock
    accounts: list[dict[str, Any]]
    tokens: dict[str, str] = field(default_factory=dict)

    def send(
        self,
        method: str,
        path: str,
        token: str | None = None,
        body: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> tuple[int, Any]:
        """A request as a client of the interface makes it; a PDF is answered as bytes."""
        named = dict(headers or {})
        if token is not None:
            named["Authorization"] = f"Bearer {token}"
        client = self.app.test_client()
        answer = client.open(f"/api/v1{path}", method=method, json=body, headers=named)
        return answer.status_code, answer.json if answer.is_json else answer.data

    def client(self) -> Client:
        """Someone who knows the interface only. Tokens are kept between tests: signing in is slow on purpose."""
        return Client(self.send, self.accounts, self.tokens, self.upload)

    def upload(self, path: str, token: str) -> tuple[int, Any]:
        """A small file as a client sends it."""
        answer = self.app.test_client().post(
            f"/api/v1{path}",
            data={"file": (BytesIO(b"%PDF-1.7 " + token.encode()), "van-ban.pdf")},
            headers={"Authorization": f"Bearer {token}"},
        )
        return answer.status_code, answer.json

    def tick(self) -> int:
        with self.app.app_context():
            return tick(self.clock())

    def dossier(self, code: str) -> DossierRow:
        with self.app.app_context(), reading() as connection:
            found = dossiers.find_dossier(connection, code)
        assert found is not None
        return found

    def ask(self, question: Any) -> Any:
        """What `question(connection)` answers."""
        with self.app.app_context(), reading() as connection:
            return question(connection)

    def sound(self, code: str) -> None:
        def look(connection: Connection) -> list[str]:
            return faults(connection, self.dossier(code), self.clock())

        assert self.ask(look) == []


@pytest.fixture(scope="session")
def province_template(
    postgres_server: EmbeddedPostgres, database_urls: Urls, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, list[dict[str, Any]]]:
    """Name of a database that holds the loaded province, and its accounts; kept beside the test cluster."""
    name = f"province_{_digest()}"
    kept = postgres_server.folder / f"{name}.json"
    known = postgres_server.databases()
    if name not in known or not kept.exists():
        for old in known:
            if old.startswith("province_"):
                postgres_server.drop_database(old)
                (postgres_server.folder / f"{old}.json").unlink(missing_ok=True)
        schema = next(found for found in known if found.startswith("template_"))
        urls = postgres_server.create_database("province_in_the_making", template=schema)
        settings = _settings(urls, tmp_path_factory.mktemp("province"))
        with create_app(settings, now=Clock()).app_context():
            load(settings, 0, False, START)
            db.engine.dispose()
        kept.write_text(settings.accounts_file.read_text(encoding="utf-8"), encoding="utf-8")
        postgres_server.rename_database("province_in_the_making", name)
    return name, json.loads(kept.read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def province_office(
    postgres_server: EmbeddedPostgres,
    province_template: tuple[str, list[dict[str, Any]]],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Office]:
    template, accounts = province_template
    urls = postgres_server.create_database("province", template=template)
    clock = Clock()
    app = create_app(_settings(urls, tmp_path_factory.mktemp("journey")), now=clock)
    app.testing = True
    yield Office(app, clock, accounts)
    with app.app_context():
        db.engine.dispose()
    postgres_server.drop_database("province")


@pytest.fixture
def office(province_office: Office) -> Office:
    """The same for all tests of a process (each works on dossiers of its own), at its start."""
    province_office.clock.at = START
    return province_office


def _settings(urls: Urls, data: Path) -> Settings:
    return replace(Settings.from_env({}), database_url=urls.app, database_owner_url=urls.owner, data=data)


def _digest() -> str:
    digest = hashlib.sha256()
    for folder in SOURCES:
        for file in sorted((PROJECT_ROOT / folder).rglob("*")):
            if file.suffix in (".py", ".toml", ".bpmn", ".json", ".form"):
                digest.update(file.read_bytes())
    return digest.hexdigest()[:16]
