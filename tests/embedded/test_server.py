"""Starting and stopping: what a caller gets, and what stays closed."""

from __future__ import annotations

import stat
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest

from app.embedded import EmbeddedError, EmbeddedPostgres, Urls, attach
from app.processes import living_in


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def one(url: str, query: str) -> object:
    with psycopg.connect(url) as connection:
        row = connection.execute(query).fetchone()
    assert row is not None
    return row[0]


def test_a_first_start_makes_roles_database_and_extensions(open_folder: Path, postgres_binaries: Path | None) -> None:
    with EmbeddedPostgres(open_folder / "pg", binaries=postgres_binaries, durable=False) as server:
        urls = server.urls()
        assert one(urls.owner, "SELECT current_user || ' ' || current_database()") == "motcua_owner motcua"
        assert one(urls.app, "SELECT current_user") == "motcua_web"
        assert one(urls.app, "SELECT pg_has_role('motcua_app', 'member')") is True
        assert (
            one(urls.app, "SELECT rolsuper OR rolcreaterole OR rolcreatedb FROM pg_roles WHERE rolname = current_user")
            is False
        )
        assert one(urls.app, "SHOW server_encoding") == "UTF8"
        assert one(urls.app, "SELECT unaccent('Đường Nguyễn Huệ')") == "Duong Nguyen Hue"
        assert one(urls.app, "SELECT 'ĐẮK LẮK' ILIKE 'đắk%'") is True
        assert one(urls.app, "SELECT similarity('quang tri', 'quang tri')") == 1.0


def test_the_application_may_not_change_the_schema(
    postgres_server: EmbeddedPostgres, empty_database_urls: Urls
) -> None:
    with psycopg.connect(empty_database_urls.app) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("CREATE TABLE mine (id int)")


def test_it_listens_on_its_private_socket_only(postgres_server: EmbeddedPostgres) -> None:
    urls = postgres_server.urls()
    assert one(urls.app, "SHOW listen_addresses") == ""
    sockets = Path(parse_qs(urlsplit(urls.app).query)["host"][0])
    assert (sockets / ".s.PGSQL.5432").is_socket()
    assert mode(sockets) == 0o700
    assert mode(postgres_server.data) == 0o700
    assert mode(postgres_server.folder / "passwords.json") == 0o600


def test_a_wrong_password_is_refused(postgres_server: EmbeddedPostgres) -> None:
    user, _, rest = postgres_server.urls().app.removeprefix("postgresql://").partition(":")
    wrong = f"postgresql://{user}:guess@{rest.partition('@')[2]}"
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(wrong)


def test_urls_do_not_show_passwords_by_accident(postgres_server: EmbeddedPostgres) -> None:
    assert "motcua_web:" in postgres_server.urls().app
    assert "postgresql://" not in repr(postgres_server.urls())


def test_data_and_urls_survive_a_restart(cluster: Path, postgres_binaries: Path | None) -> None:
    server = EmbeddedPostgres(cluster, binaries=postgres_binaries, durable=False)
    urls = server.start()
    assert server.start() == urls
    with psycopg.connect(urls.owner) as connection:
        connection.execute("CREATE TABLE survivor AS SELECT 7 AS n")
    server.stop()
    server.stop()
    assert living_in(cluster / "data") == []

    again = EmbeddedPostgres(cluster, binaries=postgres_binaries, durable=True)
    with again:
        assert again.urls() == urls
        assert one(urls.owner, "SELECT n FROM survivor") == 7
        assert one(urls.owner, "SHOW fsync") == "on"


def test_a_server_that_was_not_started_says_so(open_folder: Path) -> None:
    server = EmbeddedPostgres(open_folder / "pg")
    assert not server.alive
    with pytest.raises(EmbeddedError, match="chưa chạy"):
        server.urls()


def test_attach_finds_a_running_server_and_only_that(cluster: Path, postgres_binaries: Path | None) -> None:
    assert attach(cluster) is None
    with EmbeddedPostgres(cluster, binaries=postgres_binaries, durable=False) as server:
        assert attach(cluster) == server.urls()
    assert attach(cluster) is None


def test_a_template_is_copied_with_its_rows(postgres_server: EmbeddedPostgres) -> None:
    source = postgres_server.create_database("test_source")
    with psycopg.connect(source.owner) as connection:
        connection.execute("CREATE TABLE t AS SELECT 3 AS n")
    copy = postgres_server.create_database("test_copy", template="test_source")
    assert one(copy.owner, "SELECT n FROM t") == 3
    postgres_server.rename_database("test_copy", "test_renamed")
    assert one(postgres_server.urls("test_renamed").owner, "SELECT n FROM t") == 3
    for name in ("test_source", "test_renamed"):
        postgres_server.drop_database(name)
    assert not {"test_source", "test_copy", "test_renamed"} & set(postgres_server.databases())
