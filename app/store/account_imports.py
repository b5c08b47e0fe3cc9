"""Tables of accounts that somebody handed in: what their rows say, until they are made; then only what came of it.

No secret stands here: temporary passwords are shown by the answer that makes the accounts and kept nowhere
(docs/decisions/0023-temporary-passwords.md).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, ForeignKey, insert, select, update
from sqlalchemy.orm import Mapped, mapped_column

from app.store.database import Base, BigId, one


class AccountImport(Base):
    __tablename__ = "account_imports"
    id: Mapped[BigId]
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    """Who handed it in; nobody else sees it."""
    made_at: Mapped[datetime]
    file_name: Mapped[str]
    rows: Mapped[list[Any]]
    """`SheetRow` as `app.actions.account_rows` reads it; empty once accounts were made of them."""
    accepted_at: Mapped[datetime | None]
    result: Mapped[dict[str, Any]]
    """How many were made, changed, left as they were and left out; empty before."""


@dataclass(frozen=True, slots=True)
class ImportRow:
    id: int
    account_id: int
    made_at: datetime
    file_name: str
    rows: list[Any]
    accepted_at: datetime | None
    result: dict[str, Any]


def add_import(
    connection: Connection, account_id: int, at: datetime, file_name: str, rows: Sequence[Mapping[str, Any]]
) -> int:
    """Keep the rows of a table; answers the id of the import."""
    values = {"account_id": account_id, "made_at": at, "file_name": file_name, "rows": list(rows), "result": {}}
    added: int = connection.execute(insert(AccountImport).values(values).returning(AccountImport.id)).scalar_one()
    return added


def import_by_id(connection: Connection, import_id: int, account_id: int, *, lock: bool = False) -> ImportRow | None:
    """An import that this account handed in."""
    query = select(*AccountImport.__table__.columns).where(
        AccountImport.id == import_id, AccountImport.account_id == account_id
    )
    return one(ImportRow, connection.execute(query.with_for_update() if lock else query).one_or_none())


def close_import(connection: Connection, import_id: int, at: datetime, result: Mapping[str, Any]) -> None:
    """Accounts were made of it: its rows are forgotten, what came of it is kept."""
    connection.execute(
        update(AccountImport).where(AccountImport.id == import_id).values(accepted_at=at, rows=[], result=dict(result))
    )
