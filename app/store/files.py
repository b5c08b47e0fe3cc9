"""Files by content: a file's name in the store is its SHA-256, so the same bytes are kept once and never overwritten.

A file is complete in its store before the transaction that names it commits. One that no row names, after a crash or a
rollback, does no harm and is swept later (`app.store.stored_content`). Putting bytes that are there already renews the
instant at which they were put, so that a sweep never takes what somebody is about to name.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import IO, Protocol

from app.config import Settings
from app.setting_values import Bucket

_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)
CHUNK = 256 * 1024
HEAD = 4096


class FileTooLargeError(ValueError):
    """More came than the limit that was given to `put`; nothing of it is kept."""


class MissingFileError(LookupError):
    """The store has no content of that hash."""


class StoreUnavailableError(OSError):
    """The store does not answer, or refuses; what was asked may be tried again."""


@dataclass(frozen=True, slots=True)
class StoredFile:
    """`head` is the beginning of the content, at most HEAD bytes, to tell its type by."""

    sha256: str
    size: int
    head: bytes


@dataclass(frozen=True, slots=True)
class KeptFile:
    """One content as the store lists it; `put_at` is when it was put for the last time."""

    sha256: str
    size: int
    put_at: datetime


class FileStore(Protocol):
    """Where the bytes lie. Safe for any number of threads, processes and, in a bucket, machines.

    A name that is no SHA-256 is a ValueError everywhere; a store that is away a StoreUnavailableError.
    """

    def put(self, stream: IO[bytes], limit: int | None = None) -> StoredFile:
        """Keep what the stream holds; the same bytes again change nothing. Errors: FileTooLargeError beyond `limit` bytes."""

    def open(self, sha256: str) -> IO[bytes]:
        """The content from its beginning, seekable, to be closed. Errors: MissingFileError."""

    def size(self, sha256: str) -> int:
        """Bytes of the content. Errors: MissingFileError."""

    def listed(self) -> Iterator[KeptFile]:
        """Everything that is kept, in any order, without holding it all in memory."""

    def remove(self, sha256: str, put_before: datetime) -> bool:
        """Remove a content unless it is gone or was put again at or after that instant; whether it was removed."""

    def clear_abandoned(self, put_before: datetime) -> int:
        """Remove what uploads left behind that broke off before that instant; how many."""


class LocalFiles:
    """Files below a folder, which is made when first needed. Safe for any number of processes on one file system."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @property
    def incoming(self) -> Path:
        """Where uploads are written before they have their name."""
        return self._folder / "incoming"

    def put(self, stream: IO[bytes], limit: int | None = None) -> StoredFile:
        """Written aside, flushed to disk, then renamed into place."""
        self.incoming.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = self.incoming / secrets.token_hex(16)
        try:
            with path.open("xb") as file:
                stored = copy_hashed(stream, file, limit)
                file.flush()
                os.fsync(file.fileno())
            self._place(path, self.path(stored.sha256))
        finally:
            with contextlib.suppress(FileNotFoundError):  # gone when it was renamed
                path.unlink()
        return stored

    def open(self, sha256: str) -> IO[bytes]:
        try:
            return self.path(sha256).open("rb")
        except FileNotFoundError as error:
            raise MissingFileError(sha256) from error

    def size(self, sha256: str) -> int:
        try:
            return self.path(sha256).stat().st_size
        except FileNotFoundError as error:
            raise MissingFileError(sha256) from error

    def listed(self) -> Iterator[KeptFile]:
        for path in self._folder.glob("[0-9a-f][0-9a-f]/*"):
            with contextlib.suppress(FileNotFoundError):
                if _SHA256.fullmatch(path.name):
                    found = path.stat()
                    yield KeptFile(path.name, found.st_size, datetime.fromtimestamp(found.st_mtime, UTC))

    def remove(self, sha256: str, put_before: datetime) -> bool:
        path = self.path(sha256)
        with self._alone(fcntl.LOCK_EX), contextlib.suppress(FileNotFoundError):
            if path.stat().st_mtime < put_before.timestamp():
                path.unlink()
                return True
        return False

    def clear_abandoned(self, put_before: datetime) -> int:
        cleared = 0
        for path in self.incoming.glob("*"):
            with contextlib.suppress(FileNotFoundError):
                if path.stat().st_mtime < put_before.timestamp():
                    path.unlink()
                    cleared += 1
        return cleared

    def path(self, sha256: str) -> Path:
        """Where the content of that hash lies, if it is there. ValueError for what is no SHA-256."""
        return self._folder / checked(sha256)[:2] / sha256

    @contextlib.contextmanager
    def _alone(self, how: int) -> Iterator[None]:
        """Putting shares, removing is alone: between its look at a file and its removal nobody puts the same bytes again."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(self._folder / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, how)
            yield
        finally:
            os.close(descriptor)

    def _place(self, path: Path, target: Path) -> None:
        target.parent.mkdir(exist_ok=True, mode=0o700)
        with self._alone(fcntl.LOCK_SH):
            path.rename(target)
        # The rename itself must reach the disk, or a power cut could leave a row without its file.
        for folder in (target.parent, self._folder):
            descriptor = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)


def file_store(settings: Settings) -> FileStore:
    """The installation's store: the bucket of FILES_URL, else the folder `files` of the data folder."""
    return _bucket(settings.bucket) if settings.bucket else LocalFiles(settings.data / "files")


@lru_cache(maxsize=4)
def _bucket(bucket: Bucket) -> FileStore:
    from app.store.files_s3 import BucketFiles

    return BucketFiles(bucket)


def checked(sha256: str) -> str:
    """ValueError for what is no SHA-256 in small hexadecimal letters."""
    if not _SHA256.fullmatch(sha256):
        raise ValueError("no SHA-256")
    return sha256


def copy_hashed(stream: IO[bytes], file: IO[bytes], limit: int | None = None) -> StoredFile:
    """Copy a stream and say what it was. Errors: FileTooLargeError."""
    digest, size, head = hashlib.sha256(), 0, b""
    while chunk := stream.read(CHUNK):
        size += len(chunk)
        if limit is not None and size > limit:
            raise FileTooLargeError(limit)
        head = (head + chunk)[:HEAD] if len(head) < HEAD else head
        digest.update(chunk)
        file.write(chunk)
    return StoredFile(digest.hexdigest(), size, head)
