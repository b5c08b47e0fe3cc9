"""The one place that begins and commits a transaction.

Everything that changes the database runs inside `transaction()`; outside effects (mails, files) are deferred as jobs in the
same transaction, so that a crash before the commit leaves nothing and a crash after it loses nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from app.errors import DomainError
from app.store.database import db


@contextmanager
def transaction() -> Iterator[Connection]:
    """A read-write transaction (READ COMMITTED): commits once at the end, rolls back on any exception."""
    with _connection() as connection:
        trans = connection.begin()
        try:
            yield connection
        except BaseException:
            if connection.invalidated:
                trans.close()
            else:
                trans.rollback()
            raise
        trans.commit()


@contextmanager
def reading() -> Iterator[Connection]:
    """A connection for queries only; whatever it did is rolled back."""
    with _connection() as connection:
        yield connection


@contextmanager
def _connection() -> Iterator[Connection]:
    try:
        connection = db.engine.connect()
    except OperationalError as error:
        raise DomainError("unavailable", "Không kết nối được cơ sở dữ liệu; hãy thử lại sau ít phút.") from error
    with connection:
        yield connection
