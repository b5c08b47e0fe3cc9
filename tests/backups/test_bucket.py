"""Files in a bucket are backed up into the folder, and go back into a bucket or a folder."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from app.backups.errors import BackupError
from app.backups.restoring import restore_backup
from app.embedded import EmbeddedPostgres
from app.store.files import file_store
from tests.actions.scene import Scene
from tests.backups.comparing import state
from tests.backups.conftest import Configure, back_up, settings_of
from tests.backups.test_round_trip import at_work, owner_url
from tests.papers import samples
from tests.store.s3 import s3_server


def test_from_one_bucket_into_another(
    scene: Scene, kept: Path, tmp_path: Path, configure: Configure, postgres_server: EmbeddedPostgres
) -> None:
    with s3_server(tmp_path / "one") as here, s3_server(tmp_path / "two") as there:
        configure(data=tmp_path / "data", bucket=here)
        _, sha256 = at_work(scene)
        _, manifest = back_up(scene, kept)
        assert manifest.new_files == manifest.files > 0
        urls = postgres_server.create_database("restored")
        place = replace(
            settings_of(scene),
            database_url=urls.app,
            database_owner_url=urls.owner,
            data=tmp_path / "new",
            bucket=there,
        )
        try:
            restore_backup(place, urls.owner, kept)
            assert state(urls.owner) == state(owner_url(settings_of(scene)))
            with file_store(place).open(sha256) as content:
                assert content.read() == samples.pdf()
        finally:
            postgres_server.drop_database("restored")


def test_a_bucket_that_is_away_keeps_the_backup_from_being_made(
    scene: Scene, kept: Path, tmp_path: Path, configure: Configure
) -> None:
    with s3_server(tmp_path / "one") as here:
        configure(data=tmp_path / "data", bucket=here)
        at_work(scene)
    with pytest.raises(BackupError, match="Không dùng được kho tệp"):
        back_up(scene, kept)
    assert [place.name for place in kept.iterdir() if not place.name.startswith(".")] in ([], ["files"])
