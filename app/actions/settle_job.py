"""A deferred job that failed: tried again at once, or given up. Both are logged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection

from app.actions.administering import log
from app.actions.runner import Context
from app.errors import DomainError
from app.store import failed_jobs

MANAGE: Final = "incident.manage"


@dataclass(frozen=True, slots=True)
class SettleJob:
    """`give_up`: nobody tries it any more; else it starts at once."""

    job_id: int
    give_up: bool = False

    def make(self, connection: Connection, context: Context) -> dict[str, Any]:
        """Errors: DomainError not_found for a job that does not stand (any more)."""
        job = failed_jobs.standing_job(connection, self.job_id)
        if job is None:
            raise DomainError("not_found", "Không còn công việc này trong danh sách; có thể đã chạy xong hoặc đã bỏ.")
        before = {"task": job.name, "attempts": job.attempts, "reason": job.reason}
        if self.give_up:
            failed_jobs.give_up_job(connection, job.id)
        else:
            failed_jobs.retry_job(connection, job, context.now)
        kind = "job_given_up" if self.give_up else "job_retried"
        log(connection, context, kind, f"job:{job.id}", None, before, {})
        return {"id": job.id}
