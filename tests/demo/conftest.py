"""The demonstration as `motcua demo` makes it, once for all tests that only read it, in a database of its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Connection

from app.config import Settings
from app.demo.load import Loaded, load
from app.embedded import EmbeddedPostgres
from app.factory import create_app
from app.store.database import db
from app.store.migrate import upgrade
from app.store.transaction import reading
from app.wording import LOCAL

NOW = datetime(2026, 11, 25, 10, 20, tzinfo=LOCAL).astimezone(UTC)
"""A Wednesday morning; the day before was a public holiday."""
DOSSIERS = 100


@dataclass(frozen=True)
class Demonstration:
    """A database with the province and its hundred dossiers, as of NOW."""

    app: Flask
    settings: Settings
    loaded: Loaded


@pytest.fixture(scope="session")
def demonstration(
    postgres_server: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Demonstration]:
    urls = postgres_server.create_database("test_demo")
    upgrade(urls.owner)
    folder: Path = tmp_path_factory.mktemp("demo")
    settings = Settings(database_url=urls.app, database_owner_url=urls.owner, data=folder)
    app = create_app(settings, now=lambda: NOW)
    with app.app_context():
        loaded = load(settings, DOSSIERS, False, NOW)
        yield Demonstration(app, settings, loaded)
        db.engine.dispose()
    postgres_server.drop_database("test_demo")


@pytest.fixture
def reader(demonstration: Demonstration) -> Iterator[Connection]:
    """A connection to the hundred dossiers."""
    with demonstration.app.app_context(), reading() as connection:
        yield connection
