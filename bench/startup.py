"""How soon `motcua serve` is ready, beside the same server with bare Flask; and `motcua run` on a data folder that is there."""

from __future__ import annotations

import http.client
import os
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from app.config import PROJECT_ROOT
from app.demo.load import load
from app.factory import create_app
from app.store.database import db
from app.store.migrate import upgrade
from bench.serving import Progress, free_port, own_folder, postgres, settings_for

PATIENCE = 600.0
BARE = ["-m", "gunicorn", "--config", "python:bench.bare", "bench.bare:create()"]


def run(quick: bool, progress: Progress) -> dict[str, Any]:
    """Seconds from starting the process to its first good answer, medians, and the ratio."""
    rounds = 2 if quick else 7
    with own_folder() as folder, postgres(folder) as server:
        settings = settings_for(folder, server.urls())
        upgrade(str(settings.database_owner_url))
        with create_app(settings).app_context():
            load(settings, 0, if_empty=True, now=datetime.now(UTC))
            db.engine.dispose()
        given = {"DATABASE_URL": str(settings.database_url), "MOTCUA_DATA": str(folder), "LOG_LEVEL": "WARNING"}
        serve, bare = [], []
        for number in range(rounds):
            serve.append(_ready(["-m", "app", "serve"], "/readyz", given, folder))
            bare.append(_ready(BARE, "/healthz", given, folder))
            progress(f"lượt {number + 1}/{rounds}: {serve[-1]:.2f} s, {bare[-1]:.2f} s")
    with own_folder() as folder:
        folder.chmod(0o711)
        given = {"MOTCUA_DATA": str(folder), "LOG_LEVEL": "WARNING"}
        first = _ready(["-m", "app", "run"], "/readyz", given, folder)
        again = _ready(["-m", "app", "run"], "/readyz", given, folder)
    return {
        "serve_seconds": round(statistics.median(serve), 2),
        "bare_seconds": round(statistics.median(bare), 2),
        "ratio": round(statistics.median(a / b for a, b in zip(serve, bare, strict=True)), 2),
        "run_first_seconds": round(first, 1),
        "run_again_seconds": round(again, 1),
    }


def _ready(arguments: list[str], path: str, given: Mapping[str, str], folder: Path) -> float:
    port = free_port()
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("DATABASE_", "MOTCUA_"))}
    environment = kept | dict(given) | {"PORT": str(port), "PYTHONPATH": str(PROJECT_ROOT)}
    started = time.perf_counter()
    with (folder / "started.log").open("ab") as said:
        process = subprocess.Popen(
            [sys.executable, *arguments], env=environment, cwd=PROJECT_ROOT, stdout=said, stderr=said
        )
    try:
        while not _answers(port, path):
            if process.poll() is not None or time.perf_counter() - started > PATIENCE:
                raise RuntimeError((folder / "started.log").read_text(errors="replace")[-2000:])
            time.sleep(0.01)
        return time.perf_counter() - started
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


def _answers(port: int, path: str) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
