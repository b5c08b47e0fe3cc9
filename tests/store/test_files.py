"""The file store: a file is there whole or not at all."""

from __future__ import annotations

import hashlib
import io
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from app.config import Settings
from app.store.files import HEAD, FileTooLargeError, LocalFiles, MissingFileError, file_store


def files_below(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and path.name != ".lock"]


def test_content_is_found_by_its_hash(tmp_path: Path) -> None:
    store = LocalFiles(tmp_path / "files")
    content = bytes(range(256)) * 5000
    stored = store.put(io.BytesIO(content))
    assert (stored.sha256, stored.size) == (hashlib.sha256(content).hexdigest(), len(content))
    assert stored.head == content[:HEAD]
    assert store.path(stored.sha256).read_bytes() == content
    assert files_below(tmp_path) == [store.path(stored.sha256)]


def test_an_empty_file_has_its_hash_too(tmp_path: Path) -> None:
    stored = LocalFiles(tmp_path).put(io.BytesIO())
    assert (stored.size, stored.head) == (0, b"")


def test_a_stream_that_breaks_leaves_nothing(tmp_path: Path) -> None:
    class Breaking(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            if self.tell():
                raise ConnectionResetError
            return super().read(size)

    with pytest.raises(ConnectionResetError):
        LocalFiles(tmp_path).put(Breaking(b"x" * 1_000_000))
    assert files_below(tmp_path) == []


def test_many_at_once_end_with_one_file(tmp_path: Path) -> None:
    store = LocalFiles(tmp_path)
    found: list[Any] = []
    threads = [
        threading.Thread(target=lambda: found.append(store.put(io.BytesIO(b"same" * 100_000)))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({stored.sha256 for stored in found}) == 1
    assert len(found) == 8
    assert files_below(tmp_path) == [store.path(found[0].sha256)]


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "A" * 64, "g" * 64, "a" * 63])
def test_only_a_hash_is_a_path(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="SHA-256"):
        LocalFiles(tmp_path).path(name)


def test_beyond_the_limit_nothing_is_kept(tmp_path: Path) -> None:
    store = LocalFiles(tmp_path)
    assert store.put(io.BytesIO(b"x" * 1000), 1000).size == 1000
    with pytest.raises(FileTooLargeError):
        store.put(io.BytesIO(b"y" * 1001), 1000)
    assert len(files_below(tmp_path)) == 1


def test_what_is_not_there_is_missing(tmp_path: Path) -> None:
    store = LocalFiles(tmp_path)
    for ask in (store.open, store.size):
        with pytest.raises(MissingFileError):
            ask("0" * 64)
    assert not store.remove("0" * 64, datetime.now(UTC))
    assert list(store.listed()) == []


def test_without_a_bucket_the_store_is_the_folder_of_the_data(tmp_path: Path) -> None:
    store = file_store(Settings(data=tmp_path))
    stored = store.put(io.BytesIO(b"x"))
    assert (tmp_path / "files" / stored.sha256[:2] / stored.sha256).read_bytes() == b"x"
    with store.open(stored.sha256) as content:
        assert content.read() == b"x"
    assert [(kept.sha256, kept.size) for kept in store.listed()] == [(stored.sha256, 1)]
