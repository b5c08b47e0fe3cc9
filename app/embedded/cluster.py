"""The cluster on disk: made once, its settings written before every start, its passwords kept beside it."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import signal
import subprocess
from pathlib import Path

from app.embedded.errors import EmbeddedError, from_log, from_os_error
from app.embedded.home import Home, own_folder
from app.embedded.identity import Identity
from app.embedded.urls import SUPERUSER, Passwords

PASSWORD_FILE = "passwords.json"  # noqa: S105 - a file name
SETTINGS_FILE = "motcua.conf"
ROOM_FOR_A_CLUSTER = 128 * 1024 * 1024  # bytes: initdb's files and the first WAL segments
BUILTIN_LOCALE_SINCE = 17

SERVER_SETTINGS = {
    "max_connections": "100",
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "work_mem": "8MB",
    "maintenance_work_mem": "128MB",
    "random_page_cost": "1.1",
    "max_wal_size": "2GB",
    "wal_compression": "on",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %q%u@%d ",
    "log_lock_waits": "on",
    "log_checkpoints": "off",
    "password_encryption": "scram-sha-256",
    "cluster_name": "motcua",
}
# For tests only: a power cut may lose everything, which is fine for data that is thrown away.
THROWAWAY_SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "shared_buffers": "128MB",
}


def ensure_cluster(home: Home, folder: Path, version: int, *, durable: bool) -> Passwords:
    """Make the cluster if there is none, refuse one of another major version, and write its settings."""
    if not home.data.exists():
        passwords = load_passwords(folder) or _new_passwords(folder)
        _initdb(home, passwords, version, durable=durable)
    _check_version(home, version)
    stored = load_passwords(folder) or _reset_passwords(home, folder)
    settings = SERVER_SETTINGS | ({} if durable else THROWAWAY_SETTINGS)
    lines = "".join(f"{name} = '{value}'\n" for name, value in settings.items())
    _write_private(
        home.data / SETTINGS_FILE,
        f"# Rewritten at every start; own settings belong in postgresql.conf.\n{lines}",
        home.identity,
    )
    return stored


def load_passwords(folder: Path) -> Passwords | None:
    """The three passwords, or None when the file is missing or unusable (they are then set anew)."""
    try:
        stored = json.loads((folder / PASSWORD_FILE).read_text())
        return Passwords(stored["superuser"], stored["owner"], stored["web"])
    except PermissionError as error:
        raise from_os_error("Không đọc được mật khẩu của PostgreSQL nhúng.", error) from error
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _new_passwords(folder: Path, name: str = PASSWORD_FILE) -> Passwords:
    fresh = {role: secrets.token_urlsafe(24) for role in ("superuser", "owner", "web")}
    _write_private(folder / name, json.dumps(fresh))
    return Passwords(**fresh)


def _write_private(path: Path, text: str, owner: Identity | None = None) -> None:
    """Replace `path` at once by a file that only its owner reads."""
    fresh = path.with_name(f".{path.name}.new")
    fresh.unlink(missing_ok=True)
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(handle, "w") as file:
        if owner and owner.switch:
            os.fchown(handle, owner.uid, owner.gid)
        file.write(text)
        file.flush()
        os.fsync(handle)
    fresh.rename(path)


def _initdb(home: Home, passwords: Passwords, version: int, *, durable: bool) -> None:
    """Make the cluster under another name and rename it when complete: a kill in between leaves nothing half made."""
    place = home.data.parent
    if shutil.disk_usage(place).free < ROOM_FOR_A_CLUSTER:
        raise EmbeddedError(f"Đĩa chứa {place} còn dưới 128 MiB, không đủ để tạo cơ sở dữ liệu.")
    fresh = place / "data.new"
    shutil.rmtree(fresh, ignore_errors=True)
    own_folder(fresh, home.identity)
    made, word = fresh / "data", fresh / "word"
    try:
        own_folder(made, home.identity)
        _write_private(word, passwords.superuser, home.identity)
        options = [
            "-D",
            str(made),
            "-U",
            SUPERUSER,
            f"--pwfile={word}",
            "--auth=scram-sha-256",
            "-E",
            "UTF8",
            "-T",
            "simple",
        ]
        options += ["--locale=C.UTF-8"]
        if version >= BUILTIN_LOCALE_SINCE:
            options += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        options += ["--data-checksums"] if durable else ["--no-sync"]
        _run_tool(home, "initdb", options, "Không tạo được cụm PostgreSQL.")
        with (made / "postgresql.conf").open("a") as file:
            file.write(f"\ninclude_if_exists = '{SETTINGS_FILE}'\n# Own settings below this line win.\n")
        made.rename(home.data)
    except OSError as error:
        raise from_os_error("Không tạo được cụm PostgreSQL.", error) from error
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _run_tool(home: Home, name: str, options: list[str], failed: str, text: str | None = None) -> None:
    try:
        said = subprocess.run(
            [str(home.binaries / name), *options],
            input=text or "",
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            **home.identity.process_options(signal.SIGKILL),
        )
    except OSError as error:
        raise from_os_error(failed, error) from error
    if said.returncode != 0:
        raise from_log(failed, said.stdout)


def _check_version(home: Home, version: int) -> None:
    try:
        found = (home.data / "PG_VERSION").read_text().strip()
    except FileNotFoundError:
        raise EmbeddedError(f"{home.data} không phải là một cụm PostgreSQL nguyên vẹn (thiếu PG_VERSION).") from None
    except OSError as error:
        raise from_os_error("Không đọc được cụm PostgreSQL.", error) from error
    if found != str(version):
        raise EmbeddedError(
            f"Dữ liệu ở {home.data} do PostgreSQL {found} tạo, chương trình đang có là PostgreSQL {version}. "
            f"Hãy sao lưu bằng bản {found} (motcua backup) rồi phục hồi vào một thư mục dữ liệu mới."
        )


def _reset_passwords(home: Home, folder: Path) -> Passwords:
    """The password file was lost: set the superuser's password in single-user mode, the others follow after the start."""
    passwords = _new_passwords(folder, f"{PASSWORD_FILE}.reset")
    change = f"ALTER ROLE {SUPERUSER} PASSWORD '{passwords.superuser}';\n"
    options = ["--single", "-D", str(home.data), "postgres"]
    _run_tool(home, "postgres", options, "Không đặt lại được mật khẩu của PostgreSQL nhúng.", change)
    (folder / f"{PASSWORD_FILE}.reset").rename(folder / PASSWORD_FILE)
    return passwords
