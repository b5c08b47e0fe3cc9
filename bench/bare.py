"""The floor of memory and start-up: Flask, a pool of connections and gunicorn, as little as serves at all; nothing of ours."""

from __future__ import annotations

import os

from flask import Flask, Response
from psycopg_pool import ConnectionPool

bind = f"127.0.0.1:{os.environ.get('PORT', '8000')}"
worker_class = "gthread"
workers = int(os.environ.get("WEB_WORKERS", "2"))
threads = 8
loglevel = "warning"


def create() -> Flask:
    app = Flask("bare")
    pool = ConnectionPool(os.environ["DATABASE_URL"], min_size=threads, max_size=threads + 2, open=True)

    @app.get("/healthz")
    def healthz() -> Response:
        with pool.connection() as connection:
            connection.execute("SELECT 1")
        return Response("ok")

    return app
