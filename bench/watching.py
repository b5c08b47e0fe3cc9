"""What goes to the database driver, whoever sends it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from psycopg import Cursor

Sent = tuple[str, Any]
"""A statement and its parameters, as the driver gets them."""


@contextmanager
def watched() -> Iterator[list[Sent]]:
    """The statements of the block, in the order in which they are sent."""
    seen: list[Sent] = []
    execute = Cursor.execute

    def see(cursor: Cursor[Any], query: Any, params: Any = None, **options: Any) -> Cursor[Any]:
        seen.append((str(query), params))
        return execute(cursor, query, params, **options)

    Cursor.execute = see  # type: ignore[assignment, method-assign]
    try:
        yield seen
    finally:
        Cursor.execute = execute  # type: ignore[method-assign]
