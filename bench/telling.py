"""The application, which below `/statements` tells what a request sends to the database instead of answering it."""

from __future__ import annotations

import pickle
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from flask import Flask, Response
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.test import run_wsgi_app

from app.factory import create_app
from bench.watching import watched

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

STATEMENTS = "/statements"


def create() -> Flask:
    """The real application with the telling one mounted at STATEMENTS; for one request at a time."""
    app = create_app()
    answering = app.wsgi_app

    def tell(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        with watched() as sent:
            body, status, _ = run_wsgi_app(answering, environ, buffered=True)
        content: Any = pickle.dumps(sent) if status.startswith("200") else b"".join(body)
        return Response(content, status, content_type="application/octet-stream")(environ, start_response)

    app.wsgi_app = DispatcherMiddleware(answering, {STATEMENTS: tell})  # type: ignore[method-assign]
    return app
