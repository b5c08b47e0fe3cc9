"""The job queue as the worker sees it: names that actions defer become functions here.

Each job runs in an application context of its own. Jobs may run twice (a worker killed between effect and commit), so each
of them checks first whether its work is still to be done.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import procrastinate
from flask import Flask
from procrastinate import JobContext

from app.access.attempts import TELL_OF_LOCK_OUT
from app.actions import lock_out
from app.actions.announce_outage import TELL_OF_OUTAGE
from app.actions.attach import LOOK_AT_FILE
from app.actions.change_calendar import RECOUNT_DOSSIERS
from app.actions.import_run import RUN_IMPORT
from app.actions.look_at_signatures import CHECK_SIGNATURES
from app.actions.queueing import SEND_DELIVERY
from app.actions.simulate import RUN_SIMULATION
from app.jobs import (
    backups,
    calendars,
    deliveries,
    digest,
    duties,
    files,
    imports,
    outages,
    publications,
    seals,
    signatures,
    simulations,
)
from app.jobs.failures import NotedFailures
from app.jobs.job_manager import PatientJobManager
from app.jobs.watching import watched

WAITS = (timedelta(seconds=10), timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1), timedelta(hours=6))
"""How long a job waits before it is tried again; after the last one it has failed and stays listed as such."""


class Patience(NotedFailures):
    """Try again what may pass by itself."""

    def get_wait(self, attempts: int) -> int | None:
        return int(WAITS[attempts].total_seconds()) if attempts < len(WAITS) else None


_OF_NOTICES: tuple[tuple[str, str, Callable[[], None]], ...] = (
    ("*/10 * * * *", "send_digests", digest.send_digests),
    ("* * * * *", "tell_new_steps", digest.tell_new_steps),
    ("*/5 * * * *", "settle_notices", digest.settle_notices),
    ("37 2 * * *", "forget_notices", digest.forget_notices),
)
"""When, name and what of the duties about notices to officials."""
_OF_PROCEDURES = (
    ("* * * * *", "apply_procedure_changes", duties.apply_procedure_changes),
    ("11 * * * *", "remind_publications", publications.remind_publications),
)
_OF_KEEPING: tuple[tuple[str, str, Callable[[], None]], ...] = (
    ("37 * * * *", "drop_signing_sessions", signatures.drop_sessions),
    ("23 3 1 12 *", "add_holidays", calendars.add_holidays),
    ("17 * * * *", "forget_old_keys", duties.forget_old_keys),
    ("47 2 * * *", "drop_old_drafts", duties.drop_old_drafts),
    ("* * * * *", "review_vacancies", duties.review_vacancies),
    ("13 * * * *", "review_mandates", duties.review_mandates),
    ("*/5 * * * *", "back_up_when_due", backups.back_up_when_due),
    ("*/10 * * * *", "prepare_history", seals.prepare_history),
    ("*/20 * * * *", "seal_history", seals.seal_history),
)
"""Those that keep things tidy, and calendars ahead of the year."""


def _duty(queue: procrastinate.App, flask_app: Flask, cron: str, name: str, do: Callable[[], None]) -> None:
    @queue.periodic(cron=cron)
    @queue.task(name=name, retry=NotedFailures(flask_app))
    def duty(timestamp: int) -> None:
        with flask_app.app_context():
            do()


def job_queue(flask_app: Flask, connector: procrastinate.BaseConnector) -> procrastinate.App:
    """The queue with every job and duty that this system knows."""
    queue = procrastinate.App(connector=connector, worker_defaults={"worker_middleware": [watched]})
    queue.job_manager = PatientJobManager(connector)

    _messages(queue, flask_app)
    _files(queue, flask_app)

    @queue.task(name=RECOUNT_DOSSIERS, retry=Patience(flask_app))
    def recount_dossiers(change_id: int) -> None:
        with flask_app.app_context():
            calendars.recount(change_id)

    @queue.task(name=RUN_IMPORT, retry=Patience(flask_app))
    def run_import(import_id: int) -> None:
        with flask_app.app_context():
            imports.run(import_id)

    @queue.task(name=RUN_SIMULATION, retry=Patience(flask_app))
    def run_simulation(simulation_id: int) -> None:
        with flask_app.app_context():
            simulations.run(simulation_id)

    @queue.task(name=CHECK_SIGNATURES, retry=Patience(flask_app))
    def check_signatures(attachment_id: int) -> None:
        with flask_app.app_context():
            signatures.check_signatures(attachment_id)

    for cron, name, do in (*_OF_NOTICES, *_OF_PROCEDURES, *_OF_KEEPING):
        _duty(queue, flask_app, cron, name, do)

    @queue.periodic(cron="* * * * *")
    @queue.task(name="recover_jobs", pass_context=True)
    async def recover_jobs(context: JobContext, timestamp: int) -> None:
        await duties.recover_jobs(context)

    return queue


def _files(queue: procrastinate.App, flask_app: Flask) -> None:
    """What came in as files: looked at, scanned, swept when nobody names it."""

    @queue.task(name=LOOK_AT_FILE, retry=Patience(flask_app))
    def look_at_file(sha256: str) -> None:
        with flask_app.app_context():
            files.look_at_file(sha256)

    @queue.periodic(cron="* * * * *")
    @queue.task(name="look_at_waiting_files", retry=NotedFailures(flask_app))
    def look_at_waiting_files(timestamp: int) -> None:
        with flask_app.app_context():
            files.look_at_waiting()

    @queue.periodic(cron="27 1 * * *")
    @queue.task(name="sweep_files", retry=NotedFailures(flask_app))
    def sweep_files(timestamp: int) -> None:
        with flask_app.app_context():
            files.sweep()


def _messages(queue: procrastinate.App, flask_app: Flask) -> None:
    """Messages, and who is told of an outage."""

    @queue.task(name=SEND_DELIVERY, retry=Patience(flask_app))
    def send_delivery(delivery_id: int) -> None:
        with flask_app.app_context():
            deliveries.send_delivery(delivery_id)

    @queue.task(name=TELL_OF_OUTAGE, retry=Patience(flask_app))
    def tell_of_outage(outage_id: int, ended: bool) -> None:
        with flask_app.app_context():
            outages.tell_of_outage(outage_id, ended=ended)

    @queue.task(name=TELL_OF_LOCK_OUT, retry=Patience(flask_app))
    def tell_of_lock_out(account_id: int, address: str, at: str) -> None:
        with flask_app.app_context():
            lock_out.tell_of_lock_out(account_id, address, datetime.fromisoformat(at))

    @queue.periodic(cron="*/5 * * * *")
    @queue.task(name="recover_deliveries", retry=NotedFailures(flask_app))
    def recover_deliveries(timestamp: int) -> None:
        with flask_app.app_context():
            deliveries.recover_deliveries()
            outages.recover_outages()
