"""Reaching a database from any command: the configured server, one that is already running, or one started for the moment."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from app.config import Settings
from app.embedded.cluster import load_passwords
from app.embedded.errors import EmbeddedError
from app.embedded.home import read_home
from app.embedded.lock import is_held
from app.embedded.server import EmbeddedPostgres
from app.embedded.urls import Urls, urls_for

PATIENCE_SECONDS = 30.0  # its supervisor may have begun to start it only now


def attach(folder: Path, patience_seconds: float = PATIENCE_SECONDS) -> Urls | None:
    """URLs of the server that another process runs for `folder`; None when nobody does.

    Waits up to `patience_seconds` for one that is just starting; raises EmbeddedError when it never answers.
    """
    folder = folder.absolute()
    end = time.monotonic() + patience_seconds
    trouble = "chưa sẵn sàng"
    while is_held(folder / "lock"):
        home = read_home(folder)
        passwords = load_passwords(folder)
        if home and passwords:
            urls = urls_for(home[1], passwords)
            try:
                psycopg.connect(urls.app, connect_timeout=5).close()
            except psycopg.OperationalError as error:
                trouble = str(error)
            else:
                return urls
        if time.monotonic() >= end:
            raise EmbeddedError(f"PostgreSQL của {folder} đang do tiến trình khác giữ nhưng không trả lời: {trouble}")
        time.sleep(0.1)
    return None


@contextmanager
def open_database(settings: Settings) -> Iterator[Urls]:
    """URLs for the time of the block: DATABASE_URL, else the running embedded server, else one started and stopped here."""
    if settings.database_url is not None:
        yield Urls(owner=settings.database_owner_url or settings.database_url, app=settings.database_url)
        return
    running = attach(settings.embedded_folder)
    if running is not None:
        yield running
        return
    with EmbeddedPostgres(settings.embedded_folder) as server:
        yield server.urls()
