"""Who an account is at an identity provider: linked by a claim at the first sign-in there, then known by the subject."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, ForeignKey, UniqueConstraint, delete, func, insert, select, update
from sqlalchemy.orm import Mapped, mapped_column

from app.store.accounts import Account
from app.store.database import Base, many, one


class Identity(Base):
    __tablename__ = "identities"
    __table_args__ = (UniqueConstraint("account_id", "issuer"),)
    issuer: Mapped[str] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    claim: Mapped[str]
    """What the provider said when it was linked: the mailbox."""
    made_at: Mapped[datetime]
    used_at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class IdentityRow:
    issuer: str
    subject: str
    account_id: int
    claim: str
    made_at: datetime
    used_at: datetime


_IDENTITY = select(
    Identity.issuer, Identity.subject, Identity.account_id, Identity.claim, Identity.made_at, Identity.used_at
)


def find(connection: Connection, issuer: str, subject: str) -> IdentityRow | None:
    query = _IDENTITY.where(Identity.issuer == issuer, Identity.subject == subject)
    return one(IdentityRow, connection.execute(query).one_or_none())


def of_account(connection: Connection, account_id: int) -> list[IdentityRow]:
    query = _IDENTITY.where(Identity.account_id == account_id).order_by(Identity.made_at)
    return many(IdentityRow, connection.execute(query))


def accounts_claimed(connection: Connection, field: str, claim: str) -> list[int]:
    """Ids of the active accounts, locked until the transaction ends, whose mailbox or user name (`field`) is this one."""
    column = {"email": Account.email, "username": Account.username}[field]
    query = select(Account.id).where(func.lower(column) == claim.lower(), Account.active).order_by(Account.id)
    return list(connection.execute(query.limit(2).with_for_update()).scalars())


def link(connection: Connection, issuer: str, subject: str, account_id: int, claim: str, now: datetime) -> None:
    values = {"issuer": issuer, "subject": subject, "account_id": account_id, "claim": claim}
    connection.execute(insert(Identity).values(**values, made_at=now, used_at=now))


def use(connection: Connection, issuer: str, subject: str, now: datetime) -> None:
    these = (Identity.issuer == issuer, Identity.subject == subject)
    connection.execute(update(Identity).where(*these).values(used_at=now))


def unlink(connection: Connection, account_id: int) -> int:
    """The account is linked to nobody any more; answers how many links there were."""
    return connection.execute(delete(Identity).where(Identity.account_id == account_id)).rowcount
