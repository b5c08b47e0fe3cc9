"""The queue as administrators look at it: how long it is, what failed or stands, and giving a job back or up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text

from app.store.database import many


@dataclass(frozen=True, slots=True)
class QueueLengths:
    """`due`: may start now. `later`: waits for its time. `oldest_at`: since when the first of those that are due waits."""

    due: int
    later: int
    doing: int
    failed: int
    oldest_at: datetime | None


@dataclass(frozen=True, slots=True)
class JobRow:
    """`state`: failed, stalled (its worker is gone) or retrying (failed, and waits for its next attempt)."""

    id: int
    name: str
    arguments: dict[str, Any]
    state: str
    attempts: int
    at: datetime | None
    next_at: datetime | None
    reason: str | None


_LENGTHS = text(
    """
    SELECT count(*) FILTER (WHERE status = 'todo' AND (scheduled_at IS NULL OR scheduled_at <= :now)),
           count(*) FILTER (WHERE status = 'todo' AND scheduled_at > :now),
           count(*) FILTER (WHERE status = 'doing'),
           count(*) FILTER (WHERE status = 'failed'),
           (SELECT max(event.at) FROM procrastinate_events event WHERE event.job_id = (
              SELECT min(id) FROM procrastinate_jobs
               WHERE status = 'todo' AND (scheduled_at IS NULL OR scheduled_at <= :now)))
      FROM procrastinate_jobs WHERE status IN ('todo', 'doing', 'failed')
    """
)
_STANDING = """
    SELECT job.id, job.task_name, job.args, CASE job.status::text WHEN 'todo' THEN 'retrying' WHEN 'doing' THEN 'stalled'
           ELSE 'failed' END AS state, job.attempts,
           (SELECT max(at) FROM procrastinate_events WHERE job_id = job.id) AS at,
           CASE WHEN job.status = 'todo' THEN job.scheduled_at END AS next_at, failure.reason
      FROM procrastinate_jobs job
      LEFT JOIN job_failures failure ON failure.job_id = job.id
      LEFT JOIN procrastinate_workers worker ON worker.id = job.worker_id
     WHERE (job.status = 'failed' OR (job.status = 'todo' AND job.attempts > 0)
            OR (job.status = 'doing' AND (worker.id IS NULL OR worker.last_heartbeat < now() - interval '1 minute')))
"""
_LIST = text(f"{_STANDING} AND job.id < :before ORDER BY job.id DESC LIMIT :most")
_COUNT = text(f"SELECT count(*) FROM ({_STANDING}) standing")  # noqa: S608 - our own text
_ONE = text(f"{_STANDING} AND job.id = :id FOR UPDATE OF job")
_RETRY = text("SELECT procrastinate_retry_job_v2(CAST(:id AS bigint), CAST(:at AS timestamptz), NULL, NULL, NULL)")
_SOONER = text("UPDATE procrastinate_jobs SET scheduled_at = :at WHERE id = :id AND status = 'todo'")
_GIVE_UP = text("DELETE FROM procrastinate_jobs WHERE id = :id AND status IN ('failed', 'todo', 'doing')")
_NEWEST = 2**63 - 1


def queue_lengths(connection: Connection, now: datetime) -> QueueLengths:
    return QueueLengths(*connection.execute(_LENGTHS, {"now": now}).one())


def standing_jobs(connection: Connection, before: int | None, most: int) -> list[JobRow]:
    """What failed, stands, or failed and will be tried again; the newest first, those with a smaller id than `before`."""
    return many(JobRow, connection.execute(_LIST, {"before": before or _NEWEST, "most": most}))


def count_standing(connection: Connection) -> int:
    number: int = connection.execute(_COUNT).scalar_one()
    return number


def standing_job(connection: Connection, job_id: int) -> JobRow | None:
    """One of them, locked."""
    row = connection.execute(_ONE, {"id": job_id}).one_or_none()
    return None if row is None else JobRow(*row)


def retry_job(connection: Connection, job: JobRow, now: datetime) -> None:
    """Let it start now."""
    connection.execute(_SOONER if job.state == "retrying" else _RETRY, {"id": job.id, "at": now})


def give_up_job(connection: Connection, job_id: int) -> None:
    """It is not tried any more."""
    connection.execute(_GIVE_UP, {"id": job_id})
