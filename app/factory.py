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

from app.access import headers, limits, looks, maintenance
from app.access.guard import ANYONE, requires
from app.access.proxies import TrustedProxies
from app.api import converters, metrics, problems, uploads
from app.api.blueprint import OneStopApi
from app.api.routes import BLUEPRINTS
from app.base import create_base
from app.config import Settings
from app.logs import get_logger
from app.web import pages
from app.web.blueprint import refuse_foreign_forms

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
    app = create_base(settings, now=now, limits=PATIENCE if serves else "")
    app.request_class = uploads.UploadRequest
    app.wsgi_app = TrustedProxies(app.wsgi_app, settings.trusted_proxies)  # type: ignore[method-assign]
    app.config.from_mapping(_configuration(settings) | pages.configuration(settings))
    app.before_request(_begin)
    app.before_request(refuse_foreign_forms)
    app.before_request(maintenance.gate)
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


def _configuration(settings: Settings) -> dict[str, Any]:
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
