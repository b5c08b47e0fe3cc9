"""Who may be given a step by name, and who gets it: on days on which somebody stands in for her, that one.

Only active accounts with one of the `permissions` asked for count, on both sides.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from sqlalchemy import Connection, Select, and_, select
from sqlalchemy.orm import aliased

from app.store.accounts import Account, Person, may_any
from app.store.holdings import HELD, Substitution, held_on, stood_in_on
from app.store.organisation import Agency, Position

_STANDS_IN = aliased(Account, name="stands_in")
_MEANT = aliased(Account, name="meant")


@dataclass(frozen=True, slots=True)
class Handler:
    """Who gets a step; `instead_of`: who was meant, where that is somebody else."""

    id: int
    username: str
    name: str
    instead_of: Person | None = None


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody to choose; `stands_in`: the name of who would get it now."""

    username: str
    name: str
    stands_in: str | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """Who may act on a task; `instead_of`: for whom she stands in, where it is not her own."""

    username: str
    name: str
    instead_of: Person | None = None


class Waiting(Protocol):
    """A task, as far as it says who may act on it."""

    @property
    def id(self) -> int: ...

    @property
    def position_id(self) -> int: ...

    @property
    def assignee_id(self) -> int | None: ...


def candidates(
    connection: Connection, tasks: Collection[Waiting], day: date, permissions: Sequence[str]
) -> dict[int, list[Candidate]]:
    """Who may act on each task on that day: who has it and who stands in for her; of one that nobody has, who holds its
    position. By user name; who holds it in her own right does not stand in besides."""
    waiting = [task.position_id for task in tasks if task.assignee_id is None]
    assigned = [task.assignee_id for task in tasks if task.assignee_id is not None]
    found = _holders_of(connection, waiting, day, permissions) if waiting else {}
    held = _assignees(connection, assigned, day, permissions) if assigned else {}
    return {
        task.id: found.get(task.position_id, []) if task.assignee_id is None else held.get(task.assignee_id, [])
        for task in tasks
    }


def _holders_of(
    connection: Connection, position_ids: Collection[int], day: date, permissions: Sequence[str]
) -> dict[int, list[Candidate]]:
    rows = connection.execute(
        select(HELD.c.position_id, Account.username, Account.name, _MEANT.id, _MEANT.username, _MEANT.name)
        .select_from(HELD)
        .join(Account, Account.id == HELD.c.account_id)
        .outerjoin(_MEANT, _MEANT.id == HELD.c.absent_id)
        .where(HELD.c.position_id.in_(position_ids), may_any(permissions), held_on(day))
        .order_by(Account.username, _MEANT.username.nulls_first())
    )
    found: dict[int, dict[str, Candidate]] = {}
    for position, username, name, *meant in rows:
        absent = Person(*meant) if meant[0] is not None else None
        found.setdefault(position, {}).setdefault(username, Candidate(username, name, absent))
    return {position: list(people.values()) for position, people in found.items()}


def _assignees(
    connection: Connection, account_ids: Collection[int], day: date, permissions: Sequence[str]
) -> dict[int, list[Candidate]]:
    rows = connection.execute(with_stand_in(day, permissions).where(Account.id.in_(account_ids)))
    found: dict[int, list[Candidate]] = {}
    for row in rows:
        named = Person(row[0], row[1], row[2])
        found[named.id] = [Candidate(named.username, named.name)]
        if row[3] is not None:
            found[named.id].append(Candidate(row[4], row[5], named))
    return found


def with_stand_in(day: date, permissions: Sequence[str]) -> Select[int, str, str, int, str, str]:
    """Accounts with one of `permissions`, each beside who stands in for it on that day; `handler_of` reads its rows."""
    stood_in = and_(Substitution.account_id == Account.id, stood_in_on(day))
    able = and_(_STANDS_IN.id == Substitution.substitute_id, may_any(permissions, _STANDS_IN))
    return (
        select(Account.id, Account.username, Account.name, _STANDS_IN.id, _STANDS_IN.username, _STANDS_IN.name)
        .select_from(Account)
        .outerjoin(Substitution, stood_in)
        .outerjoin(_STANDS_IN, able)
        .where(may_any(permissions))
    )


def handler_of(row: Any) -> Handler | None:
    """Who gets it: the one who stands in, else the account itself; None for no row."""
    if row is None:
        return None
    named = Person(*row[:3])
    if row[3] is None:
        return Handler(named.id, named.username, named.name)
    return Handler(row[3], row[4], row[5], instead_of=named)


def account_holding(
    connection: Connection, username: str, position_id: int, day: date, permissions: Sequence[str]
) -> Handler | None:
    """Who gets it when `username` is named, if that account holds the position on that day."""
    held = select(HELD.c.account_id).where(HELD.c.position_id == position_id, held_on(day))
    return _named(connection, username, held, day, permissions)


def account_in_unit(
    connection: Connection, username: str, unit_id: int, day: date, permissions: Sequence[str]
) -> Handler | None:
    """Who gets it when `username` is named, if that account sits in the unit on that day."""
    return _named(connection, username, _holders(day).where(Position.unit_id == unit_id), day, permissions)


def account_in_agency(
    connection: Connection, username: str, agency_id: int, day: date, permissions: Sequence[str]
) -> Handler | None:
    """Who gets it when `username` is named, if that account holds a position of the agency on that day."""
    return _named(connection, username, _holders(day).where(Position.agency_id == agency_id), day, permissions)


def account_named(connection: Connection, username: str, day: date, permissions: Sequence[str]) -> Handler | None:
    """Who gets it when `username` is named, whatever that account holds."""
    query = with_stand_in(day, permissions).where(Account.username == username)
    return handler_of(connection.execute(query).one_or_none())


def staff(connection: Connection, agency_id: int, day: date, permissions: Sequence[str]) -> list[Colleague]:
    """The accounts that hold a position of the agency on that day, by user name."""
    return _colleagues(connection, _holders(day).where(Position.agency_id == agency_id), day, permissions)


def colleagues(connection: Connection, unit_id: int, day: date, permissions: Sequence[str]) -> list[Colleague]:
    """The accounts that sit in the unit on that day, by user name."""
    return _colleagues(connection, _holders(day).where(Position.unit_id == unit_id), day, permissions)


def holding(
    connection: Connection, position: str, agency: str, day: date, permissions: Sequence[str]
) -> list[Colleague]:
    """The accounts that hold the position of that code in that agency on that day, by user name."""
    there = _holders(day).join(Agency, Agency.id == Position.agency_id)
    held = there.where(Position.code == position, Agency.code == agency)
    return _colleagues(connection, held, day, permissions)


def _holders(day: date) -> Select[Any]:
    return select(HELD.c.account_id).join(Position, Position.id == HELD.c.position_id).where(held_on(day))


def _named(
    connection: Connection, username: str, held: Select[Any], day: date, permissions: Sequence[str]
) -> Handler | None:
    query = with_stand_in(day, permissions).where(Account.username == username, Account.id.in_(held))
    return handler_of(connection.execute(query).one_or_none())


def _colleagues(connection: Connection, held: Select[Any], day: date, permissions: Sequence[str]) -> list[Colleague]:
    query = with_stand_in(day, permissions).where(Account.id.in_(held)).order_by(Account.username)
    return [Colleague(row[1], row[2], row[5]) for row in connection.execute(query)]
