"""Where a cluster and its socket lie: long and odd paths, folders closed to the server's user, root or not."""

from __future__ import annotations

import os
import pwd
import stat
import subprocess
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest

from app.embedded import EmbeddedError, EmbeddedPostgres, Urls, attach, home
from app.embedded.binaries import copy_binaries, wheel_binaries
from app.embedded.home import own_folder, socket_path
from app.embedded.identity import Identity, server_identity
from tests.embedded.conftest import needs_root
from tests.embedded.owners import as_user

NOBODY = pwd.getpwnam("nobody").pw_uid


def socket_folder_of(urls: Urls) -> Path:
    return Path(parse_qs(urlsplit(urls.app).query)["host"][0])


def user_of(urls: Urls) -> str:
    with psycopg.connect(urls.app) as connection:
        row = connection.execute("SELECT current_user").fetchone()
    assert row is not None
    return str(row[0])


def modes(folder: Path) -> list[tuple[int, int]]:
    """Mode and owner of every folder above."""
    return [(stat.S_IMODE(place.stat().st_mode), place.stat().st_uid) for place in folder.parents]


@pytest.mark.parametrize("name", ["d" * 120, "hồ sơ, 1"])
def test_a_path_that_is_no_good_for_a_socket_still_works(open_folder: Path, name: str) -> None:
    folder = open_folder / name / "pg"
    with EmbeddedPostgres(folder, durable=False) as server:
        sockets = socket_folder_of(server.urls())
        assert len(os.fsencode(sockets / ".s.PGSQL.5432")) <= 107
        assert stat.S_IMODE(sockets.stat().st_mode) == 0o700
        assert user_of(server.urls()) == "motcua_web"
        assert attach(folder) == server.urls()
    if sockets.parent != folder:
        sockets.rmdir()


def test_the_short_socket_folder_must_be_ours_alone(open_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(home, "SOCKET_FALLBACK", open_folder)
    taken = socket_path(Path("/", "x" * 200))
    taken.mkdir(mode=0o755)
    taken.chmod(0o755)
    us = Identity(os.geteuid(), os.getegid(), switch=False)
    with pytest.raises(EmbeddedError, match="0700"):
        own_folder(taken, us)
    taken.rmdir()
    taken.symlink_to("/tmp")
    with pytest.raises(EmbeddedError, match="0700"):
        own_folder(taken, us)


def test_it_changes_no_folder_above_and_never_runs_as_root(open_folder: Path) -> None:
    folder = open_folder / "pg"
    before = modes(folder)
    with EmbeddedPostgres(folder, durable=False) as server:
        assert modes(folder) == before
        assert Path(f"/proc/{server.pid}").stat().st_uid == server.data.stat().st_uid != 0
    assert modes(folder) == before


@needs_root
def test_a_folder_closed_to_the_server_gets_its_cluster_elsewhere(
    closed_folder: Path, elsewhere: Path, programs: Path
) -> None:
    said: list[str] = []
    folder = closed_folder / "pg"
    server = EmbeddedPostgres(folder, binaries=programs, durable=False, say=said.append)
    urls = server.start()
    assert server.data.is_relative_to(elsewhere)
    assert stat.S_IMODE(closed_folder.stat().st_mode) == 0o700
    assert len(said) == 1
    assert str(elsewhere) in said[0]
    assert attach(folder) == urls
    server.stop()

    said.clear()
    with EmbeddedPostgres(folder, binaries=programs, durable=False, say=said.append) as again:
        assert again.urls() == urls
    assert said == [], "it is said once"

    (folder / "location").unlink()
    with EmbeddedPostgres(folder, binaries=programs, durable=False, say=said.append) as fresh:
        assert fresh.urls() != urls


@needs_root
def test_a_copied_folder_does_not_reach_the_original_cluster(closed_folder: Path, elsewhere: Path) -> None:
    with EmbeddedPostgres(closed_folder / "pg", durable=False, say=lambda _: None):
        pass
    subprocess.run(["cp", "-a", str(closed_folder / "pg"), str(closed_folder / "copy")], check=True)
    with pytest.raises(EmbeddedError, match="bản chép"):
        EmbeddedPostgres(closed_folder / "copy").start()
    (closed_folder / "pg").rename(closed_folder / "moved")
    with EmbeddedPostgres(closed_folder / "moved", durable=False) as server:
        assert server.alive, "a moved folder keeps its cluster"


@needs_root
def test_a_cluster_that_vanished_is_not_replaced_silently(closed_folder: Path, elsewhere: Path) -> None:
    (closed_folder / "pg").mkdir()
    (closed_folder / "pg" / "location").write_text(f"{elsewhere}/gone\n")
    with pytest.raises(EmbeddedError, match="không có dữ liệu"):
        EmbeddedPostgres(closed_folder / "pg").start()


@needs_root
def test_programs_closed_to_the_server_are_copied_once(closed_folder: Path, open_folder: Path, elsewhere: Path) -> None:
    hidden = copy_binaries(wheel_binaries(), closed_folder)
    said: list[str] = []
    with EmbeddedPostgres(open_folder / "pg", binaries=hidden, durable=False, say=said.append) as server:
        assert server.binaries.is_relative_to(elsewhere)
        assert "pg_dump" in subprocess.check_output([server.binaries / "pg_dump", "-V"], text=True)
        assert copy_binaries(hidden, elsewhere) == server.binaries
    assert len(list(elsewhere.iterdir())) == 1
    assert len(said) == 1


@needs_root
def test_an_ordinary_user_runs_it_himself(open_folder: Path) -> None:
    programs = copy_binaries(wheel_binaries(), open_folder)
    place = open_folder / "theirs"
    place.mkdir()
    os.chown(place, NOBODY, -1)

    def work() -> list[object]:
        with EmbeddedPostgres(place / "pg", binaries=programs, durable=False) as server:
            mode = stat.S_IMODE((place / "pg").stat().st_mode)
            return [user_of(server.urls()), os.stat(f"/proc/{server.pid}").st_uid, mode]

    assert as_user(NOBODY, work) == ["motcua_web", NOBODY, 0o700]


@needs_root
def test_root_goes_on_with_an_ordinary_users_cluster(open_folder: Path) -> None:
    data = open_folder / "data"
    data.mkdir()
    os.chown(data, NOBODY, -1)
    assert server_identity(data).uid == NOBODY


@needs_root
def test_roots_folder_is_refused_to_others_with_a_reason(cluster: Path) -> None:
    programs = wheel_binaries()

    def work() -> str:
        try:
            EmbeddedPostgres(cluster, binaries=programs).start()
        except EmbeddedError as error:
            return str(error)
        return "started"

    assert "Không có quyền" in as_user(NOBODY, work)
