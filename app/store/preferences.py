"""What an account prefers at the pages: one value a name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, ForeignKey, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from app.store.database import Base, Code


class Preference(Base):
    __tablename__ = "preferences"
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), primary_key=True, autoincrement=False)
    name: Mapped[Code] = mapped_column(primary_key=True)
    value: Mapped[dict[str, Any]]


def preference_of(connection: Connection, account_id: int, name: str) -> dict[str, Any] | None:
    found: dict[str, Any] | None = connection.execute(
        select(Preference.value).where(Preference.account_id == account_id, Preference.name == name)
    ).scalar_one_or_none()
    return found


def keep_preference(connection: Connection, account_id: int, name: str, value: Mapping[str, Any]) -> None:
    """Keep the value in place of what was preferred before."""
    statement = insert(Preference).values(account_id=account_id, name=name, value=dict(value))
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=[Preference.account_id, Preference.name], set_={"value": statement.excluded.value}
        )
    )
