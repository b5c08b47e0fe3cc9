"""A thousand forwards in one request to the real server, beside a thousand requests of one forward each.

While the batch works its state is asked for again and again, as the page does; then it is sent once more under its key.
"""

from __future__ import annotations

import http.client
import json
import threading
import time
from typing import Any

from app.actions.batch import MOST_ITEMS
from bench.dossiers import waiting_tasks
from bench.load import RefusedError, Request, connect, measure
from bench.serving import Progress, own_folder, postgres, serving, settings_for

PATH = "/api/v1/tasks/batch"
KEY = "bench"


def run(quick: bool, progress: Progress) -> dict[str, Any]:
    """Seconds of both ways and their ratio, how long asking for the state took meanwhile, and seconds of the answer again."""
    many = 20 if quick else MOST_ITEMS
    with own_folder() as folder, postgres(folder) as server:
        settings = settings_for(folder, server.urls())
        progress(f"chuẩn bị {2 * many + 20} hồ sơ …")
        tasks, token = waiting_tasks(settings, 2 * many + 20, progress)
        with serving(settings, "app.factory:create_app()", {}) as port:
            measure(port, [Request(f"/api/v1/tasks/{task}/forward", token) for task in tasks[:20]], 1)
            singly = [Request(f"/api/v1/tasks/{task}/forward", token) for task in tasks[20 : 20 + many]]
            rate = measure(port, singly, 1).rate
            progress(f"từng việc một: {rate:.0f}/s")
            asked = {"action": "forward", "ids": tasks[20 + many :]}
            watch = _Watch(port, token)
            seconds, told = _send(port, token, asked)
            polls = watch.stop()
            progress(f"một yêu cầu: {many / seconds:.0f}/s")
            again, repeated = _send(port, token, asked)
    if repeated != told:
        raise RefusedError("the same batch was answered differently")
    return {
        "tasks": many,
        "batch_seconds": round(seconds, 2),
        "singly_seconds": round(many / rate, 2),
        "ratio": round(many / rate / seconds, 2),
        "state_asked": len(polls),
        "state_slowest_ms": round(max(polls) * 1000, 1),
        "again_seconds": round(again, 3),
    }


def _send(port: int, token: str, asked: dict[str, Any]) -> tuple[float, list[Any]]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json", "Idempotency-Key": KEY}
    started = time.perf_counter()
    connection.request("POST", PATH, json.dumps(asked), headers)
    answer = connection.getresponse()
    results = json.loads(answer.read())["results"]
    taken = time.perf_counter() - started
    if answer.status != 200 or any(one["status"] != 200 for one in results):
        raise RefusedError(f"{PATH}: {answer.status} {results[:1]}")
    return taken, results


class _Watch:
    """Somebody who asks for the batch's state four times a second."""

    def __init__(self, port: int, token: str) -> None:
        self._done = threading.Event()
        self._taken: list[float] = []
        self._thread = threading.Thread(target=self._ask, args=(port, token))
        self._thread.start()

    def _ask(self, port: int, token: str) -> None:
        connection = connect(port)
        while not self._done.wait(0.25):
            started = time.perf_counter()
            connection.request("GET", f"{PATH}/{KEY}", headers={"Authorization": f"Bearer {token}"})
            connection.getresponse().read()
            self._taken.append(time.perf_counter() - started)

    def stop(self) -> list[float]:
        self._done.set()
        self._thread.join()
        return self._taken or [0.0]
