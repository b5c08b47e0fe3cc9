"""What several commands need from the environment, with errors as one readable message and exit code 2."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import click

from app.config import ConfigError, Settings
from app.embedded import EmbeddedError, attach


class UnusableEnvironment(click.ClickException):
    """Shown as a message, without a traceback."""

    exit_code = 2


def read_settings() -> Settings:
    """The settings, or a message that lists every bad variable."""
    try:
        return Settings.from_env(os.environ)
    except ConfigError as error:
        raise UnusableEnvironment(str(error)) from error


def with_running_database(settings: Settings) -> Settings:
    """`settings` with a database URL: the configured one, else that of the embedded server that `motcua run` has started."""
    if settings.database_url is not None:
        return settings
    try:
        urls = attach(settings.embedded_folder)
    except EmbeddedError as error:
        raise UnusableEnvironment(str(error)) from error
    if urls is None:
        raise UnusableEnvironment(
            "Chưa đặt DATABASE_URL và PostgreSQL nhúng không chạy. Hãy đặt DATABASE_URL, hoặc dùng `motcua run`."
        )
    return replace(settings, database_url=urls.app, database_owner_url=urls.app)


@contextmanager
def application() -> Iterator[Settings]:
    """The application's context on the configured or running database; trouble becomes one readable message."""
    from sqlalchemy.exc import OperationalError, ProgrammingError  # not before a command needs the database

    from app.base import create_base
    from app.store.database import db

    settings = with_running_database(read_settings())
    try:
        with create_base(settings).app_context():
            try:
                yield settings
            finally:
                db.engine.dispose()
    except OperationalError as error:
        raise UnusableEnvironment(f"Không dùng được cơ sở dữ liệu: {str(error.orig).splitlines()[0]}") from error
    except ProgrammingError as error:
        raise UnusableEnvironment(
            f"Cơ sở dữ liệu từ chối: {str(error.orig).splitlines()[0]}. Lược đồ có thể chưa có: xem `motcua db status`."
        ) from error
