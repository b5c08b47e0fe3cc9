"""Prepared statements for what every action executes: compiled once, then sent to the server without detours.

A statement is written in SQLAlchemy Core like every other; only its execution is shorter. It runs in the transaction of the
connection that it is given, and its rows are plain tuples in the order of the columns.

Short means libpq's own prepared statements through the driver's `pq` module, with the driver's adapters for values: no cursor
and no generator a statement. What begins a transaction goes through the driver, which knows how to begin one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Final

import psycopg
from psycopg import pq
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import InvalidSqlStatementName, error_from_result
from sqlalchemy import ClauseElement, Connection, Engine, event
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.exc import DBAPIError, NoResultFound
from sqlalchemy.pool import Pool
from sqlalchemy.sql.compiler import SQLCompiler

_DIALECT: Any = PGDialect_psycopg()  # type: ignore[no-untyped-call]
_NUMBERED: Any = PGDialect_psycopg(paramstyle="numeric_dollar")  # type: ignore[no-untyped-call]
_KNOWN: Final = "motcua.prepared"
_FINE = (pq.ExecStatus.TUPLES_OK, pq.ExecStatus.COMMAND_OK)
_numbers = count()

Row = tuple[Any, ...]


@dataclass(slots=True)
class _Prepared:
    """What a connection of the server has prepared, and how values become text for it.

    The driver sends DEALLOCATE ALL some time after a ROLLBACK that it sees, with its own next statement. So once it has seen
    one, `doubtful`, it gets the next statement, and after that all are prepared anew. It does the same after DROP and ALTER,
    which nothing of the application sends; a connection that has lost its statements unseen mends itself.
    """

    transformer: Any
    """The driver's; it has no types of its own."""
    names: dict[tuple[int, tuple[int, ...]], bytes] = field(default_factory=dict)
    doubtful: bool = False
    made: int = 0


class Statement:
    """A Core statement whose parameters are all named with `bindparam` (or constants)."""

    def __init__(self, core: ClauseElement) -> None:
        compiled, numbered = core.compile(dialect=_DIALECT), core.compile(dialect=_NUMBERED)
        if not isinstance(compiled, SQLCompiler) or not isinstance(numbered, SQLCompiler):
            raise TypeError("only SELECT, INSERT, UPDATE, DELETE and text can be prepared")
        self.sql = compiled.string
        self._numbered = numbered.string.encode()
        self._order: Sequence[str] = numbered.positiontup or ()
        self._formats = [PyFormat.AUTO] * len(self._order)
        self._number = next(_numbers)
        processors: Mapping[str, Callable[[Any], Any]] = compiled._bind_processors  # type: ignore[assignment]
        self._processors = dict(processors)
        given = {name: value for name, value in compiled.params.items() if not compiled.binds[name].required}
        given |= {column.key: _default(column) for column in [*compiled.insert_prefetch, *compiled.update_prefetch]}
        self._constants = {name: self._processed(name, value) for name, value in given.items()}

    def _processed(self, name: str, value: Any) -> Any:
        process = self._processors.get(name)
        return process(value) if process is not None else value

    def _filled(self, values: Mapping[str, Any]) -> dict[str, Any]:
        filled = {**self._constants, **values}
        for name, process in self._processors.items():
            if name in values:
                filled[name] = process(values[name])
        return filled

    def _execute(self, connection: Connection, values: Mapping[str, Any]) -> tuple[int, list[Row]]:
        """How many rows it changed or found, and the rows that it answers."""
        pooled = connection.connection
        driver: Any = pooled.driver_connection
        known: _Prepared | None = pooled.info.get(_KNOWN)
        if known is None:
            known = pooled.info[_KNOWN] = _Prepared(Transformer(driver))
        begins = driver.pgconn.transaction_status == pq.TransactionStatus.IDLE and not driver.autocommit
        with _failing(connection, driver, self.sql):
            if begins or known.doubtful:
                return self._by_driver(driver, known, values)
            try:
                return self._directly(driver.pgconn, known, values)
            except InvalidSqlStatementName:
                known.doubtful = True
                if driver.pgconn.transaction_status != pq.TransactionStatus.IDLE:
                    raise
                return self._by_driver(driver, known, values)

    def _by_driver(self, driver: Any, known: _Prepared, values: Mapping[str, Any]) -> tuple[int, list[Row]]:
        cursor = driver.execute(self.sql, self._filled(values), prepare=True)
        if known.doubtful:
            known.names.clear()
            known.doubtful = False
        return cursor.rowcount, cursor.fetchall() if cursor.description is not None else []

    def _directly(self, server: Any, known: _Prepared, values: Mapping[str, Any]) -> tuple[int, list[Row]]:
        filled, transformer = self._filled(values), known.transformer
        sent = transformer.dump_sequence([filled[name] for name in self._order], self._formats)
        types = transformer.types or ()
        name = known.names.get((self._number, types))
        if name is None:
            known.made += 1  # no name twice: the server may still have it
            name = b"motcua_%d" % known.made
            _checked(server, server.prepare(name, self._numbered, types))
            known.names[self._number, types] = name
        result = _checked(server, server.exec_prepared(name, sent, transformer.formats))
        if result.status != pq.ExecStatus.TUPLES_OK:
            return result.command_tuples or 0, []
        transformer.set_pgresult(result)
        rows: list[Row] = transformer.load_rows(0, result.ntuples, tuple)
        return result.ntuples, rows

    def run(self, connection: Connection, values: Mapping[str, Any]) -> int:
        """Execute; answers how many rows it changed."""
        return self._execute(connection, values)[0]

    def run_all(self, connection: Connection, rows: Iterable[Mapping[str, Any]]) -> None:
        """Execute once for each row."""
        for row in rows:
            self._execute(connection, row)

    def one(self, connection: Connection, values: Mapping[str, Any]) -> Row | None:
        """The first row, or None."""
        rows = self._execute(connection, values)[1]
        return rows[0] if rows else None

    def the(self, connection: Connection, values: Mapping[str, Any]) -> Row:
        """The row that there is. Errors: NoResultFound."""
        rows = self._execute(connection, values)[1]
        if not rows:
            raise NoResultFound(f"no row: {self.sql}")
        return rows[0]

    def all(self, connection: Connection, values: Mapping[str, Any]) -> list[Row]:
        return self._execute(connection, values)[1]


