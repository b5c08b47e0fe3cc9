"""Whether the database's schema is the one that this code needs."""

from __future__ import annotations

from functools import cache

from sqlalchemy import Connection, text

from app.store.migrate import script


@cache
def newest_revision() -> str:
    """The number of the last migration that this code knows."""
    head = script().get_current_head()
    assert head is not None  # noqa: S101 - the first migration is always there
    return head


def schema_is_current(connection: Connection) -> bool:
    """At the newest migration, or at a later one: during an upgrade the schema goes first and old processes serve on."""
    if connection.execute(text("SELECT to_regclass('alembic_version')")).scalar_one() is None:
        return False
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
    return found is not None and int(found) >= int(newest_revision())
