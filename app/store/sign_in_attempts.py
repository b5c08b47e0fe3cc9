"""Failed sign-ins, counted for all processes: by a name's key, a browser's, an address's.

A key is a digest that the application makes with its secret: what people type for a name may be a password.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, ForeignKey, bindparam, delete, or_, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import BigInteger

from app.rules.sign_in_limits import KEPT, Limits
from app.store.accounts import Account
from app.store.database import Base, many, one
from app.store.organisation import Agency


class SignInAttempt(Base):
    __tablename__ = "sign_in_attempts"
    key: Mapped[bytes] = mapped_column(primary_key=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    """Whose name it is, where it is somebody's."""
    address: Mapped[str | None]
    """Of an address's row only."""
    failures: Mapped[int]
    began_at: Mapped[datetime]
    last_at: Mapped[datetime]
    blocked_until: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class Begun:
    """An attempt that is counted as failed until `forget` takes that back; `blocked_until`: it may not even be made."""

    failures: int
    blocked_until: datetime | None


@dataclass(frozen=True, slots=True)
class Blocked:
    """Somebody or some address that may not sign in for now; `key` is never shown."""

    username: str | None
    name: str | None
    agency: str | None
    address: str | None
    failures: int
    last_at: datetime
    blocked_until: datetime


_WAIT = "make_interval(secs => (:waits)[LEAST({count}, cardinality(:waits))])"
_COUNT = """
    INSERT INTO sign_in_attempts AS a (key, account_id, address, failures, began_at, last_at, blocked_until)
    SELECT :key, :account, :shown, 1, :now, :now, CAST(:now AS timestamptz) + {first} WHERE {unless}
    ON CONFLICT (key) DO UPDATE SET
           failures = CASE WHEN {over} THEN 1 ELSE a.failures + 1 END,
           began_at = CASE WHEN {over} THEN excluded.began_at ELSE a.began_at END,
           last_at = excluded.last_at, account_id = excluded.account_id,
           blocked_until = excluded.last_at
                         + CASE WHEN {over} THEN {first} ELSE {next} END
     WHERE a.blocked_until <= excluded.last_at
    RETURNING failures, blocked_until
"""
_WORDS = {
    "over": "(CASE WHEN :sliding THEN a.last_at ELSE a.began_at END) < CAST(:forgotten AS timestamptz)",
    "first": _WAIT.format(count="1"),
    "next": _WAIT.format(count="a.failures + 1"),
}
_TYPED = (bindparam("waits", type_=ARRAY(BigInteger)),)
_BEGIN = text(
    f"""
    WITH barred AS MATERIALIZED (
         SELECT max(blocked_until) AS until FROM sign_in_attempts WHERE key = :address AND blocked_until > :now),
         counted AS ({_COUNT.format(**_WORDS, unless="(SELECT until FROM barred) IS NULL")})
    SELECT (SELECT failures FROM counted) AS failures, (SELECT until FROM barred) AS barred,
           (SELECT blocked_until FROM sign_in_attempts WHERE key = :key) AS before
    """  # noqa: S608 - made of constants
).bindparams(*_TYPED)
_NOTE = text(_COUNT.format(**_WORDS, unless="TRUE")).bindparams(*_TYPED)


def begin_attempt(
    connection: Connection, key: bytes, address_key: bytes, account_id: int | None, now: datetime, limits: Limits
) -> Begun:
    """Count an attempt before it is made, so that a hundred at once are a hundred; or say until when there is to be none.

    One statement, with what is read of the address. A lost connection leaves a failure too many, never one too few.
    """
    connection.execute(text("SET LOCAL synchronous_commit = off"))  # what a crash forgets is a few failures
    values = _values(key, account_id, None, now, limits) | {"address": address_key}
    row = connection.execute(_BEGIN, values).one()
    if row.failures is not None:
        return Begun(row.failures, None)
    known = [at for at in (row.barred, row.before) if at is not None and at > now]
    # None: another attempt has just been counted, and is not in this statement's picture yet.
    return Begun(0, max(known, default=now + timedelta(seconds=30)))


def note_failure(connection: Connection, key: bytes, address: str, now: datetime, limits: Limits) -> None:
    """Count a failure of an address."""
    connection.execute(_NOTE, _values(key, None, address, now, limits))


def forget(connection: Connection, keys: list[bytes]) -> int:
    """Nothing is counted there any more; answers how many rows there were."""
    return connection.execute(delete(SignInAttempt).where(SignInAttempt.key.in_(keys))).rowcount


def forget_account(connection: Connection, account_id: int) -> int:
    """The same for everything that is counted for an account."""
    return connection.execute(delete(SignInAttempt).where(SignInAttempt.account_id == account_id)).rowcount


def forget_address(connection: Connection, address: str) -> int:
    return connection.execute(delete(SignInAttempt).where(SignInAttempt.address == address)).rowcount


def forget_old(connection: Connection, now: datetime) -> None:
    """Remove what counts no longer."""
    connection.execute(delete(SignInAttempt).where(SignInAttempt.last_at < now - KEPT))


_BLOCKED = (
    select(
        Account.username,
        Account.name,
        Agency.name,
        SignInAttempt.address,
        SignInAttempt.failures,
        SignInAttempt.last_at,
        SignInAttempt.blocked_until,
    )
    .outerjoin(Account, Account.id == SignInAttempt.account_id)
    .outerjoin(Agency, Agency.id == Account.agency_id)
)


def blocked(
    connection: Connection, now: datetime, agency_id: int | None, most: int, *, addresses: bool
) -> list[Blocked]:
    """Who may not sign in now, of that agency (None: of all), and which addresses; those that wait longest first."""
    query = _BLOCKED.where(SignInAttempt.blocked_until > now)
    of = Account.id.is_not(None) if agency_id is None else Account.agency_id == agency_id
    query = query.where(or_(of, SignInAttempt.address.is_not(None)) if addresses else of)
    order = (SignInAttempt.blocked_until.desc(), SignInAttempt.key)
    return many(Blocked, connection.execute(query.order_by(*order).limit(most)))


def blocked_account(connection: Connection, account_id: int, now: datetime) -> Blocked | None:
    """What keeps an account from signing in now, the longest."""
    query = _BLOCKED.where(SignInAttempt.account_id == account_id, SignInAttempt.blocked_until > now)
    return one(Blocked, connection.execute(query.order_by(SignInAttempt.blocked_until.desc()).limit(1)).one_or_none())


def _values(key: bytes, account_id: int | None, shown: str | None, now: datetime, limits: Limits) -> dict[str, Any]:
    return {
        "key": key,
        "account": account_id,
        "shown": shown,
        "now": now,
        "forgotten": now - limits.forgotten,
        "sliding": limits.sliding,
        "waits": list(limits.waits),
    }
