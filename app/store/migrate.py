"""Bringing the schema up to date, as the owner; the application's own role may not.

Migrations are numbered files in `migrations/versions`; two made at once have the same number and the linearity test says so.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import OperationalError

from app.errors import DomainError
from app.store.database import sqlalchemy_url

T = TypeVar("T")
FOLDER = Path(__file__).parents[2] / "migrations"
# Two migrations of one database at once wait for each other here; the number has no meaning but must stay.
LONGEST_WAIT = "10s"
_LOCK = 7_215_330_041


def script() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def upgrade(owner_url: str) -> None:
    """Apply all migrations that are missing. Safe to call at every start and from several processes."""
    engine = create_engine(sqlalchemy_url(owner_url))
    # A migration that waits for a table makes everybody wait who comes after it: it gives up and is run again.
    impatient = create_engine(sqlalchemy_url(owner_url), connect_args={"options": f"-c lock_timeout={LONGEST_WAIT}"})
    try:
        with (
            engine.connect().execution_options(isolation_level="AUTOCOMMIT") as guard,
            impatient.connect() as connection,
        ):
            guard.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": _LOCK})
            config = _config()
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    except OperationalError as error:
        if getattr(error.orig, "sqlstate", None) == "55P03":
            raise DomainError(
                "unavailable", f"Một bảng đang bận quá {LONGEST_WAIT}; hãy chạy lại khi vắng việc."
            ) from error
        raise DomainError("unavailable", f"Không kết nối được cơ sở dữ liệu: {error.orig}") from error
    finally:
        engine.dispose()
        impatient.dispose()


def asked(url: str, ask: Callable[[Connection], T]) -> T:
    """What `ask` answers on a connection of its own."""
    engine = create_engine(sqlalchemy_url(url))
    try:
        with engine.connect() as connection:
            return ask(connection)
    finally:
        engine.dispose()


def revision(owner_url: str) -> str | None:
    """The revision that the database has, or None when it is empty."""
    engine = create_engine(sqlalchemy_url(owner_url))
    try:
        with engine.connect() as connection:
            present = connection.execute(text("SELECT to_regclass('alembic_version')")).scalar_one()
            if present is None:
                return None
            found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
            return found
    finally:
        engine.dispose()
