"""A folder of backups on disk: which there are, one at a time at work in it, and removing what retention does not keep."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path

from app.backups.errors import BackupError
from app.backups.manifest import CONTENTS, FILE, NAME, Manifest, read_manifest
from app.embedded import EmbeddedError
from app.embedded.lock import FolderLock
from app.rules.backups import kept_of
from app.store.files import LocalFiles

UNFINISHED = ".unfinished"
REMOVED = ".removed"
FILES = "files"


@dataclass(frozen=True, slots=True)
class Found:
    """A complete backup: where it is and its manifest; or, with `fault`, one whose manifest cannot be used."""

    folder: Path
    manifest: Manifest | None
    fault: str | None = None


def backups_in(folder: Path) -> list[Found]:
    """The newest first. What an interrupted backup left is none."""
    try:
        places = [place for place in folder.iterdir() if NAME.fullmatch(place.name) and place.is_dir()]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise BackupError(f"Không đọc được thư mục {folder}: {error.strerror}.") from error
    return sorted((_found(place) for place in places), key=lambda one: _order(one.folder.name), reverse=True)


def _order(name: str) -> tuple[str, int]:
    at, _, number = name.partition("Z")
    return at, int(number.removeprefix("-") or 1)


def _found(place: Path) -> Found:
    try:
        return Found(place, read_manifest(place))
    except BackupError as error:
        return Found(place, None, str(error))


def chosen(place: Path, name: str | None = None) -> tuple[Path, Path, Manifest]:
    """The folder of backups, a backup's folder and its manifest: `place` is either. Without a name it is the newest one.
    Errors: BackupError, also when the newest is damaged: nobody is to restore an older state without having asked for it."""
    place = place.absolute()
    if (place / FILE).exists() and name is None:
        return place.parent, place, read_manifest(place)
    found = backups_in(place)
    if name is not None:
        found = [one for one in found if one.folder.name == name]
        if not found:
            raise BackupError(f"Trong {place} không có bản sao lưu {name}.")
    if not found:
        raise BackupError(f"Trong {place} không có bản sao lưu hoàn chỉnh nào.")
    if found[0].manifest is None:
        raise BackupError(f"{found[0].fault} Chọn bản khác bằng --backup TÊN (motcua backup list {place}).")
    return place, found[0].folder, found[0].manifest


@contextmanager
def at_work(folder: Path) -> Iterator[None]:
    """The only one that changes this folder. Errors: BackupError when somebody else does."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = FolderLock(folder / ".lock")
        taken = lock.take(0.0)
    except OSError as error:
        raise BackupError(f"Không ghi được vào thư mục {folder}: {error.strerror}.") from error
    except EmbeddedError as error:
        raise BackupError(f"Không ghi được vào thư mục {folder}. {error}") from error
    if not taken:
        raise BackupError(f"Một tiến trình khác ({lock.holder()}) đang sao lưu vào {folder}; hãy chờ nó xong.")
    try:
        yield
    finally:
        lock.release()


def clear_leftovers(folder: Path) -> None:
    """Remove what a backup or a removal that was killed left behind. Call at work."""
    for place in folder.glob(".*"):
        if place.name in (UNFINISHED, REMOVED):
            shutil.rmtree(place, ignore_errors=True)
    LocalFiles(folder / FILES).clear_abandoned(datetime.now(UTC) + timedelta(days=1))


def unfinished(folder: Path) -> Path:
    """An empty folder for a backup in the making."""
    place = folder / UNFINISHED
    place.mkdir(mode=0o700)
    return place


def finish(folder: Path, name: str) -> Path:
    """Everything of it reaches the disk, then it gets its name."""
    place = folder / UNFINISHED
    for path in [*place.rglob("*"), place]:
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    place.rename(folder / name)
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    return folder / name


def free_name(folder: Path, at: datetime) -> str:
    """Of the moment that it shows, in UTC; numbered where that is taken."""
    name = at.astimezone(UTC).strftime("%Y-%m-%dT%H%M%SZ")
    number = 1
    while (folder / (name if number == 1 else f"{name}-{number}")).exists():
        number += 1
    return name if number == 1 else f"{name}-{number}"


def contents_of(backup: Path) -> Iterator[tuple[str, int]]:
    """SHA-256 and size of every content that a backup names. Errors: BackupError for a list that is none."""
    with (backup / CONTENTS).open(encoding="ascii", errors="strict") as file:
        for line in file:
            sha256, space, size = line.strip().partition(" ")
            if not space or len(sha256) != 64 or not size.isascii() or not size.isdigit():
                raise BackupError(f"{backup / CONTENTS} hỏng ở dòng {line.strip()[:80]!r}.")
            yield sha256, int(size)


def prune(folder: Path, kept: Mapping[str, int], zone: tzinfo) -> tuple[list[str], int]:
    """Remove the backups that retention does not keep, then contents that none names; answers their names and how many.

    A damaged backup is left for a person to look at, and while there is one no content is removed. Call at work.
    """
    found = backups_in(folder)
    good = {one.folder: one.manifest.taken_at.astimezone(zone) for one in found if one.manifest is not None}
    stay = kept_of(good.values(), kept)
    removed = [place for place, at in good.items() if at not in stay]
    for place in removed:
        place.rename(folder / REMOVED)  # it is no backup any more before its first file goes
        shutil.rmtree(folder / REMOVED)
    if any(one.manifest is None for one in found):
        return [place.name for place in removed], 0
    return [place.name for place in removed], _sweep(folder) if removed else 0


def _sweep(folder: Path) -> int:
    named = {sha256 for one in backups_in(folder) for sha256, _ in contents_of(one.folder)}
    files, gone = LocalFiles(folder / FILES), 0
    ever = datetime.now(UTC) + timedelta(days=1)
    for kept in list(files.listed()):
        if kept.sha256 not in named:
            gone += files.remove(kept.sha256, ever)
    return gone
