"""Slips (phiếu) as issued: the content is kept, so that a slip prints again exactly as it was."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, ForeignKey, Index, UniqueConstraint, bindparam, func, insert, select
from sqlalchemy.orm import Mapped, mapped_column

from app.store.accounts import Account
from app.store.database import Base, BigId, Code, many, one
from app.store.statement import Statement


class Slip(Base):
    __tablename__ = "slips"
    __table_args__ = (
        UniqueConstraint("agency_id", "kind", "year", "number"),
        Index("ix_slips_agency_issued", "agency_id", "kind", "issued_at"),
    )
    id: Mapped[BigId]
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossiers.id"), index=True)
    kind: Mapped[Code]
    form: Mapped[Code]
    """Key of the printed form; a number alone names none."""
    content: Mapped[dict[str, Any]]
    issued_at: Mapped[datetime]
    issued_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    """Whose slip it is, and whose books number it."""
    year: Mapped[int | None]
    number: Mapped[int | None]
    """Its place in the agency's book of that kind and year; None for slips that have no book of their own."""
    attachment_id: Mapped[int | None] = mapped_column(ForeignKey("attachments.id"))
    """The slip as a file of the dossier, where it was issued as one."""
    template_id: Mapped[int | None] = mapped_column(ForeignKey("slip_templates.id"))
    """The replaced template that it was printed with; None: the form's own."""
    logo_id: Mapped[int | None] = mapped_column(ForeignKey("slip_templates.id"))


@dataclass(frozen=True, slots=True)
class SlipRow:
    id: int
    dossier_id: int
    kind: str
    form: str
    content: dict[str, Any]
    issued_at: datetime
    issued_by: int | None
    agency_id: int
    year: int | None
    number: int | None
    attachment_id: int | None
    template_id: int | None
    logo_id: int | None


@dataclass(frozen=True, slots=True)
class NewSlip:
    """`content` is JSON; see `Slip` for the rest."""

    kind: str
    form: str
    content: Mapping[str, Any]
    agency_id: int
    year: int | None = None
    number: int | None = None
    attachment_id: int | None = None
    template_id: int | None = None
    logo_id: int | None = None


_SLIP = select(
    Slip.id,
    Slip.dossier_id,
    Slip.kind,
    Slip.form,
    Slip.content,
    Slip.issued_at,
    Slip.issued_by,
    Slip.agency_id,
    Slip.year,
    Slip.number,
    Slip.attachment_id,
    Slip.template_id,
    Slip.logo_id,
)


_OF_DOSSIER = Statement(_SLIP.where(Slip.dossier_id == bindparam("dossier")).order_by(Slip.id))
_ADD = Statement(
    insert(Slip)
    .values({name: bindparam(name) for name in (*NewSlip.__dataclass_fields__, "dossier_id", "issued_at", "issued_by")})
    .returning(Slip.id)
)


def add_slip(connection: Connection, dossier_id: int, slip: NewSlip, now: datetime, account_id: int) -> int:
    values = {name: getattr(slip, name) for name in NewSlip.__dataclass_fields__}
    values |= {"dossier_id": dossier_id, "issued_at": now, "issued_by": account_id}
    slip_id: int = _ADD.the(connection, values)[0]
    return slip_id


def slips_of(connection: Connection, dossier_id: int) -> list[SlipRow]:
    return many(SlipRow, _OF_DOSSIER.all(connection, {"dossier": dossier_id}))


def find_slip(connection: Connection, dossier_id: int, slip_id: int) -> SlipRow | None:
    return one(
        SlipRow, connection.execute(_SLIP.where(Slip.dossier_id == dossier_id, Slip.id == slip_id)).one_or_none()
    )


def issued_by_holders(connection: Connection, dossier_id: int, permission: str) -> set[int]:
    """Ids of a dossier's slips that accounts with that permission issued."""
    query = (
        select(Slip.id)
        .join(Account, Account.id == Slip.issued_by)
        .where(Slip.dossier_id == dossier_id, Account.permissions.contains([permission]))
    )
    return set(connection.execute(query).scalars())


def slips_between(
    connection: Connection,
    agency_id: int,
    kind: str,
    begin: datetime,
    end: datetime,
    *,
    after: int = 0,
    most: int = 500,
) -> list[SlipRow]:
    """An agency's slips of a kind issued from `begin` to before `end`, by id from behind `after`, at most `most`."""
    rows = connection.execute(
        _SLIP.where(
            Slip.agency_id == agency_id,
            Slip.kind == kind,
            Slip.issued_at >= begin,
            Slip.issued_at < end,
            Slip.id > after,
        )
        .order_by(Slip.id)
        .limit(most)
    )
    return many(SlipRow, rows)


def count_between(connection: Connection, agency_id: int, kind: str, begin: datetime, end: datetime, most: int) -> int:
    """How many there are of those, counted to `most`."""
    found = (
        select(Slip.id)
        .where(Slip.agency_id == agency_id, Slip.kind == kind, Slip.issued_at >= begin, Slip.issued_at < end)
        .limit(most)
        .subquery()
    )
    number: int = connection.execute(select(func.count()).select_from(found)).scalar_one()
    return number
