"""What a web process and a worker hold in memory, beside a process with bare Flask and the driver.

Proportional set size: what is shared between processes counts in shares.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from app.config import PROJECT_ROOT, Settings
from bench.dossiers import waiting_tasks
from bench.load import Request, connect, measure
from bench.serving import Progress, own_folder, postgres, serving, settings_for

PATHS = ("/api/v1/tasks", "/api/v1/tasks/counts", "/api/v1/procedures", "/openapi.json")


def run(quick: bool, progress: Progress) -> dict[str, Any]:
    """Megabytes of one process when it has started and after some work; of the bare one too."""
    many = 60 if quick else 1_500
    with own_folder() as folder, postgres(folder) as server:
        settings = settings_for(folder, server.urls())
        tasks, token = waiting_tasks(settings, many, progress)
        found: dict[str, Any] = {}
        for name, application, config in (
            ("bare", "bench.bare:create()", "bench.bare"),
            ("web", "app.factory:create_app()", "app.gunicorn_conf"),
        ):
            with serving(settings, application, {"WEB_WORKERS": "1"}, config) as port:
                connect(port).close()
                _get(port, token, ("/healthz",) * 4)
                found[f"{name}_started_mb"] = _web_process()
                if name == "web":
                    _get(port, token, PATHS * (3 if quick else 50))
                    measure(port, [Request(f"/api/v1/tasks/{task}/forward", token) for task in tasks], 8)
                else:
                    _get(port, token, ("/healthz",) * many)
                found[f"{name}_worked_mb"] = _web_process()
            progress(str(found))
        with _worker(settings) as process:
            time.sleep(8)
            found["worker_mb"] = _held(process)
    return found | {"requests": many, "ratio": round(found["web_worked_mb"] / found["bare_worked_mb"], 2)}


def _get(port: int, token: str, paths: tuple[str, ...]) -> None:
    connection = connect(port)
    for path in paths:
        connection.request("GET", path, headers={"Authorization": f"Bearer {token}"})
        connection.getresponse().read()
    connection.close()


def _web_process() -> float:
    """Of gunicorn's one worker: the child of our child."""
    own = os.getpid()
    masters = [pid for pid, (parent, name) in _processes().items() if parent == own and "gunicorn" in name]
    (worker,) = [pid for pid, (parent, _) in _processes().items() if parent in masters]
    return _held(worker)


def _processes() -> dict[int, tuple[int, str]]:
    """Parent and command line by process."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            status, line = (folder / "status").read_text(), (folder / "cmdline").read_bytes()
        except OSError:
            continue
        parent = re.search(r"^PPid:\s+(\d+)", status, re.MULTILINE)
        found[int(folder.name)] = (int(parent[1]) if parent else 0, line.replace(b"\0", b" ").decode(errors="replace"))
    return found


def _held(process: int) -> float:
    said = Path(f"/proc/{process}/smaps_rollup").read_text()
    kilobytes = re.search(r"^Pss:\s+(\d+)", said, re.MULTILINE)
    return round(int(kilobytes[1]) / 1024, 1) if kilobytes else 0.0


@contextmanager
def _worker(settings: Settings) -> Iterator[int]:
    variables = {
        "DATABASE_URL": str(settings.database_url),
        "MOTCUA_DATA": str(settings.data),
        "LOG_LEVEL": "WARNING",
        "PYTHONPATH": str(PROJECT_ROOT),
    }
    worker = subprocess.Popen([sys.executable, "-m", "app", "worker"], env=os.environ | variables, cwd=PROJECT_ROOT)
    try:
        yield worker.pid
    finally:
        worker.send_signal(signal.SIGTERM)
        worker.wait(60)
