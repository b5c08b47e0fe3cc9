"""Sweeping the file store: what nobody names goes after its grace, and nothing else ever."""

from __future__ import annotations

import io
import os
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from app.commands.files import command
from app.jobs import files as jobs
from app.setting_values import Bucket
from app.store.file_facts import note_file
from app.store.files import FileStore, LocalFiles, MissingFileError, file_store
from app.store.stored_content import ELSEWHERE, NAMING, named_among
from app.store.tables import METADATA
from tests.actions.scene import Scene
from tests.papers import samples
from tests.papers.conftest import Configure
from tests.regulation.files import add_file
from tests.store.s3 import s3_server

DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def bucket(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bucket]:
    with s3_server(tmp_path_factory.mktemp("s3") / "served") as found:
        yield found


@pytest.fixture(params=["folder", "bucket"])
def store(request: pytest.FixtureRequest, scene: Scene, configure: Configure, tmp_path: Path) -> FileStore:
    """An empty store of either kind, in place of the installation's."""
    configure(data=tmp_path, bucket=request.getfixturevalue("bucket") if request.param == "bucket" else None)
    return file_store(scene.app.extensions["motcua"].settings)


def there(store: FileStore, sha256: str) -> bool:
    try:
        return store.size(sha256) > 0
    except MissingFileError:
        return False


def sweep(scene: Scene, days: float, **how: Any) -> jobs.Swept:
    """Sweep as a worker would so many days from now."""
    scene.clock.at = datetime.now(UTC) + days * DAY
    with scene.app.app_context():
        return jobs.sweep(**how)


def test_only_what_nobody_names_goes_and_only_after_its_grace(scene: Scene, store: FileStore) -> None:
    code = scene.register()["code"]
    named = add_file(scene, "desk", code, samples.pdf())["sha256"]
    unnamed = store.put(io.BytesIO(b"of a request that was refused")).sha256
    assert sweep(scene, 0.5).removed == 0
    planned = sweep(scene, 2, dry_run=True)
    assert (planned.removed, planned.bytes) == (1, 29)
    assert there(store, unnamed)
    assert sweep(scene, 2).removed == 1
    assert there(store, named)
    assert sweep(scene, 4).removed == (0 if isinstance(store, LocalFiles) else 1)
    assert not there(store, unnamed)
    assert there(store, named)
    with scene.app.app_context():
        assert store.put(io.BytesIO(b"of a request that was refused")).sha256 == unnamed
    assert there(store, unnamed), "the same bytes may come again"


def test_bytes_that_are_put_again_are_young_again(tmp_path: Path) -> None:
    store = LocalFiles(tmp_path)
    sha256 = store.put(io.BytesIO(b"x")).sha256
    long_ago = (datetime.now(UTC) - 9 * DAY).timestamp()
    os.utime(store.path(sha256), (long_ago, long_ago))
    store.put(io.BytesIO(b"x"))
    assert not store.remove(sha256, datetime.now(UTC) - DAY)
    assert there(store, sha256)


def test_an_upload_in_progress_never_loses_its_bytes(tmp_path: Path) -> None:
    """Sweeps and uploads of the same bytes at once: whoever has put them finds them."""
    store, lost = LocalFiles(tmp_path), []

    def upload() -> None:
        for _ in range(100):
            sha256 = store.put(io.BytesIO(b"the same" * 100)).sha256
            old.set()
            if not there(store, sha256):
                lost.append(sha256)

    old, done = threading.Event(), threading.Event()

    def sweeping() -> None:
        before = datetime.now(UTC) - DAY
        while not done.is_set():
            for kept in store.listed():
                store.remove(kept.sha256, before)

    threads = [threading.Thread(target=upload) for _ in range(2)]
    sweeper = threading.Thread(target=sweeping)
    for thread in (sweeper, *threads):
        thread.start()
    for thread in threads:
        thread.join()
    done.set()
    sweeper.join()
    assert lost == []


