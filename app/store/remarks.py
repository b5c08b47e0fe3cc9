"""Remarks (trao đổi trong cơ quan): what colleagues of one agency say to each other about a dossier.

A remark belongs to the agency in which it was made and is read there alone. Nothing is removed: a correction keeps the old
text beside it, and the application's database role may not delete here.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, ForeignKey, Index, String, func, insert, or_, select, update
from sqlalchemy.orm import Mapped, mapped_column

from app.store.accounts import Account, may_any
from app.store.database import Base, BigId, many, one
from app.store.holdings import HELD, held_on
from app.store.organisation import Agency, Position

LONGEST = 4000
"""Characters of a remark."""


class Remark(Base):
    __tablename__ = "remarks"
    __table_args__ = (Index(None, "dossier_id", "agency_id", "id"),)
    id: Mapped[BigId]
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossiers.id"))
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    text: Mapped[str] = mapped_column(String(LONGEST))
    mentioned: Mapped[list[Any]]
    """User names of the colleagues that were told of it."""
    created_at: Mapped[datetime]
    corrected_at: Mapped[datetime | None]
    version: Mapped[int]


class RemarkText(Base):
    """What a remark said before it was corrected."""

    __tablename__ = "remark_texts"
    remark_id: Mapped[int] = mapped_column(ForeignKey("remarks.id"), primary_key=True, autoincrement=False)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    text: Mapped[str] = mapped_column(String(LONGEST))
    replaced_at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class RemarkRow:
    """`earlier`: what it said before, oldest first, as [{text, replaced_at}]."""

    id: int
    dossier_id: int
    agency_id: int
    account_id: int
    text: str
    mentioned: list[str]
    created_at: datetime
    corrected_at: datetime | None
    version: int
    username: str
    name: str
    agency: str
    agency_name: str
    earlier: list[dict[str, Any]]


_EARLIER = (
    select(
        func.coalesce(
            func.jsonb_agg(
                func.jsonb_build_object("text", RemarkText.text, "replaced_at", RemarkText.replaced_at)
            ).filter(RemarkText.remark_id.is_not(None)),
            func.jsonb_build_array(),
        )
    )
    .where(RemarkText.remark_id == Remark.id)
    .scalar_subquery()
)
_REMARK = (
    select(
        Remark.id,
        Remark.dossier_id,
        Remark.agency_id,
        Remark.account_id,
        Remark.text,
        Remark.mentioned,
        Remark.created_at,
        Remark.corrected_at,
        Remark.version,
        Account.username,
        Account.name,
        Agency.code,
        Agency.name,
        _EARLIER,
    )
    .join(Account, Account.id == Remark.account_id)
    .join(Agency, Agency.id == Remark.agency_id)
)


def add_remark(
    connection: Connection,
    dossier_id: int,
    agency_id: int,
    account_id: int,
    text: str,
    mentioned: list[str],
    now: datetime,
) -> int:
    """Keep a new remark; answers its id."""
    values = {
        "dossier_id": dossier_id,
        "agency_id": agency_id,
        "account_id": account_id,
        "text": text,
        "mentioned": mentioned,
        "created_at": now,
        "version": 1,
    }
    remark_id: int = connection.execute(insert(Remark).values(values).returning(Remark.id)).scalar_one()
    return remark_id


def correct_remark(connection: Connection, row: RemarkRow, text: str, mentioned: list[str], now: datetime) -> bool:
    """Put another text in its place and keep the old one; False when it was corrected meanwhile."""
    done = connection.execute(
        update(Remark)
        .where(Remark.id == row.id, Remark.version == row.version)
        .values(text=text, mentioned=mentioned, corrected_at=now, version=row.version + 1)
    ).rowcount
    if not done:
        return False
    old = {"remark_id": row.id, "version": row.version, "text": row.text, "replaced_at": now}
    connection.execute(insert(RemarkText).values(old))
    return True


def remark_of(connection: Connection, dossier_id: int, remark_id: int) -> RemarkRow | None:
    """One of a dossier's remarks, or None."""
    found = connection.execute(_REMARK.where(Remark.id == remark_id, Remark.dossier_id == dossier_id))
    return one(RemarkRow, found.one_or_none())


def remarks_of(
    connection: Connection, dossier_id: int, agency_ids: Collection[int], before: int | None, limit: int
) -> list[RemarkRow]:
    """The remarks made in these agencies, the newest first, those before the remark `before`."""
    query = _REMARK.where(Remark.dossier_id == dossier_id, Remark.agency_id.in_(sorted(agency_ids)))
    if before is not None:
        query = query.where(Remark.id < before)
    return many(RemarkRow, connection.execute(query.order_by(Remark.id.desc()).limit(limit)))


def count_remarks(connection: Connection, dossier_id: int, agency_ids: Collection[int], most: int) -> int:
    """How many there are, counted to `most`."""
    mine = Remark.agency_id.in_(sorted(agency_ids))
    ids = select(Remark.id).where(Remark.dossier_id == dossier_id, mine).limit(most).subquery()
    number: int = connection.execute(select(func.count()).select_from(ids)).scalar_one()
    return number


@dataclass(frozen=True, slots=True)
class ColleagueRow:
    id: int
    username: str
    name: str


def colleagues_of(connection: Connection, agency_id: int, day: date, permissions: Sequence[str]) -> list[ColleagueRow]:
    """The active accounts that belong to the agency or hold a position there on that day, and may read dossiers, by name."""
    held = (
        select(HELD.c.account_id)
        .join(Position, Position.id == HELD.c.position_id)
        .where(Position.agency_id == agency_id, held_on(day))
    )
    query = (
        select(Account.id, Account.username, Account.name)
        .where(may_any(permissions), or_(Account.agency_id == agency_id, Account.id.in_(held)))
        .order_by(Account.name, Account.username)
    )
    return many(ColleagueRow, connection.execute(query))
