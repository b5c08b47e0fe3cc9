"""A small load generator: keep-alive connections, one thread each, requests prepared beforehand."""

from __future__ import annotations

import http.client
import statistics
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass

PATIENCE = 30


@dataclass(frozen=True, slots=True)
class Request:
    path: str
    token: str | None = None
    body: bytes = b"{}"
    expected: int = 200


@dataclass(frozen=True, slots=True)
class Taken:
    """Seconds in all, and of each request."""

    seconds: float
    each: tuple[float, ...]

    @property
    def rate(self) -> float:
        """Requests per second."""
        return len(self.each) / self.seconds

    @property
    def median_ms(self) -> float:
        return 1000 * statistics.median(self.each)


class RefusedError(RuntimeError):
    """A request was not answered as expected; a measurement of failures would mean nothing."""


def measure(port: int, requests: Sequence[Request], concurrency: int) -> Taken:
    """POST every request once, `concurrency` at a time."""
    shares = [requests[start::concurrency] for start in range(concurrency)]
    problems: list[str] = []
    each: list[float] = []
    ready = threading.Barrier(concurrency + 1)
    threads = [threading.Thread(target=_work, args=(port, share, ready, problems, each)) for share in shares]
    for thread in threads:
        thread.start()
    ready.wait(PATIENCE)
    started = time.perf_counter()
    for thread in threads:
        thread.join()
    elapsed = time.perf_counter() - started
    if problems:
        raise RefusedError(problems[0])
    return Taken(elapsed, tuple(each))


def _work(
    port: int, share: Sequence[Request], ready: threading.Barrier, problems: list[str], each: list[float]
) -> None:
    connection = connect(port)
    ready.wait(PATIENCE)
    for request in share:
        started = time.perf_counter()
        status, content = post(connection, request)
        each.append(time.perf_counter() - started)
        if status != request.expected:
            problems.append(f"{request.path}: {status} {content[:300]!r}")
            return


def post(connection: http.client.HTTPConnection, request: Request) -> tuple[int, bytes]:
    """Status and body of the answer."""
    headers = {"Content-Type": "application/json"}
    if request.token:
        headers["Authorization"] = f"Bearer {request.token}"
    connection.request("POST", request.path, request.body, headers)
    answer = connection.getresponse()
    return answer.status, answer.read()


def connect(port: int) -> http.client.HTTPConnection:
    deadline = time.monotonic() + PATIENCE
    while True:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        try:
            connection.connect()
            return connection
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def percentile(values: Sequence[float], share: float) -> float:
    """The value that this share of the others is below."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
