"""What went wrong with a backup is found, and half of one is never taken for a good one."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import psycopg
import pytest

from app.backups import making
from app.backups.checking import check_backups
from app.backups.errors import BackupError
from app.backups.folder import at_work, backups_in, prune
from app.backups.manifest import read_manifest
from app.jobs import files as jobs
from app.rules.backups import read_kept
from app.store.stored_content import BACKUP_HOLD
from app.wording import LOCAL
from tests.actions.scene import Scene
from tests.backups.conftest import Restore, back_up, settings_of
from tests.backups.test_round_trip import at_work as work_done
from tests.backups.test_round_trip import owner_url, rows
from tests.papers.test_sweep import sweep


@pytest.fixture
def made(scene: Scene, own_data: Path, kept: Path) -> Path:
    """A good backup."""
    work_done(scene)
    return back_up(scene, kept)[0]


def broken(path: Path) -> None:
    """One byte of a file is another."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def first_content(kept: Path) -> Path:
    return next(path for path in (kept / "files").rglob("*") if len(path.name) == 64)


def test_a_good_one_has_no_faults(made: Path, kept: Path) -> None:
    assert [(place.name, wrong) for place, wrong in check_backups(kept)] == [(made.name, [])]


@pytest.mark.parametrize("part", ["database.dump", "files.txt", "manifest.json", "content"])
@pytest.mark.parametrize("how", ["changed", "cut", "gone"])
def test_each_part_that_is_damaged_is_found_and_nothing_is_restored(
    made: Path, kept: Path, restored: Restore, part: str, how: str, tmp_path: Path
) -> None:
    path = first_content(kept) if part == "content" else made / part
    if how == "changed":
        broken(path)
    elif how == "cut":
        path.write_bytes(path.read_bytes()[:-2])
    else:
        path.unlink()
    ((_, wrong),) = check_backups(kept)
    assert wrong
    with pytest.raises(BackupError):
        restored(kept)
    assert not (tmp_path / "elsewhere" / "trust").exists()


def test_a_restore_that_was_broken_off_may_be_run_again(made: Path, kept: Path, restored: Restore) -> None:
    """Contents come first: the attempt ends before the database has anything."""
    path = first_content(kept)
    aside = path.with_name("aside")
    path.rename(aside)
    with pytest.raises(BackupError, match="thiếu tệp"):
        restored(kept)
    aside.rename(path)
    there = restored(kept)
    assert rows(owner_url(there), "SELECT count(*) FROM dossiers") == [(1,)]


def test_a_dump_with_a_fault_in_its_middle_leaves_the_database_empty(
    scene: Scene, made: Path, kept: Path, restored: Restore
) -> None:
    """A manifest that counts other rows: the transaction that has filled everything is rolled back."""
    manifest = json.loads((made / "manifest.json").read_text())
    del manifest["checksum"]
    manifest["rows"]["dossiers"] += 1
    from app.backups.manifest import _checksum

    text = json.dumps(manifest | {"checksum": _checksum(manifest)})
    good = (made / "manifest.json").read_text()
    (made / "manifest.json").write_text(text)
    with pytest.raises(BackupError, match="dossiers"):
        restored(kept)
    (made / "manifest.json").write_text(good)
    there = restored(kept)
    assert rows(owner_url(there), "SELECT count(*) FROM dossiers") == [(1,)]


def test_an_interrupted_backup_is_none(
    scene: Scene, made: Path, kept: Path, monkeypatch: pytest.MonkeyPatch, own_data: Path
) -> None:
    """Broken off just before it gets its name; what a kill leaves is cleared by the next one."""

    def killed(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(making, "write_manifest", killed)
        with pytest.raises(BackupError, match="No space left"):
            back_up(scene, kept)
    assert [one.folder for one in backups_in(kept)] == [made]
    shutil.copytree(made, kept / ".unfinished")
    assert [one.folder for one in backups_in(kept)] == [made]
    back_up(scene, kept)
    assert not (kept / ".unfinished").exists()
    assert len(backups_in(kept)) == 2


def test_of_two_at_once_one_is_refused(scene: Scene, made: Path, kept: Path, tmp_path: Path) -> None:
    with at_work(kept), pytest.raises(BackupError, match="đang sao lưu vào"):
        back_up(scene, kept)
    with psycopg.connect(settings_of(scene).database_url or "", autocommit=True) as other:
        other.execute("SELECT pg_advisory_lock(%s)", (BACKUP_HOLD,))
        with pytest.raises(BackupError, match="đang được tạo"):
            back_up(scene, tmp_path / "another")


def test_the_sweeper_stands_back_while_one_is_made(scene: Scene, own_data: Path) -> None:
    with scene.app.app_context():
        import io

        from app.store.files import file_store

        file_store(settings_of(scene)).put(io.BytesIO(b"of nobody"))
    with psycopg.connect(settings_of(scene).database_url or "", autocommit=True) as other:
        other.execute("SELECT pg_advisory_lock(%s)", (BACKUP_HOLD,))
        assert sweep(scene, 2).removed == 0
        other.execute("SELECT pg_advisory_unlock(%s)", (BACKUP_HOLD,))  # closing alone would be noticed some time later
    assert sweep(scene, 2).removed == 1
    assert jobs.GRACE


def test_what_the_store_has_lost_is_said_and_the_rest_is_kept(scene: Scene, own_data: Path, kept: Path) -> None:
    _, sha256 = work_done(scene)
    (own_data / "files" / sha256[:2] / sha256).write_bytes(b"something else")
    _, manifest = back_up(scene, kept)
    assert manifest.missing == (sha256,)
    ((_, wrong),) = check_backups(kept)
    assert wrong == []


def test_one_of_a_later_release_is_refused(scene: Scene, made: Path, kept: Path, restored: Restore) -> None:
    from app.backups.manifest import _checksum

    manifest = json.loads((made / "manifest.json").read_text())
    del manifest["checksum"]
    manifest["revision"] = "9999"
    (made / "manifest.json").write_text(json.dumps(manifest | {"checksum": _checksum(manifest)}))
    with pytest.raises(BackupError, match="9999"):
        restored(kept)


def test_retention_removes_old_ones_and_the_files_that_only_they_named(
    scene: Scene, made: Path, kept: Path, own_data: Path
) -> None:
    lonely = first_content(kept)
    with scene.app.app_context():
        from app.store.transaction import transaction

        with transaction() as connection:
            from sqlalchemy import text

            connection.execute(text("UPDATE attachments SET sha256 = :sha"), {"sha": "0" * 64})
    second, _ = back_up(scene, kept)
    third, _ = back_up(scene, kept)
    with at_work(kept):
        removed, files = prune(kept, read_kept("1h"), LOCAL)
    assert (set(removed), files) == ({made.name, second.name}, 1)
    assert not lonely.exists()
    assert read_manifest(third).missing == ("0" * 64,)
    assert not (kept / ".removed").exists()
