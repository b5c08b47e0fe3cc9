"""The application and the bare route in one process, for `bench.action`."""

from __future__ import annotations

import os
import pickle
from pathlib import Path
from typing import Any

from flask import Flask, Response
from psycopg import Connection
from psycopg_pool import ConnectionPool
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from app.config import Settings
from app.factory import create_app
from app.store.database import APPLICATION_OPTIONS
from bench.dossiers import NEW_ID, Recording


def create() -> Flask:
    """The real application with the bare one mounted at `/bare`."""
    app = create_app()
    bare = _bare(Settings.from_env({k: v for k, v in os.environ.items() if k in ("DATABASE_URL", "WEB_THREADS")}))
    app.wsgi_app = DispatcherMiddleware(app.wsgi_app, {"/bare": bare})  # type: ignore[method-assign]
    return app


def _bare(settings: Settings) -> Flask:
    bare = Flask("bare")
    recordings: list[Recording] = pickle.loads(Path(os.environ["BENCH_RECORDINGS"]).read_bytes())  # noqa: S301
    pool = ConnectionPool(
        os.environ.get("BENCH_DATABASE") or str(settings.database_url),
        min_size=settings.web_threads,
        max_size=settings.web_threads + 2,
        kwargs={"options": APPLICATION_OPTIONS, "prepare_threshold": 0},
        open=True,
    )

    @bare.post("/<int:number>")
    def replay(number: int) -> Response:
        recording = recordings[number]
        with pool.connection() as connection:
            _execute(connection, recording)
        return Response(recording.answer, content_type="application/json")

    return bare


def _execute(connection: Connection[Any], recording: Recording) -> None:
    new_id: Any = None
    for statement, parameters in recording.statements:
        cursor = connection.execute(statement, _filled(parameters, new_id), prepare=True)
        if cursor.description is not None:
            found = cursor.fetchall()
            if statement.lstrip().startswith("INSERT INTO tasks"):
                new_id = found[0][0]


def _filled(parameters: dict[str, Any] | None, new_id: Any) -> dict[str, Any] | None:
    return parameters and {name: new_id if value == NEW_ID else value for name, value in parameters.items()}
