"""A database for the time of a command, with whatever is wrong with it as one line and exit code 2."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from sqlalchemy.exc import OperationalError, ProgrammingError

from app.commands.environment import UnusableEnvironment
from app.commands.refusals import refusal_lines
from app.config import Settings
from app.embedded import EmbeddedError, Urls, open_database
from app.errors import DomainError
from app.store.migrate import asked
from app.store.readiness import schema_state


@contextmanager
def database(settings: Settings) -> Iterator[Urls]:
    """URLs of the configured database, of the embedded one that runs, or of the embedded one started for the block."""
    try:
        with open_database(settings) as urls:
            yield urls
    except EmbeddedError as error:
        raise UnusableEnvironment(str(error)) from error
    except OperationalError as error:
        raise UnusableEnvironment(f"Không kết nối được cơ sở dữ liệu: {_one_line(error.orig)}") from error
    except ProgrammingError as error:
        raise UnusableEnvironment(f"Cơ sở dữ liệu từ chối: {_one_line(error.orig)}") from error
    except DomainError as error:
        raise UnusableEnvironment(refusal_lines(error)) from error


@contextmanager
def opened(settings: Settings, urls: Urls) -> Iterator[None]:
    """The application's context on that database, with its connections closed at the end."""
    from app.base import create_base  # not before a command needs it
    from app.store.database import db

    with create_base(replace(settings, database_url=urls.app, database_owner_url=urls.app)).app_context():
        try:
            yield
        finally:
            db.engine.dispose()


def require_schema(urls: Urls) -> None:
    """Refuse a database on whose schema this code cannot serve, before something fails in the middle."""
    state = asked(urls.app, schema_state)
    if not state.serves:
        is_ = f"là bản {state.found}" if state.found else "chưa có"
        do = "hãy cài bản mới hơn" if state.newer else "hãy chạy `motcua db upgrade` trước"
        raise UnusableEnvironment(f"Lược đồ cơ sở dữ liệu {is_}, cần bản {state.needed}; {do}.")


def _one_line(text: object) -> str:
    return " ".join(str(text).split())
