"""Processes of an earlier run on the same data folder, recognised by a mark in their environment."""

from __future__ import annotations

import signal
from pathlib import Path

from app.processes import marked, send, wait_gone

MARK = "SUPERVISED_FOR_DATA_FOLDER"


def mark_of(data: Path) -> str:
    """Names the folder itself, not its path: a moved folder stays the same, a new one at the old path is another."""
    folder = data.stat()
    return f"{folder.st_dev}:{folder.st_ino}"


def end_marked(data: Path, seconds: float) -> list[int]:
    """End every process that a supervisor of this folder has started: asked first, then killed. Answers whom it found.

    Call only while holding the supervisor's lock, and without children of one's own that should live.
    """
    found = marked(MARK, mark_of(data))
    if found:
        send(found, signal.SIGTERM)
        send(wait_gone(found, seconds), signal.SIGKILL)
        wait_gone(found, 5.0)
    return found
