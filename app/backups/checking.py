"""Reading backups again: whether every file of them is what it was when it was written."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from app.backups.errors import BackupError
from app.backups.folder import FILES, backups_in, chosen, contents_of
from app.backups.manifest import FILE, Manifest, check_part, part_of


def check_backups(folder: Path, name: str | None = None) -> Iterator[tuple[Path, list[str]]]:
    """Each backup below `folder` (or `folder` itself, or the one of that name), with what is wrong with it.

    A content that several name is read once. Errors: BackupError where there is no backup at all.
    """
    read: dict[str, str | None] = {}
    if name is not None or (folder / FILE).exists():
        home, place, manifest = chosen(folder, name)
        yield place, faults_of(home, place, manifest, read)
        return
    found = backups_in(folder)
    if not found:
        raise BackupError(f"Trong {folder} không có bản sao lưu hoàn chỉnh nào.")
    for one in found:
        if one.manifest is None:
            yield one.folder, [one.fault or "tệp kê hỏng"]
        else:
            yield one.folder, faults_of(folder, one.folder, one.manifest, read)


def faults_of(home: Path, place: Path, manifest: Manifest, read: dict[str, str | None] | None = None) -> list[str]:
    """What is wrong with one backup, a line each; `read` remembers contents that were looked at."""
    read = {} if read is None else read
    wrong = [fault for part in manifest.parts if (fault := check_part(place, part)) is not None]
    if any(line.startswith(manifest.contents.path) for line in wrong):
        return wrong
    number = 0
    for sha256, size in contents_of(place):
        number += 1
        if sha256 not in read:
            read[sha256] = _fault(home, sha256, size)
        if read[sha256] is not None:
            wrong.append(read[sha256] or "")
    if number != manifest.files:
        wrong.append(f"{manifest.contents.path}: có {number} tệp, phải là {manifest.files}")
    return wrong


def _fault(home: Path, sha256: str, size: int) -> str | None:
    path = f"{FILES}/{sha256[:2]}/{sha256}"
    try:
        found = part_of(home, path)
    except FileNotFoundError:
        return f"{path}: không có"
    except OSError as error:
        return f"{path}: không đọc được ({error.strerror})"
    return None if (found.sha256, found.bytes) == (sha256, size) else f"{path}: nội dung đã thay đổi"
