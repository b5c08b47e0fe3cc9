"""What stands in a backup: one JSON file that names everything else by its checksum, and itself."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from app.backups.errors import BackupError

FORMAT: Final = 1
FILE: Final = "manifest.json"
DUMP: Final = "database.dump"
CONTENTS: Final = "files.txt"
EXTRAS: Final = "data"
NAME: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{6}Z(-[0-9]+)?", re.ASCII)
CHUNK: Final = 1024 * 1024
_MOST_BYTES: Final = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Part:
    """One file of the backup: its path inside, bytes, SHA-256."""

    path: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """`taken_at` is the moment that the backup shows. `revision`: the schema's; `dump_version`: major version of pg_dump.
    `files`: how many contents it names; `rows`: of some tables, to be counted again after a restore."""

    name: str
    taken_at: datetime
    finished_at: datetime
    revision: str
    server_version: int
    dump_version: int
    lsn: str
    dump: Part
    contents: Part
    files: int
    files_bytes: int
    new_files: int
    new_bytes: int
    missing: tuple[str, ...]
    rows: Mapping[str, int]
    extras: tuple[Part, ...] = field(default=())

    @property
    def parts(self) -> tuple[Part, ...]:
        return (self.dump, self.contents, *self.extras)


def write_manifest(folder: Path, manifest: Manifest) -> None:
    body = asdict(manifest) | {
        "format": FORMAT,
        "taken_at": manifest.taken_at.isoformat(),
        "finished_at": manifest.finished_at.isoformat(),
    }
    text = json.dumps(body | {"checksum": _checksum(body)}, ensure_ascii=False, indent=1, sort_keys=True)
    (folder / FILE).write_text(text + "\n", encoding="utf-8")


def read_manifest(folder: Path) -> Manifest:
    """Errors: BackupError for a folder without one, one that was changed, or of a later format."""
    path = folder / FILE
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise BackupError(f"{path} quá lớn, không phải tệp kê của một bản sao lưu.")
        body = json.loads(path.read_text(encoding="utf-8"))
        said = body.pop("checksum")
        if body["format"] != FORMAT:
            raise BackupError(f"{folder} do một bản phần mềm khác tạo (khuôn dạng {body['format']}, cần {FORMAT}).")
        if said != _checksum(body):
            raise BackupError(f"Tệp kê {path} đã bị thay đổi hoặc hỏng. Hãy dùng bản sao lưu khác.")
        return _read(body)
    except FileNotFoundError as error:
        raise BackupError(f"{folder} không phải một bản sao lưu hoàn chỉnh (thiếu {FILE}).") from error
    except OSError as error:
        raise BackupError(f"Không đọc được {path}: {error.strerror}.") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BackupError(f"Tệp kê {path} hỏng, không đọc được. Hãy dùng bản sao lưu khác.") from error


def part_of(folder: Path, path: str) -> Part:
    """A file of `folder` as it stands there now."""
    digest, size = hashlib.sha256(), 0
    with (folder / path).open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
            size += len(chunk)
    return Part(path, size, digest.hexdigest())


def check_part(folder: Path, part: Part) -> str | None:
    """What is wrong with it; None when nothing is."""
    try:
        found = part_of(folder, part.path)
    except FileNotFoundError:
        return f"{part.path}: không có"
    except OSError as error:
        return f"{part.path}: không đọc được ({error.strerror})"
    if found.bytes != part.bytes:
        return f"{part.path}: dài {found.bytes} byte, phải là {part.bytes}"
    return None if found.sha256 == part.sha256 else f"{part.path}: nội dung đã thay đổi"


def _read(body: dict[str, Any]) -> Manifest:
    body = {name: value for name, value in body.items() if name != "format"}
    for name in ("taken_at", "finished_at"):
        body[name] = datetime.fromisoformat(body[name])
    for name in ("dump", "contents"):
        body[name] = Part(**body[name])
    body["extras"] = tuple(Part(**one) for one in body["extras"])
    body["missing"] = tuple(body["missing"])
    if any(Path(part.path).is_absolute() or ".." in Path(part.path).parts for part in body["extras"]):
        raise ValueError("a path that leads out of the backup")
    if not NAME.fullmatch(body["name"]):
        raise ValueError("a name that no backup has")
    return Manifest(**body)


def _checksum(body: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(body, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
