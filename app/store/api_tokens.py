"""Tokens for programs: rows of `tokens` with a name, an end and a part of what their account may do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, delete, func, insert, select

from app.store.accounts import Account
from app.store.database import many
from app.store.tokens import Token

PROGRAM: Final = "program"
"""The `way` of such a token."""


@dataclass(frozen=True, slots=True)
class ApiTokenRow:
    """`used_at` to within SEEN_EVERY, None: never."""

    id: int
    name: str
    scopes: list[str]
    reads_only: bool
    made_at: datetime
    used_at: datetime | None
    expires_at: datetime


def add(
    connection: Connection,
    account_id: int,
    token_hash: bytes,
    *,
    name: str,
    scopes: Sequence[str],
    reads_only: bool,
    now: datetime,
    expires_at: datetime,
    address: str | None,
) -> int:
    """Answers its id."""
    values = {"hash": token_hash, "account_id": account_id, "created_at": now, "expires_at": expires_at}
    said = {"way": PROGRAM, "name": name, "scopes": list(scopes), "reads_only": reads_only, "address": address}
    made: int = connection.execute(insert(Token).values(**values, **said).returning(Token.id)).scalar_one()
    return made


def live(connection: Connection, account_id: int, now: datetime) -> list[ApiTokenRow]:
    """The account's that still open something, the newest first."""
    rows = connection.execute(
        select(Token.id, Token.name, Token.scopes, Token.reads_only, Token.created_at, Token.used_at, Token.expires_at)
        .where(Token.account_id == account_id, Token.way == PROGRAM, Token.expires_at > now)
        .order_by(Token.id.desc())
    )
    return many(ApiTokenRow, rows)


def take_turn(connection: Connection, account_id: int) -> None:
    """Two that make a token for the account at once are counted one after the other."""
    connection.execute(select(Account.id).where(Account.id == account_id).with_for_update())


def count_live(connection: Connection, account_id: int, now: datetime) -> int:
    these = (Token.account_id == account_id, Token.way == PROGRAM, Token.expires_at > now)
    found: int = connection.execute(select(func.count()).select_from(Token).where(*these)).scalar_one()
    return found


def revoke(connection: Connection, account_id: int, token_id: int) -> str | None:
    """It opens nothing any more; answers its name, None where the account has none of that id."""
    these = (Token.account_id == account_id, Token.way == PROGRAM, Token.id == token_id)
    name: str | None = connection.execute(delete(Token).where(*these).returning(Token.name)).scalar_one_or_none()
    return name
