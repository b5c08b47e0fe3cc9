"""A backup that is written down in the database it is of, good or failed, so that its age can be watched."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import structlog
from sqlalchemy.exc import SQLAlchemyError

from app.backups import folder as folders
from app.backups.errors import BackupError
from app.backups.making import make_backup
from app.backups.manifest import Manifest
from app.config import Settings
from app.errors import DomainError
from app.failures import in_a_line
from app.lawbook import profile_named
from app.rules.backups import read_kept
from app.store.backups import DONE, FAILED, keep_backup
from app.store.transaction import transaction
from app.wording import LOCAL

log = structlog.get_logger(__name__)


def backup_and_note(
    settings: Settings, target: Path, way: str, say: Callable[[str], None] = lambda line: None
) -> tuple[Path, Manifest]:
    """Make one and write it down, in an application's context. Errors: BackupError, written down as well."""
    began = datetime.now(UTC)
    try:
        place, manifest = make_backup(settings, target, say)
    except BackupError as error:
        _note(settings, target, way, began, None, str(error))
        raise
    _note(settings, target, way, began, manifest, None)
    return place, manifest


def prune_by_profile(settings: Settings, target: Path) -> tuple[list[str], int]:
    """Remove what the installation's profile does not keep. Errors: BackupError."""
    kept = read_kept(profile_named(settings.profile).backups_kept)
    with folders.at_work(target.absolute()):
        folders.clear_leftovers(target.absolute())
        return folders.prune(target.absolute(), kept, LOCAL)


def _note(
    settings: Settings, target: Path, way: str, began: datetime, made: Manifest | None, error: str | None
) -> None:
    """Failing to write it down makes a good backup no worse."""
    try:
        with transaction() as connection:
            keep_backup(
                connection,
                name=made.name if made else "",
                folder=str(target.absolute()),
                way=way,
                state=DONE if made else FAILED,
                taken_at=made.taken_at if made else began,
                finished_at=datetime.now(UTC),
                database_bytes=made.dump.bytes if made else 0,
                files=made.files if made else 0,
                files_bytes=made.files_bytes if made else 0,
                new_files=made.new_files if made else 0,
                new_bytes=made.new_bytes if made else 0,
                missing=len(made.missing) if made else 0,
                error=error,
            )
    except (SQLAlchemyError, DomainError) as problem:
        log.warning("backup_not_noted", reason=in_a_line(problem))
