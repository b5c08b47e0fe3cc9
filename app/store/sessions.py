"""Where an account is signed in: its live tokens, seen and ended. Those of programs are no sessions (`api_tokens`)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, func, or_, select, update
from sqlalchemy import delete as remove

from app.store.accounts import Account
from app.store.api_tokens import PROGRAM
from app.store.database import many, one
from app.store.tokens import Token

MOST: Final = 200
"""So many are listed: a program that signs in before each call has more."""
SEEN_EVERY: Final = timedelta(minutes=5)
"""How exactly it is known when a session was last used."""


@dataclass(frozen=True, slots=True)
class SessionRow:
    """`way` is page, api or oidc; `seen_at` to within SEEN_EVERY."""

    id: int
    way: str
    made_at: datetime
    seen_at: datetime
    expires_at: datetime
    address: str | None
    agent: str | None


def see(connection: Connection, session_id: int, now: datetime) -> None:
    """It was used; requests that come together write it once."""
    unseen = or_(Token.used_at.is_(None), Token.used_at <= now - SEEN_EVERY)
    connection.execute(update(Token).where(Token.id == session_id, unseen).values(used_at=now))


def sessions_of(connection: Connection, account_id: int, current: int, now: datetime) -> list[SessionRow]:
    """The live sessions of an account, the current one and then those used last first, MOST of them."""
    seen_at = func.coalesce(Token.used_at, Token.created_at)
    rows = connection.execute(
        select(Token.id, Token.way, Token.created_at, seen_at, Token.expires_at, Token.address, Token.agent)
        .where(Token.account_id == account_id, Token.way != PROGRAM, Token.expires_at > now)
        .order_by((Token.id == current).desc(), seen_at.desc(), Token.id.desc())
        .limit(MOST)
    )
    return many(SessionRow, rows)


def end_session(connection: Connection, account_id: int, session_id: int) -> bool:
    """End one; False where the account has none of that id (any more)."""
    these = (Token.account_id == account_id, Token.way != PROGRAM, Token.id == session_id)
    return connection.execute(remove(Token).where(*these)).rowcount == 1


def end_sessions(connection: Connection, account_id: int, but: int | None = None) -> int:
    """End all of an account, but that one; answers how many."""
    query = remove(Token).where(Token.account_id == account_id, Token.way != PROGRAM)
    return connection.execute(query.where(Token.id != but) if but is not None else query).rowcount


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose sessions are looked at."""

    id: int
    username: str
    name: str
    agency_id: int
    active: bool
    permissions: list[str]
    email: str | None


_HOLDER = select(
    Account.id,
    Account.username,
    Account.name,
    Account.agency_id,
    Account.active,
    Account.permissions,
    Account.email,
)


def find_holder(connection: Connection, username: str, *, lock: bool = False) -> Holder | None:
    query = _HOLDER.where(Account.username == username)
    return one(Holder, connection.execute(query.with_for_update() if lock else query).one_or_none())


def holder_by_id(connection: Connection, account_id: int) -> Holder | None:
    return one(Holder, connection.execute(_HOLDER.where(Account.id == account_id)).one_or_none())


def lock_account(connection: Connection, account_id: int) -> None:
    """Nobody signs in with it any more."""
    connection.execute(
        update(Account).where(Account.id == account_id).values(active=False, version=Account.version + 1)
    )
