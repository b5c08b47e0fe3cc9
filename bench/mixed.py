"""An office's morning: two hundred officials, two thousand dossiers an hour, pages and API.

Everything has its time in a plan that is made beforehand, and is asked at that time whether or not the server has kept up; how
long somebody waited counts from then. Beside it stand the same requests one at a time before the doors open.
"""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random
from typing import Any
from urllib.parse import quote

import psycopg

from app.access.request import SESSION_TOKEN
from app.config import Settings
from app.factory import create_app
from app.store.database import db
from bench.bulk import fill, rows_of
from bench.dossiers import AGENCY, PROCEDURE, caller_of, more_waiting, token_for
from bench.load import RefusedError, connect, percentile
from bench.serving import Progress, own_folder, postgres, serving, settings_for
from bench.sizes import prepare_province

OFFICIALS, AN_HOUR = 200, 2_000
STEPS = 5
"""Actions that a dossier needs in the morning, on average."""
THREADS = 24
WARM = 3
WORDS = ("nguyen", "tran van", "le thi", "pham", "hoang minh")


@dataclass(frozen=True, slots=True)
class Asked:
    at: float
    kind: str
    method: str
    path: str
    who: int
    body: bytes | None = None
    expected: tuple[int, ...] = (200,)


def run(quick: bool, progress: Progress) -> dict[str, Any]:
    """By kind of request: how many, the median before, and median, 95th and 99th percentile of the morning."""
    seconds, dossiers = (15, 3_000) if quick else (240, 100_000)
    with own_folder() as folder, postgres(folder) as server:
        settings = settings_for(folder, server.urls())
        progress("nạp tỉnh trình diễn …")
        prepared = prepare_province(settings, 24 if quick else 150, 180)
        actions = round(AN_HOUR / 3600 * STEPS * seconds) + 40
        waiting, token = more_waiting(settings, actions, progress)
        with psycopg.connect(str(settings.database_owner_url), autocommit=True) as owner:
            fill(owner, prepared.province, rows_of(owner) + dossiers, progress)
            codes = [row[0] for row in owner.execute("SELECT code FROM dossiers ORDER BY id DESC LIMIT 500")]
        people = _people(settings, token)
        with serving(settings, "app.factory:create_app()", {}) as port:
            office = _Office(port, people)
            plan = _plan(seconds, waiting[40:], codes)
            calm = office.calm(_calm(plan, waiting[:40]))
            progress(f"{len(plan)} yêu cầu trong {seconds} giây, {len(people)} cán bộ")
            busy = office.work(plan)
    return {
        "officials": len(people),
        "seconds": seconds,
        "requests_per_second": round(len(plan) / seconds, 1),
        "kinds": {kind: _summary(calm[kind], busy[kind]) for kind in sorted(busy)},
        "worst_p95_ratio": max(_summary(calm[kind], busy[kind])["p95_ratio"] for kind in busy),
    }


@dataclass(frozen=True, slots=True)
class Person:
    """Her token, and the cookie of her pages."""

    token: str
    cookie: str


def _people(settings: Settings, head: str) -> list[Person]:
    """The first is who has the steps that are forwarded, the second registers, the others read and look."""
    app = create_app(settings)
    with app.app_context():
        now = datetime.now(UTC)
        desk = token_for(caller_of("desk_officer", now).account_id, now)
        with psycopg.connect(str(settings.database_url)) as connection:
            rows = connection.execute(
                "SELECT id FROM accounts WHERE 'task.work' = ANY(permissions) ORDER BY id LIMIT %s", (OFFICIALS - 2,)
            ).fetchall()
        tokens = [head, desk, *(token_for(row[0], now) for row in rows)]
        signer: Any = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
        db.engine.dispose()
    name = app.config["SESSION_COOKIE_NAME"]
    return [Person(token, f"{name}={signer.dumps({SESSION_TOKEN: token})}") for token in tokens]


