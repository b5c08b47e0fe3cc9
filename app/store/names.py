"""How people, units and agencies are called, by what other rows know of them."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, select

from app.store.accounts import Account
from app.store.organisation import Agency, Unit


def unit_names(connection: Connection, ids: Iterable[int]) -> dict[int, str]:
    rows = connection.execute(select(Unit.id, Unit.name).where(Unit.id.in_(sorted(set(ids)))))
    return {row.id: row.name for row in rows}


def agency_names(connection: Connection, codes: Iterable[str]) -> dict[str, str]:
    rows = connection.execute(select(Agency.code, Agency.name).where(Agency.code.in_(sorted(set(codes)))))
    return {row.code: row.name for row in rows}


def people_names(connection: Connection, usernames: Iterable[str]) -> dict[str, str]:
    rows = connection.execute(
        select(Account.username, Account.name).where(Account.username.in_(sorted(set(usernames))))
    )
    return {row.username: row.name for row in rows}


def account_id(connection: Connection, username: str) -> int | None:
    """The account of that user name, active or not: who has left may still hold tasks."""
    found: int | None = connection.execute(select(Account.id).where(Account.username == username)).scalar_one_or_none()
    return found
