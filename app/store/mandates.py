"""A body's duties, acted for as a whole by another agency over some days, under a decision (TN-25.2, ST-26.1).

A mandate is only added and ended. What its people hold meanwhile are ordinary rows of `account_positions` that name it, so
whoever asks who holds a position knows nothing of mandates.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Connection, ForeignKey, Index, func, insert, or_, select, text, update
from sqlalchemy.orm import Mapped, aliased, mapped_column

from app.store.accounts import Account
from app.store.database import Base, BigId, many, one
from app.store.holdings import AccountPosition
from app.store.organisation import Agency

MOST_LISTED = 500


class AgencyMandate(Base):
    """`acting_id` acts for `agency_id` from one day to another, both included."""

    __tablename__ = "agency_mandates"
    __table_args__ = (
        Index(None, "agency_id", "to_day"),
        CheckConstraint("from_day <= to_day", name="days"),
        CheckConstraint("agency_id <> acting_id", name="two"),
    )
    id: Mapped[BigId]
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    acting_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    lead_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    """Of the acting agency; holds every position for which that agency has nobody of the same code."""
    from_day: Mapped[date]
    to_day: Mapped[date]
    decision_number: Mapped[str]
    reason: Mapped[str]
    made_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    made_at: Mapped[datetime]
    ended_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    ended_at: Mapped[datetime | None]


@dataclass(frozen=True, slots=True)
class MandateRow:
    id: int
    agency_id: int
    agency: str
    agency_name: str
    acting_id: int
    acting: str
    acting_name: str
    lead_id: int
    lead: str
    lead_name: str
    from_day: date
    to_day: date
    decision_number: str
    reason: str
    made_by: str
    made_at: datetime
    ended_by: str | None
    ended_at: datetime | None
    people: int
    """How many accounts hold something under it, or held."""


_ACTING = aliased(Agency, name="acting")
_LEAD, _MAKER, _ENDER = (aliased(Account, name=name) for name in ("lead", "maker", "ender"))
_PEOPLE = (
    select(func.count(AccountPosition.account_id.distinct()))
    .where(AccountPosition.mandate_id == AgencyMandate.id)
    .correlate(AgencyMandate)
    .scalar_subquery()
)
_MANDATE = (
    select(
        AgencyMandate.id,
        AgencyMandate.agency_id,
        Agency.code,
        Agency.name,
        AgencyMandate.acting_id,
        _ACTING.code,
        _ACTING.name,
        AgencyMandate.lead_id,
        _LEAD.username,
        _LEAD.name,
        AgencyMandate.from_day,
        AgencyMandate.to_day,
        AgencyMandate.decision_number,
        AgencyMandate.reason,
        _MAKER.name,
        AgencyMandate.made_at,
        _ENDER.name,
        AgencyMandate.ended_at,
        _PEOPLE,
    )
    .join(Agency, Agency.id == AgencyMandate.agency_id)
    .join(_ACTING, _ACTING.id == AgencyMandate.acting_id)
    .join(_LEAD, _LEAD.id == AgencyMandate.lead_id)
    .join(_MAKER, _MAKER.id == AgencyMandate.made_by)
    .outerjoin(_ENDER, _ENDER.id == AgencyMandate.ended_by)
)

# Each position of the agency that is open on the days, with who takes it: holders in the acting agency of a position of the
# same code, else the lead. Rows that are there already are not added again.
_GIVE = text("""
WITH wanted AS (
    SELECT p.id AS position_id, p.code, CAST(:first AS date) AS first, least(p.valid_to, CAST(:last AS date)) AS last
      FROM positions p
     WHERE p.agency_id = :agency AND (p.valid_to IS NULL OR p.valid_to >= :first)
), twins AS (
    SELECT w.position_id, h.account_id, greatest(w.first, h.valid_from) AS first, least(w.last, h.valid_to) AS last
      FROM wanted w
      JOIN positions q ON q.agency_id = :acting AND q.code = w.code
      JOIN account_positions h ON h.position_id = q.id AND h.mandate_id IS NULL
           AND h.valid_from <= w.last AND (h.valid_to IS NULL OR h.valid_to >= w.first)
      JOIN accounts a ON a.id = h.account_id AND a.active AND a.agency_id = :acting
), given AS (
    SELECT position_id, account_id, min(first) AS first, max(last) AS last FROM twins GROUP BY position_id, account_id
    UNION ALL
    SELECT position_id, CAST(:lead AS bigint), first, last FROM wanted w
     WHERE NOT EXISTS (SELECT 1 FROM twins t WHERE t.position_id = w.position_id)
)
INSERT INTO account_positions (account_id, position_id, valid_from, valid_to, mandate_id)
SELECT g.account_id, g.position_id, g.first, g.last, :mandate FROM given g
 WHERE NOT EXISTS (SELECT 1 FROM account_positions o
                    WHERE o.account_id = g.account_id AND o.position_id = g.position_id
                      AND o.valid_from <= g.last AND (o.valid_to IS NULL OR o.valid_to >= g.first))
