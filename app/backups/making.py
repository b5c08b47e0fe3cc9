"""Making a backup while everything goes on (HT-20.1, ST-25.4): database and files as one moment shows them.

The moment is a snapshot of the database, which pg_dump takes over. Contents are never changed, lie in the store before a row
names them, and are removed only when no row does; the sweeper stands back while a backup is made (`HOLD`). So whatever the
snapshot names is there, and copying it afterwards gives what was there at that moment.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg

from app.backups import folder as folders
from app.backups.errors import BackupError
from app.backups.manifest import CONTENTS, DUMP, EXTRAS, Manifest, Part, part_of, write_manifest
from app.backups.programs import dump, find_programs
from app.config import Settings
from app.store.database import APPLICATION_OPTIONS, APPLICATION_ROLE
from app.store.files import (
    FileStore,
    FileTooLargeError,
    LocalFiles,
    MissingFileError,
    StoreUnavailableError,
    file_store,
)
from app.store.stored_content import BACKUP_HOLD, EVERY_NAMED

COUNTED = ("dossiers", "history", "tasks", "timers", "attachments", "deliveries", "accounts")
KEPT_BESIDE = ("trust", "demo-accounts.json")
"""Of the data folder: what is neither in the database nor in the file store and is needed. Keys are not (docs/backup.md)."""
_ROLE = f"{APPLICATION_OPTIONS} -c statement_timeout=0 -c idle_in_transaction_session_timeout=0"


@dataclass(frozen=True, slots=True)
class _Moment:
    """What the snapshot says of itself."""

    snapshot: str
    taken_at: datetime
    revision: str
    server_version: int
    lsn: str
    rows: dict[str, int]


def make_backup(
    settings: Settings, target: Path, say: Callable[[str], None] = lambda line: None, *, binaries: Path | None = None
) -> tuple[Path, Manifest]:
    """Make one below `target`; answers its folder and manifest. `settings` names database and store.

    Errors: BackupError; then there is no new backup, and contents that were copied serve the next one.
    """
    assert settings.database_url is not None  # noqa: S101 - the caller has a database
    target = target.absolute()
    try:
        with folders.at_work(target), _alone(settings.database_url) as held:
            folders.clear_leftovers(target)
            place = folders.unfinished(target)
            try:
                return _make(settings, target, place, held, say, binaries)
            finally:
                shutil.rmtree(place, ignore_errors=True)
    except psycopg.Error as error:
        raise BackupError(f"Cơ sở dữ liệu không cho sao lưu: {' '.join(str(error).split())}") from error
    except StoreUnavailableError as error:
        raise BackupError(f"Không dùng được kho tệp: {error}") from error
    except OSError as error:
        raise BackupError(f"Không ghi được bản sao lưu vào {target}: {error.strerror or error}.") from error


@contextmanager
def _alone(url: str) -> Iterator[psycopg.Connection[Any]]:
    """A session whose lock keeps the sweeper and other backups of this database away, on whatever machine they are."""
    with psycopg.connect(url, options=_ROLE, autocommit=True, application_name="motcua backup") as connection:
        got = connection.execute("SELECT pg_try_advisory_lock(%s)", (BACKUP_HOLD,)).fetchone()
        for _ in range(20):  # a sweep lets go after each content
            if got and got[0]:
                break
            connection.execute("SELECT pg_sleep(0.1)")
            got = connection.execute("SELECT pg_try_advisory_lock(%s)", (BACKUP_HOLD,)).fetchone()
        if not got or not got[0]:
            raise BackupError("Một bản sao lưu khác của cơ sở dữ liệu này đang được tạo; hãy chờ nó xong.")
        yield connection


def _make(
    settings: Settings,
    target: Path,
    place: Path,
    held: psycopg.Connection[Any],
    say: Callable[[str], None],
    binaries: Path | None,
) -> tuple[Path, Manifest]:
    url = settings.database_url or ""
    programs = find_programs(held.info.server_version // 10000, binaries)
    named = place / "named"
    with psycopg.connect(url, options=_ROLE, application_name="motcua backup") as connection:
        moment = _begin(connection)
        _list_named(connection, named)
        say("Đang sao lưu cơ sở dữ liệu…")
        dump(programs, url, APPLICATION_ROLE, moment.snapshot, place / DUMP)
    name = folders.free_name(target, moment.taken_at)
    say("Đang sao lưu tệp…")
    copied = _copy_contents(file_store(settings), target, named, place / CONTENTS)
    named.unlink()
    extras = _copy_extras(settings.data, place)
    held.execute("SELECT 1")  # a session that was cut has let the sweeper go meanwhile: then this is no backup
    manifest = Manifest(
        name=name,
        taken_at=moment.taken_at,
        finished_at=datetime.now(UTC),
        revision=moment.revision,
        server_version=moment.server_version,
        dump_version=programs.version,
        lsn=moment.lsn,
        dump=part_of(place, DUMP),
        contents=part_of(place, CONTENTS),
        files=copied.files,
        files_bytes=copied.bytes,
        new_files=copied.new_files,
        new_bytes=copied.new_bytes,
        missing=tuple(copied.missing),
        rows=moment.rows,
        extras=extras,
    )
    for path in place.rglob("*"):
        path.chmod(0o700 if path.is_dir() else 0o600)
    write_manifest(place, manifest)
    (place / "manifest.json").chmod(0o600)
    return folders.finish(target, name), manifest


def _begin(connection: psycopg.Connection[Any]) -> _Moment:
    """Fix the moment: everything read on this connection from now on, and what pg_dump reads, is of it."""
    connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
    row = connection.execute(
        "SELECT pg_export_snapshot(), clock_timestamp(), to_regclass('alembic_version') IS NOT NULL,"
        " pg_current_wal_lsn()::text"
    ).fetchone()
    assert row is not None  # noqa: S101 - one row always
    if not row[2]:
        raise BackupError("Cơ sở dữ liệu chưa có lược đồ, không có gì để sao lưu; hãy chạy `motcua db upgrade` trước.")
    revision = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    rows = {}
    for table in COUNTED:
        counted = connection.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608 - our own names
        rows[table] = int(counted[0]) if counted else 0
    version = connection.info.server_version // 10000
    return _Moment(row[0], row[1], revision[0] if revision else "", version, row[3], rows)


def _list_named(connection: psycopg.Connection[Any], path: Path) -> None:
    """The contents that the moment names, a line each, in order; streamed, for there may be millions."""
    with path.open("w", encoding="ascii") as file, connection.cursor(name="named") as cursor:
        cursor.itersize = 10_000
        for (sha256,) in cursor.execute(EVERY_NAMED):
            file.write(f"{sha256}\n")


@dataclass(slots=True)
class _Copied:
    files: int
    bytes: int
    new_files: int
    new_bytes: int
    missing: list[str]


def _copy_contents(source: FileStore, target: Path, named: Path, listed: Path) -> _Copied:
    """Copy what the folder of backups does not have, each checked against its name; what is missing is said, not fatal."""
    kept, done = LocalFiles(target / folders.FILES), _Copied(0, 0, 0, 0, [])
    with named.open(encoding="ascii") as wanted, listed.open("w", encoding="ascii") as out:
        for line in wanted:
            sha256 = line.strip()
            size = _size(kept, sha256)
            if size is None:
                size = _copy(source, kept, sha256)
                if size is None:
                    done.missing.append(sha256)
                    continue
                done.new_files += 1
                done.new_bytes += size
            out.write(f"{sha256} {size}\n")
            done.files += 1
            done.bytes += size
    return done


def _size(kept: LocalFiles, sha256: str) -> int | None:
    try:
        return kept.size(sha256)
    except MissingFileError:
        return None


def _copy(source: FileStore, kept: LocalFiles, sha256: str) -> int | None:
    """Its size; None when the store does not have it, or has something else under its name."""
    try:
        content = source.open(sha256)
    except MissingFileError:
        return None
    with content:
        try:
            stored = kept.put(content)
        except FileTooLargeError:  # never without a limit
            return None
    return stored.size if stored.sha256 == sha256 else None


def _copy_extras(data: Path, place: Path) -> tuple[Part, ...]:
    found = []
    for name in KEPT_BESIDE:
        source = data / name
        paths = [source] if source.is_file() else sorted(path for path in source.rglob("*") if path.is_file())
        for path in paths:
            goal = place / EXTRAS / path.relative_to(data)
            goal.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, goal)
            found.append(part_of(place, str(goal.relative_to(place))))
    return tuple(found)
