"""Who holds which position on which day: one place for it, because substitutes hold what they stand in for.

`account_positions` says who was given a position; `substitutions` who stands in for whom on which days, worked out from the
absences (`app.store.absences`). HELD is both together, and what every question about holders reads.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Date, ForeignKey, Index, and_, column, or_, table, text
from sqlalchemy.orm import Mapped, mapped_column

from app.store.database import Base, BigId


class AccountPosition(Base):
    __tablename__ = "account_positions"
    __table_args__ = (
        Index(None, "account_id"),
        Index(None, "position_id"),
        Index(None, "mandate_id", postgresql_where=text("mandate_id IS NOT NULL")),
    )
    id: Mapped[BigId]
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    position_id: Mapped[int] = mapped_column(ForeignKey("positions.id"))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    mandate_id: Mapped[int | None] = mapped_column(ForeignKey("agency_mandates.id"))
    """The mandate under which it is held: her agency acts for the position's."""


class Substitution(Base):
    """`substitute_id` stands in for `account_id` from one day to another, both included; one at most a day."""

    __tablename__ = "substitutions"
    __table_args__ = (Index(None, "account_id", "to_day"), Index(None, "substitute_id", "to_day"))
    id: Mapped[BigId]
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    substitute_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    from_day: Mapped[date]
    to_day: Mapped[date]


HELD = table(
    "held_positions",
    column("account_id", BigInteger),
    column("position_id", BigInteger),
    column("valid_from", Date),
    column("valid_to", Date),
    column("absent_id", BigInteger),
    column("mandate_id", BigInteger),
)
"""The view: like `account_positions`, and once more for each substitute, with `absent_id` whom she stands in for."""


def held_on(day: Any) -> ColumnElement[bool]:
    """The condition that a position of HELD is held on that day (both ends included)."""
    return and_(HELD.c.valid_from <= day, or_(HELD.c.valid_to.is_(None), HELD.c.valid_to >= day))


def stood_in_on(day: Any) -> ColumnElement[bool]:
    """The condition that a substitution counts on that day."""
    return and_(Substitution.to_day >= day, Substitution.from_day <= day)
