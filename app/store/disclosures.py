"""What was handed to a competent authority at its request: which dossiers, on what basis, by whom (TN-19.3). Only added."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, ForeignKey, func, insert, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Mapped, mapped_column

from app.store.accounts import Account
from app.store.database import Base, BigId, many, one
from app.store.organisation import Agency


class Disclosure(Base):
    __tablename__ = "disclosures"
    id: Mapped[BigId]
    authority: Mapped[str]
    request_number: Mapped[str]
    requested_on: Mapped[date]
    basis: Mapped[str]
    """The article by which the authority may ask."""
    reason: Mapped[str]
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    """Of whoever handed it out."""
    sha256: Mapped[str] = mapped_column(index=True)
    """Of the package, which lies in the file store."""
    size: Mapped[int]
    files: Mapped[int]
    made_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    made_at: Mapped[datetime]
    address: Mapped[str | None]


class DisclosedDossier(Base):
    __tablename__ = "disclosed_dossiers"
    disclosure_id: Mapped[int] = mapped_column(ForeignKey("disclosures.id"), primary_key=True, autoincrement=False)
    dossier_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, index=True)
    code: Mapped[str]


@dataclass(frozen=True, slots=True)
class DisclosureRow:
    id: int
    authority: str
    request_number: str
    requested_on: date
    basis: str
    reason: str
    agency_id: int
    agency: str
    agency_name: str
    sha256: str
    size: int
    files: int
    made_by: int
    username: str
    name: str
    made_at: datetime
    address: str | None
    dossiers: list[str]
    """Codes, in order."""


_CODES = (
    select(func.json_agg(aggregate_order_by(DisclosedDossier.code, DisclosedDossier.code)))
    .where(DisclosedDossier.disclosure_id == Disclosure.id)
    .correlate(Disclosure)
    .scalar_subquery()
)
_DISCLOSURE = (
    select(
        Disclosure.id,
        Disclosure.authority,
        Disclosure.request_number,
        Disclosure.requested_on,
        Disclosure.basis,
        Disclosure.reason,
        Disclosure.agency_id,
        Agency.code,
        Agency.name,
        Disclosure.sha256,
        Disclosure.size,
        Disclosure.files,
        Disclosure.made_by,
        Account.username,
        Account.name,
        Disclosure.made_at,
        Disclosure.address,
        _CODES,
    )
    .join(Agency, Agency.id == Disclosure.agency_id)
    .join(Account, Account.id == Disclosure.made_by)
)


def add_disclosure(connection: Connection, values: dict[str, Any], dossiers: Sequence[tuple[int, str]]) -> int:
    """A new row with the dossiers that the package holds, as id and code."""
    added: int = connection.execute(insert(Disclosure).values(**values).returning(Disclosure.id)).scalar_one()
    connection.execute(
        insert(DisclosedDossier),
        [{"disclosure_id": added, "dossier_id": number, "code": code} for number, code in dossiers],
    )
    return added


def disclosure_by_id(connection: Connection, disclosure_id: int) -> DisclosureRow | None:
    return one(DisclosureRow, connection.execute(_DISCLOSURE.where(Disclosure.id == disclosure_id)).one_or_none())


def list_disclosures(
    connection: Connection, agency_ids: Collection[int] | None, after: int | None, most: int
) -> list[DisclosureRow]:
    """The newest first, of these agencies (None: of all); `after`: only those with a smaller id."""
    query = _DISCLOSURE.order_by(Disclosure.id.desc()).limit(most)
    if agency_ids is not None:
        query = query.where(Disclosure.agency_id.in_(agency_ids))
    if after is not None:
        query = query.where(Disclosure.id < after)
    return many(DisclosureRow, connection.execute(query))


def disclosures_of(connection: Connection, dossier_id: int) -> list[DisclosureRow]:
    """To whom a dossier was handed out, the latest first."""
    query = _DISCLOSURE.join(DisclosedDossier, DisclosedDossier.disclosure_id == Disclosure.id)
    rows = connection.execute(query.where(DisclosedDossier.dossier_id == dossier_id).order_by(Disclosure.id.desc()))
    return many(DisclosureRow, rows)
