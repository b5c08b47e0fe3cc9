"""What an earlier server left behind after a kill -9: its processes and its lock files. Call under the folder's lock."""

from __future__ import annotations

import signal
from collections.abc import Callable

from app.embedded.errors import EmbeddedError
from app.embedded.home import Home
from app.embedded.urls import PORT
from app.processes import living_in, parent_of, send, wait_gone

FAST_SECONDS = 60.0
IMMEDIATE_SECONDS = 10.0


def clear_leftovers(home: Home, say: Callable[[str], None]) -> None:
    """Stop an orphaned server of this data folder cleanly, then remove lock files that name nobody.

    PostgreSQL judges a pid file by whether *some* process has that id, so a stale one can block a start for good once the id
    is given to another process. Removing it is safe only because no process lives in the data folder any more: an orphaned
    backend would still write to it.
    """
    orphans = living_in(home.data)
    if orphans:
        say(f"PostgreSQL của lần chạy trước (tiến trình {min(orphans)}) còn sống; đang dừng nó.")
        _stop(home, orphans)
    (home.data / "postmaster.pid").unlink(missing_ok=True)
    for name in (f".s.PGSQL.{PORT}", f".s.PGSQL.{PORT}.lock"):
        (home.sockets / name).unlink(missing_ok=True)


def _stop(home: Home, orphans: list[int]) -> None:
    among = set(orphans)
    heads = [pid for pid in orphans if parent_of(pid) not in among]
    for demand, seconds in ((signal.SIGINT, FAST_SECONDS), (signal.SIGQUIT, IMMEDIATE_SECONDS)):
        send(heads, demand)
        if not wait_gone(living_in(home.data), seconds):
            break
    remaining = living_in(home.data)
    send(remaining, signal.SIGKILL)
    if wait_gone(remaining, IMMEDIATE_SECONDS):
        raise EmbeddedError(f"Không dừng được PostgreSQL của lần chạy trước (tiến trình {sorted(remaining)}).")
