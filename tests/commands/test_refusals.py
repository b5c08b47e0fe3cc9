"""What the command line refuses: what, where, what to do; nothing written, never a traceback."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from app.actions.maintain import BeginMaintenance, Hand
from app.backups.errors import BackupError
from app.backups.restoring import hold_recovered
from app.cli import motcua
from app.commands.refusals import refusal_lines
from app.config import ConfigError, Settings
from app.embedded import Urls
from app.errors import DomainError, invalid
from app.store import migrate
from app.store.readiness import SchemaState
from tests.actions.conftest import emptying, guard, scene
from tests.actions.scene import Scene
from tests.factories import START

__all__ = ["emptying", "guard", "scene"]
Called = Callable[..., Result]
FIRST = ("administrator", "quan.tri", "--name", "Nguyễn Thị Quản Trị", "--agency-name", "UBND tỉnh")


@pytest.fixture
def called(database_urls: Urls, tmp_path: Path) -> Called:
    environment = {
        "DATABASE_URL": database_urls.app,
        "DATABASE_OWNER_URL": database_urls.owner,
        "MOTCUA_DATA": str(tmp_path / "data"),
    }
    return lambda *asked: CliRunner().invoke(motcua, asked, env=environment)


def in_words(found: Result) -> str:
    """The message; a traceback would be an exception that is no exit."""
    if isinstance(found.exception, DomainError):  # `main` prints these
        return refusal_lines(found.exception)
    assert isinstance(found.exception, SystemExit), found.exception
    assert found.exit_code == 2
    return found.output


@pytest.mark.parametrize("words", ["", " \n "])
def test_a_maintenance_without_a_word_is_not_begun(scene: Scene, called: Called, words: str) -> None:
    """It would close the system for people who are told nothing."""
    with scene.unchanged():
        assert "words: Hãy ghi lời báo" in in_words(called("maintenance", "on", "--words", words))
        begin = BeginMaintenance("maintenance", "closed", words, START, None)
        with scene.writing() as connection, pytest.raises(DomainError) as refused:
            begin.plan(connection, Hand(None), START)
    assert list(refused.value.errors or {}) == ["words"]


def test_the_field_that_is_wrong_is_named(scene: Scene, called: Called) -> None:
    told = in_words(called("maintenance", "on", "--words", "Nâng cấp", "--until", "2020-01-01T08:00"))
    assert "ends_at: Phải sau lúc bắt đầu" in told
    assert refusal_lines(invalid({"a": ["Một.", "Hai."]})).splitlines()[1:] == ["a: Một.", "a: Hai."]


@pytest.mark.parametrize(
    ("more", "field"),
    [
        (("--name", ""), "name"),
        (("--agency-name", " "), "name"),
        (("--identifier", "bad id"), "identifier"),
        (("--agency", "hai chữ"), "code"),
        (("--email", "khong-phai-thu"), "email"),
    ],
)
def test_the_first_administrator_is_made_once_so_nothing_odd_is_taken(
    called: Called, more: tuple[str, str], field: str
) -> None:
    assert f"{field}: " in in_words(called(*FIRST, *more))


def test_who_cannot_be_rescued_is_told_who_could(scene: Scene, called: Called) -> None:
    assert "Quản trị viên của tỉnh: admin." in in_words(called("rescue", "khong-co"))


@pytest.mark.parametrize("asked", ["list", "verify", "prune", "from"])
def test_a_folder_of_backups_that_is_not_there_is_no_success(called: Called, tmp_path: Path, asked: str) -> None:
    command = "restore" if asked == "from" else "backup"
    assert "khong-co" in in_words(called(command, asked, str(tmp_path / "khong-co")))
    assert not (tmp_path / "khong-co").exists()


def test_a_backup_of_that_name_is_not_there(called: Called, tmp_path: Path) -> None:
    assert in_words(called("backup", "verify", str(tmp_path), "--backup", "khong-co"))


def test_a_moment_to_come_holds_nothing(scene: Scene, database_urls: Urls) -> None:
    """Nobody could release it: what was lost cannot lie between then and now."""
    with scene.unchanged(), pytest.raises(BackupError, match="chưa đến"):
        hold_recovered(database_urls.owner, START.replace(year=2099), START)


@pytest.mark.parametrize("port", ["b", "", "0", "65536", "²"])
def test_a_port_is_a_number(port: str) -> None:
    with pytest.raises(ConfigError, match="cổng là số"):
        Settings.from_env({"DATABASE_URL": f"postgresql://app@a:1,b:{port}/motcua"})


@pytest.mark.parametrize(("floor", "code"), [("0001", 0), ("9999", 1)], ids=["serves", "does not"])
def test_older_code_upgrades_nothing_after_going_back(
    called: Called, monkeypatch: pytest.MonkeyPatch, floor: str, code: int
) -> None:
    def later(_url: str, _ask: object) -> SchemaState:
        return replace(SchemaState("9999", "0035", None), floor=floor)

    monkeypatch.setattr(migrate, "asked", later)
    for asked in ("upgrade", "status"):
        found = called("db", asked)
        assert found.exit_code == code, asked
        assert re.search(r"mới hơn mã này|cũ hơn lược đồ", found.output)
    assert called("db", "revision").exit_code == 0


def test_a_database_that_refuses_is_told_in_a_line(database_urls: Urls, tmp_path: Path) -> None:
    odd = {"DATABASE_URL": database_urls.app + "&foo=bar", "MOTCUA_DATA": str(tmp_path)}
    for asked in (("maintenance", "status"), ("rescue", "admin")):
        found = CliRunner().invoke(motcua, asked, env=odd)
        assert "motcua db status" in in_words(found)