def _plan(seconds: int, waiting: Sequence[int], codes: Sequence[str]) -> list[Asked]:
    """Every request of the morning in its order; the same for the same arguments."""
    chance, found = Random(7), list[Asked]()  # noqa: S311

    def add(kind: str, an_hour: float, make: Any) -> None:
        for number in range(round(an_hour * seconds / 3600)):
            found.append(make(chance.random() * seconds, kind, number))

    def anybody() -> int:
        return chance.randrange(OFFICIALS)

    add("register", AN_HOUR, lambda at, kind, n: _registration(at, kind, n))
    add(
        "forward",
        AN_HOUR * STEPS,
        lambda at, kind, n: Asked(at, kind, "POST", f"/api/v1/tasks/{waiting[n]}/forward", 0, b"{}"),
    )
    add("inbox page", AN_HOUR * STEPS, lambda at, kind, n: Asked(at, kind, "GET", "/viec", anybody()))
    add("inbox", AN_HOUR, lambda at, kind, n: Asked(at, kind, "GET", "/api/v1/tasks?inbox=position", anybody()))
    add("counts", OFFICIALS * 60, lambda at, kind, n: Asked(at, kind, "GET", "/api/v1/tasks/counts", anybody()))
    add("task", AN_HOUR * STEPS, lambda at, kind, n: Asked(at, kind, "GET", f"/api/v1/tasks/{waiting[-1 - n % 30]}", 0))
    add(
        "search page",
        AN_HOUR / 2,
        lambda at, kind, n: Asked(at, kind, "GET", f"/viec?hop=unit&q={quote(chance.choice(WORDS))}", anybody()),
    )
    add(
        "look-up",
        AN_HOUR * 2,
        lambda at, kind, n: Asked(at, kind, "GET", f"/api/v1/public/dossiers/{chance.choice(codes)}", -1),
    )
    return sorted(found, key=lambda one: one.at)


def _registration(at: float, kind: str, number: int) -> Asked:
    applicant = {"name": f"Người nộp {number}", "id_number": f"{number:012d}", "phone": "0233000000"}
    body = {"procedure": PROCEDURE, "agency": AGENCY, "applicant": applicant, "channel": "counter"}
    return Asked(at, kind, "POST", "/api/v1/dossiers", 1, json.dumps(body).encode(), (201,))


def _calm(plan: Sequence[Asked], waiting: Sequence[int]) -> list[Asked]:
    """Some of every kind, with steps of their own to forward."""
    kinds: dict[str, list[Asked]] = defaultdict(list)
    for one in plan:
        if len(kinds[one.kind]) < len(waiting):
            kinds[one.kind].append(one)
    kinds["forward"] = [Asked(0.0, "forward", "POST", f"/api/v1/tasks/{task}/forward", 0, b"{}") for task in waiting]
    return [one for kind in kinds.values() for one in kind]


class _Office:
    def __init__(self, port: int, people: Sequence[Person]) -> None:
        self._port, self._people = port, people
        self._problems: list[str] = []

    def calm(self, asked: Sequence[Asked]) -> dict[str, list[float]]:
        """Seconds of each, one at a time; the first few of a kind only warm it up."""
        connection, found = connect(self._port), defaultdict[str, list[float]](list)
        for one in asked:
            started = time.perf_counter()
            self._ask(connection, one)
            found[one.kind].append(time.perf_counter() - started)
        self._check()
        return {kind: taken[WARM:] for kind, taken in found.items()}

    def work(self, plan: Sequence[Asked]) -> dict[str, list[float]]:
        """Seconds of each from when it was due."""
        found, lock, begun = defaultdict[str, list[float]](list), threading.Lock(), time.perf_counter() + 1
        waiting = iter(plan)

        def work() -> None:
            connection, used = connect(self._port), time.perf_counter()
            while True:
                with lock:
                    one = next(waiting, None)
                if one is None or self._problems:
                    return
                due = begun + one.at
                time.sleep(max(0.0, due - time.perf_counter()))
                if time.perf_counter() - used > 3:  # the server hangs up on who is silent for five
                    connection.close()
                    connection = connect(self._port)
                self._ask(connection, one)
                used = time.perf_counter()
                with lock:
                    found[one.kind].append(used - due)

        threads = [threading.Thread(target=work) for _ in range(THREADS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self._check()
        return found

    def _ask(self, connection: http.client.HTTPConnection, one: Asked) -> None:
        headers = {}
        if one.who >= 0:
            person = self._people[one.who % len(self._people)]
            in_pages = not one.path.startswith("/api/")
            headers = {"Cookie": person.cookie} if in_pages else {"Authorization": f"Bearer {person.token}"}
        if one.body is not None:
            headers["Content-Type"] = "application/json"
        connection.request(one.method, one.path, one.body, headers)
        answer = connection.getresponse()
        content = answer.read()
        if answer.status not in one.expected:
            self._problems.append(f"{one.kind} {one.path}: {answer.status} {content[:300]!r}")

    def _check(self) -> None:
        if self._problems:
            raise RefusedError(self._problems[0])


def _summary(calm: Sequence[float], busy: Sequence[float]) -> dict[str, float]:
    def milliseconds(values: Sequence[float], share: float) -> float:
        return round(1000 * percentile(values, share), 1)

    return {
        "requests": len(busy),
        "calm_median_ms": milliseconds(calm, 0.5),
        "calm_p95_ms": milliseconds(calm, 0.95),
        "median_ms": milliseconds(busy, 0.5),
        "p95_ms": milliseconds(busy, 0.95),
        "p99_ms": milliseconds(busy, 0.99),
        "p95_ratio": round(percentile(busy, 0.95) / percentile(calm, 0.95), 2),
    }
