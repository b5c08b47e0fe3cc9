"""What a benchmark runs on: a folder of its own that leaves no trace, a PostgreSQL in it, the application on a free port."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from app.config import PROJECT_ROOT, Settings
from app.embedded import Urls
from app.embedded.server import EmbeddedPostgres

Progress = Callable[[str], None]
MANY = str(10**8)
"""Requests are counted as ever, and none is too many."""


@contextmanager
def own_folder() -> Iterator[Path]:
    """A folder below `var`, gone afterwards with all that is in it."""
    folder = PROJECT_ROOT / "var" / f"bench-{os.getpid()}"
    folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def postgres(folder: Path, *, durable: bool = True) -> Iterator[EmbeddedPostgres]:
    """A PostgreSQL of its own; without `durable` it writes faster and reads the same."""
    server = EmbeddedPostgres(folder / "postgres", durable=durable)
    server.start()
    try:
        yield server
    finally:
        server.stop()


def settings_for(folder: Path, urls: Urls) -> Settings:
    settings = Settings.from_env({"MOTCUA_DATA": str(folder), "LOG_LEVEL": "WARNING"})
    return replace(settings, database_url=urls.app, database_owner_url=urls.owner)


@contextmanager
def serving(
    settings: Settings, application: str, environment: Mapping[str, str], config: str = "app.gunicorn_conf"
) -> Iterator[int]:
    """gunicorn with `application` and these variables besides, as `motcua serve` runs it; answers its port."""
    port = free_port()
    variables = {
        "DATABASE_URL": str(settings.database_url),
        "MOTCUA_DATA": str(settings.data),
        "PORT": str(port),
        "LOG_LEVEL": "WARNING",
        "REQUESTS_PER_ACCOUNT": "0",  # a few accounts ask for all that would
        "REQUESTS_PER_ADDRESS": "0",
        "PYTHONPATH": str(PROJECT_ROOT),
    }
    arguments = [sys.executable, "-m", "gunicorn", "--config", f"python:{config}", application]
    server = subprocess.Popen(arguments, env=os.environ | variables | dict(environment), cwd=PROJECT_ROOT)
    try:
        yield port
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(30)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
