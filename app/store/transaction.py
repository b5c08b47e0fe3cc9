"""The one place that begins and commits a transaction.

Everything that changes the database runs inside `transaction()`; outside effects (mails, files) are deferred as jobs in the
same transaction, so that a crash before the commit leaves nothing and a crash after it loses nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError

from app.errors import DomainError
from app.store.database import db

_joined: ContextVar[Connection | None] = ContextVar("joined", default=None)


@contextmanager
def transaction() -> Iterator[Connection]:
    """A read-write transaction (READ COMMITTED): commits once at the end, rolls back on any exception."""
    outer = _joined.get()
    if outer is not None:
        with outer.begin_nested():
            yield outer
        return
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
def joined() -> Iterator[Connection]:
    """One transaction around many: each `transaction()` of the block becomes a savepoint of it, and `reading()` sees them.

    For jobs that must be there as a whole or not at all although they consist of many actions. Rows that the actions lock
    stay locked until the end, so it is not for what people wait for.
    """
    with transaction() as connection:
        mark = _joined.set(connection)
        try:
            yield connection
        finally:
            _joined.reset(mark)


def take_turn(connection: Connection, name: str) -> None:
    """Wait until no other transaction has taken a turn of that name, and keep it until this one ends."""
    connection.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": name})


@contextmanager
def reading() -> Iterator[Connection]:
    """A connection for queries only, each a transaction of its own.

    Not one transaction that is rolled back at the end: the driver forgets its prepared statements with every ROLLBACK, so
    the next action on that connection would pay for planning all of its own again.
    """
    outer = _joined.get()
    if outer is not None:
        yield outer
        return
    with _connection() as connection:
        yield connection.execution_options(isolation_level="AUTOCOMMIT")


@contextmanager
def _connection() -> Iterator[Connection]:
    try:
        connection = db.engine.connect()
    except OperationalError as error:
        raise DomainError("unavailable", "Không kết nối được cơ sở dữ liệu; hãy thử lại sau ít phút.") from error
    with connection:
        yield connection
