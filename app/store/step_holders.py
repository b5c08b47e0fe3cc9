"""Which accounts are registered for the steps of a procedure: who holds its positions in which agency (QT-22.4)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy import Connection, and_, select

from app.store.accounts import Account, may_any
from app.store.holdings import HELD, held_on
from app.store.organisation import Agency, Position, Unit

Place = tuple[str, str]
"""Codes of an agency and of a position."""
Registered = tuple[str, str]
"""User name and name of an account."""


def holders_in(
    connection: Connection,
    agencies: Collection[str],
    positions: Collection[str],
    day: date,
    permissions: Collection[str],
) -> dict[Place, list[Registered]]:
    """Who holds these positions in these agencies on `day`, by user name; a position that an agency lacks is left out.

    Only active accounts with one of `permissions` count: nobody else can work a step.
    """
    held = and_(HELD.c.position_id == Position.id, held_on(day))
    works = and_(Account.id == HELD.c.account_id, may_any(tuple(permissions)))
    rows = connection.execute(
        select(Agency.code.label("agency"), Position.code.label("position"), Account.username, Account.name)
        .join(Agency, Agency.id == Position.agency_id)
        .outerjoin(HELD, held)
        .outerjoin(Account, works)
        .where(Agency.code.in_(agencies), Position.code.in_(positions))
        .distinct()
        .order_by(Agency.code, Position.code, Account.username)
    )
    found: dict[Place, list[Registered]] = {}
    for row in rows:
        people = found.setdefault((row.agency, row.position), [])
        if row.username is not None:
            people.append((row.username, row.name))
    return found


def position_ids(connection: Connection, agencies: Collection[str], positions: Collection[str]) -> list[int]:
    """Ids of these positions in these agencies."""
    found = connection.execute(
        select(Position.id)
        .join(Agency, Agency.id == Position.agency_id)
        .where(Agency.code.in_(agencies), Position.code.in_(positions))
        .order_by(Position.id)
    )
    return list(found.scalars())


def unit_ids(connection: Connection, agencies: Collection[str], kinds: Collection[str]) -> list[int]:
    """Ids of the units of these kinds in these agencies."""
    found = connection.execute(
        select(Unit.id)
        .join(Agency, Agency.id == Unit.agency_id)
        .where(Agency.code.in_(agencies), Unit.kind.in_(kinds))
        .order_by(Unit.id)
    )
    return list(found.scalars())


def workers_of(connection: Connection, agency: str, permissions: Collection[str], most: int) -> list[Registered]:
    """At most `most` active accounts of an agency that have one of the permissions, by name."""
    found = connection.execute(
        select(Account.username, Account.name)
        .join(Agency, Agency.id == Account.agency_id)
        .where(Agency.code == agency, may_any(tuple(permissions)))
        .order_by(Account.name, Account.username)
        .limit(most)
    )
    return [(row.username, row.name) for row in found]
