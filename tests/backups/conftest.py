"""The small office, a folder of backups, and empty places to restore into."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.backups.making import make_backup
from app.backups.manifest import Manifest
from app.backups.restoring import restore_backup
from app.config import Settings
from app.embedded import EmbeddedPostgres, Urls
from tests.actions.conftest import emptying, guard, scene
from tests.actions.scene import Scene
from tests.papers.conftest import Configure, configure

__all__ = ["Configure", "configure", "emptying", "guard", "scene"]

Restore = Callable[..., Settings]


def settings_of(scene: Scene) -> Settings:
    found: Settings = scene.app.extensions["motcua"].settings
    return found


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """A folder for backups, not made yet."""
    return tmp_path / "kept"


@pytest.fixture
def own_data(scene: Scene, configure: Configure, tmp_path: Path) -> Path:
    """A data folder of this test's own, for what its files are."""
    configure(data=tmp_path / "data")
    return tmp_path / "data"


def back_up(scene: Scene, folder: Path, **how: object) -> tuple[Path, Manifest]:
    return make_backup(settings_of(scene), folder, **how)  # type: ignore[arg-type]


@pytest.fixture
def restored(scene: Scene, postgres_server: EmbeddedPostgres, tmp_path: Path) -> Iterator[Restore]:
    """Restores into an empty database and folder; answers the settings of that place."""
    urls: list[Urls] = [postgres_server.create_database("restored")]

    def restore(source: Path, name: str | None = None, data: Path | None = None) -> Settings:
        place = replace(
            settings_of(scene),
            database_url=urls[0].app,
            database_owner_url=urls[0].owner,
            data=data or tmp_path / "elsewhere",
            bucket=None,
        )
        restore_backup(place, urls[0].owner, source, name)
        return place

    yield restore
    postgres_server.drop_database("restored")
