"""How gunicorn serves `app.factory:create_app()`; its settings are ours.

The application is made in every worker after the fork, never before: connection pools and the expression engine's isolate do
not survive a fork. Its code is read before, once: a worker that takes the place of a dead one is there in a second, and
what all have read they share.
"""

from __future__ import annotations

import gc
import os
import shutil
import signal
from pathlib import Path
from typing import Any

from gunicorn.glogging import Logger

from app.config import Settings
from app.logs import configure_logging
from app.processes import follow

_settings = Settings.from_env(os.environ)
_memory = Path("/dev/shm")  # noqa: S108 - gunicorn makes an unlinked heartbeat file there


class RoutedLogger(Logger):  # type: ignore[misc]  # gunicorn ships no types
    """gunicorn's messages through our chain. The application logs requests itself, with their ids."""

    def setup(self, cfg: Any) -> None:
        configure_logging(_settings.log_level, _settings.log_format)
        self.loglevel = self.error_log.level
        self.error_log.propagate = True
        self.access_log.propagate = False


def on_starting(_server: Any) -> None:
    """Read the code; keep the collector's hands off what the workers are to share."""
    import app.factory  # noqa: F401 - no earlier: logging is set up by now

    gc.collect()
    gc.freeze()


def pre_fork(server: Any, worker: Any) -> None:
    """A place of its own for what the worker counts, given back when it ends: the next one there counts on."""
    taken = {getattr(other, "place", 0) for other in server.WORKERS.values()}
    worker.place = next(number for number in range(1, len(taken) + 2) if number not in taken)


def post_fork(server: Any, worker: Any) -> None:
    """A worker whose master was killed would keep the port until its next heartbeat: let the kernel tell it at once."""
    follow(server.pid, signal.SIGTERM)
    os.environ["METRICS_PLACE"] = str(worker.place)


def post_worker_init(worker: Any) -> None:
    """The application is there: from now on it watches for maintenance."""
    from app import metrics  # not before the fork
    from app.access import maintenance

    maintenance.follow(worker.wsgi)
    metrics.follow()


def on_exit(_server: Any) -> None:
    """What was counted ends with the server; a folder that a kill leaves is emptied by the next start on that port."""
    if folder := os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        shutil.rmtree(folder, ignore_errors=True)


def worker_exit(_server: Any, _worker: Any) -> None:
    """Nothing that was noted is left uncounted."""
    from app import metrics

    metrics.settle()


bind = f"[{_settings.host}]:{_settings.port}" if ":" in _settings.host else f"{_settings.host}:{_settings.port}"
worker_class = "app.gunicorn_worker.PatientWorker"
worker_connections = 500  # below the 1,024 open files that a process commonly may have
workers = _settings.web_workers
threads = _settings.web_threads
preload_app = False
logger_class = RoutedLogger
timeout = 60
graceful_timeout = 10
keepalive = 5
max_requests = 50_000
max_requests_jitter = 5_000
proc_name = "motcua-web"
control_socket_disable = True
worker_tmp_dir = str(_memory) if os.access(_memory, os.W_OK) else None
