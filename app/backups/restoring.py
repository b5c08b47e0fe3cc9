"""Putting a backup back into an empty place: contents first, then the database in one transaction, which also holds it.

A restored place sends nothing and fires no timer until somebody releases it (`app.actions.release_restored`): its row of
`restores` is written by the transaction that fills the database. A restore that was broken off may simply be run again.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
from alembic.util import CommandError

from app.backups.errors import BackupError
from app.backups.folder import FILES, chosen, contents_of
from app.backups.manifest import DUMP, EXTRAS, Manifest, check_part
from app.backups.programs import entries, fill, find_programs
from app.config import Settings
from app.embedded.home import make_folder
from app.store import migrate
from app.store.database import APPLICATION_ROLE
from app.store.files import FileStore, LocalFiles, MissingFileError, StoreUnavailableError, file_store
from app.store.stored_content import BACKUP_HOLD

OLDEST_SERVER = 15
_DELIVERIES_AHEAD = 1_000_000
"""Mail servers and gateways know a message by its delivery's id: those of the lost time must not be given to others."""
_LEFT_OUT = (" DEFAULT ACL ", " SCHEMA - public ", " COMMENT ", " DATABASE ")
"""Entries of an archive that name the other installation's owner, or what is there already."""
_RELATIONS = """
    SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_' AND c.relkind = ANY('{r,p,S,v,m}')
       AND NOT EXISTS (SELECT 1 FROM pg_depend d
                        WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
     ORDER BY 1 LIMIT 1
"""
_GRANTS = """
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO motcua_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON SEQUENCES TO motcua_app;
"""


def restore_backup(
    settings: Settings,
    owner_url: str,
    source: Path,
    name: str | None = None,
    say: Callable[[str], None] = lambda line: None,
    *,
    binaries: Path | None = None,
) -> Manifest:
    """Fill the empty database of `owner_url` and the empty store of `settings` from a backup. Errors: BackupError."""
    home, place, manifest = chosen(source, name)
    say(f"Bản sao lưu {manifest.name}: kiểm tra…")
    if wrong := [fault for part in manifest.parts if (fault := check_part(place, part))]:
        raise BackupError(f"Bản sao lưu {place} hỏng ({'; '.join(wrong[:5])}). Hãy dùng bản khác.")
    _check_release(manifest)
    try:
        with _empty_database(owner_url) as version:
            programs = find_programs(max(manifest.dump_version, version), binaries)
            archive = place / DUMP
            listed = entries(programs, archive)
            files = file_store(settings)
            _check_store(files, place)
            say(f"Đang chép {manifest.files} tệp…")
            _copy_contents(LocalFiles(home / FILES), files, place)
            say("Đang nạp cơ sở dữ liệu…")
            with _chosen_entries(listed) as chosen_entries:
                fill(programs, owner_url, archive, chosen_entries, _further(manifest))
        _copy_extras(place, settings.data, manifest)
        say("Đang cập nhật lược đồ…")
        migrate.upgrade(owner_url)
        with psycopg.connect(owner_url, autocommit=True) as connection:
            connection.execute("ANALYZE")
    except psycopg.Error as error:
        raise BackupError(f"Cơ sở dữ liệu không cho khôi phục: {' '.join(str(error).split())}") from error
    except StoreUnavailableError as error:
        raise BackupError(f"Không dùng được kho tệp: {error}") from error
    except OSError as error:
        raise BackupError(f"Không khôi phục được: {error.strerror or error} ({error.filename or ''}).") from error
    return manifest


def _check_release(manifest: Manifest) -> None:
    """Errors: BackupError for a schema that this release does not know."""
    try:
        known = migrate.script().get_revision(manifest.revision)
    except CommandError:
        known = None
    if known is None:
        newest = migrate.script().get_current_head()
        raise BackupError(
            f"Bản sao lưu có lược đồ {manifest.revision}, phần mềm này chỉ biết đến {newest}. "
            "Hãy khôi phục bằng phần mềm từ bản đã tạo ra nó trở lên."
        )


@contextmanager
def _empty_database(owner_url: str) -> Iterator[int]:
    """The server's major version, with the database kept from other restores. Errors: BackupError when it is not empty."""
    with psycopg.connect(owner_url, autocommit=True, application_name="motcua restore") as connection:
        version = connection.info.server_version // 10000
        if version < OLDEST_SERVER:
            raise BackupError(f"Máy chủ là PostgreSQL {version}; cần từ bản {OLDEST_SERVER}.")
        if not _one(connection, "SELECT pg_try_advisory_lock(%s)", BACKUP_HOLD):
            raise BackupError("Một lần khôi phục khác đang ghi vào cơ sở dữ liệu này.")
        if found := _one(connection, _RELATIONS):
            raise BackupError(
                f"Cơ sở dữ liệu không trống (có {found}). Chỉ khôi phục vào một cơ sở dữ liệu mới: tạo cơ sở dữ liệu khác, "
                "hoặc dùng MOTCUA_DATA khác với PostgreSQL nhúng."
            )
        connection.execute(_role())
        yield version


