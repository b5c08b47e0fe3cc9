"""Who will hold which position of an agency on the days to come, substitutes included."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, or_, select

from app.store.accounts import Account, may_any
from app.store.database import many
from app.store.holdings import HELD
from app.store.organisation import Agency, Position


@dataclass(frozen=True, slots=True)
class HolderAhead:
    """`account_id` holds the position from one day to another (both included; None: without end); `stands_in`: for who is
    away."""

    position_id: int
    position: str
    agency: str
    account_id: int
    from_day: date
    to_day: date | None
    stands_in: bool


def holders_between(
    connection: Connection, agency_ids: Collection[int] | None, first: date, last: date, permissions: Sequence[str]
) -> list[HolderAhead]:
    """The holders of these agencies' positions (None: of all) on some day of these who may work steps, by position."""
    query = (
        select(
            Position.id,
            Position.name,
            Agency.code,
            HELD.c.account_id,
            HELD.c.valid_from,
            HELD.c.valid_to,
            HELD.c.absent_id.is_not(None),
        )
        .join(HELD, HELD.c.position_id == Position.id)
        .join(Agency, Agency.id == Position.agency_id)
        .join(Account, Account.id == HELD.c.account_id)
        .where(HELD.c.valid_from <= last, or_(HELD.c.valid_to.is_(None), HELD.c.valid_to >= first))
        .where(may_any(permissions))
        .order_by(Agency.code, Position.name, Position.id)
    )
    if agency_ids is not None:
        query = query.where(Position.agency_id.in_(agency_ids))
    return many(HolderAhead, connection.execute(query))
