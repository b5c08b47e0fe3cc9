"""The worker process: the tick of the timers and the job queue. Any number of them may run on any number of machines."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Callable

import procrastinate
import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from flask import Flask
from sqlalchemy.exc import OperationalError

from app.config import Settings
from app.errors import DomainError
from app.jobs.queue import job_queue
from app.jobs.ticker import tick
from app.runtime import runtime
from app.store.database import APPLICATION_OPTIONS
from app.store.job_failures import note_tick
from app.store.transaction import transaction

JOBS_AT_ONCE = 4
TOLD_EVERY = 20.0
"""Seconds after which a worker says again that it ticks."""

log = structlog.get_logger(__name__)


def run(app: Flask, settings: Settings) -> None:
    """Work until a signal says stop; what is in hand is finished first."""
    scheduler = BackgroundScheduler(executors={"default": ThreadPoolExecutor(1)}, timezone="UTC")
    scheduler.add_job(_ticking(app), "interval", seconds=settings.tick_seconds, max_instances=1, coalesce=True)
    scheduler.start()
    log.info("worker_started", tick_seconds=settings.tick_seconds)
    connector = procrastinate.PsycopgConnector(
        conninfo=settings.database_url, kwargs={"options": APPLICATION_OPTIONS}, min_size=1, max_size=JOBS_AT_ONCE
    )
    queue = job_queue(app, connector)
    try:
        queue.run_worker(concurrency=JOBS_AT_ONCE)
    finally:
        scheduler.shutdown(wait=True)
        log.info("worker_stopped")


def _ticking(app: Flask) -> Callable[[], None]:
    name = f"{socket.gethostname()[:40]}:{os.getpid()}"
    told = 0.0

    def round_of_ticks() -> None:
        nonlocal told
        with app.app_context():
            try:
                now = runtime().now()
                tick(now)
                if time.monotonic() - told >= TOLD_EVERY or told == 0.0:
                    with transaction() as connection:
                        note_tick(connection, name, now)
                    told = time.monotonic()
            except (OperationalError, DomainError) as problem:
                # The database is away for a moment; the timers stay due and the next tick finds them.
                log.warning("tick_failed", reason=str(problem).splitlines()[0])

    return round_of_ticks
