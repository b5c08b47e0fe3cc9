"""Reading where it is not written: a standby takes what may be some seconds old, the portal's look-ups and long reports.

A standby that is unreachable, no longer fed or too far behind is left alone for some seconds, and the primary answers.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from flask import current_app
from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError

from app.logs import get_logger
from app.store.database import REPLICA, db
from app.store.transaction import reading

log = get_logger(__name__)

LOOKED_EVERY: Final = 5.0
"""Seconds for which what was found of the standby is believed."""
MOST_BEHIND: Final = 10.0
"""Seconds; what was done longer ago than this must be seen."""

# A primary is never behind itself. A standby without a receiver is fed by nobody: what it last replayed may be old.
_USABLE = text("""
    SELECT NOT pg_is_in_recovery()
        OR (EXISTS (SELECT FROM pg_stat_wal_receiver)
            AND (pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn()
                 OR clock_timestamp() - pg_last_xact_replay_timestamp() < make_interval(secs => :most)))
""")


@dataclass
class _Standing:
    usable: bool = True
    until: float = 0.0


@contextmanager
def reading_behind() -> Iterator[Connection]:
    """A connection as `reading()` gives it, of the standby where there is one that keeps up."""
    connection = _standby()
    if connection is None:
        with reading() as primary:
            yield primary
        return
    with connection:
        yield connection


def _standby() -> Connection | None:
    if REPLICA not in db.engines:
        return None
    standing: _Standing = current_app.extensions.setdefault("motcua.standby", _Standing())
    known = time.monotonic() < standing.until
    if known and not standing.usable:
        return None
    connection: Connection | None = None
    try:
        # Once, before its first statement: a connection that has begun does not change it any more.
        connection = db.engines[REPLICA].connect().execution_options(isolation_level="AUTOCOMMIT")
        if known:
            return connection
        usable = bool(connection.execute(_USABLE, _MOST).scalar_one())
    except OperationalError:
        usable = False
    _note(standing, usable)
    if usable:
        return connection
    if connection is not None:
        connection.close()
    return None


_MOST = {"most": MOST_BEHIND}


def _note(standing: _Standing, usable: bool) -> None:
    if standing.usable and not usable:
        log.warning("standby_left_alone", seconds=LOOKED_EVERY)
    standing.usable, standing.until = usable, time.monotonic() + LOOKED_EVERY
