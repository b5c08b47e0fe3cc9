"""Files by content: a file's name in the store is its SHA-256, so the same bytes are kept once and never overwritten.

A file is complete on disk before the transaction that names it commits. One that no row names, after a crash or a rollback,
does no harm.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import IO

_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)
_CHUNK = 256 * 1024
HEAD = 4096


@dataclass(frozen=True, slots=True)
class StoredFile:
    """`head` is the beginning of the content, at most HEAD bytes, to tell its type by."""

    sha256: str
    size: int
    head: bytes


class FileStore:
    """Files below a folder, which is made when first needed. Safe for any number of processes on one file system."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, stream: IO[bytes]) -> StoredFile:
        """Keep what the stream holds: written aside, flushed to disk, then renamed into place."""
        aside = self._folder / "incoming"
        aside.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = aside / secrets.token_hex(16)
        digest, size, head = hashlib.sha256(), 0, b""
        try:
            with path.open("xb") as file:
                while chunk := stream.read(_CHUNK):
                    head = head or chunk[:HEAD]
                    digest.update(chunk)
                    size += len(chunk)
                    file.write(chunk)
                file.flush()
                os.fsync(file.fileno())
            stored = StoredFile(digest.hexdigest(), size, head)
            self._place(path, self.path(stored.sha256))
        finally:
            with contextlib.suppress(FileNotFoundError):  # gone when it was renamed
                path.unlink()
        return stored

    def path(self, sha256: str) -> Path:
        """Where the content of that hash lies, if it is there. ValueError for what is no SHA-256."""
        if not _SHA256.fullmatch(sha256):
            raise ValueError("no SHA-256")
        return self._folder / sha256[:2] / sha256

    def _place(self, path: Path, target: Path) -> None:
        target.parent.mkdir(exist_ok=True, mode=0o700)
        path.rename(target)
        # The rename itself must reach the disk, or a power cut could leave a row without its file.
        for folder in (target.parent, self._folder):
            descriptor = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
