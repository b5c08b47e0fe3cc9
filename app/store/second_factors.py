"""Second factors of accounts: the sealed secret that an authenticator program shares, and codes for when it is lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, ForeignKey, delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Mapped, mapped_column

from app.store.database import Base, one
from app.store.tokens import Token


class SecondFactor(Base):
    __tablename__ = "second_factors"
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), primary_key=True, autoincrement=False)
    secret: Mapped[bytes]
    """Sealed with a key that is not in the database."""
    made_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    """Null until a first code has shown that the program has it."""
    last_step: Mapped[int] = mapped_column(default=0, server_default="0")
    """The half-minute of the last code that counted: none of it or before it counts again."""
    failures: Mapped[int] = mapped_column(default=0, server_default="0")
    """Wrong codes since the last right one."""
    failed_at: Mapped[datetime | None]


class RecoveryCode(Base):
    __tablename__ = "recovery_codes"
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), primary_key=True, autoincrement=False)
    hash: Mapped[bytes] = mapped_column(primary_key=True)


@dataclass(frozen=True, slots=True)
class FactorRow:
    secret: bytes
    made_at: datetime
    confirmed_at: datetime | None
    last_step: int
    failures: int
    failed_at: datetime | None


_FACTOR = select(
    SecondFactor.secret,
    SecondFactor.made_at,
    SecondFactor.confirmed_at,
    SecondFactor.last_step,
    SecondFactor.failures,
    SecondFactor.failed_at,
)


def factor_of(connection: Connection, account_id: int, *, lock: bool = False) -> FactorRow | None:
    """The account's, confirmed or not."""
    query = _FACTOR.where(SecondFactor.account_id == account_id)
    return one(FactorRow, connection.execute(query.with_for_update() if lock else query).one_or_none())


def keep_unconfirmed(connection: Connection, account_id: int, secret: bytes, now: datetime) -> None:
    """A secret that waits for its first code, in the place of one that never got it."""
    values = {"secret": secret, "made_at": now, "confirmed_at": None, "last_step": 0, "failures": 0, "failed_at": None}
    made = upsert(SecondFactor).values(account_id=account_id, **values)
    connection.execute(made.on_conflict_do_update(index_elements=["account_id"], set_=values))


def count_right(connection: Connection, account_id: int, step: int | None) -> None:
    """A code was right; `step` is its half-minute, None for a recovery code."""
    values = {"failures": 0, "failed_at": None} | ({} if step is None else {"last_step": step})
    connection.execute(update(SecondFactor).where(SecondFactor.account_id == account_id).values(**values))


def count_wrong(connection: Connection, account_id: int, failures: int, now: datetime) -> None:
    values = {"failures": failures, "failed_at": now}
    connection.execute(update(SecondFactor).where(SecondFactor.account_id == account_id).values(**values))


def confirm(connection: Connection, account_id: int, now: datetime) -> None:
    connection.execute(update(SecondFactor).where(SecondFactor.account_id == account_id).values(confirmed_at=now))


def forget(connection: Connection, account_id: int) -> bool:
    """The account has none any more; False where it had none."""
    connection.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account_id))
    return connection.execute(delete(SecondFactor).where(SecondFactor.account_id == account_id)).rowcount == 1


def keep_recovery_codes(connection: Connection, account_id: int, hashes: Sequence[bytes]) -> None:
    """These and no others."""
    connection.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account_id))
    connection.execute(insert(RecoveryCode), [{"account_id": account_id, "hash": one_hash} for one_hash in hashes])


def use_recovery_code(connection: Connection, account_id: int, code_hash: bytes) -> bool:
    """Each counts once."""
    these = (RecoveryCode.account_id == account_id, RecoveryCode.hash == code_hash)
    return connection.execute(delete(RecoveryCode).where(*these)).rowcount == 1


def recovery_codes_left(connection: Connection, account_id: int) -> int:
    query = select(func.count()).select_from(RecoveryCode).where(RecoveryCode.account_id == account_id)
    found: int = connection.execute(query).scalar_one()
    return found


def open_session(connection: Connection, session_id: int, expires_at: datetime) -> None:
    """What the session waited for was done."""
    values = {"waits_for": None, "expires_at": expires_at}
    connection.execute(update(Token).where(Token.id == session_id).values(**values))