def _default(column: Any) -> Any:
    """What the model gives a column that the statement does not name."""
    default = column.default
    if default is None or not default.is_scalar:
        raise TypeError(f"{column}: only a plain default can be prepared; name the column")
    return default.arg


def begin_with(connection: Connection, command: bytes) -> None:
    """Begin the connection's transaction by this command, sent as it is: BEGIN, and what shall hold in it.

    One way to the server and none of the driver's detours. Errors: as those of a statement.
    """
    driver: Any = connection.connection.driver_connection
    with _failing(connection, driver, command.decode()):
        _checked(driver.pgconn, driver.pgconn.exec_(command))


@contextmanager
def _failing(connection: Connection, driver: Any, sql: str) -> Iterator[None]:
    """The driver's errors as the same family that SQLAlchemy's own execution raises, for whoever handles them."""
    try:
        yield
    except psycopg.Error as error:
        if driver.closed:
            connection.invalidate(error)
        raise DBAPIError.instance(sql, None, error, psycopg.Error, hide_parameters=True, dialect=_DIALECT) from error


def _checked(server: Any, result: Any) -> Any:
    """Errors: psycopg.Error; OperationalError where the connection was lost.

    Of that the server says nothing: the words are libpq's own and without a code, and where it could not send, it may still
    call the connection good.
    """
    if result.status not in _FINE:
        if result.error_field(pq.DiagnosticField.SQLSTATE) is None:
            server.finish()
            raise psycopg.OperationalError(result.get_error_message())
        raise error_from_result(result)
    return result


def _seen_rollback(driver: Any, info: dict[Any, Any]) -> None:
    """The driver is about to roll back; where nothing has begun (after reads in autocommit), it sends nothing."""
    known: _Prepared | None = info.get(_KNOWN)
    if known is not None and driver.pgconn.transaction_status != pq.TransactionStatus.IDLE:
        known.doubtful = True


@event.listens_for(Engine, "rollback")
def _rolled_back(connection: Connection) -> None:
    if not connection.invalidated:  # a lost one has nothing to remember, and would answer by an error of its own
        _seen_rollback(connection.connection.driver_connection, connection.info)


@event.listens_for(Engine, "rollback_savepoint")
def _rolled_back_to(connection: Connection, _name: str, _context: object) -> None:
    if not connection.invalidated:  # a lost one has nothing to remember, and would answer by an error of its own
        _seen_rollback(connection.connection.driver_connection, connection.info)


@event.listens_for(Pool, "reset")
def _returned(dbapi_connection: Any, record: Any, _state: object) -> None:
    """A connection that comes back in the middle of a transaction is rolled back."""
    _seen_rollback(dbapi_connection, record.info)
