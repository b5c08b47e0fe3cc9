"""The application without anything that answers requests: settings, clock and database, for a worker or a command.

The web server's own is `app.factory.create_app`, which begins with this one. Reading the code of all pages takes seconds; who
serves none is spared it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import Flask

from app import runtime
from app.access import maintenance
from app.config import BadVariable, ConfigError, Settings
from app.jsontext import JsonProvider, dumps
from app.signatures.keys import KeysError, load_keys
from app.store.database import APPLICATION_OPTIONS, REPLICA, db, sqlalchemy_url


def create_base(settings: Settings, *, now: Callable[[], datetime] | None = None, limits: str = "") -> Flask:
    """An application for contexts only. `now` answers aware instants (default: the wall clock).

    `limits` are more options of each connection to the database.

    Errors: ConfigError, also where no database is named or the file of signing keys cannot be used.
    """
    app = Flask(__name__, static_folder=None)
    app.config.from_mapping(_database(settings, limits))
    JsonProvider.install(app)
    _check_keys(settings)
    runtime.install(app, settings, now or runtime.wall_clock)
    maintenance.install(app)
    db.init_app(app)
    return app


def _check_keys(settings: Settings) -> None:
    try:
        load_keys(settings.signing_keys)
    except KeysError as error:
        found = f"{str(settings.signing_keys)!r}, tệp có lỗi: {error}"
        raise ConfigError((BadVariable("SIGNING_KEYS", found, "tệp TOML như docs/signatures.md mô tả"),)) from error


def _database(settings: Settings, limits: str) -> dict[str, Any]:
    if settings.database_url is None:
        raise ConfigError(
            (BadVariable("DATABASE_URL", "trống", "địa chỉ PostgreSQL; `motcua run` tự đặt cho máy chủ nhúng"),)
        )
    return {
        "SQLALCHEMY_DATABASE_URI": sqlalchemy_url(settings.database_url),
        "SQLALCHEMY_ENGINE_OPTIONS": engine_options(settings, limits),
        "SQLALCHEMY_BINDS": _standby(settings),
    }


def _standby(settings: Settings) -> dict[str, Any]:
    if settings.database_read_url is None:
        return {}
    options = engine_options(settings) | {"pool_pre_ping": True}  # a standby comes and goes; nobody has to notice
    return {REPLICA: {"url": sqlalchemy_url(settings.database_read_url), **options}}


def engine_options(settings: Settings, limits: str = "") -> dict[str, Any]:
    """One connection a thread, two more for what runs beside; `limits` are more options of each.

    Connections are not tried before use: after a restart of the server the first request that meets a broken one gets 503,
    and SQLAlchemy then throws away all that are as old.
    """
    return {
        "pool_size": settings.web_threads,
        "max_overflow": 2,
        "pool_timeout": 10,
        "pool_pre_ping": False,
        "hide_parameters": True,  # what stands in a statement is people's data, and would stand in the log
        "json_serializer": dumps,
        "connect_args": {
            "connect_timeout": 5,
            "application_name": "motcua",
            "options": APPLICATION_OPTIONS + limits,
        },
    }
