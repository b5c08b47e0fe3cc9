"""The worker's backups: made when the profile's schedule asks for one, into BACKUP_DIR; old ones removed afterwards."""

from __future__ import annotations

import structlog

from app.backups.errors import BackupError
from app.backups.noting import backup_and_note, prune_by_profile
from app.lawbook import profile_named
from app.rules.backups import Schedule
from app.runtime import runtime
from app.store.backups import last_backup
from app.store.transaction import reading
from app.wording import LOCAL

log = structlog.get_logger(__name__)


def back_up_when_due() -> None:
    """Make one if none shows the latest moment of the schedule; one that fails is tried again with the next round."""
    settings, now = runtime().settings, runtime().now()
    if settings.backup_folder is None:
        return
    profile = profile_named(settings.profile)
    with reading() as connection:
        last = last_backup(connection)
    schedule = Schedule(profile.backup_every, profile.backup_at)
    if not schedule.is_due(last.taken_at.astimezone(LOCAL) if last else None, now.astimezone(LOCAL)):
        return
    try:
        place, made = backup_and_note(settings, settings.backup_folder, "duty")
        removed, files = prune_by_profile(settings, settings.backup_folder)
    except BackupError as problem:
        log.error("backup_failed", reason=str(problem))
        return
    log.info(
        "backup_made",
        folder=str(place),
        database_bytes=made.dump.bytes,
        files=made.files,
        new_files=made.new_files,
        missing=len(made.missing),
        removed=len(removed),
        removed_files=files,
    )
