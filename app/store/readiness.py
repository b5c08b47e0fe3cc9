"""Whether this code may serve on the database's schema.

A newer schema serves older code: during an upgrade the schema goes first and old processes serve on. Unless a migration has
taken away what older code reads: such a one raises the floor, and code from before it is not ready any more.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache

from sqlalchemy import Connection, text
from sqlalchemy.orm import Mapped, mapped_column

from app.store.database import Base, Code
from app.store.migrate import script


class SchemaFloor(Base):
    __tablename__ = "schema_floor"
    revision: Mapped[Code] = mapped_column(primary_key=True)
    """The code whose newest migration is older cannot serve here."""
    at: Mapped[datetime] = mapped_column(server_default=text("now()"))


@dataclass(frozen=True, slots=True)
class SchemaState:
    """`found`: the schema's migration, None for an empty database. `needed`: the code's own. `floor`: the oldest code's."""

    found: str | None
    needed: str
    floor: str | None

    @property
    def newer(self) -> bool:
        """Whether newer code has been here."""
        return self.found is not None and int(self.found) > int(self.needed)

    @property
    def serves(self) -> bool:
        """Whether this code may serve."""
        if self.found is None or int(self.found) < int(self.needed):
            return False
        return self.floor is None or int(self.needed) >= int(self.floor)


@cache
def newest_revision() -> str:
    """The number of the last migration that this code knows."""
    head = script().get_current_head()
    assert head is not None  # noqa: S101 - the first migration is always there
    return head


def schema_state(connection: Connection) -> SchemaState:
    present = connection.execute(text("SELECT to_regclass('alembic_version'), to_regclass('schema_floor')")).one()
    found, floor = None, None
    if present[0] is not None:
        found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
    if present[1] is not None:
        floor = connection.execute(text("SELECT max(revision) FROM schema_floor")).scalar_one()
    return SchemaState(found, newest_revision(), floor)


def schema_is_current(connection: Connection) -> bool:
    """At the newest migration, or at a later one that this code can serve on."""
    return schema_state(connection).serves
