"""The gauges of monitoring: read from the database when Prometheus asks, never by a request of anybody else."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from prometheus_client.core import GaugeMetricFamily as Gauge
from sqlalchemy.exc import SQLAlchemyError

from app.errors import DomainError
from app.lawbook import profile_named
from app.rules.backups import Schedule
from app.runtime import runtime
from app.store import figures, maintenance
from app.store.maintenance import MaintenanceRow
from app.store.transaction import reading
from app.wording import LOCAL

LATE_AFTER: Final = timedelta(minutes=1)
"""A due timer is late when it has waited so long: a tick comes every few seconds."""
ALIVE_FOR: Final = timedelta(minutes=1)
DELIVERY_STATES: Final = ("waiting", "trying", "failed")
NAMES: Final = {
    "motcua_database_up": "1 when the database answered",
    "motcua_jobs_waiting": "Jobs: due, later, doing, failed",
    "motcua_jobs_oldest_seconds": "How long the first due job has waited",
    "motcua_timers_late": "Timers that should have taken effect a minute ago",
    "motcua_timers_late_seconds": "How late the latest of them is",
    "motcua_deliveries": "Messages that are not settled, by state",
    "motcua_incidents_open": "Dossiers that stand because the process cannot go on",
    "motcua_workers": "Workers that ticked within a minute",
    "motcua_last_tick_seconds": "Since the last tick of any worker",
    "motcua_last_backup_seconds": "Since the moment that the last good backup shows",
    "motcua_backup_late": "1 when the backup that the profile's schedule asks for has not come for half a period",
    "motcua_last_seal_seconds": "Since the last seal of the history",
    "motcua_database_connections": "Connections to the database server",
    "motcua_database_connections_most": "How many it takes",
    "motcua_maintenance": "1 while the system is maintained or suspended, by mode",
}
"""Every gauge and what it says; one that has never been is left out (no backup yet)."""


def gauges(now: datetime) -> list[Gauge]:
    """All of them, or the one that says that the database is away."""
    try:
        with reading() as connection:
            found = figures.figures(connection, now, now - LATE_AFTER, now - ALIVE_FOR)
            deliveries = figures.deliveries_by_state(connection)
            sessions = figures.sessions(connection)
            row = maintenance.open_maintenance(connection)
    except (SQLAlchemyError, DomainError):
        return [_number("motcua_database_up", 0)]
    jobs = _gauge("motcua_jobs_waiting", "state")
    for state in ("due", "later", "doing", "failed"):
        jobs.add_metric([state], getattr(found, f"jobs_{state}"))
    states = _gauge("motcua_deliveries", "state")
    for state in DELIVERY_STATES:
        states.add_metric([state], deliveries.get(state, 0))
    return [
        _number("motcua_database_up", 1),
        jobs,
        states,
        _number("motcua_database_connections", sessions[0]),
        _number("motcua_database_connections_most", sessions[1]),
        _maintenance(row, now),
        _number("motcua_timers_late", found.timers_late),
        _number("motcua_incidents_open", found.incidents),
        _number("motcua_workers", found.workers),
        _number("motcua_jobs_oldest_seconds", _seconds(found.jobs_oldest, now) or 0),
        _number("motcua_timers_late_seconds", _seconds(found.late_since, now) or 0),
        *_since("motcua_last_tick_seconds", found.last_tick, now),
        *_since("motcua_last_backup_seconds", found.last_backup, now),
        _number("motcua_backup_late", int(_backup_is_late(found.last_backup, now))),
        *_since("motcua_last_seal_seconds", found.last_seal, now),
    ]


def _backup_is_late(last: datetime | None, now: datetime) -> bool:
    profile = profile_named(runtime().settings.profile)
    schedule = Schedule(profile.backup_every, profile.backup_at)
    return schedule.is_late(last.astimezone(LOCAL) if last else None, now.astimezone(LOCAL))


def _maintenance(row: MaintenanceRow | None, now: datetime) -> Gauge:
    gauge = _gauge("motcua_maintenance", "mode")
    for mode in ("read_only", "closed"):
        gauge.add_metric([mode], int(row is not None and row.mode == mode and row.holds(now)))
    return gauge


def _gauge(name: str, *labels: str) -> Gauge:
    return Gauge(name, NAMES[name], labels=labels)


def _number(name: str, value: float) -> Gauge:
    return Gauge(name, NAMES[name], value=value)


def _since(name: str, at: datetime | None, now: datetime) -> list[Gauge]:
    seconds = _seconds(at, now)
    return [] if seconds is None else [_number(name, seconds)]


def _seconds(at: datetime | None, now: datetime) -> float | None:
    return None if at is None else max(0.0, (now - at).total_seconds())
