"""Roles, database and extensions, brought about at every start: whatever a kill interrupted is completed by the next one."""

from __future__ import annotations

from pathlib import Path

import psycopg
from psycopg import sql

from app.embedded.urls import DATABASE, GROUP, OWNER, PORT, SUPERUSER, WEB, Passwords

EXTENSIONS = ("unaccent", "pg_trgm")
CONNECT_SECONDS = 10


def connect(sockets: Path, passwords: Passwords, database: str) -> psycopg.Connection[tuple[object, ...]]:
    """A superuser's connection in autocommit mode."""
    return psycopg.connect(
        host=str(sockets),
        port=PORT,
        user=SUPERUSER,
        password=passwords.superuser,
        dbname=database,
        autocommit=True,
        connect_timeout=CONNECT_SECONDS,
    )


def ensure_roles(sockets: Path, passwords: Passwords) -> None:
    """The owner who migrates, the application's login in its group role, and the database with its extensions."""
    with connect(sockets, passwords, "postgres") as server:
        known = {row[0] for row in server.execute("SELECT rolname FROM pg_roles")}
        for name, options in ((GROUP, "NOLOGIN"), (OWNER, "LOGIN"), (WEB, "LOGIN")):
            if name not in known:
                server.execute(sql.SQL("CREATE ROLE {} " + options).format(sql.Identifier(name)))
        for name, word in ((OWNER, passwords.owner), (WEB, passwords.web)):
            server.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(name), sql.Literal(word)))
        for member in (WEB, OWNER):  # the owner grants to the group, and migrations ask that it be a member
            server.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(GROUP), sql.Identifier(member)))
        exists = server.execute("SELECT 1 FROM pg_database WHERE datname = %s", (DATABASE,)).fetchone()
    if not exists:
        create_database(sockets, passwords, DATABASE)
    else:
        prepare_database(sockets, passwords, DATABASE)


def create_database(sockets: Path, passwords: Passwords, name: str, template: str | None = None) -> None:
    """An empty database of that name, or a copy of `template`; one that exists is dropped with its connections."""
    drop_database(sockets, passwords, name)
    with connect(sockets, passwords, "postgres") as server:
        source = (
            sql.SQL(" TEMPLATE {} STRATEGY FILE_COPY").format(sql.Identifier(template)) if template else sql.SQL("")
        )
        server.execute(
            sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(name), sql.Identifier(OWNER)) + source
        )
    prepare_database(sockets, passwords, name)


def drop_database(sockets: Path, passwords: Passwords, name: str) -> None:
    """Drop it with whoever is connected; nothing happens when there is none."""
    with connect(sockets, passwords, "postgres") as server:
        server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def rename_database(sockets: Path, passwords: Passwords, name: str, new_name: str) -> None:
    with connect(sockets, passwords, "postgres") as server:
        server.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(name), sql.Identifier(new_name)))


def databases(sockets: Path, passwords: Passwords) -> list[str]:
    """Names of the databases that can be connected to."""
    with connect(sockets, passwords, "postgres") as server:
        return [
            str(row[0]) for row in server.execute("SELECT datname FROM pg_database WHERE datallowconn ORDER BY datname")
        ]


def prepare_database(sockets: Path, passwords: Passwords, name: str) -> None:
    """Extensions, and nobody but our own roles may connect. Idempotent."""
    database = sql.Identifier(name)
    with connect(sockets, passwords, name) as inside:
        for extension in EXTENSIONS:
            inside.execute(sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(extension)))
        inside.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(database))
        inside.execute(sql.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {} TO {}").format(database, sql.Identifier(GROUP)))
