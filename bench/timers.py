"""A hundred thousand timers fall due at once: how soon a worker is through, and what officials feel of it meanwhile.

Alarms of open steps, so each is a row of the history and one of the holder's bell. Two officials forward steps at a fixed pace
before, and while the worker works.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg

from app.config import PROJECT_ROOT, Settings
from bench.bulk import fill
from bench.dossiers import more_waiting
from bench.load import RefusedError, Request, connect, percentile, post
from bench.serving import Progress, own_folder, postgres, serving, settings_for
from bench.sizes import prepare_province

PACE = 8.0
"""Forwards a second, both officials together: what a province of three million does in its busiest hour."""
MOST_SECONDS = 900.0
_DUE = """
    INSERT INTO timers (dossier_id, instance_id, task_id, kind, due_at)
    SELECT t.dossier_id, t.instance_id, t.id, CASE n %% 2 WHEN 0 THEN 'step_due_soon' ELSE 'step_overdue' END,
           now() - make_interval(secs => 60 + n)
      FROM tasks t JOIN dossiers d ON d.id = t.dossier_id, generate_series(1, %(each)s) n
     WHERE t.state = 'open' AND d.id > %(after)s AND t.id NOT IN (SELECT task_id FROM timers WHERE task_id IS NOT NULL)
     ORDER BY n, t.id LIMIT %(many)s
"""
_LEFT = "SELECT count(*) FROM timers WHERE due_at <= now() AND incident IS NULL"
_STOPPED = "SELECT count(*) FROM timers WHERE incident IS NOT NULL OR attempts > 0"


def run(quick: bool, progress: Progress) -> dict[str, Any]:
    """Timers a second, and the 95th percentile of a forward's latency without and with them."""
    many, dossiers, calm_seconds = (2_000, 2_000, 10.0) if quick else (100_000, 60_000, 60.0)
    with own_folder() as folder, postgres(folder) as server:
        settings = settings_for(folder, server.urls())
        progress("nạp tỉnh trình diễn …")
        prepared = prepare_province(settings, 24 if quick else 150, 180)
        waiting, token = more_waiting(settings, int(PACE * (calm_seconds + (60 if quick else MOST_SECONDS))), progress)
        with psycopg.connect(str(settings.database_owner_url), autocommit=True) as owner:
            last, present = owner.execute("SELECT max(id), count(*) FROM dossiers").fetchone() or (0, 0)
            fill(owner, prepared.province, present + dossiers, progress)
            placed = owner.execute(_DUE, {"many": many, "each": many // (dossiers // 20) + 1, "after": last}).rowcount
            owner.execute("ANALYZE timers")
            with serving(settings, "app.factory:create_app()", {}) as port:
                return _measured(port, settings, owner, (waiting, token), placed, calm_seconds, progress)


def _measured(
    port: int,
    settings: Settings,
    owner: psycopg.Connection[Any],
    work: tuple[list[int], str],
    placed: int,
    calm_seconds: float,
    progress: Progress,
) -> dict[str, Any]:
    officials = _Officials(port, *work)
    officials.wait(calm_seconds)
    calm = officials.taken()
    progress(f"{placed} hẹn giờ đến hạn; lúc yên: p95 {1000 * percentile(calm, 0.95):.1f} ms")
    started = time.monotonic()
    with _worker(settings):
        while (left := _number(owner, _LEFT)) and time.monotonic() - started < MOST_SECONDS:
            progress(f"  còn {left}")
            officials.wait(5.0)
        seconds = time.monotonic() - started
    busy = officials.stop()
    if left or _number(owner, _STOPPED):
        raise RefusedError(f"{left} timers are left, {_number(owner, _STOPPED)} stopped")
    figures = {name: (percentile(calm, share), percentile(busy, share)) for name, share in _SHARES}
    return {
        "timers": placed,
        "seconds": round(seconds, 1),
        "timers_per_second": round(placed / seconds),
        "actions_before": len(calm),
        "actions_meanwhile": len(busy),
        "before_ms": {name: round(1000 * a, 2) for name, (a, _) in figures.items()},
        "meanwhile_ms": {name: round(1000 * b, 2) for name, (_, b) in figures.items()},
        "p95_ratio": round(figures["p95"][1] / figures["p95"][0], 2),
    }


_SHARES = (("median", 0.5), ("p95", 0.95), ("p99", 0.99))


def _number(connection: psycopg.Connection[Any], query: str) -> int:
    (number,) = connection.execute(query).fetchone() or (0,)
    return int(number)


class _Officials:
    """Two threads that forward a step every so often, late or not: how long each took from when it was due."""

    def __init__(self, port: int, waiting: list[int], token: str) -> None:
        self._done, self._lock = threading.Event(), threading.Lock()
        self._taken: list[float] = []
        self._problems: list[str] = []
        shares = (waiting[0::2], waiting[1::2])
        self._threads = [threading.Thread(target=self._work, args=(port, share, token)) for share in shares]
        for thread in self._threads:
            thread.start()

    def _work(self, port: int, share: list[int], token: str) -> None:
        connection, begun = connect(port), time.perf_counter()
        for number, task in enumerate(share):
            due = begun + number * 2 / PACE
            if self._done.wait(max(0.0, due - time.perf_counter())):
                return
            started = time.perf_counter()
            status, content = post(connection, Request(f"/api/v1/tasks/{task}/forward", token))
            with self._lock:
                self._taken.append(time.perf_counter() - started)
            if status != 200:
                self._problems.append(f"{status} {content[:300]!r}")
                return

    def wait(self, seconds: float) -> None:
        self._done.wait(seconds)
        if self._problems:
            raise RefusedError(self._problems[0])

    def taken(self) -> list[float]:
        """What was measured since it was last asked."""
        with self._lock:
            found, self._taken = self._taken, []
        return found

    def stop(self) -> list[float]:
        self._done.set()
        for thread in self._threads:
            thread.join()
        return self.taken()


@contextmanager
def _worker(settings: Settings) -> Iterator[None]:
    """`motcua worker` as it comes."""
    variables = {
        "DATABASE_URL": str(settings.database_url),
        "MOTCUA_DATA": str(settings.data),
        "LOG_LEVEL": "WARNING",
        "PYTHONPATH": str(PROJECT_ROOT),
    }
    worker = subprocess.Popen([sys.executable, "-m", "app", "worker"], env=os.environ | variables, cwd=PROJECT_ROOT)
    try:
        yield
    finally:
        worker.send_signal(signal.SIGTERM)
        worker.wait(60)
