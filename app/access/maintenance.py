"""Maintenance at the door: every request is let in or answered 503 by what this process last read, without a statement.

A thread of the process reads the one row every few seconds, so a switch is felt everywhere within that time. While the
database is away the last that was read holds.
"""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

import structlog
from flask import Flask, current_app, request
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from app.errors import DomainError
from app.runtime import asked_at
from app.store import maintenance
from app.store.maintenance import MaintenanceRow
from app.store.transaction import reading
from app.wording import LOCAL

EVERY = 2.0
"""Seconds between two looks."""
SAFE = ("GET", "HEAD", "OPTIONS")
OPEN = (
    "/healthz",
    "/readyz",
    "/metrics",
    "/static/",
    "/favicon.ico",
    "/dang-nhap",
    "/dang-xuat",
    "/quan-tri/bao-tri",
    "/quan-tri/so-su-co",
    "/api/v1/tokens",
    "/api/v1/maintenance",
    "/api/v1/log-book",
)
"""What stays open: health, signing in, and whatever ends the maintenance or writes it down."""
SHORTEST, LONGEST, UNKNOWN = 30, 3600, 300
"""Seconds of Retry-After."""
_KEY = "motcua.maintenance"

log = structlog.get_logger(__name__)


class Watch:
    """What this process knows: `row` is the maintenance that goes on or was announced."""

    def __init__(self) -> None:
        self.row: MaintenanceRow | None = None

    def look(self, connection: Connection | None = None) -> MaintenanceRow | None:
        """Read it again, on a connection of one's own or that of an action."""
        if connection is not None:
            self.row = maintenance.open_maintenance(connection)
        else:
            with reading() as own:
                self.row = maintenance.open_maintenance(own)
        return self.row


def install(app: Flask) -> None:
    """What a server or a worker knows of it; a server's `gate` looks there."""
    app.extensions[_KEY] = Watch()


def watch() -> Watch:
    """The running application's."""
    found: Watch = current_app.extensions[_KEY]
    return found


def follow(app: Flask) -> None:
    """Look every few seconds for as long as the process lives; the first time before this returns, if it can."""
    _look(app)
    threading.Thread(target=_follow, args=(app,), name="maintenance", daemon=True).start()


def _follow(app: Flask) -> None:
    pause = threading.Event()
    while not pause.wait(EVERY):
        _look(app)


def _look(app: Flask) -> None:
    try:
        with app.app_context():
            watch().look()
    except (DomainError, SQLAlchemyError) as problem:
        log.debug("maintenance_not_read", reason=type(problem).__name__)


def gate() -> None:
    """Let the request in or raise: before anything is asked of the database. Errors: DomainError maintenance."""
    row = current_app.extensions[_KEY].row
    if row is None or not row.holds(now := asked_at()):
        return
    if request.path.startswith(OPEN) or (row.mode == "read_only" and request.method in SAFE):
        return
    raise DomainError("maintenance", words(row), extra={"retry_after": retry_after(row, now)})


def announced() -> MaintenanceRow | None:
    """What stands above every page: the maintenance that goes on, or that was announced."""
    return watch().row


def words(row: MaintenanceRow) -> str:
    """What somebody is told who is not let in."""
    what = "Hệ thống tạm dừng" if row.kind == "suspension" else "Hệ thống đang bảo trì"
    how = ", chỉ xem được, chưa nhận thay đổi" if row.mode == "read_only" else ""
    until = f" Dự kiến đến {row.ends_at.astimezone(LOCAL):%H:%M ngày %d/%m/%Y}." if row.ends_at else ""
    ended = "" if row.words.rstrip().endswith((".", "!", "?")) else "."
    return f"{what}{how}. {row.words.rstrip()}{ended}{until}"


def retry_after(row: MaintenanceRow, now: datetime) -> int:
    """Seconds after which it is worth trying again."""
    if row.ends_at is None:
        return UNKNOWN
    left = (row.ends_at - now) / timedelta(seconds=1)
    return int(min(max(left, SHORTEST), LONGEST))
