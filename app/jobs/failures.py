"""Why a job failed, kept in words: for whoever looks at failed jobs. Nothing of what the job carried stands there."""

from __future__ import annotations

import traceback

import structlog
from flask import Flask
from procrastinate import BaseRetryStrategy, RetryDecision
from procrastinate.jobs import Job
from sqlalchemy.exc import OperationalError

from app.config import PROJECT_ROOT
from app.errors import DomainError
from app.runtime import runtime
from app.store import job_failures
from app.store.transaction import transaction

log = structlog.get_logger(__name__)


class NotedFailures(BaseRetryStrategy):
    """Notes why every attempt failed. `get_wait` says after how many seconds it is tried again; None: not by itself."""

    def __init__(self, flask_app: Flask) -> None:
        self.flask_app = flask_app

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        with self.flask_app.app_context():
            note(job.id, exception)
        wait = self.get_wait(job.attempts)
        return None if wait is None else RetryDecision(retry_in={"seconds": wait})

    def get_wait(self, attempts: int) -> int | None:
        return None


def note(job_id: int | None, error: BaseException) -> None:
    """Keep it, if the database lets us; that this fails too must not hide the first failure."""
    if job_id is None:
        return
    try:
        with transaction() as connection:
            job_failures.note_failure(connection, job_id, reason_words(error), runtime().now())
    except (OperationalError, DomainError) as problem:
        log.warning("failure_not_noted", job=job_id, reason=type(problem).__name__)


def reason_words(error: BaseException) -> str:
    """What went wrong. Of an unknown error only its kind and place: its text may hold people's data or a password."""
    if isinstance(error, DomainError):
        return error.detail
    if isinstance(error, OperationalError):
        return "Cơ sở dữ liệu không trả lời."
    if isinstance(error, TimeoutError | ConnectionError):
        return f"Không kết nối được hoặc quá thời gian chờ ({type(error).__name__})."
    return f"Lỗi của chương trình ({type(error).__name__}{_place(error)})."


def _place(error: BaseException) -> str:
    root = str(PROJECT_ROOT / "app")
    frames = [one for one in traceback.extract_tb(error.__traceback__) if one.filename.startswith(root)]
    if not frames:
        return ""
    name = frames[-1].filename.removeprefix(str(PROJECT_ROOT)).lstrip("/")
    return f", {name} dòng {frames[-1].lineno}"
