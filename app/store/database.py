"""The database handle and the base of every table.

Instants are `timestamptz` (aware UTC in Python), days are `date`, JSON is `jsonb`. Nothing but `app/store/transaction.py`
begins or ends a transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Annotated, Any, TypeVar

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import BigInteger, Date, DateTime, Identity, LargeBinary, MetaData, String, Text, make_url
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import DeclarativeBase, mapped_column, registry

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
REPLICA = "replica"
"""The name of the standby's engine, where there is one."""
BIGINT = 2**63 - 1
"""The greatest number of a row."""
APPLICATION_ROLE = "motcua_app"
APPLICATION_OPTIONS = f"-c role={APPLICATION_ROLE} -c timezone=UTC"
"""How every connection of the application begins: in the role that may not change history."""

BigId = Annotated[int, mapped_column(BigInteger, Identity(), primary_key=True)]
Code = Annotated[str, mapped_column(String(64))]


class Base(DeclarativeBase):
    registry = registry(
        metadata=MetaData(naming_convention=NAMING),
        type_annotation_map={
            datetime: DateTime(timezone=True),
            date: Date(),
            str: Text(),
            bytes: LargeBinary(),
            int: BigInteger(),
            dict[str, Any]: JSONB(),
            list[Any]: JSONB(),
            list[str]: ARRAY(Text()),
        },
    )


db = SQLAlchemy(model_class=Base)

T = TypeVar("T")


def sqlalchemy_url(url: str) -> str:
    """A libpq URL with the driver that we use."""
    return make_url(url).set(drivername="postgresql+psycopg").render_as_string(hide_password=False)


def one(build: Callable[..., T], row: Any) -> T | None:
    """A row as the value that its columns, in order, are the fields of; None for no row."""
    return None if row is None else build(*row)


def many(build: Callable[..., T], rows: Iterable[Any]) -> list[T]:
    return [build(*row) for row in rows]


def like_pattern(words: str) -> str:
    """A LIKE pattern that finds the text itself anywhere, its wildcards taken literally."""
    escaped = words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"
