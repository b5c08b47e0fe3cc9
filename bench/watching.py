"""What goes to the database driver, whoever sends it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from psycopg import Cursor
from psycopg.sql import Composable

from app.store.statement import Statement

Sent = tuple[str, Any]
"""A statement and its parameters, as the driver gets them."""


@contextmanager
def watched() -> Iterator[list[Sent]]:
    """The statements of the block, in the order in which they are sent."""
    seen: list[Sent] = []
    execute, directly = Cursor.execute, Statement._directly

    def see(cursor: Cursor[Any], query: Any, params: Any = None, **options: Any) -> Cursor[Any]:
        said = query.as_string(cursor) if isinstance(query, Composable) else str(query)
        seen.append((said, params))
        return execute(cursor, query, params, **options)

    def see_direct(statement: Statement, server: Any, known: Any, values: Any) -> Any:
        seen.append((statement.sql, statement._filled(values)))
        return directly(statement, server, known, values)

    Cursor.execute = see  # type: ignore[assignment, method-assign]
    Statement._directly = see_direct  # type: ignore[assignment, method-assign]
    try:
        yield seen
    finally:
        Cursor.execute = execute  # type: ignore[method-assign]
        Statement._directly = directly  # type: ignore[method-assign]
