"""One supervisor a folder; two folders never meet."""

from __future__ import annotations

import shutil
from pathlib import Path

import psycopg
import pytest

from app.embedded import AlreadyRunningError, EmbeddedError, EmbeddedPostgres, attach, lock
from app.embedded.lock import FolderLock, is_held
from tests.embedded.owners import owner, try_owner


def test_a_second_process_is_refused_and_told_who_holds_the_folder(
    cluster: Path, postgres_binaries: Path | None
) -> None:
    with EmbeddedPostgres(cluster, binaries=postgres_binaries) as server:
        process, said = try_owner(cluster, postgres_binaries)
        process.communicate()
        assert process.returncode == 3
        assert said.startswith("AlreadyRunningError")
        assert str(cluster) in said
        assert server.alive


def test_a_second_supervisor_in_one_process_is_refused(
    cluster: Path, monkeypatch: pytest.MonkeyPatch, postgres_binaries: Path | None
) -> None:
    monkeypatch.setattr(lock, "GRACE_SECONDS", 0.0)
    with EmbeddedPostgres(cluster, binaries=postgres_binaries) as server:
        with pytest.raises(AlreadyRunningError, match="MOTCUA_DATA"):
            EmbeddedPostgres(cluster, binaries=postgres_binaries).start()
        assert server.alive


def test_attach_reaches_the_server_of_another_process(cluster: Path, postgres_binaries: Path | None) -> None:
    with owner(cluster, postgres_binaries):
        urls = attach(cluster)
        assert urls is not None
        with psycopg.connect(urls.app) as connection:
            assert connection.execute("SELECT current_user").fetchone() == ("motcua_web",)


def test_attach_gives_up_on_a_server_that_never_answers(open_folder: Path) -> None:
    holder = FolderLock(open_folder / "lock")
    assert holder.take()
    with pytest.raises(EmbeddedError, match="không trả lời"):
        attach(open_folder, patience_seconds=0.0)
    holder.release()
    assert not is_held(open_folder / "lock")


def test_two_folders_are_two_servers(cluster: Path, open_folder: Path, postgres_binaries: Path | None) -> None:
    other = EmbeddedPostgres(open_folder / "other", durable=False)
    with EmbeddedPostgres(cluster, binaries=postgres_binaries) as first, other as second:
        assert first.urls() != second.urls()
        with psycopg.connect(first.urls().owner) as connection:
            connection.execute("CREATE TABLE here_only (n int)")
        with psycopg.connect(second.urls().owner) as connection, pytest.raises(psycopg.errors.UndefinedTable):
            connection.execute("SELECT * FROM here_only")
        first.stop()
        assert second.alive


def test_a_removed_folder_begins_anew(open_folder: Path) -> None:
    folder = open_folder / "pg"
    with EmbeddedPostgres(folder, durable=False) as server:
        before = server.urls()
    shutil.rmtree(folder)
    with EmbeddedPostgres(folder, durable=False) as server:
        assert server.urls() != before
