"""What became of a job is written down although the connection is lost just then.

The queue by itself tries once. The job would then stay the work of a worker that lives and has forgotten it: nobody would do
it again, and a message that waits for it would never go out.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial

import psycopg
import structlog
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Job, Status
from procrastinate.manager import JobManager

from app.failures import in_a_line

WAITS = (0.2, 1.0, 2.0, 4.0, 8.0, 15.0)
"""Seconds before it is tried again. A database that is away for longer ends the worker's round by its silent heart, and what
was its work is found by `recover_jobs`."""

log = structlog.get_logger(__name__)


class PatientJobManager(JobManager):
    """The queue's own, but for the two ways in which a job ends."""

    async def finish_job(self, job: Job, status: Status, delete_job: bool) -> None:
        await _written_down(partial(super().finish_job, job, status, delete_job))

    async def retry_job(
        self,
        job: Job,
        retry_at: datetime | None = None,
        priority: int | None = None,
        queue: str | None = None,
        lock: str | None = None,
    ) -> None:
        await _written_down(partial(super().retry_job, job, retry_at, priority, queue, lock))


async def _written_down(write: Callable[[], Awaitable[None]]) -> None:
    """Errors: ConnectorException, with the database away for longer than all waits, or where it refuses at once."""
    for tries, wait in enumerate((*WAITS, None)):
        try:
            await write()
        except ConnectorException as problem:
            cause = problem.__cause__
            if tries and isinstance(cause, psycopg.errors.RaiseException):
                return  # an earlier try was done, only its answer was lost: the job is not being done any more
            if wait is None or not isinstance(cause, psycopg.OperationalError):
                raise
            log.warning("job_written_down_later", reason=in_a_line(cause))
            await asyncio.sleep(wait)
        else:
            return
