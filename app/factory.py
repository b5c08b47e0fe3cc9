"""The composition root: settings, database, clock, error forms and routes become one application."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any
from uuid import uuid4

import structlog
from flask import Flask, Response, g, request
from werkzeug.exceptions import RequestEntityTooLarge

from app import runtime
from app.access import headers, limits, looks, maintenance
from app.access.guard import ANYONE, requires
from app.access.proxies import TrustedProxies
from app.api import converters, metrics, problems, uploads
from app.api.blueprint import OneStopApi
from app.api.routes import BLUEPRINTS
from app.config import BadVariable, ConfigError, Settings
from app.jsontext import JsonProvider, dumps
from app.logs import get_logger
from app.signatures.keys import KeysError, load_keys
from app.store.database import REPLICA, db
from app.store.migrate import APPLICATION_ROLE, sqlalchemy_url
from app.web import pages

log = get_logger("app.requests")

REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}", re.ASCII)
DOCUMENT = "api-docs.openapi_json"
READS = ("GET", "HEAD", "OPTIONS")
PATIENCE = " -c statement_timeout=30s -c lock_timeout=10s -c idle_in_transaction_session_timeout=120s"
"""How long a request may keep the database busy, wait for somebody else's lock, or hold its own without a word: then it is
ended with 503, nothing is changed, and its thread serves others again."""


def create_app(settings: Settings | None = None, *, now: Callable[[], datetime] | None = None) -> Flask:
    """The application for these settings (default: the environment's) and this clock (default: the wall clock).

    `now` answers aware instants; tests hand in one that they move. Without settings it is the server's own (gunicorn asks so),
    and its statements have limits that a worker's and a command's have not.

    Errors: ConfigError, also where no database is named.
    """
    serves = settings is None
    settings = settings or Settings.from_env(os.environ)
    app = Flask(__name__, static_folder=None)
    app.request_class = uploads.UploadRequest
    app.wsgi_app = TrustedProxies(app.wsgi_app, settings.trusted_proxies)  # type: ignore[method-assign]
    app.config.from_mapping(_configuration(settings, serves) | pages.configuration(settings))
    JsonProvider.install(app)
    _check_keys(settings)
    runtime.install(app, settings, now or runtime.wall_clock)
    db.init_app(app)
    app.before_request(_begin)
    maintenance.install(app)
    limits.install(app, settings)
    app.before_request(uploads.narrow)
    app.after_request(_end)
    headers.install(app, settings)
    looks.install(app)
    converters.install(app)
    _register_routes(app)
    pages.install(app, problems.answer)
    problems.register(app)
    return app


def _check_keys(settings: Settings) -> None:
    """Errors: ConfigError for a file of signing keys that cannot be used."""
    try:
        load_keys(settings.signing_keys)
    except KeysError as error:
        found = f"{str(settings.signing_keys)!r}, tệp có lỗi: {error}"
        raise ConfigError((BadVariable("SIGNING_KEYS", found, "tệp TOML như docs/signatures.md mô tả"),)) from error


def _configuration(settings: Settings, serves: bool) -> dict[str, Any]:
    if settings.database_url is None:
        raise ConfigError(
            (BadVariable("DATABASE_URL", "trống", "địa chỉ PostgreSQL; `motcua run` tự đặt cho máy chủ nhúng"),)
        )
    return {
        "MAX_CONTENT_LENGTH": settings.max_body_bytes,
        "MAX_FORM_MEMORY_SIZE": 256 * 1024,
        "MAX_FORM_PARTS": 1000,
        "API_TITLE": "Một Cửa",
        "API_VERSION": "v1",
        "OPENAPI_VERSION": "3.0.3",
        "OPENAPI_URL_PREFIX": "/",
        "OPENAPI_JSON_PATH": "openapi.json",
        "API_SPEC_OPTIONS": {
            "components": {"securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}}},
            "security": [{"bearer": []}],
        },
        "SQLALCHEMY_DATABASE_URI": sqlalchemy_url(settings.database_url),
        "SQLALCHEMY_ENGINE_OPTIONS": engine_options(settings, PATIENCE if serves else ""),
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
            "options": f"-c role={APPLICATION_ROLE} -c timezone=UTC{limits}",
        },
    }


def _register_routes(app: Flask) -> None:
    api = OneStopApi(app)
    converters.describe(api)
    for blueprint in BLUEPRINTS:
        api.register_blueprint(blueprint)
    app.view_functions[DOCUMENT] = requires(ANYONE)(partial(app.view_functions[DOCUMENT]))


def _begin() -> None:
    given = request.headers.get("X-Request-Id", "")
    g.request_id = given if REQUEST_ID.fullmatch(given) else uuid4().hex
    g.begun = time.perf_counter()
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)
    uploads.widen()
    limit = request.max_content_length
    if limit is not None and (request.content_length or 0) > limit:
        raise RequestEntityTooLarge


def _end(response: Response) -> Response:
    seconds = time.perf_counter() - g.begun
    metrics.count(response.status_code, seconds)
    response.headers["X-Request-Id"] = g.request_id
    note = log.debug if request.method in READS and response.status_code < 500 else log.info
    note(
        "request_answered",
        method=request.method,
        path=request.path,
        status=response.status_code,
        ms=round(seconds * 1000, 1),
    )
    return response
