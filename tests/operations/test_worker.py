"""A worker stands still while the system is maintained, and a job's lines name the request that deferred it."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import procrastinate
import psycopg
import pytest
import structlog
from psycopg import sql
from sqlalchemy import text

from app.access.maintenance import Watch
from app.embedded import Urls
from app.jobs import duties, worker
from app.jobs.queue import job_queue
from app.store import queue as deferring
from app.store.database import APPLICATION_OPTIONS
from tests.actions.scene import Scene
from tests.drill.waiting import until
from tests.jobs.sending import rows

STATES = "SELECT status::text FROM procrastinate_jobs WHERE task_name = 'review_vacancies'"


@pytest.fixture
def own_queue(scene: Scene, database_urls: Urls) -> procrastinate.App:
    """With every job but without the duties of the minute."""
    options = {"options": APPLICATION_OPTIONS}
    connector = procrastinate.PsycopgConnector(
        conninfo=database_urls.app, kwargs=options, min_size=1, max_size=3, timeout=2
    )
    queue = job_queue(scene.app, connector)
    queue.periodic_registry.periodic_tasks.clear()
    return queue


def defer(scene: Scene) -> None:
    with scene.writing() as connection:
        deferring.defer(connection, "review_vacancies", timestamp=0)


def states(scene: Scene) -> list[str]:
    return [row[0] for row in rows(scene, STATES)]


def meanwhile(scene: Scene, queue: procrastinate.App, still: Callable[[], bool], steps: Callable[[], None]) -> None:
    """Work with `queue` while `steps` go on in a thread, then stop by SIGTERM as an operator does."""

    ending = threading.Event()

    async def both() -> None:
        working = asyncio.create_task(worker.work(queue, still, ending))
        try:
            await asyncio.to_thread(steps)
        finally:
            os.kill(os.getpid(), signal.SIGTERM)
            await asyncio.wait_for(working, 20)

    asyncio.run(both())
    assert ending.is_set(), "a backlog of timers is told too"


@pytest.mark.rule("LA-4.3")
def test_jobs_wait_while_the_system_is_maintained_and_are_done_after(
    scene: Scene, own_queue: procrastinate.App
) -> None:
    still = [False]

    def steps() -> None:
        defer(scene)
        until("the first is done", lambda: states(scene) == ["succeeded"], 20)
        still[0] = True
        until("no worker is there", lambda: not rows(scene, "SELECT 1 FROM procrastinate_workers"), 20)
        defer(scene)
        assert sorted(states(scene)) == ["succeeded", "todo"]
        still[0] = False
        until("the second is done", lambda: states(scene) == ["succeeded"] * 2, 20)

    meanwhile(scene, own_queue, lambda: still[0], steps)


@pytest.mark.rule("LA-4.3")
@pytest.mark.rule("HT-3.4a")
def test_a_worker_waits_for_a_database_that_is_away(
    scene: Scene,
    own_queue: procrastinate.App,
    database_urls: Urls,
    empty_database_urls: Urls,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    interrupted = threading.Event()

    def note(said: str, **_: object) -> None:
        if said == "jobs_interrupted":
            interrupted.set()

    monkeypatch.setattr(worker.log, "warning", note, raising=False)

    def steps() -> None:
        defer(scene)
        until("the first is done", lambda: states(scene) == ["succeeded"], 20)
        with without_database(database_urls, empty_database_urls):
            assert interrupted.wait(30)
        defer(scene)
        until("the second is done", lambda: states(scene) == ["succeeded"] * 2, 30)

    meanwhile(scene, own_queue, lambda: False, steps)


@contextmanager
def without_database(own: Urls, other: Urls) -> Iterator[None]:
    """The queue's connections are lost and nobody gets in. Said from another database: nobody can close her own."""
    with psycopg.connect(own.app) as login, psycopg.connect(other.owner, autocommit=True) as owner:
        name = sql.Identifier(login.info.dbname)
        owner.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS false").format(name))
        try:
            lost = login.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
                " AND usename = session_user AND application_name = '' AND pid <> pg_backend_pid()"
            )
            assert lost.rowcount > 0
            yield
        finally:
            owner.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS true").format(name))


def test_timers_stay_due_meanwhile(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[Any] = []
    monkeypatch.setattr(worker, "tick", lambda now, ending: looked.append(now) or 0)
    watch: Watch = scene.app.extensions["motcua.maintenance"]
    round_of_ticks = worker._ticking(scene.app, threading.Event())
    scene.client("admin").post("/api/v1/maintenance", json={"mode": "closed", "words": "Nâng cấp."})
    try:
        round_of_ticks()
        assert looked == []
        assert rows(scene, "SELECT at FROM worker_ticks") != [], "it is there, it only stands still"
    finally:
        scene.client("admin").post("/api/v1/maintenance/end", json={})
        watch.row = None
    round_of_ticks()
    assert len(looked) == 1


def test_a_job_knows_the_request_that_deferred_it(
    scene: Scene, own_queue: procrastinate.App, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[dict[str, Any]] = []
    monkeypatch.setattr(
        duties.vacancies, "review_vacancies", lambda now: seen.append(structlog.contextvars.get_contextvars())
    )
    structlog.contextvars.bind_contextvars(request_id="from-the-page")
    try:
        defer(scene)
    finally:
        structlog.contextvars.clear_contextvars()
    defer(scene)

    async def once() -> None:
        async with own_queue.open_async():
            await own_queue.run_worker_async(wait=False, install_signal_handlers=False, listen_notify=False)

    asyncio.run(once())
    assert [one.get("request_id") for one in seen] == ["from-the-page", None]
    assert {one["job"] for one in seen} == {"review_vacancies"}
    with scene.writing() as connection:
        kept = connection.execute(text("SELECT args FROM procrastinate_jobs ORDER BY id LIMIT 1")).scalar_one()
    assert kept == {"timestamp": 0, "_request": "from-the-page"}
