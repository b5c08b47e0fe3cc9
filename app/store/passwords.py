"""Passwords of accounts: their hashes, how old they are, and the last few that an account had (ST-26.5, QT-28.5b)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, ForeignKey, delete, insert, select, update
from sqlalchemy.orm import Mapped, mapped_column

from app.store.accounts import Account
from app.store.database import Base, BigId, one

NO_PASSWORD: Final = "!"  # noqa: S105 - no hash: no password opens it
"""Of an account whose password somebody else may know: it opens with the next temporary one only."""
KEPT: Final = 5
"""So many former ones are kept."""


class FormerPassword(Base):
    """The last few that an account had, so that none comes back at once (QT-28.5b)."""

    __tablename__ = "former_passwords"
    id: Mapped[BigId]
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    password_hash: Mapped[str]


@dataclass(frozen=True, slots=True)
class Credentials:
    """Of an active account; of nobody: 0 and None."""

    account_id: int
    password_hash: str | None
    changed_at: datetime | None
    must_change: bool


def credentials(connection: Connection, username: str) -> Credentials | None:
    row = connection.execute(
        select(Account.id, Account.password_hash, Account.password_changed_at, Account.must_change_password).where(
            Account.username == username, Account.active
        )
    ).one_or_none()
    return one(Credentials, row)


def still_opens(connection: Connection, found: Credentials) -> bool:
    """Whether the account is active and has that password, and until this transaction ends keeps both."""
    query = select(Account.id).where(
        Account.id == found.account_id, Account.active, Account.password_hash == found.password_hash
    )
    return connection.execute(query.with_for_update(key_share=True)).one_or_none() is not None


def state_of(connection: Connection, account_id: int) -> tuple[datetime | None, bool]:
    """When the account's password was chosen or given (None: it does not age), and whether none opens it."""
    query = select(Account.password_changed_at, Account.password_hash == NO_PASSWORD).where(Account.id == account_id)
    changed_at, void = connection.execute(query).one()
    return changed_at, void


def demand_change(connection: Connection, account_id: int) -> None:
    """It is past its age: it opens nothing but its own change."""
    connection.execute(update(Account).where(Account.id == account_id).values(must_change_password=True))


def former_hashes(connection: Connection, account_id: int) -> list[str]:
    """The last few that the account had, the newest first."""
    query = select(FormerPassword.password_hash).where(FormerPassword.account_id == account_id)
    return list(connection.execute(query.order_by(FormerPassword.id.desc())).scalars())


def choose_password(connection: Connection, account_id: int, password_hash: str, former: str, now: datetime) -> bool:
    """A password of one's own, in the place of a temporary one too; False where `former` is no longer what opens it."""
    asked = update(Account).where(Account.id == account_id, Account.active, Account.password_hash == former)
    values = {"password_hash": password_hash, "must_change_password": False, "password_changed_at": now}
    if connection.execute(asked.values(**values)).rowcount != 1:
        return False
    _keep(connection, account_id, former)
    return True


def give_password(connection: Connection, account_id: int, password_hash: str, now: datetime) -> None:
    """A temporary one, or NO_PASSWORD: it has to be changed before anything else."""
    former = connection.execute(
        select(Account.password_hash).where(Account.id == account_id).with_for_update(key_share=True)
    ).scalar_one()
    values = {"password_hash": password_hash, "must_change_password": True, "password_changed_at": now}
    connection.execute(update(Account).where(Account.id == account_id).values(**values, version=Account.version + 1))
    if former != NO_PASSWORD:
        _keep(connection, account_id, former)


def set_password(connection: Connection, account_id: int, password_hash: str) -> None:
    """One that does not age, of a demonstration."""
    values = {"password_hash": password_hash, "password_changed_at": None}
    connection.execute(update(Account).where(Account.id == account_id).values(values))


def _keep(connection: Connection, account_id: int, password_hash: str) -> None:
    connection.execute(insert(FormerPassword).values(account_id=account_id, password_hash=password_hash))
    newest = (
        select(FormerPassword.id)
        .where(FormerPassword.account_id == account_id)
        .order_by(FormerPassword.id.desc())
        .limit(KEPT)
    )
    connection.execute(
        delete(FormerPassword).where(FormerPassword.account_id == account_id, FormerPassword.id.not_in(newest))
    )
