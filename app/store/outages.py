"""Outages (sự cố hệ thống): announced to users, citizens, applicants who wait and heads, and their end too (TN-22.1a).

Who gets a message is gone through in the order of dossiers, so that a worker that is killed leaves off at `told_through`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, ForeignKey, Select, insert, or_, select, update
from sqlalchemy.orm import Mapped, mapped_column

from app.store.accounts import Account
from app.store.database import Base, BigId, many, one
from app.store.deliveries import Delivery
from app.store.dossiers import Dossier, DossierContents

AUDIENCE: Final = ("users", "citizens", "applicants", "heads")


class Outage(Base):
    __tablename__ = "outages"
    id: Mapped[BigId]
    title: Mapped[str]
    text: Mapped[str]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]
    """When it is expected to be over."""
    audience: Mapped[list[str]]
    made_at: Mapped[datetime]
    made_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    told_through: Mapped[int] = mapped_column(default=0)
    """The last dossier whose applicant has a message of it."""
    told_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None] = mapped_column(index=True)
    ended_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    end_text: Mapped[str | None]
    end_told_through: Mapped[int] = mapped_column(default=0)
    end_told_at: Mapped[datetime | None]


@dataclass(frozen=True, slots=True)
class OutageRow:
    """`made_by` is a name. `told_at`, `end_told_at`: when everybody had a message in the queue."""

    id: int
    title: str
    text: str
    starts_at: datetime
    ends_at: datetime | None
    audience: list[str]
    made_at: datetime
    made_by: str
    told_through: int
    told_at: datetime | None
    ended_at: datetime | None
    end_text: str | None
    end_told_through: int
    end_told_at: datetime | None


_ROW = select(
    Outage.id,
    Outage.title,
    Outage.text,
    Outage.starts_at,
    Outage.ends_at,
    Outage.audience,
    Outage.made_at,
    Account.name,
    Outage.told_through,
    Outage.told_at,
    Outage.ended_at,
    Outage.end_text,
    Outage.end_told_through,
    Outage.end_told_at,
).join(Account, Account.id == Outage.made_by)


def add_outage(
    connection: Connection,
    title: str,
    words: str,
    starts_at: datetime,
    ends_at: datetime | None,
    audience: Sequence[str],
    account_id: int,
    now: datetime,
) -> int:
    outage_id: int = connection.execute(
        insert(Outage)
        .values(
            title=title,
            text=words,
            starts_at=starts_at,
            ends_at=ends_at,
            audience=list(audience),
            made_at=now,
            made_by=account_id,
            told_through=0,
            end_told_through=0,
        )
        .returning(Outage.id)
    ).scalar_one()
    return outage_id


def find_outage(connection: Connection, outage_id: int, *, lock: bool = False) -> OutageRow | None:
    query = _ROW.where(Outage.id == outage_id)
    return one(OutageRow, connection.execute(query.with_for_update(of=Outage) if lock else query).one_or_none())


def all_outages(connection: Connection, most: int = 200) -> list[OutageRow]:
    """Newest first."""
    return many(OutageRow, connection.execute(_ROW.order_by(Outage.id.desc()).limit(most)))


def announced(connection: Connection, now: datetime, since: datetime) -> list[OutageRow]:
    """Those to be shown: announced and not over at `now`, and those that ended after `since`."""
    query = _ROW.where(Outage.made_at <= now, or_(Outage.ended_at.is_(None), Outage.ended_at > since))
    return many(OutageRow, connection.execute(query.order_by(Outage.id.desc())))


def change_outage(connection: Connection, outage_id: int, **values: Any) -> None:
    connection.execute(update(Outage).where(Outage.id == outage_id).values(**values))


@dataclass(frozen=True, slots=True)
class Waiter:
    """An applicant whose dossier is open, as one is told."""

    dossier_id: int
    agency_id: int
    profile: str
    applicant: dict[str, Any]
    notify: list[str]
    name: str


def waiting_applicants(connection: Connection, after: int, most: int) -> list[Waiter]:
    """The applicants of open dossiers, in the order of the dossiers, those after the dossier `after`."""
    query = _applicants(after, most).where(Dossier.closed_at.is_(None))
    return many(Waiter, connection.execute(query))


def to_hear_of_the_end(connection: Connection, outage_id: int, after: int, most: int) -> list[Waiter]:
    """The same, and those who were told that this outage had begun and whose dossiers were closed since."""
    told = select(Delivery.dossier_id).where(
        Delivery.outage_id == outage_id, Delivery.template == "outage_announced", Delivery.dossier_id > after
    )
    query = _applicants(after, most).where(or_(Dossier.closed_at.is_(None), Dossier.id.in_(told)))
    return many(Waiter, connection.execute(query))


def _applicants(after: int, most: int) -> Select[Any]:
    return (
        select(
            Dossier.id,
            Dossier.agency_id,
            Dossier.profile,
            DossierContents.applicant,
            DossierContents.notify,
            DossierContents.applicant_name,
        )
        .join(DossierContents, DossierContents.dossier_id == Dossier.id)
        .where(Dossier.id > after)
        .order_by(Dossier.id)
        .limit(most)
    )


def count_as_told(connection: Connection, made_before: datetime, now: datetime) -> None:
    """Nobody is told any more of outages that were announced, or ended, before that instant."""
    for since, told in ((Outage.made_at, Outage.told_at), (Outage.ended_at, Outage.end_told_at)):
        connection.execute(update(Outage).where(since < made_before, told.is_(None)).values({told: now}))