def _role() -> str:
    """The application's group role, made where the owner may and it is not there."""
    role = APPLICATION_ROLE
    return (
        f"DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '{role}') THEN"  # noqa: S608 - our own name
        f" CREATE ROLE {role} NOLOGIN;"
        f" EXECUTE format('GRANT {role} TO %I', current_user); END IF; END $$"
    )


def _one(connection: psycopg.Connection[Any], query: Any, *values: Any) -> Any:
    row = connection.execute(query, values).fetchone()
    return row[0] if row else None


def _check_store(files: FileStore, place: Path) -> None:
    """Empty, or holding nothing but what an earlier attempt at this backup has put there. Errors: BackupError."""
    named: set[str] | None = None
    for kept in files.listed():
        named = {sha256 for sha256, _ in contents_of(place)} if named is None else named
        if kept.sha256 not in named:
            raise BackupError(
                "Kho tệp không trống: có tệp không thuộc bản sao lưu này. Hãy dùng một kho (FILES_URL) hay MOTCUA_DATA khác."
            )


def _copy_contents(kept: LocalFiles, files: FileStore, place: Path) -> None:
    """Each content is checked against its name on its way. Errors: BackupError."""
    for sha256, _ in contents_of(place):
        try:
            with kept.open(sha256) as content:
                stored = files.put(content)
        except MissingFileError as error:
            raise BackupError(f"Bản sao lưu thiếu tệp {FILES}/{sha256[:2]}/{sha256}. Hãy dùng bản khác.") from error
        if stored.sha256 != sha256:
            files.remove(stored.sha256, datetime.max.replace(tzinfo=UTC))
            raise BackupError(f"Tệp {FILES}/{sha256[:2]}/{sha256} của bản sao lưu đã bị thay đổi. Hãy dùng bản khác.")


@contextmanager
def _chosen_entries(listed: list[str]) -> Iterator[Path]:
    chosen_lines = [line for line in listed if not line.startswith(";") and not any(one in line for one in _LEFT_OUT)]
    handle, name = tempfile.mkstemp(prefix="motcua-restore-")
    try:
        with os.fdopen(handle, "w") as file:
            file.write("".join(f"{line}\n" for line in chosen_lines))
        yield Path(name)
    finally:
        Path(name).unlink()


def _further(manifest: Manifest) -> str:
    """What belongs to the same transaction: that every row has come, and the hold."""
    counted = "".join(
        f"IF (SELECT count(*) FROM public.{table}) <> {int(number)} THEN"  # noqa: S608 - a name and a number
        f" RAISE EXCEPTION 'bảng {table}: không đủ {int(number)} dòng'; END IF; "
        for table, number in manifest.rows.items()
        if table.isidentifier()
    )
    return f"\nDO $motcua$ BEGIN {counted} END $motcua$;\n{_held(manifest.name, manifest.taken_at)}{_GRANTS}"


def hold_recovered(owner_url: str, taken_at: datetime, now: datetime) -> None:
    """Hold a database that PostgreSQL itself has brought back to that moment, as one that was restored. Errors: BackupError."""
    if taken_at > now:
        raise BackupError(f"{taken_at:%d/%m/%Y %H:%M} chưa đến; hãy ghi thời điểm mà cơ sở dữ liệu được đưa về.")
    try:
        with psycopg.connect(owner_url, application_name="motcua restore") as connection:
            if _one(connection, "SELECT count(*) FROM restores WHERE released_at IS NULL"):
                raise BackupError("Đang giữ lại rồi.")
            connection.execute(_held(f"wal {taken_at.astimezone(UTC):%Y-%m-%dT%H%M%SZ}", taken_at).encode())
    except psycopg.Error as error:
        why = " ".join(str(error).split())
        raise BackupError(f"Cơ sở dữ liệu không cho giữ lại (cần DATABASE_OWNER_URL): {why}") from error


def _held(name: str, taken_at: datetime) -> str:
    """The hold itself, an end of all sessions, and numbers of messages that nobody has seen."""
    return (
        "INSERT INTO public.restores (backup, taken_at, restored_at, last_delivery)"  # noqa: S608 - a checked name, instants
        f" VALUES ('{name}', '{taken_at.isoformat()}', '{datetime.now(UTC).isoformat()}',"
        " (SELECT coalesce(max(id), 0) FROM public.deliveries));\n"
        "DELETE FROM public.tokens;\n"
        f"SELECT setval(pg_get_serial_sequence('public.deliveries', 'id'), (SELECT coalesce(max(id), 0) + {_DELIVERIES_AHEAD}"
        " FROM public.deliveries));\n"
    )


def _copy_extras(place: Path, data: Path, manifest: Manifest) -> None:
    """What stood beside in the data folder; what is there already stays."""
    make_folder(data)
    for part in manifest.extras:
        goal = data / Path(part.path).relative_to(EXTRAS)
        if not goal.exists():
            goal.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(place / part.path, goal)
            goal.chmod(0o600)
