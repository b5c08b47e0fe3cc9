"""Prepared statements for what every action executes: compiled once, then sent to the driver without detours.

A statement is written in SQLAlchemy Core like every other; only its execution is shorter. It runs in the transaction of the
connection that it is given, and its rows are plain tuples in the order of the columns.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import psycopg
from psycopg import Cursor
from sqlalchemy import ClauseElement, Connection
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.compiler import SQLCompiler

_DIALECT: Any = PGDialect_psycopg()  # type: ignore[no-untyped-call]


class Statement:
    """A Core statement whose parameters are all named with `bindparam` (or constants)."""

    def __init__(self, core: ClauseElement) -> None:
        compiled = core.compile(dialect=_DIALECT)
        if not isinstance(compiled, SQLCompiler):
            raise TypeError("only SELECT, INSERT, UPDATE, DELETE and text can be prepared")
        self.sql = compiled.string
        processors: Mapping[str, Callable[[Any], Any]] = compiled._bind_processors  # type: ignore[assignment]
        self._processors = dict(processors)
        given = {name: value for name, value in compiled.params.items() if not compiled.binds[name].required}
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

    def _execute(self, connection: Connection, values: Mapping[str, Any]) -> Cursor[Any]:
        driver: Any = connection.connection.driver_connection
        try:
            cursor: Cursor[Any] = driver.execute(self.sql, self._filled(values), prepare=True)
        except psycopg.Error as error:
            if driver.closed:
                connection.invalidate(error)
            # The same family of errors that SQLAlchemy's own execution raises, for whoever handles them.
            raise DBAPIError.instance(
                self.sql, None, error, psycopg.Error, hide_parameters=True, dialect=_DIALECT
            ) from error
        return cursor

    def run(self, connection: Connection, values: Mapping[str, Any]) -> int:
        """Execute; answers how many rows it changed."""
        return self._execute(connection, values).rowcount

    def run_all(self, connection: Connection, rows: Iterable[Mapping[str, Any]]) -> None:
        """Execute once for each row."""
        for row in rows:
            self._execute(connection, row)

    def one(self, connection: Connection, values: Mapping[str, Any]) -> tuple[Any, ...] | None:
        """The one row, or None."""
        row: tuple[Any, ...] | None = self._execute(connection, values).fetchone()
        return row

    def all(self, connection: Connection, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        rows: list[tuple[Any, ...]] = self._execute(connection, values).fetchall()
        return rows
