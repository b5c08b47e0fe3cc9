"""Backups that were made or failed, and restores: what a restored place holds back until somebody lets it go.

A row of `backups` is written when a backup has ended, so a backup never holds its own. A row of `restores` is written in the
transaction that fills the database: there is no restored place without its hold.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, ForeignKey, insert, select, text, update
from sqlalchemy.orm import Mapped, mapped_column

from app.store.database import Base, BigId, Code, many, one

DONE: Final = "done"
FAILED: Final = "failed"


class Backup(Base):
    __tablename__ = "backups"
    id: Mapped[BigId]
    name: Mapped[str]
    folder: Mapped[str]
    way: Mapped[Code]
    """`duty` of the worker, or `command`."""
    state: Mapped[Code]
    taken_at: Mapped[datetime] = mapped_column(index=True)
    """The moment that it shows."""
    finished_at: Mapped[datetime]
    database_bytes: Mapped[int]
    files: Mapped[int]
    """Contents that it names, and their bytes."""
    files_bytes: Mapped[int]
    new_files: Mapped[int]
    """Those of them that no earlier backup of the folder had."""
    new_bytes: Mapped[int]
    missing: Mapped[int]
    """Contents that a row named and the store did not have, or had damaged."""
    error: Mapped[str | None]


class Restore(Base):
    __tablename__ = "restores"
    id: Mapped[BigId]
    backup: Mapped[str]
    taken_at: Mapped[datetime]
    """The moment that the backup shows."""
    restored_at: Mapped[datetime]
    last_delivery: Mapped[int]
    """The greatest delivery of the backup."""
    decided_at: Mapped[datetime | None]
    """When somebody let it go, and how; a worker carries it out."""
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    """None: on the command line."""
    lost_at: Mapped[datetime | None]
    """Until when the old system worked, and therefore sent."""
    resend: Mapped[bool | None]
    released_at: Mapped[datetime | None]
    called_off: Mapped[int | None]
    """Deliveries that did not go out again."""
    fired: Mapped[int | None]
    """Timers of the time before `lost_at` that took effect at the release."""


@dataclass(frozen=True, slots=True)
class BackupRow:
    """See `Backup`."""

    id: int
    name: str
    folder: str
    way: str
    state: str
    taken_at: datetime
    finished_at: datetime
    database_bytes: int
    files: int
    files_bytes: int
    new_files: int
    new_bytes: int
    missing: int
    error: str | None


@dataclass(frozen=True, slots=True)
class RestoreRow:
    """See `Restore`."""

    id: int
    backup: str
    taken_at: datetime
    restored_at: datetime
    last_delivery: int
    decided_at: datetime | None
    decided_by: int | None
    lost_at: datetime | None
    resend: bool | None
    released_at: datetime | None
    called_off: int | None
    fired: int | None


@dataclass(frozen=True, slots=True)
class Held:
    """What waits in a restored place: timers that are due, messages not sent, jobs."""

    timers: int
    deliveries: int
    jobs: int


_BACKUP = select(*(getattr(Backup, name) for name in BackupRow.__dataclass_fields__))
_RESTORE = select(*(getattr(Restore, name) for name in RestoreRow.__dataclass_fields__))
_HELD = text(
    """
    SELECT (SELECT count(*) FROM timers WHERE due_at <= :now AND incident IS NULL AND held_unit IS NULL),
           (SELECT count(*) FROM deliveries WHERE state IN ('waiting', 'trying') AND id <= :last),
           (SELECT count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing'))
    """
)


def keep_backup(connection: Connection, **values: Any) -> None:
    """Write down one that has ended; the columns but `id`."""
    connection.execute(insert(Backup).values(**values))


def last_backup(connection: Connection) -> BackupRow | None:
    """The newest good one."""
    query = _BACKUP.where(Backup.state == DONE).order_by(Backup.taken_at.desc(), Backup.id.desc()).limit(1)
    return one(BackupRow, connection.execute(query).one_or_none())


def latest_backups(connection: Connection, most: int) -> list[BackupRow]:
    """Good ones and failures, the newest first."""
    return many(BackupRow, connection.execute(_BACKUP.order_by(Backup.id.desc()).limit(most)))


def standing_restore(connection: Connection, *, lock: bool = False) -> RestoreRow | None:
    """The restore that still holds everything back; None in any other place."""
    query = _RESTORE.where(Restore.released_at.is_(None)).order_by(Restore.id.desc()).limit(1)
    return one(RestoreRow, connection.execute(query.with_for_update() if lock else query).one_or_none())


def latest_restore(connection: Connection) -> RestoreRow | None:
    return one(RestoreRow, connection.execute(_RESTORE.order_by(Restore.id.desc()).limit(1)).one_or_none())


def change_restore(connection: Connection, restore_id: int, **values: Any) -> None:
    connection.execute(update(Restore).where(Restore.id == restore_id).values(**values))


def what_is_held(connection: Connection, restore: RestoreRow, now: datetime) -> Held:
    row = connection.execute(_HELD, {"now": now, "last": restore.last_delivery}).one()
    return Held(*row)
