"""A backup and what comes out of it in an empty place: every row, every file, and a hold."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from app.backups.errors import BackupError
from app.backups.folder import backups_in
from app.config import Settings
from app.store.files import file_store
from tests.actions.scene import Scene
from tests.backups.comparing import schema, state
from tests.backups.conftest import Restore, back_up, settings_of
from tests.papers import samples
from tests.regulation.files import add_file

PERSON = {"name": "Trần Văn Bình", "email": "binh.tran@example.org"}


def at_work(scene: Scene) -> tuple[str, str]:
    """A dossier with a file and a message, one step further; its code and the file's hash."""
    code = scene.register(applicant=PERSON, notify=["email"])["code"]
    sha256: str = add_file(scene, "desk", code, samples.pdf())["sha256"]
    task = scene.open_tasks(code)[0]
    scene.do("forward", "desk", task.id)
    return code, sha256


def owner_url(settings: Settings) -> str:
    assert settings.database_owner_url is not None
    return settings.database_owner_url


def rows(url: str, query: str) -> list[tuple[object, ...]]:
    with psycopg.connect(url, autocommit=True) as connection:
        return list(connection.execute(query))


@pytest.mark.rule("HT-20.1", "ST-25.4")
def test_every_row_and_every_file_comes_back(scene: Scene, own_data: Path, kept: Path, restored: Restore) -> None:
    _, sha256 = at_work(scene)
    (own_data / "trust").mkdir(parents=True)
    (own_data / "trust" / "root.pem").write_text("a certificate")
    (own_data / "secret-key").write_text("k" * 64)
    here = settings_of(scene)
    place, manifest = back_up(scene, kept)

    there = restored(kept)

    assert manifest.missing == ()
    assert state(owner_url(there)) == state(owner_url(here))
    assert schema(owner_url(there)) == schema(owner_url(here))
    with file_store(there).open(sha256) as content:
        assert content.read() == samples.pdf()
    assert (there.data / "trust" / "root.pem").read_text() == "a certificate"
    assert not (there.data / "secret-key").exists(), "keys are kept apart"
    assert rows(owner_url(there), "SELECT backup, released_at FROM restores") == [(place.name, None)]
    ahead = "SELECT nextval(pg_get_serial_sequence('deliveries', 'id')) - coalesce(max(id), 0) > 999999 FROM deliveries"
    assert rows(owner_url(there), ahead) == [(True,)], "a gateway must not take a new message for one it has had"
    assert rows(owner_url(there), "SELECT count(*) FROM tokens") == [(0,)], "what was ended since must not open again"


def test_what_happens_after_the_moment_is_not_in_it(
    scene: Scene, own_data: Path, kept: Path, restored: Restore
) -> None:
    first = scene.register()["code"]
    back_up(scene, kept)
    scene.register()
    there = restored(kept)
    assert rows(owner_url(there), "SELECT code FROM dossiers") == [(first,)]


def test_an_unchanged_file_is_copied_once(scene: Scene, own_data: Path, kept: Path) -> None:
    code, first = at_work(scene)
    _, one = back_up(scene, kept)
    stored = kept / "files" / first[:2] / first
    before = stored.stat()
    second = add_file(scene, "binh", code, samples.pdf(pages=3))["sha256"]
    _, two = back_up(scene, kept)
    assert (one.new_files, two.new_files) == (one.files, 1)
    assert two.files == one.files + 1
    assert (kept / "files" / second[:2] / second).exists()
    after = stored.stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)
    assert [found.folder.name for found in backups_in(kept)] == [two.name, one.name]


def test_a_place_that_is_not_empty_is_left_alone(scene: Scene, own_data: Path, kept: Path, restored: Restore) -> None:
    at_work(scene)
    back_up(scene, kept)
    there = restored(kept)
    before = state(owner_url(there))
    with pytest.raises(BackupError, match="không trống"):
        restored(kept)
    assert state(owner_url(there)) == before


def test_a_store_with_other_files_is_left_alone(
    scene: Scene, own_data: Path, kept: Path, restored: Restore, tmp_path: Path
) -> None:
    at_work(scene)
    back_up(scene, kept)
    other = tmp_path / "elsewhere" / "files" / "ab" / ("ab" + "0" * 62)
    other.parent.mkdir(parents=True)
    other.write_bytes(b"somebody's")
    with pytest.raises(BackupError, match="Kho tệp không trống"):
        restored(kept)
    assert other.read_bytes() == b"somebody's"


def test_an_older_backup_can_be_chosen(scene: Scene, own_data: Path, kept: Path, restored: Restore) -> None:
    scene.register()
    older, _ = back_up(scene, kept)
    scene.register()
    back_up(scene, kept)
    there = restored(kept, older.name)
    assert rows(owner_url(there), "SELECT count(*) FROM dossiers") == [(1,)]
