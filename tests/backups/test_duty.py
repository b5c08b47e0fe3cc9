"""The worker's backups: made when the schedule asks, written down good or bad, old ones removed (ST-25.4)."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.backups.folder import backups_in
from app.jobs import backups as duty
from app.store import backups
from app.store.backups import BackupRow
from app.store.transaction import reading
from tests.actions.scene import Scene
from tests.backups.conftest import Configure


def round_of_duty(scene: Scene) -> list[BackupRow]:
    """One round at the wall's time, for a backup shows the database's; what is written down after it."""
    scene.clock.at = datetime.now(UTC)
    with scene.app.app_context():
        duty.back_up_when_due()
        with reading() as connection:
            return backups.latest_backups(connection, 10)


@pytest.mark.rule("HT-20.1", "ST-25.4", "LA-4.6", "TN-7.5")
def test_one_is_made_when_none_shows_the_moment_and_then_none_until_the_next(
    scene: Scene, kept: Path, tmp_path: Path, configure: Configure
) -> None:
    configure(data=tmp_path / "data", backup_folder=kept, profile="long_an")
    scene.register()
    (row,) = round_of_duty(scene)
    assert (row.state, row.way, row.missing) == ("done", "duty", 0)
    assert datetime.now(UTC) - row.taken_at < timedelta(minutes=5)
    assert len(round_of_duty(scene)) == 1
    assert [one.folder.name for one in backups_in(kept)] == [row.name]


def test_a_failure_is_written_down_and_tried_again(
    scene: Scene, tmp_path: Path, configure: Configure, kept: Path
) -> None:
    (tmp_path / "in the way").write_text("")
    configure(data=tmp_path / "data", backup_folder=tmp_path / "in the way" / "kept", profile="long_an")
    (row,) = round_of_duty(scene)
    assert row.state == "failed"
    assert row.error is not None
    assert "Không ghi được" in row.error
    configure(backup_folder=kept)
    assert [one.state for one in round_of_duty(scene)] == ["done", "failed"]


def test_what_others_may_read_of_it_is_nothing(scene: Scene, kept: Path, tmp_path: Path, configure: Configure) -> None:
    configure(data=tmp_path / "data", backup_folder=kept)
    scene.register()
    round_of_duty(scene)
    open_to_others = [path for path in (kept, *kept.rglob("*")) if os.stat(path).st_mode & 0o077 and path.is_dir()]
    assert open_to_others == []
    place = backups_in(kept)[0].folder
    assert [path for path in place.rglob("*") if path.is_file() and path.stat().st_mode & 0o077] == []
