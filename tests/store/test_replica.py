"""Where look-ups and reports are read: at the standby while it can be used, else at the primary.

Another database of the same server stands for the standby, so that its name says who answered. That a real one follows, and
takes over, is in tests/drill/test_failover.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from flask import Flask
from sqlalchemy import make_url, text

from app.base import create_base
from app.config import Settings
from app.embedded import Urls
from app.store.database import REPLICA, db
from app.store.replica import reading_behind

_ANSWERED = text("SELECT current_database()")


@pytest.fixture
def with_standby(database_urls: Urls, empty_database_urls: Urls, tmp_path: Path) -> Iterator[Flask]:
    settings = Settings(database_url=database_urls.app, database_read_url=empty_database_urls.app, data=tmp_path)
    made = create_base(settings)
    with made.app_context():
        yield made
        for engine in db.engines.values():
            engine.dispose()


def answered() -> str:
    """By which database."""
    with reading_behind() as connection:
        return str(connection.execute(_ANSWERED).scalar_one())


def forget(app: Flask) -> None:
    """As when some seconds have passed: what was found of the standby is no longer believed."""
    app.extensions["motcua.standby"].until = 0.0


def name(url: str) -> str:
    return str(make_url(url).database)


def test_the_standby_answers_one_look_after_the_other(with_standby: Flask, empty_database_urls: Urls) -> None:
    standby = name(empty_database_urls.app)
    assert [answered(), answered()] == [standby] * 2
    forget(with_standby)
    assert [answered(), answered()] == [standby] * 2


def test_a_standby_that_threw_everybody_out_is_found_again(with_standby: Flask, empty_database_urls: Urls) -> None:
    assert answered() == name(empty_database_urls.app)
    with psycopg.connect(empty_database_urls.app) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    assert answered() == name(empty_database_urls.app)


def test_the_primary_answers_while_the_standby_is_away(
    with_standby: Flask, database_urls: Urls, empty_database_urls: Urls, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nobody() -> None:
        raise AssertionError("it is left alone for some seconds")

    away = db.engines[REPLICA]
    away.dispose()
    with psycopg.connect(database_urls.owner, autocommit=True) as connection:
        connection.execute(f"ALTER DATABASE {name(empty_database_urls.app)} ALLOW_CONNECTIONS false")
    assert answered() == name(database_urls.app)
    monkeypatch.setattr(away, "connect", nobody)
    assert answered() == name(database_urls.app)
    monkeypatch.undo()
    with psycopg.connect(database_urls.owner, autocommit=True) as connection:
        connection.execute(f"ALTER DATABASE {name(empty_database_urls.app)} ALLOW_CONNECTIONS true")
    forget(with_standby)
    assert answered() == name(empty_database_urls.app)
