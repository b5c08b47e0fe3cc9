"""Why deferred jobs failed, and when a worker last ticked: what the queue itself does not keep."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from app.store.database import Base, Code


class JobFailure(Base):
    __tablename__ = "job_failures"
    job_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    reason: Mapped[str]
    """In words, of the last attempt; never what the job carried."""


class WorkerTick(Base):
    __tablename__ = "worker_ticks"
    name: Mapped[Code] = mapped_column(primary_key=True)
    """Which worker: its machine and process."""
    at: Mapped[datetime]


def note_failure(connection: Connection, job_id: int, reason: str, at: datetime) -> None:
    """Keep why the last attempt failed."""
    statement = insert(JobFailure).values(job_id=job_id, at=at, reason=reason)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=[JobFailure.job_id],
            set_={"at": statement.excluded.at, "reason": statement.excluded.reason},
        )
    )


def forget_failures(connection: Connection) -> None:
    """Of jobs that are gone."""
    connection.execute(
        text("DELETE FROM job_failures WHERE NOT EXISTS (SELECT FROM procrastinate_jobs WHERE id = job_id)")
    )


def note_tick(connection: Connection, name: str, at: datetime) -> None:
    statement = insert(WorkerTick).values(name=name[:64], at=at)
    connection.execute(
        statement.on_conflict_do_update(index_elements=[WorkerTick.name], set_={"at": statement.excluded.at})
    )


def forget_ticks(connection: Connection, before: datetime) -> None:
    """Of workers that are long gone."""
    connection.execute(WorkerTick.__table__.delete().where(WorkerTick.__table__.c.at < before))  # type: ignore[attr-defined]


def last_tick(connection: Connection) -> datetime | None:
    found: datetime | None = connection.execute(select(func.max(WorkerTick.at))).scalar_one()
    return found


def workers_since(connection: Connection, at: datetime) -> int:
    """How many workers have ticked since then."""
    number: int = connection.execute(select(func.count()).where(WorkerTick.at >= at)).scalar_one()
    return number
