"""A hundred thousand timers fall due at once: how soon a worker is through, and what officials feel of it meanwhile.

Alarms of open steps, so each is a row of the history and one of the holder's bell. Two officials forward steps at a fixed pace
before, and while the worker works. Seconds in which the machine was busy for others are left out (`bench.stolen`).
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
from bench.stolen import Stolen

PACE = 8.0
"""Forwards a second, both officials together: what a province of three million does in its busiest hour."""
AT_WORK = 600.0
"""Seconds of the backlog during which they forward; what is left of it the worker does without them."""
MOST_SECONDS = 5400.0
ENOUGH = 100
"""Actions without and with the backlog for a 95th percentile."""
WARM = 10.0
"""Seconds of forwarding before anything is measured, once the server answers."""
_DUE = """
    INSERT INTO timers (dossier_id, instance_id, task_id, kind, due_at)
    SELECT t.dossier_id, t.instance_id, t.id, CASE n %% 2 WHEN 0 THEN 'step_due_soon' ELSE 'step_overdue' END,
           now() - make_interval(secs => 60 + n)
      FROM tasks t JOIN dossiers d ON d.id = t.dossier_id, generate_series(1, %(each)s) n
     WHERE t.state = 'open' AND d.id > %(after)s AND t.id NOT IN (SELECT task_id FROM timers WHERE task_id IS NOT NULL)
     ORDER BY n, t.id LIMIT %(many)s
"""
_LEFT = "SELECT count(*) FROM timers WHERE due_at <= now() AND incident IS NULL AND held_unit IS NULL"
_STOPPED = "SELECT count(*) FROM timers WHERE incident IS NOT NULL OR attempts > 0"


def run(quick: bool, progress: Progress) -> dict[str, Any]:
    """Timers a second, and the 95th percentile of a forward's latency without and with them."""
    many, dossiers, calm_seconds = (2_000, 2_000, 30.0) if quick else (100_000, 60_000, 90.0)
    with own_folder() as folder, postgres(folder) as server:
        settings = settings_for(folder, server.urls())
        progress("nạp tỉnh trình diễn …")
        prepared = prepare_province(settings, 24 if quick else 150, 180)
        waiting, token = more_waiting(
            settings, int(PACE * (WARM + calm_seconds + (120 if quick else AT_WORK + 20))), progress
        )
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
    stolen, officials = Stolen(), _Officials(port, *work)
    while not officials.taken():
        officials.wait(1.0)
    officials.wait(WARM)
    officials.taken()
    officials.wait(calm_seconds)
    all_calm = officials.taken()
    progress(f"{placed} hẹn giờ đến hạn; lúc yên: p95 {1000 * percentile([took for _, took in all_calm], 0.95):.1f} ms")
    started = time.monotonic()
    with _worker(settings):
        while (left := _number(owner, _LEFT)) and (passed := time.monotonic() - started) < MOST_SECONDS:
            progress(f"  còn {left}")
            if passed >= AT_WORK:
                officials.stop()
            officials.wait(5.0)
        seconds = time.monotonic() - started
    officials.stop()
    all_busy = officials.taken()
    stolen.stop()
    calm, busy = stolen.kept(all_calm), stolen.kept(all_busy)
    if left or _number(owner, _STOPPED):
        raise RefusedError(f"{left} timers are left, {_number(owner, _STOPPED)} stopped")
    if len(calm) < ENOUGH or len(busy) < ENOUGH:
        raise RefusedError(f"the machine was busy for others: only {len(calm)} and {len(busy)} actions can be counted")
    figures = {name: (percentile(calm, share), percentile(busy, share)) for name, share in _SHARES}
    return {
        "timers": placed,
        "seconds": round(seconds, 1),
        "timers_per_second": round(placed / seconds),
        "actions_before": len(calm),
        "actions_meanwhile": len(busy),
        "actions_left_out": len(all_calm) + len(all_busy) - len(calm) - len(busy),
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
        self._taken: list[tuple[float, float]] = []
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
            started = time.monotonic()
            status, content = post(connection, Request(f"/api/v1/tasks/{task}/forward", token))
            with self._lock:
                self._taken.append((started, time.monotonic() - started))
            if status != 200:
                self._problems.append(f"{status} {content[:300]!r}")
                return

    def wait(self, seconds: float) -> None:
        time.sleep(seconds)
        if self._problems:
            raise RefusedError(self._problems[0])

    def taken(self) -> list[tuple[float, float]]:
        """What was measured since it was last asked: when each began, and how long it took."""
        with self._lock:
            found, self._taken = self._taken, []
        return found

    def stop(self) -> None:
        self._done.set()
        for thread in self._threads:
            thread.join()


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
