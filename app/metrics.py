"""What is counted for monitoring, in memory: requests and actions of the web server, jobs and ticks of the worker.

Several processes of one web server write into one folder (`share`), each into files of its own place, so that whichever is
asked answers for all of them. Nothing of a person, a dossier or an address is in a label.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import threading
from bisect import bisect_left
from collections import Counter as Tally
from collections import deque
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest, values
from prometheus_client.core import Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

FOLDER: Final = "PROMETHEUS_MULTIPROC_DIR"
PLACE: Final = "METRICS_PLACE"
CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
SECONDS: Final = (0.005, 0.01, 0.02, 0.04, 0.08, 0.15, 0.3, 0.6, 1.2, 2.5, 5, 10)
JOB_SECONDS: Final = (0.02, 0.1, 0.5, 2, 10, 60, 300, 1800)
_memory = Path("/dev/shm")  # noqa: S108 - a folder of ours in it, 0700


def _place() -> int:
    """The files' number: of the place among the server's processes, so that a new process counts on where an old one ended."""
    return int(os.environ.get(PLACE, "0")) or os.getpid()


if os.environ.get(FOLDER):
    values.ValueClass = values.MultiProcessValue(process_identifier=_place)  # type: ignore[no-untyped-call]

REGISTRY: Final = CollectorRegistry()
REQUESTS: Final = Counter("motcua_http_requests", "Requests answered", ("kind", "method", "status"), registry=REGISTRY)
REQUEST_SECONDS: Final = Histogram(
    "motcua_http_seconds", "Time to answer a request", ("kind", "method"), buckets=SECONDS, registry=REGISTRY
)
ACTIONS: Final = Counter(
    "motcua_actions", "What officials did: done, refused, failed", ("action", "outcome"), registry=REGISTRY
)
ACTION_SECONDS: Final = Histogram(
    "motcua_action_seconds", "Time of an action", ("action",), buckets=SECONDS, registry=REGISTRY
)
JOBS: Final = Counter("motcua_jobs", "Jobs of this worker: done, failed", ("job", "outcome"), registry=REGISTRY)
JOB_TIME: Final = Histogram("motcua_job_seconds", "Time of a job", ("job",), buckets=JOB_SECONDS, registry=REGISTRY)
TICKS: Final = Counter("motcua_ticks", "Looks at the due timers: done, failed, paused", ("outcome",), registry=REGISTRY)
TICK_TIME: Final = Histogram(
    "motcua_tick_seconds", "Time of a look at the due timers", buckets=JOB_SECONDS, registry=REGISTRY
)
TIMERS_FIRED: Final = Counter("motcua_timers_fired", "Timers that took effect in this worker", registry=REGISTRY)


_noted: deque[tuple[str, str, int, float, str | None]] = deque()
_MOST_NOTED: Final = 2000


def share(data: Path, port: int) -> Path:
    """An empty folder for the processes of the web server on that port, in memory where there is a place for that.

    On a disk that is full, a process that writes into a file's hole would be killed.
    """
    name = f"motcua-metrics-{os.geteuid()}-{sha256(str(data).encode()).hexdigest()[:12]}-{port}"
    parent = _memory if os.access(_memory, os.W_OK) else Path(tempfile.gettempdir())
    folder = parent / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    return folder


def answered(kind: str, method: str, status: int, seconds: float, action: str | None) -> None:
    """Count a request; `kind` is page or api, `action` one of the permission table's, for what is sent to do it.

    Here it is only noted: a request waits for no file. `settle` counts what was noted.
    """
    _noted.append((kind, method, status, seconds, action))
    if len(_noted) > _MOST_NOTED:
        settle()


def settle() -> None:
    """Count what was noted since the last time; called every second, before an answer, and when the process ends.

    Summed up first and put into the files once: a file's number costs ten times what a sum in memory does.
    """
    requests: Tally[tuple[str, str, str]] = Tally()
    actions: Tally[tuple[str, str]] = Tally()
    times: dict[tuple[Histogram, tuple[str, ...]], list[float]] = {}
    while _noted:
        try:
            kind, method, status, seconds, action = _noted.popleft()
        except IndexError:  # another thread was faster
            break
        requests[kind, method, f"{status // 100}xx"] += 1
        times.setdefault((REQUEST_SECONDS, (kind, method)), []).append(seconds)
        if action is not None:
            actions[action, "done" if status < 400 else "refused" if status < 500 else "failed"] += 1
            times.setdefault((ACTION_SECONDS, (action,)), []).append(seconds)
    for labels, number in requests.items():
        REQUESTS.labels(*labels).inc(number)
    for names, number in actions.items():
        ACTIONS.labels(*names).inc(number)
    for (histogram, labels_of_it), taken in times.items():
        _observe(histogram.labels(*labels_of_it), taken)


def _observe(child: Histogram, taken: list[float]) -> None:
    """What `child.observe` does for each, in one go."""
    child._sum.inc(sum(taken))
    for place, number in Tally(bisect_left(child._upper_bounds, seconds) for seconds in taken).items():
        child._buckets[place].inc(number)


def follow() -> None:
    """Settle every second for as long as the process lives."""
    threading.Thread(target=_follow, name="metrics", daemon=True).start()


def _follow() -> None:
    pause = threading.Event()
    while not pause.wait(1.0):
        settle()


def counted(also: Iterable[Metric] = ()) -> bytes:
    """Everything that the server's processes have counted, and `also`, as Prometheus reads it."""
    settle()
    folder = os.environ.get(FOLDER)
    found = CollectorRegistry()
    own: Collector = MultiProcessCollector(found, folder) if folder else REGISTRY  # type: ignore[no-untyped-call]
    text: bytes = generate_latest(own)
    gauges = CollectorRegistry()
    gauges.register(_Read(also))
    return text + generate_latest(gauges)


class _Read(Collector):
    """What was read already."""

    def __init__(self, found: Iterable[Metric]) -> None:
        self._found = tuple(found)

    def collect(self) -> Iterable[Metric]:
        return self._found
