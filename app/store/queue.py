"""Deferring jobs from inside the transaction that causes them.

A job is named, not imported: the worker knows what the name means. It exists when the transaction commits and not before.
"""

from __future__ import annotations

from typing import Any

import procrastinate
from sqlalchemy import Connection

_QUEUE = procrastinate.App(connector=procrastinate.SyncPsycopgConnector())


def defer(connection: Connection, name: str, **arguments: Any) -> None:
    """Add a job to the queue on the connection of the running transaction."""
    driver = connection.connection.driver_connection
    _QUEUE.configure_task(name, allow_unknown=True, connection=driver).defer(**arguments)
