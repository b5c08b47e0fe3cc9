"""The state of the whole system in a few statements: what monitoring reads every quarter of a minute.

Every count ends at MOST, and each is answered by an index of what is not settled.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, text

MOST: Final = 100_000


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts, and instants of what came last (None: never). `late_since`: the due time of the first late timer."""

    jobs_due: int
    jobs_later: int
    jobs_doing: int
    jobs_failed: int
    jobs_oldest: datetime | None
    timers_late: int
    late_since: datetime | None
    incidents: int
    workers: int
    last_tick: datetime | None
    last_backup: datetime | None
    last_seal: datetime | None


_FIGURES = text(
    """
    SELECT (SELECT count(*) FROM (SELECT FROM procrastinate_jobs WHERE status = 'todo'
                AND (scheduled_at IS NULL OR scheduled_at <= :now) LIMIT :most) due),
           (SELECT count(*) FROM (SELECT FROM procrastinate_jobs WHERE status = 'todo'
                AND scheduled_at > :now LIMIT :most) later),
           (SELECT count(*) FROM (SELECT FROM procrastinate_jobs WHERE status = 'doing' LIMIT :most) doing),
           (SELECT count(*) FROM (SELECT FROM procrastinate_jobs WHERE status = 'failed' LIMIT :most) failed),
           (SELECT max(event.at) FROM procrastinate_events event WHERE event.job_id = (
              SELECT min(id) FROM procrastinate_jobs
               WHERE status = 'todo' AND (scheduled_at IS NULL OR scheduled_at <= :now))),
           (SELECT count(*) FROM (SELECT FROM timers WHERE due_at <= :late AND incident IS NULL
                AND held_unit IS NULL LIMIT :most) late),
           (SELECT min(due_at) FROM timers WHERE due_at <= :late AND incident IS NULL AND held_unit IS NULL),
           (SELECT count(*) FROM (SELECT FROM incidents WHERE resolved_at IS NULL LIMIT :most) stands),
           (SELECT count(*) FROM worker_ticks WHERE at >= :alive),
           (SELECT max(at) FROM worker_ticks),
           (SELECT max(taken_at) FROM backups WHERE state = 'done'),
           (SELECT made_at FROM seals ORDER BY number DESC LIMIT 1)
    """
)
_DELIVERIES = text(
    """
    SELECT state, count(*) FROM (SELECT state FROM deliveries WHERE state IN ('waiting', 'trying', 'failed')
                                  LIMIT :most) unsettled
     GROUP BY state
    """
)
_SESSIONS = text(
    "SELECT (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'), "
    "current_setting('max_connections')::integer"
)


def figures(connection: Connection, now: datetime, late: datetime, alive: datetime) -> Figures:
    """`late`: a timer due before is late; `alive`: a worker that ticked after lives."""
    values = {"now": now, "late": late, "alive": alive, "most": MOST}
    return Figures(*connection.execute(_FIGURES, values).one())


def deliveries_by_state(connection: Connection) -> dict[str, int]:
    """Those that are not settled."""
    return {row[0]: row[1] for row in connection.execute(_DELIVERIES, {"most": MOST})}


def sessions(connection: Connection) -> tuple[int, int]:
    """Connections to the server and how many it takes. Which state they are in is hidden from the application's role."""
    row = connection.execute(_SESSIONS).one()
    return row[0], row[1]
