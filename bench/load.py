"""A small load generator: keep-alive connections, one thread each, requests prepared beforehand."""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Sequence

Request = tuple[str, str | None]
BODY = b"{}"
PATIENCE = 30


class RefusedError(RuntimeError):
    """A request was not answered with 200; a measurement of failures would mean nothing."""


def measure(port: int, requests: Sequence[Request], concurrency: int) -> float:
    """POST every request once, `concurrency` at a time; answers requests per second."""
    shares = [requests[start::concurrency] for start in range(concurrency)]
    problems: list[str] = []
    ready = threading.Barrier(concurrency + 1)
    threads = [threading.Thread(target=_work, args=(port, share, ready, problems)) for share in shares]
    for thread in threads:
        thread.start()
    ready.wait(PATIENCE)
    started = time.perf_counter()
    for thread in threads:
        thread.join()
    elapsed = time.perf_counter() - started
    if problems:
        raise RefusedError(problems[0])
    return len(requests) / elapsed


def _work(port: int, share: Sequence[Request], ready: threading.Barrier, problems: list[str]) -> None:
    connection = connect(port)
    ready.wait(PATIENCE)
    for path, token in share:
        headers = {"Content-Type": "application/json"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        connection.request("POST", path, BODY, headers)
        answer = connection.getresponse()
        content = answer.read()
        if answer.status != 200:
            problems.append(f"{path}: {answer.status} {content[:300]!r}")
            return


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