def test_what_broken_uploads_left_goes_too(scene: Scene, configure: Configure, tmp_path: Path) -> None:
    configure(data=tmp_path)
    incoming = LocalFiles(tmp_path / "files").incoming
    incoming.mkdir(parents=True)
    (incoming / "left").write_bytes(b"half a file")
    assert sweep(scene, 0.5).abandoned == 0
    assert sweep(scene, 2).abandoned == 1
    assert list(incoming.iterdir()) == []


def test_a_content_that_comes_again_after_a_sweep_is_looked_at_again(scene: Scene, store: FileStore) -> None:
    with scene.writing() as connection:
        sha256 = store.put(io.BytesIO(b"x")).sha256
        note_file(connection, sha256, 1, "text/plain", scene.clock())
    sweep(scene, 2)
    with scene.reading() as connection:
        assert connection.execute(text("SELECT count(*) FROM files WHERE sha256 = :a"), {"a": sha256}).scalar() == 0


def test_a_content_that_comes_again_while_it_is_swept_waits_for_the_scanner(
    scene: Scene, configure: Configure, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    configure(data=tmp_path)
    store = file_store(scene.app.extensions["motcua"].settings)
    sha256 = store.put(io.BytesIO(b"x")).sha256
    with scene.writing() as connection:
        note_file(connection, sha256, 1, "text/plain", scene.clock())
    taken, remove = [], LocalFiles.remove

    def comes_again() -> None:
        store.put(io.BytesIO(b"x"))
        with scene.writing() as connection:
            note_file(connection, sha256, 1, "text/plain", scene.clock(), waits=True)

    def removing(self: LocalFiles, sha256: str, put_before: datetime) -> bool:
        gone = remove(self, sha256, put_before)
        thread = threading.Thread(target=comes_again)
        taken.append(thread)
        thread.start()
        thread.join(0.5)
        return gone

    monkeypatch.setattr(LocalFiles, "remove", removing)
    sweep(scene, 2)
    taken[0].join()
    with scene.reading() as connection:
        assert connection.execute(text("SELECT scan FROM files WHERE sha256 = :a"), {"a": sha256}).scalar() == "waiting"


def test_every_column_that_may_name_a_content_is_known_to_the_sweep() -> None:
    """Whoever adds a table that names stored content adds it to NAMING, or its content is swept away."""
    columns = {
        (table.name, column.name)
        for table in METADATA.tables.values()
        for column in table.columns
        if "sha256" in column.name
    }
    assert columns == {*NAMING, *ELSEWHERE}
    assert not {*NAMING} & {*ELSEWHERE}


def test_each_of_those_columns_keeps_what_it_names(scene: Scene) -> None:
    code = scene.register()["code"]
    sha256 = add_file(scene, "desk", code)["sha256"]
    with scene.reading() as connection:
        assert named_among(connection, [sha256, "0" * 64]) == {sha256}
        assert named_among(connection, []) == set()


def test_the_command_says_what_it_would_do(monkeypatch: pytest.MonkeyPatch, scene: Scene, tmp_path: Path) -> None:
    settings = scene.app.extensions["motcua"].settings
    monkeypatch.setenv("DATABASE_URL", settings.database_url)
    monkeypatch.setenv("MOTCUA_DATA", str(tmp_path))
    store = LocalFiles(tmp_path / "files")
    sha256 = store.put(io.BytesIO(b"x" * 2000)).sha256
    long_ago = (datetime.now(UTC) - 9 * DAY).timestamp()
    os.utime(store.path(sha256), (long_ago, long_ago))
    told = CliRunner().invoke(command, ["sweep", "--dry-run"])
    assert (told.exit_code, "Sẽ xóa 1 (1 KB)" in told.output) == (0, True), told.output
    assert there(store, sha256)
    assert "Đã xóa 1" in CliRunner().invoke(command, ["sweep"]).output
    assert not there(store, sha256)
