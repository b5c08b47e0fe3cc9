"""Backups in words: how old the last one is, what went wrong, and what a restored place holds back."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from app.actions.release_restored import MANAGE
from app.config import Settings
from app.lawbook import profile_named
from app.rules.backups import Schedule, read_kept
from app.store import backups
from app.store.backups import BackupRow, RestoreRow
from app.store.transaction import reading
from app.wording import LOCAL

__all__ = ["MANAGE", "backup_state"]

MOST: Final = 50
WAYS: Final = {"duty": "theo lịch", "command": "lệnh motcua backup"}
_EVERY: Final = {"hour": "mỗi giờ", "day": "mỗi ngày lúc {at}", "week": "Chủ nhật hàng tuần lúc {at}"}

_UNITS: Final = {"h": "giờ", "d": "ngày", "w": "tuần", "m": "tháng"}


def backup_state(settings: Settings, now: datetime) -> dict[str, Any]:
    """`late`: somebody has to look; `restore`: what is held, null where nothing is; `data`: the latest, newest first."""
    profile = profile_named(settings.profile)
    schedule = Schedule(profile.backup_every, profile.backup_at)
    with reading() as connection:
        last = backups.last_backup(connection)
        latest = backups.latest_backups(connection, MOST)
        standing = backups.standing_restore(connection)
        held = backups.what_is_held(connection, standing, now) if standing else None
        before = backups.latest_restore(connection) if standing is None else None
    taken = last.taken_at.astimezone(LOCAL) if last else None
    return {
        "folder": str(settings.backup_folder) if settings.backup_folder else None,
        "schedule": _EVERY[schedule.every].format(at=schedule.at),
        "kept": ", ".join(f"{number} {_UNITS[unit]}" for unit, number in read_kept(profile.backups_kept).items()),
        "last_at": last.taken_at if last else None,
        "late": schedule.is_late(taken, now.astimezone(LOCAL)),
        "restore": _restore(standing) | {"held": _held(held)} if standing and held else None,
        "last_restore": _restore(before) if before else None,
        "data": [_view(row) for row in latest],
    }


def _view(row: BackupRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "name": row.name,
        "folder": row.folder,
        "way": row.way,
        "way_title": WAYS.get(row.way, row.way),
        "state": row.state,
        "taken_at": row.taken_at,
        "finished_at": row.finished_at,
        "database_bytes": row.database_bytes,
        "files": row.files,
        "files_bytes": row.files_bytes,
        "new_files": row.new_files,
        "new_bytes": row.new_bytes,
        "missing": row.missing,
        "error": row.error,
    }


def _restore(row: RestoreRow) -> dict[str, Any]:
    return {
        "backup": row.backup,
        "taken_at": row.taken_at,
        "restored_at": row.restored_at,
        "decided_at": row.decided_at,
        "lost_at": row.lost_at,
        "resend": row.resend,
        "released_at": row.released_at,
        "called_off": row.called_off,
        "fired": row.fired,
    }


def _held(held: backups.Held) -> dict[str, int]:
    return {"timers": held.timers, "deliveries": held.deliveries, "jobs": held.jobs}
