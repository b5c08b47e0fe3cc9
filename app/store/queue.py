"""Deferring jobs from inside the transaction that causes them.

A job is named, not imported: the worker knows what the name means. It exists when the transaction commits and not before.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

import procrastinate
import psycopg
from procrastinate.exceptions import ConnectorException
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from app.logs import current_request

_QUEUE = procrastinate.App(connector=procrastinate.SyncPsycopgConnector())
REQUEST: Final = "_request"
"""Under which argument a job carries the id of the request that deferred it; the worker takes it away before the job runs."""
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
    request = current_request()
    if request is not None:
        arguments[REQUEST] = request
    if wait is not None:
        asked["schedule_in"] = {"seconds": max(0, int(wait.total_seconds()))}
    try:
        _QUEUE.configure_task(name, allow_unknown=True, connection=driver, **asked).defer(**arguments)
    except ConnectorException as problem:
        raise _as_ours(connection, problem) from problem


def _as_ours(connection: Connection, problem: ConnectorException) -> Exception:
    """The queue's own error as what SQLAlchemy's execution raises, so that a lost connection is known as one."""
    cause = problem.__cause__
    if not isinstance(cause, psycopg.Error):
        return problem
    driver = connection.connection.driver_connection
    if driver is not None and driver.closed:
        connection.invalidate(cause)
    return DBAPIError.instance(
        "procrastinate_defer_jobs", None, cause, psycopg.Error, hide_parameters=True, dialect=connection.dialect
    )


def take_back(connection: Connection, name: str, argument: str, values: Sequence[int]) -> int:
    """Remove jobs that wait under `name` with one of `values` as `argument`; answers how many.

    Sure only for jobs of the running transaction: no worker can have seen them yet.
    """
    gone = connection.execute(_TAKE_BACK, {"name": name, "argument": argument, "values": [str(v) for v in values]})
    return gone.rowcount
