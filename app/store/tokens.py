"""Tokens, by which whoever signed in is known again: kept only as their SHA-256; the text is shown once, when one is made.

What one opens: `accounts.account_by_token`. People's are listed and ended as `sessions`, those of programs as `api_tokens`.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Connection, ForeignKey, Identity, delete, insert
from sqlalchemy.orm import Mapped, mapped_column

from app.store.database import Base, Code


class Token(Base):
    __tablename__ = "tokens"
    hash: Mapped[bytes] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    id: Mapped[int] = mapped_column(BigInteger, Identity(), unique=True)
    """By which people speak of it; the hash is nobody's business."""
    way: Mapped[Code] = mapped_column(default="api", server_default="api")
    """page or api; oidc: a page, by way of an identity provider; program: a token that somebody made for a program."""
    used_at: Mapped[datetime | None]
    """Last seen, to within some minutes; null: not since it was made."""
    address: Mapped[str | None]
    agent: Mapped[str | None]
    """What the program called itself when signing in."""
    name: Mapped[str | None]
    """How its owner calls a token for a program."""
    scopes: Mapped[list[str] | None]
    """It opens no more than these of the account's permissions; null: all of them."""
    reads_only: Mapped[bool] = mapped_column(default=False, server_default="false")
    waits_for: Mapped[Code | None]
    """What has to be done before it opens anything: a `code` of the second factor, or its `enrolment`."""


def add_token(
    connection: Connection, token_hash: bytes, account_id: int, now: datetime, expires_at: datetime, **came: Any
) -> None:
    """`came`: `way` (page or api), `address`, `agent`."""
    connection.execute(delete(Token).where(Token.account_id == account_id, Token.expires_at < now))
    connection.execute(
        insert(Token).values(hash=token_hash, account_id=account_id, created_at=now, expires_at=expires_at, **came)
    )


def drop_token(connection: Connection, token_hash: bytes) -> None:
    connection.execute(delete(Token).where(Token.hash == token_hash))


def drop_tokens_of(connection: Connection, account_id: int) -> int:
    """Nothing opens with the account's tokens any more; how many there were."""
    return connection.execute(delete(Token).where(Token.account_id == account_id)).rowcount


def forget_tokens(connection: Connection, now: datetime) -> None:
    """Remove tokens that have expired."""
    connection.execute(delete(Token).where(Token.expires_at < now))
