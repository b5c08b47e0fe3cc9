"""Deferring jobs from inside the transaction that causes them.

A job is named, not imported: the worker knows what the name means. It exists when the transaction commits and not before.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import procrastinate
from sqlalchemy import Connection, text

_QUEUE = procrastinate.App(connector=procrastinate.SyncPsycopgConnector())
_TAKE_BACK = text(
    "DELETE FROM procrastinate_jobs WHERE status = 'todo' AND task_name = :name AND args ->> :argument = ANY(:values)"
)


def defer(
    connection: Connection, name: str, *, wait: timedelta | None = None, lock: str | None = None, **arguments: Any
) -> None:
    """Add a job to the queue on the connection of the running transaction; it starts once `wait` has passed. Of jobs with the
    same `lock` one runs at a time, in the order in which they came."""
    driver = connection.connection.driver_connection
    asked: dict[str, Any] = {} if lock is None else {"lock": lock}
    if wait is not None:
        asked["schedule_in"] = {"seconds": max(0, int(wait.total_seconds()))}
    _QUEUE.configure_task(name, allow_unknown=True, connection=driver, **asked).defer(**arguments)


def take_back(connection: Connection, name: str, argument: str, values: Sequence[int]) -> int:
    """Remove jobs that wait under `name` with one of `values` as `argument`; answers how many.

    Sure only for jobs of the running transaction: no worker can have seen them yet.
    """
    gone = connection.execute(_TAKE_BACK, {"name": name, "argument": argument, "values": [str(v) for v in values]})
    return gone.rowcount
