"""The file store in a bucket, against a real S3 server."""

from __future__ import annotations

import hashlib
import io
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from app.config import Settings
from app.setting_values import Bucket
from app.store.files import FileTooLargeError, MissingFileError, StoreUnavailableError, file_store
from app.store.files_s3 import BucketFiles
from tests.store.s3 import s3_server

LATER = timedelta(hours=1)


@pytest.fixture(scope="module")
def bucket(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bucket]:
    with s3_server(tmp_path_factory.mktemp("s3") / "served") as found:
        yield found


def read(store: Any, sha256: str) -> bytes:
    content = store.open(sha256)
    try:
        return bytes(content.read())
    finally:
        content.close()


def test_a_bucket_is_the_store_where_one_is_configured(bucket: Bucket, tmp_path: Path) -> None:
    store = file_store(Settings(data=tmp_path, bucket=bucket))
    content = bytes(range(256)) * 5000
    stored = store.put(io.BytesIO(content))
    assert (stored.sha256, stored.size) == (hashlib.sha256(content).hexdigest(), len(content))
    assert store.size(stored.sha256) == len(content)
    assert read(store, stored.sha256) == content
    assert list(tmp_path.iterdir()) == []


def test_a_file_of_several_parts_is_one_object(bucket: Bucket) -> None:
    store = BucketFiles(bucket)
    content = b"part" * (10 * 1024 * 1024)
    stored = store.put(io.BytesIO(content))
    assert store.size(stored.sha256) == len(content)
    assert hashlib.sha256(read(store, stored.sha256)).hexdigest() == stored.sha256


def test_the_same_bytes_at_once_are_one_object(bucket: Bucket) -> None:
    store = BucketFiles(bucket)
    found: list[str] = []
    threads = [
        threading.Thread(target=lambda: found.append(store.put(io.BytesIO(b"same" * 1000)).sha256)) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert [kept.sha256 for kept in store.listed()].count(found[0]) == 1


def test_beyond_the_limit_nothing_is_kept(bucket: Bucket) -> None:
    store = BucketFiles(bucket)
    before = {kept.sha256 for kept in store.listed()}
    with pytest.raises(FileTooLargeError):
        store.put(io.BytesIO(b"x" * 1001), 1000)
    assert {kept.sha256 for kept in store.listed()} == before


def test_what_is_not_there_is_missing_and_no_hash_is_no_name(bucket: Bucket) -> None:
    store = BucketFiles(bucket)
    with pytest.raises(MissingFileError):
        store.open("0" * 64)
    with pytest.raises(MissingFileError):
        store.size("0" * 64)
    with pytest.raises(ValueError, match="SHA-256"):
        store.open("../papers")


def test_a_wrong_key_and_no_server_are_told_as_the_store_being_away(bucket: Bucket) -> None:
    with pytest.raises(StoreUnavailableError):
        BucketFiles(replace(bucket, secret="another")).put(io.BytesIO(b"x"))
    with pytest.raises(StoreUnavailableError):
        BucketFiles(replace(bucket, endpoint="http://127.0.0.1:9")).size("0" * 64)


def test_sweeping_sets_aside_first_and_what_is_asked_for_comes_back(bucket: Bucket) -> None:
    store = BucketFiles(bucket)
    sha256 = store.put(io.BytesIO(b"to be swept")).sha256
    now = datetime.now(UTC)
    assert not store.remove(sha256, now - LATER), "it was put too lately"
    assert store.remove(sha256, now + LATER)
    assert read(store, sha256) == b"to be swept"
    assert store.remove(sha256, now + LATER)
    assert store.remove(sha256, now + LATER)
    with pytest.raises(MissingFileError):
        store.size(sha256)
    assert not store.remove(sha256, now + LATER)
    assert store.clear_abandoned(now + LATER) == 0
