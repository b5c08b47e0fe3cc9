"""`motcua db` and `motcua demo` as people and `motcua run` call them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import create_engine, text

from app.cli import motcua
from app.demo.content import content
from app.embedded import EmbeddedPostgres, Urls
from app.store.database import sqlalchemy_url
from app.store.migrate import script, upgrade

Run = Callable[..., Result]


@pytest.fixture
def urls(postgres_server: EmbeddedPostgres) -> Iterator[Urls]:
    """A database without a schema."""
    yield postgres_server.create_database("test_command")
    postgres_server.drop_database("test_command")


@pytest.fixture
def environment(urls: Urls, tmp_path: Path) -> dict[str, str]:
    return {"DATABASE_URL": urls.app, "DATABASE_OWNER_URL": urls.owner, "MOTCUA_DATA": str(tmp_path / "data")}


def called(environment: Mapping[str, str], *arguments: str) -> Result:
    return CliRunner().invoke(motcua, arguments, env=dict(environment))


def count(urls: Urls, table: str) -> int:
    engine = create_engine(sqlalchemy_url(urls.owner))
    with engine.connect() as connection:
        found: int = connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()  # noqa: S608
    engine.dispose()
    return found


def test_the_schema_is_brought_up_and_named(environment: dict[str, str]) -> None:
    newest = script().get_current_head()
    empty = called(environment, "db", "revision")
    assert (empty.exit_code, empty.stdout) == (0, "\n")
    assert "motcua db upgrade" in empty.stderr
    first, second = called(environment, "db", "upgrade"), called(environment, "db", "upgrade")
    assert (first.exit_code, first.output) == (0, f"Lược đồ: trống → {newest}.\n")
    assert (second.exit_code, second.output) == (0, f"Lược đồ đã là bản mới nhất ({newest}).\n")
    assert called(environment, "db", "revision").output == f"{newest}\n"


def test_a_demonstration_needs_the_schema_first(environment: dict[str, str]) -> None:
    refused = called(environment, "demo")
    assert refused.exit_code == 2
    assert "chưa có" in refused.output
    assert "motcua db upgrade" in refused.output


@pytest.mark.parametrize("arguments", [("db", "upgrade"), ("db", "revision"), ("demo",)], ids=" ".join)
def test_a_database_that_does_not_answer_is_one_line(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    environment = {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing", "MOTCUA_DATA": str(tmp_path)}
    refused = called(environment, *arguments)
    assert refused.exit_code == 2
    assert refused.output.startswith("Error: ")
    assert len(refused.output.splitlines()) == 1


@pytest.mark.parametrize("profile", ["ha_tinh", "soc_trang", "long_an", "thai_nguyen"])
def test_a_province_without_a_demonstration_is_refused_before_anything_is_touched(profile: str) -> None:
    refused = called({"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing"}, "demo", "--profile", profile)
    assert refused.exit_code == 2
    assert f"chưa có tỉnh trình diễn theo {profile}; có: quang_tri, national_2025." in refused.output
    assert f"MOTCUA_PROFILE={profile}" in refused.output


def test_a_profile_that_does_not_exist_is_no_demonstration() -> None:
    refused = called({"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing"}, "demo", "--profile", "atlantis")
    assert refused.exit_code == 2
    assert "không có hồ sơ tỉnh 'atlantis'" in refused.output


def test_bad_settings_are_one_message(tmp_path: Path) -> None:
    refused = called({"DATABASE_URL": "mysql://x", "MOTCUA_DATA": str(tmp_path)}, "demo")
    assert refused.exit_code == 2
    assert "DATABASE_URL" in refused.output


def test_who_may_not_change_the_schema_is_told(environment: dict[str, str], urls: Urls) -> None:
    refused = called({**environment, "DATABASE_OWNER_URL": urls.app}, "db", "upgrade")
    assert refused.exit_code == 2
    assert refused.output.startswith("Error: Cơ sở dữ liệu từ chối: ")
    assert len(refused.output.splitlines()) == 1


def start(environment: Mapping[str, str], *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "app", *arguments],
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_a_killed_run_leaves_nothing_half_made_and_the_next_one_completes_it(
    environment: dict[str, str], urls: Urls
) -> None:
    upgrade(urls.owner)
    with start(environment, "demo", "--dossiers", "10") as killed:
        assert killed.stderr is not None
        for line in killed.stderr:
            if "5/10" in line:
                killed.send_signal(signal.SIGKILL)
        assert killed.wait() == -signal.SIGKILL
    assert (count(urls, "dossiers"), count(urls, "procrastinate_jobs")) == (0, 0)
    with start(environment, "demo", "--if-empty", "--dossiers", "10") as finished:
        output, progress = finished.communicate()
    assert finished.returncode == 0, progress
    assert "tạo 10 hồ sơ" in output
    assert "10/10 hồ sơ" in progress
    assert count(urls, "dossiers") == 10
    accounts = json.loads((Path(environment["MOTCUA_DATA"]) / "demo-accounts.json").read_text(encoding="utf-8"))
    assert len(accounts) == count(urls, "accounts")


def test_two_runs_at_once_make_one_demonstration(environment: dict[str, str], urls: Urls) -> None:
    upgrade(urls.owner)
    runs = [start(environment, "demo", "--if-empty", "--dossiers", "4") for _ in range(2)]
    results = [(run.communicate(), run.returncode) for run in runs]
    assert [code for _, code in results] == [0, 0], results
    assert (count(urls, "dossiers"), count(urls, "procedure_versions")) == (4, len(content("procedures")["procedures"]))
    assert sum("đặt mật khẩu" in output for (output, _), _ in results) == 1


def test_the_profile_chooses_the_province_and_the_command_says_how_to_start(
    environment: dict[str, str], urls: Urls
) -> None:
    upgrade(urls.owner)
    first = called(environment, "demo", "--dossiers", "0", "--profile", "national_2025")
    assert first.exit_code == 0, first.output
    assert "Tỉnh trình diễn Thái Nguyên: ban hành" in first.output
    assert "MOTCUA_PROFILE=national_2025 make run" in first.output
    national = {**environment, "MOTCUA_PROFILE": "national_2025"}
    again = called(national, "demo", "--dossiers", "0")
    assert again.output == "Tỉnh trình diễn Thái Nguyên đã có đủ, không thêm gì.\n"
    refused = called(environment, "demo", "--dossiers", "0")
    assert refused.exit_code == 2
    assert "đã có tỉnh trình diễn Thái Nguyên" in refused.output
    started = called(environment, "demo", "--if-empty")
    assert started.exit_code == 0
    assert "không nạp Quảng Trị" in started.output
    assert "hãy khởi động: MOTCUA_PROFILE=national_2025 make run" in started.output
    assert count(urls, "dossiers") == 0


def test_an_unknown_demonstration_is_refused_with_those_there_are(environment: dict[str, str]) -> None:
    refused = called(environment, "demo", "--profile", "atlantis")
    assert refused.exit_code == 2
    assert "quang_tri" in refused.output
    assert "national_2025" in refused.output
