"""What happens around every job: its lines in the log name it and the request that deferred it, and it is counted."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from typing import Any

import procrastinate
import structlog
from procrastinate.worker import Worker

from app import metrics
from app.store.queue import REQUEST


async def watched(
    call_next: Callable[[], Awaitable[Any]], context: procrastinate.JobContext, _worker: Worker | None
) -> Any:
    """A middleware of the worker: the job runs inside it, in a context of its own."""
    job = context.job
    request_id = job.task_kwargs.pop(REQUEST, None)
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(job=job.task_name, job_id=job.id)
    if isinstance(request_id, str):
        structlog.contextvars.bind_contextvars(request_id=request_id)
    begun, outcome = time.perf_counter(), "failed"
    try:
        found = await call_next()
        outcome = "done"
        return found
    finally:
        metrics.JOBS.labels(job.task_name, outcome).inc()
        metrics.JOB_TIME.labels(job.task_name).observe(time.perf_counter() - begun)
