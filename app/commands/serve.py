"""`motcua serve`: the web server and API in production, any number of them."""

from __future__ import annotations

import os
import sys

import click

from app import metrics
from app.commands.environment import read_settings, with_running_database


@click.command("serve")
def command() -> None:
    """Máy chủ web và API (gunicorn). Cần DATABASE_URL; số tiến trình và luồng: WEB_WORKERS, WEB_THREADS."""
    settings = with_running_database(read_settings())
    shared = {metrics.FOLDER: str(metrics.share(settings.data, settings.port))}
    environment = {**os.environ, **shared, "DATABASE_URL": settings.database_url or ""}
    arguments = ["-m", "gunicorn", "--config", "python:app.gunicorn_conf", "app.factory:create_app()"]
    os.execve(sys.executable, [sys.executable, *arguments], environment)  # noqa: S606
