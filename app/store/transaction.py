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
from app.store.statement import begin_with

_joined: ContextVar[Connection | None] = ContextVar("joined", default=None)
_together: ContextVar[bool] = ContextVar("together", default=False)
_BEGIN = b"BEGIN"
_BEGIN_NOT_YET = b"BEGIN; SET LOCAL synchronous_commit TO off"
# Something to write, so that its commit waits until all before it is on disk.
_SOMETHING = text("SELECT pg_logical_emit_message(true, 'motcua', '')")


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
            begin_with(connection, _BEGIN_NOT_YET if _together.get() else _BEGIN)
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


@contextmanager
def durable_together() -> Iterator[None]:
    """Many transactions, one after the other, that wait for the disk (and a standby) once, at the end of the block.

    For results that are told only after the block: until then a crash may lose the last of them, never one before another that
    is there. Whoever acts upon one meanwhile commits later, and so makes it durable. Errors, at the end: DomainError
    unavailable, OperationalError: nobody knows what is durable.
    """
    mark = _together.set(True)
    try:
        yield
    finally:
        _together.reset(mark)
    with transaction() as connection:
        connection.execute(_SOMETHING)


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
def snapshot() -> Iterator[Connection]:
    """Many queries that see one state of the database, as it was at the first of them; read only.

    Keep it short: what it may still see cannot be cleaned up meanwhile.
    """
    outer = _joined.get()
    if outer is not None:
        yield outer
        return
    with _connection() as connection:
        seen = connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        with seen.begin():
            yield seen


@contextmanager
def _connection() -> Iterator[Connection]:
    try:
        connection = db.engine.connect()
    except OperationalError as error:
        raise DomainError("unavailable", "Không kết nối được cơ sở dữ liệu; hãy thử lại sau ít phút.") from error
    with connection:
        yield connection
