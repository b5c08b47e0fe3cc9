"""The worker process: the tick of the timers and the job queue. Any number of them may run on any number of machines.

While the system is maintained (LA-4.3) a worker stands still: what is in hand is finished, timers stay due, jobs wait.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import threading
import time
from collections.abc import Callable

import procrastinate
import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from flask import Flask
from procrastinate.exceptions import ConnectorException
from prometheus_client import start_http_server
from sqlalchemy.exc import OperationalError

from app import metrics
from app.access import maintenance
from app.config import Settings
from app.errors import DomainError
from app.failures import in_a_line
from app.jobs.holding import wait_for_release
from app.jobs.queue import job_queue
from app.jobs.ticker import FULL, tick
from app.runtime import runtime
from app.store.database import APPLICATION_OPTIONS
from app.store.job_failures import note_tick
from app.store.transaction import transaction

JOBS_AT_ONCE = 4
TOLD_EVERY = 20.0
"""Seconds after which a worker says again that it ticks."""
BEHIND = 5
"""By how much a worker is nicer than a web process of the same machine: people wait for those."""
LOOK_EVERY = 0.5
"""Seconds between two looks at whether it is to stand still."""

log = structlog.get_logger(__name__)


def run(app: Flask, settings: Settings) -> None:
    """Work until a signal says stop; what is in hand is finished first. In a restored place it waits to be let go before."""
    if not wait_for_release(app):
        return
    os.nice(BEHIND)
    maintenance.follow(app)
    _answer_metrics(settings)
    scheduler = BackgroundScheduler(executors={"default": ThreadPoolExecutor(1)}, timezone="UTC")
    ending = threading.Event()
    scheduler.add_job(_ticking(app, ending), "interval", seconds=settings.tick_seconds, max_instances=1, coalesce=True)
    scheduler.start()
    log.info("worker_started", tick_seconds=settings.tick_seconds)
    connector = procrastinate.PsycopgConnector(
        conninfo=settings.database_url, kwargs={"options": APPLICATION_OPTIONS}, min_size=1, max_size=JOBS_AT_ONCE
    )
    try:
        asyncio.run(work(job_queue(app, connector), lambda: paused(app), ending))
    finally:
        ending.set()
        scheduler.shutdown(wait=True)
        log.info("worker_stopped")


def _answer_metrics(settings: Settings) -> None:
    if settings.metrics_port is None:
        return
    try:
        start_http_server(settings.metrics_port, addr="127.0.0.1", registry=metrics.REGISTRY)
    except OSError as problem:  # two workers with one number: work goes on, unmeasured
        log.error("metrics_not_answered", port=settings.metrics_port, reason=str(problem))


def paused(app: Flask) -> bool:
    """Whether it is to stand still now."""
    with app.app_context():
        row = maintenance.announced()
        return row is not None and row.holds(runtime().now())


async def work(queue: procrastinate.App, stands_still: Callable[[], bool], ending: threading.Event) -> None:
    """Do jobs until SIGTERM or SIGINT, and none while it is to stand still; what is in hand is finished first. The signal
    sets `ending`, so that a backlog of timers does not hold up the stop. A database that goes away is waited for: what a
    job could not write down meanwhile is found by `recover_jobs`, as after the end of a worker.
    """
    stop = asyncio.Event()

    def end() -> None:
        ending.set()
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, end)
    async with queue.open_async():
        while not stop.is_set():
            if stands_still():
                await _pass(stop)
                continue
            jobs = asyncio.create_task(
                queue.run_worker_async(concurrency=JOBS_AT_ONCE, install_signal_handlers=False), name="jobs"
            )
            while not (stop.is_set() or jobs.done() or stands_still()):
                await _pass(stop, jobs)
            if not jobs.done():
                log.info("worker_stands_still", reason="stop" if stop.is_set() else "maintenance")
                jobs.cancel()  # it begins nothing more and waits for what it has begun
            try:
                await jobs
            except asyncio.CancelledError:
                pass
            except ConnectorException as problem:  # the database went away: it comes back, and so does the queue
                log.warning("jobs_interrupted", reason=in_a_line(problem.__cause__ or problem))
                await _pass(stop)


async def _pass(stop: asyncio.Event, jobs: asyncio.Task[None] | None = None) -> None:
    """Some time, shorter when a signal comes or the queue fails."""
    asked = asyncio.create_task(stop.wait())
    await asyncio.wait([asked] if jobs is None else [asked, jobs], timeout=LOOK_EVERY, return_when="FIRST_COMPLETED")
    asked.cancel()


def _ticking(app: Flask, ending: threading.Event) -> Callable[[], None]:
    name = f"{socket.gethostname()[:40]}:{os.getpid()}"
    told = 0.0

    def round_of_ticks() -> None:
        while one_tick() >= FULL and not ending.is_set():
            pass

    def one_tick() -> int:
        nonlocal told
        begun, outcome, fired = time.perf_counter(), "failed", 0
        with app.app_context():
            try:
                now = runtime().now()
                if paused(app):
                    outcome = "paused"
                else:
                    fired = tick(now, ending.is_set)
                    metrics.TIMERS_FIRED.inc(fired)
                    outcome = "done"
                if time.monotonic() - told >= TOLD_EVERY or told == 0.0:
                    with transaction() as connection:
                        note_tick(connection, name, now)
                    told = time.monotonic()
            except (OperationalError, DomainError) as problem:
                # The database is away for a moment; the timers stay due and the next tick finds them.
                log.warning("tick_failed", reason=in_a_line(problem))
            finally:
                metrics.TICKS.labels(outcome).inc()
                metrics.TICK_TIME.observe(time.perf_counter() - begun)
        return fired

    return round_of_ticks