""")

_TAKE = text("""
UPDATE account_positions m SET valid_to = CAST(:day AS date) - 1
  FROM positions p
 WHERE m.mandate_id = :mandate AND p.id = m.position_id AND m.account_id <> :lead
   AND m.valid_from <= :day AND (m.valid_to IS NULL OR m.valid_to >= :day)
   AND NOT EXISTS (SELECT 1 FROM account_positions h
                     JOIN positions q ON q.id = h.position_id AND q.agency_id = :acting AND q.code = p.code
                     JOIN accounts a ON a.id = h.account_id AND a.active AND a.agency_id = :acting
                    WHERE h.account_id = m.account_id AND h.mandate_id IS NULL
                      AND h.valid_from <= :day AND (h.valid_to IS NULL OR h.valid_to >= :day))
""")


def add_mandate(connection: Connection, **values: Any) -> int:
    """A new mandate; `values` are the columns."""
    added: int = connection.execute(insert(AgencyMandate).values(**values).returning(AgencyMandate.id)).scalar_one()
    return added


def give_positions(connection: Connection, row: MandateRow, first: date) -> int:
    """Let the acting agency's people hold every position of the mandate from `first` (not before it begins); how many rows
    that took. Done again, it adds what has changed there since."""
    values = {
        "agency": row.agency_id,
        "acting": row.acting_id,
        "lead": row.lead_id,
        "first": max(first, row.from_day),
        "last": row.to_day,
        "mandate": row.id,
    }
    return connection.execute(_GIVE, values).rowcount


def take_positions(connection: Connection, mandate_id: int, last: date) -> None:
    """Nothing is held under the mandate after that day."""
    held = AccountPosition.mandate_id == mandate_id
    connection.execute(
        update(AccountPosition)
        .where(held, or_(AccountPosition.valid_to.is_(None), AccountPosition.valid_to > last))
        .values(valid_to=last)
    )


def take_from_gone(connection: Connection, row: MandateRow, day: date) -> None:
    """Nothing is held under the mandate from `day` on by who has left the acting agency, or holds there no more by what it
    was given to her; the lead keeps all."""
    connection.execute(_TAKE, {"mandate": row.id, "acting": row.acting_id, "lead": row.lead_id, "day": day})


def end_mandate(connection: Connection, mandate_id: int, ended_by: int, ended_at: datetime, day: date) -> bool:
    """It counts no more from this instant on; False when it was over already."""
    query = update(AgencyMandate).where(
        AgencyMandate.id == mandate_id, AgencyMandate.ended_at.is_(None), AgencyMandate.to_day >= day
    )
    return connection.execute(query.values(ended_by=ended_by, ended_at=ended_at)).rowcount > 0


def mandate_by_id(connection: Connection, mandate_id: int) -> MandateRow | None:
    return one(MandateRow, connection.execute(_MANDATE.where(AgencyMandate.id == mandate_id)).one_or_none())


def overlapping(connection: Connection, agency_id: int, first: date, last: date) -> MandateRow | None:
    """Another mandate for the same agency on one of these days."""
    query = _MANDATE.where(
        AgencyMandate.agency_id == agency_id,
        AgencyMandate.ended_at.is_(None),
        AgencyMandate.from_day <= last,
        AgencyMandate.to_day >= first,
    )
    return one(MandateRow, connection.execute(query.order_by(AgencyMandate.id).limit(1)).one_or_none())


def mandates_on(connection: Connection, day: date) -> list[MandateRow]:
    """Those that count on that day, or will."""
    query = _MANDATE.where(AgencyMandate.ended_at.is_(None), AgencyMandate.to_day >= day)
    return many(MandateRow, connection.execute(query.order_by(AgencyMandate.from_day, AgencyMandate.id)))


def list_mandates(
    connection: Connection, day: date, *, past: bool, agency_ids: Collection[int] | None
) -> list[MandateRow]:
    """Those that count on `day` or later; or those that do not any more, the newest first. Of these agencies on either side;
    None: of all."""
    over = or_(AgencyMandate.to_day < day, AgencyMandate.ended_at.is_not(None))
    query = _MANDATE.where(over if past else ~over)
    if agency_ids is not None:
        query = query.where(or_(AgencyMandate.agency_id.in_(agency_ids), AgencyMandate.acting_id.in_(agency_ids)))
    order = (
        (AgencyMandate.to_day.desc(), AgencyMandate.id.desc()) if past else (AgencyMandate.from_day, AgencyMandate.id)
    )
    return many(MandateRow, connection.execute(query.order_by(*order).limit(MOST_LISTED)))
