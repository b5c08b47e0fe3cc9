"""Forward over HTTP beside a bare Flask route that sends the same statements and bytes.

Both routes live in the same gunicorn processes on the same server. The bare one has no sign-in, no schema, no rules and no
engine: it takes a connection of psycopg 3, executes what a real forward of that dossier was seen to execute, commits, and
answers the bytes that the real one answered. What is left between the two is the price of everything else.
"""

from __future__ import annotations

import os
import pickle
import shutil
import signal
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from app.config import PROJECT_ROOT, Settings
from app.embedded.server import EmbeddedPostgres
from bench.dossiers import Prepared, prepare
from bench.load import Request, measure

Progress = Callable[[str], None]
CONCURRENCY = (1, 8)


def run(quick: bool, progress: Progress) -> dict[str, Any]:
    """Requests per second of both routes at each concurrency, their ratio, and statements an action."""
    rounds = 2 if quick else 5
    sizes = {1: 30, 8: 120} if quick else {1: 60, 8: 240}
    folder = PROJECT_ROOT / "var" / f"bench-{os.getpid()}"
    folder.mkdir(parents=True)
    try:
        with _database(folder) as settings:
            needed = rounds * sum(sizes.values()) + 40
            progress(f"chuẩn bị {2 * needed} hồ sơ …")
            prepared = prepare(settings, needed, progress)
            (folder / "bare.pickle").write_bytes(pickle.dumps(prepared.recordings))
            with _server(settings, folder) as port:
                return _measure(prepared, port, rounds, sizes, progress)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _database(folder: Path) -> Iterator[Settings]:
    server = EmbeddedPostgres(folder / "postgres")
    urls = server.start()
    try:
        settings = Settings.from_env({"MOTCUA_DATA": str(folder), "LOG_LEVEL": "WARNING"})
        yield replace(settings, database_url=urls.app, database_owner_url=urls.owner)
    finally:
        server.stop()


@contextmanager
def _server(settings: Settings, folder: Path) -> Iterator[int]:
    port = 8900 + os.getpid() % 90
    environment = os.environ | {
        "DATABASE_URL": str(settings.database_url),
        "MOTCUA_DATA": str(folder),
        "PORT": str(port),
        "LOG_LEVEL": "WARNING",
        "BENCH_RECORDINGS": str(folder / "bare.pickle"),
        "PYTHONPATH": str(PROJECT_ROOT),
    }
    arguments = ["-m", "gunicorn", "--config", "python:app.gunicorn_conf", "bench.side_by_side:create()"]
    server = subprocess.Popen([sys.executable, *arguments], env=environment, cwd=PROJECT_ROOT)
    try:
        yield port
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(30)


def _measure(prepared: Prepared, port: int, rounds: int, sizes: dict[int, int], progress: Progress) -> dict[str, Any]:
    real: Iterator[Request] = iter([(f"/api/v1/tasks/{task}/forward", prepared.token) for task in prepared.tasks])
    bare: Iterator[Request] = iter([(f"/bare/{number}", None) for number in range(len(prepared.recordings))])
    for requests in (real, bare):
        measure(port, [next(requests) for _ in range(40)], 8)
    found: dict[int, dict[str, list[float]]] = {n: {"action": [], "bare": []} for n in CONCURRENCY}
    for number in range(rounds):
        for concurrency in CONCURRENCY:
            # The two routes take turns, so that whatever else the machine does meets both alike.
            order = [("action", real), ("bare", bare)] if number % 2 == 0 else [("bare", bare), ("action", real)]
            for name, requests in order:
                batch = [next(requests) for _ in range(sizes[concurrency])]
                found[concurrency][name].append(measure(port, batch, concurrency))
            progress(f"lượt {number + 1}/{rounds}, {concurrency} luồng: " + _line(found[concurrency]))
    return {
        "statements_per_action": prepared.statements,
        "rounds": rounds,
        "concurrency": {str(n): _summary(found[n]) for n in CONCURRENCY},
    }


def _line(rates: dict[str, list[float]]) -> str:
    return ", ".join(f"{name} {values[-1]:.0f}/s" for name, values in rates.items())


def _summary(rates: dict[str, list[float]]) -> dict[str, float]:
    action, bare = (statistics.median(rates[name]) for name in ("action", "bare"))
    ratios = [a / b for a, b in zip(rates["action"], rates["bare"], strict=True)]
    return {
        "action_per_second": round(action, 1),
        "bare_per_second": round(bare, 1),
        "ratio": round(statistics.median(ratios), 3),
        "ratio_lowest": round(min(ratios), 3),
        "ratio_highest": round(max(ratios), 3),
    }
