"""Fees: what was collected for a dossier, by whom and how, what of it was voided, what was paid back. Rows are never removed.

A receipt is an entry with the slip that was given for it; a refund is an entry of its own that names the receipt.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    ForeignKey,
    Index,
    Select,
    UniqueConstraint,
    func,
    insert,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Mapped, aliased, mapped_column

from app.store.accounts import Account
from app.store.database import Base, BigId, Code, many, one
from app.store.dossiers import Dossier
from app.store.slips import Slip


class FeeEntry(Base):
    __tablename__ = "fee_entries"
    __table_args__ = (
        Index(
            "uq_fee_entries_refund_of", "refund_of", unique=True, postgresql_where=literal_column("voided_at IS NULL")
        ),
        UniqueConstraint("slip_id"),
        Index(None, "agency_id", "at"),
        Index(None, "agency_id", "voided_at"),
    )
    id: Mapped[BigId]
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossiers.id"), index=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    """In whose name it was collected, and whose book numbers its slip."""
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    """Who took the money, or gave it back."""
    at: Mapped[datetime]
    method: Mapped[Code]
    """One of `app.slips.fields.PAYMENT_METHODS`."""
    payer: Mapped[str]
    lines: Mapped[list[Any]]
    """`{name, amount}`, amounts in đồng."""
    amount: Mapped[int]
    """Their sum in đồng, never negative."""
    slip_id: Mapped[int] = mapped_column(ForeignKey("slips.id"))
    refund_of: Mapped[int | None] = mapped_column(ForeignKey("fee_entries.id"))
    reason: Mapped[str | None]
    """Why it was paid back."""
    voided_at: Mapped[datetime | None]
    voided_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    void_reason: Mapped[str | None]


@dataclass(frozen=True, slots=True)
class FeeRow:
    """An entry as it is listed; `number` is its slip's place in the agency's book of `year`."""

    id: int
    dossier_id: int
    dossier: str
    agency_id: int
    account: str
    account_name: str
    at: datetime
    method: str
    payer: str
    lines: list[dict[str, Any]]
    amount: int
    slip_id: int
    year: int | None
    number: int | None
    refund_of: int | None
    refunded: bool
    reason: str | None
    voided_at: datetime | None
    voided_by: str | None
    voided_by_name: str | None
    void_reason: str | None


_VOIDER = aliased(Account)
_REFUND = aliased(FeeEntry)
_ENTRY: Select[Any] = (
    select(
        FeeEntry.id,
        FeeEntry.dossier_id,
        Dossier.code,
        FeeEntry.agency_id,
        Account.username,
        Account.name,
        FeeEntry.at,
        FeeEntry.method,
        FeeEntry.payer,
        FeeEntry.lines,
        FeeEntry.amount,
        FeeEntry.slip_id,
        Slip.year,
        Slip.number,
        FeeEntry.refund_of,
        select(_REFUND.id).where(_REFUND.refund_of == FeeEntry.id, _REFUND.voided_at.is_(None)).exists(),
        FeeEntry.reason,
        FeeEntry.voided_at,
        _VOIDER.username,
        _VOIDER.name,
        FeeEntry.void_reason,
    )
    .join(Dossier, Dossier.id == FeeEntry.dossier_id)
    .join(Account, Account.id == FeeEntry.account_id)
    .join(Slip, Slip.id == FeeEntry.slip_id)
    .outerjoin(_VOIDER, _VOIDER.id == FeeEntry.voided_by)
)


def add_entry(
    connection: Connection,
    *,
    dossier_id: int,
    agency_id: int,
    account_id: int,
    at: datetime,
    method: str,
    payer: str,
    lines: Sequence[Mapping[str, Any]],
    slip_id: int,
    refund_of: int | None = None,
    reason: str | None = None,
) -> int:
    """A receipt, or with `refund_of` what was paid back of one; its id."""
    entry: int = connection.execute(
        insert(FeeEntry)
        .values(
            dossier_id=dossier_id,
            agency_id=agency_id,
            account_id=account_id,
            at=at,
            method=method,
            payer=payer,
            lines=[dict(line) for line in lines],
            amount=sum(int(line["amount"]) for line in lines),
            slip_id=slip_id,
            refund_of=refund_of,
            reason=reason,
        )
        .returning(FeeEntry.id)
    ).scalar_one()
    return entry


def entries_of(connection: Connection, dossier_id: int) -> list[FeeRow]:
    """Everything that was collected for a dossier and paid back, oldest first, voided entries too."""
    rows = connection.execute(_ENTRY.where(FeeEntry.dossier_id == dossier_id).order_by(FeeEntry.id))
    return many(FeeRow, rows)


def find_entry(connection: Connection, dossier_id: int, entry_id: int) -> FeeRow | None:
    rows = connection.execute(_ENTRY.where(FeeEntry.dossier_id == dossier_id, FeeEntry.id == entry_id))
    return one(FeeRow, rows.one_or_none())


def collected_of(connection: Connection, dossier_id: int) -> int:
    """What was collected for a dossier in đồng, without what was voided or paid back."""
    total: int = connection.execute(
        select(func.coalesce(func.sum(FeeEntry.amount), 0)).where(*_counting(dossier_id))
    ).scalar_one()
    return int(total)


def paid_lines(connection: Connection, dossier_id: int) -> list[dict[str, Any]]:
    """The lines, {name, amount}, of a dossier's receipts that count: neither voided nor paid back."""
    rows = connection.execute(select(FeeEntry.lines).where(*_counting(dossier_id)))
    return [line for lines in rows.scalars() for line in lines]


def _counting(dossier_id: int) -> tuple[ColumnElement[bool], ...]:
    """Conditions on a dossier's receipts that were neither voided nor paid back."""
    paid_back = select(_REFUND.id).where(_REFUND.refund_of == FeeEntry.id, _REFUND.voided_at.is_(None)).exists()
    return (
        FeeEntry.dossier_id == dossier_id,
        FeeEntry.refund_of.is_(None),
        FeeEntry.voided_at.is_(None),
        ~paid_back,
    )


def voided_at(connection: Connection, slip_id: int) -> datetime | None:
    """When the entry of that slip was voided; None where it counts, or there is none."""
    return connection.execute(select(FeeEntry.voided_at).where(FeeEntry.slip_id == slip_id)).scalar_one_or_none()


def void_entry(connection: Connection, entry_id: int, at: datetime, account_id: int, reason: str) -> bool:
    """Whether it was not voided before: who comes second changes nothing."""
    changed = connection.execute(
        update(FeeEntry)
        .where(FeeEntry.id == entry_id, FeeEntry.voided_at.is_(None))
        .values(voided_at=at, voided_by=account_id, void_reason=reason)
    )
    return changed.rowcount == 1


def entries_between(
    connection: Connection, agency_id: int, begin: datetime, end: datetime, account: str | None = None, most: int = 5000
) -> list[FeeRow]:
    """What an agency collected, voided or paid back from `begin` to before `end`, in order of time; of one account alone."""
    query = _ENTRY.where(
        FeeEntry.agency_id == agency_id,
        or_(
            (FeeEntry.at >= begin) & (FeeEntry.at < end),
            (FeeEntry.voided_at >= begin) & (FeeEntry.voided_at < end),
        ),
    )
    if account is not None:
        query = query.where(or_(Account.username == account, _VOIDER.username == account))
    return many(FeeRow, connection.execute(query.order_by(FeeEntry.at, FeeEntry.id).limit(most)))
