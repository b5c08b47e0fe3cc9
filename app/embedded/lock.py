"""One supervisor a folder: a lock file that the kernel releases when its holder dies, however it dies."""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path

from app.embedded.errors import from_os_error

STOPPING = "stopping"
GRACE_SECONDS = (
    2.0  # somebody who only asks (`is_held`), or a holder that is just being killed, lets go within this time
)


class FolderLock:
    """An exclusive flock on `path`. The file stays behind when released: removing it would let two holders lock two inodes."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._handle: int | None = None

    def take(self, grace_seconds: float | None = None) -> bool:
        """Try for at most `grace_seconds` (default: GRACE_SECONDS); False when somebody else keeps it."""
        try:
            handle = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise from_os_error("Không mở được tệp khóa.", error) from error
        end = time.monotonic() + (GRACE_SECONDS if grace_seconds is None else grace_seconds)
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() >= end:
                    os.close(handle)
                    return False
                time.sleep(0.05)
            else:
                break
        self._handle = handle
        self._write(str(os.getpid()))
        return True

    @property
    def held(self) -> bool:
        """Whether we hold it."""
        return self._handle is not None

    def mark_stopping(self) -> None:
        """Tell whoever is refused that waiting a little will do."""
        if self._handle is not None:
            self._write(f"{os.getpid()} {STOPPING}")

    def holder_is_stopping(self) -> bool:
        return self._read().endswith(STOPPING)

    def release(self) -> None:
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    def holder(self) -> str:
        """Process id of the holder as text, for messages only; "?" when it cannot be read."""
        return (self._read().split() or ["?"])[0]

    def _read(self) -> str:
        try:
            return self.path.read_text().strip()
        except OSError:
            return ""

    def _write(self, text: str) -> None:
        assert self._handle is not None  # noqa: S101 - for the type checker; only a holder writes
        os.ftruncate(self._handle, 0)
        os.pwrite(self._handle, f"{text}\n".encode(), 0)


def is_held(path: Path) -> bool:
    """Whether a process holds the lock now. Asks with a shared lock, which a taker's grace outlasts."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    else:
        return False
    finally:
        os.close(handle)
