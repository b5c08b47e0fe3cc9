"""`motcua calendar` on a running province."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from app.cli import motcua
from app.embedded import Urls
from tests.actions.calendars import change_row, code_of, data_of, work_through
from tests.actions.conftest import emptying, guard, scene
from tests.actions.scene import Scene

__all__ = ["emptying", "guard", "scene"]

Called = Callable[..., Result]


@pytest.fixture
def called(scene: Scene, database_urls: Urls, tmp_path: Path) -> Called:
    environment = {"DATABASE_URL": database_urls.app, "MOTCUA_DATA": str(tmp_path / "data")}
    return lambda *arguments: CliRunner().invoke(motcua, ["calendar", *map(str, arguments)], env=environment)


def written(path: Path, data: Any) -> Path:
    path.write_text(json.dumps(data), encoding="utf-8")
    return path


def test_a_calendar_is_shown_edited_previewed_and_changed(scene: Scene, called: Called, tmp_path: Path) -> None:
    code, dossier = code_of(scene), scene.at_step("assign")
    assert code in called("show").output
    data = json.loads(called("show", code).output)
    assert data == data_of(scene)
    file = written(tmp_path / "calendar.json", data | {"holidays": ["2026-12-01"]})
    previewed = json.loads(called("preview", code, file).output)
    assert (previewed["moved"], previewed["dossiers"][0]["code"]) == (1, dossier)
    answer = called("change", code, file, "--reason", "Công điện 12")
    assert answer.exit_code == 0, answer.output
    change_id = json.loads(answer.output)["change"]
    assert (change_row(scene, change_id).reason, change_row(scene, change_id).made_by) == ("Công điện 12", None)
    assert work_through(scene, change_id).moved == 1
    scene.sound(dossier)


def test_a_years_holidays_are_added(scene: Scene, called: Called) -> None:
    code = code_of(scene)
    assert called("holidays", code, 2028).exit_code == 0
    assert "2028-09-02" in data_of(scene)["holidays"]
    again = called("holidays", code, 2028)
    assert (again.exit_code, "không có gì thay đổi" in again.output) == (2, True)


def test_what_cannot_be_used_is_told_in_one_message(scene: Scene, called: Called, tmp_path: Path) -> None:
    code = code_of(scene)
    bad = written(tmp_path / "bad.json", {"weekly": {"mon": [["8h", "9h"]]}})
    for arguments, told in (
        (("show", "khong-co"), "Không có lịch làm việc"),
        (("preview", code, tmp_path / "none.json"), "không đọc được"),
        (("preview", code, written(tmp_path / "list.json", [])), "đối tượng JSON"),
        (("change", code, bad, "--reason", "x"), "weekly.mon[0]"),
    ):
        answer = called(*arguments)
        assert (answer.exit_code, told in answer.output) == (2, True), answer.output
