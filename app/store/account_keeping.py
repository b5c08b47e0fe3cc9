"""Accounts as administrators keep them: locked ones too, found by words, with positions from the first day to the last."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Text,
    and_,
    any_,
    bindparam,
    cast,
    delete,
    func,
    insert,
    literal,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import aliased

from app.store.accounts import Account
from app.store.database import like_pattern, many, one
from app.store.holdings import HELD, AccountPosition
from app.store.organisation import Agency, Position, Unit
from app.store.tasks import Task


@dataclass(frozen=True, slots=True)
class KeptAccount:
    """An account, active or locked; `agency` by code."""

    id: int
    username: str
    name: str
    email: str | None
    agency_id: int
    agency: str
    agency_name: str
    permissions: list[str]
    must_change_password: bool
    active: bool
    version: int


@dataclass(frozen=True, slots=True)
class Holding:
    """A position that an account was given, both days included."""

    id: int
    account_id: int
    username: str
    account_name: str
    position_id: int
    position: str
    position_name: str
    unit_name: str
    agency_id: int
    agency: str
    agency_name: str
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which accounts are looked for; None and False: all the same."""

    words: str | None = None
    agency_ids: tuple[int, ...] | None = None
    position: str | None = None
    permission: str | None = None
    locked: bool = False
    without_position: bool = False


_ACCOUNT = select(
    Account.id,
    Account.username,
    Account.name,
    Account.email,
    Account.agency_id,
    Agency.code,
    Agency.name,
    Account.permissions,
    Account.must_change_password,
    Account.active,
    Account.version,
).join(Agency, Agency.id == Account.agency_id)
_HOLDING = (
    select(
        AccountPosition.id,
        AccountPosition.account_id,
        Account.username,
        Account.name,
        AccountPosition.position_id,
        Position.code,
        Position.name,
        Unit.name,
        Position.agency_id,
        Agency.code,
        Agency.name,
        AccountPosition.valid_from,
        AccountPosition.valid_to,
    )
    .join(Account, Account.id == AccountPosition.account_id)
    .join(Position, Position.id == AccountPosition.position_id)
    .join(Unit, Unit.id == Position.unit_id)
    .join(Agency, Agency.id == Position.agency_id)
)


def kept_account(connection: Connection, username: str, *, lock: bool = False) -> KeptAccount | None:
    query = _ACCOUNT.where(Account.username == username)
    return one(
        KeptAccount,
        connection.execute(query.with_for_update(of=Account, key_share=True) if lock else query).one_or_none(),
    )


def kept_accounts(connection: Connection, agency_ids: Sequence[int] | None) -> list[KeptAccount]:
    """Every account of these agencies (None: of all), by user name."""
    query = _ACCOUNT.order_by(Account.username)
    return many(KeptAccount, connection.execute(_of_agencies(query, agency_ids)))


def usernames(connection: Connection) -> set[str]:
    return set(connection.execute(select(Account.username)).scalars())


def mailboxes(connection: Connection) -> dict[str, str]:
    """Whose each mailbox is, in small letters, among the active accounts."""
    rows = connection.execute(
        select(func.lower(Account.email), Account.username).where(Account.active, Account.email.is_not(None))
    )
    return {row[0]: row[1] for row in rows}


def holders_of(connection: Connection, permission: str) -> list[str]:
    """The first few user names of accounts with that permission, active or not."""
    query = select(Account.username).where(Account.permissions.bool_op("@>")(cast([permission], ARRAY(Text))))
    return list(connection.execute(query.order_by(Account.username).limit(20)).scalars())


def owner_of_mailbox(connection: Connection, email: str, but: str | None) -> tuple[str, int] | None:
    """User name and agency of another active account with this mailbox."""
    query = select(Account.username, Account.agency_id)
    query = query.where(func.lower(Account.email) == email.lower(), Account.active)
    if but is not None:
        query = query.where(Account.username != but)
    row = connection.execute(query.order_by(Account.id).limit(1)).one_or_none()
    return (row.username, row.agency_id) if row is not None else None


def search(connection: Connection, wanted: Wanted, day: date, after: int | None, most: int) -> list[KeptAccount]:
    """At most `most` accounts by name, after the account of that id."""
    query, name = _ACCOUNT.where(*_matching(wanted, day)), func.motcua_fold(Account.name)
    if after is not None:
        last = aliased(Account, name="last")
        place = select(func.motcua_fold(last.name)).where(last.id == after).scalar_subquery()
        query = query.where(or_(name > place, and_(name == place, Account.id > after)))
    return many(KeptAccount, connection.execute(query.order_by(name, Account.id).limit(most)))


def count(connection: Connection, wanted: Wanted, day: date) -> int:
    found: int = connection.execute(select(func.count(Account.id)).where(*_matching(wanted, day))).scalar_one()
    return found


def _matching(wanted: Wanted, day: date) -> list[ColumnElement[bool]]:
    rules: list[ColumnElement[bool]] = [Account.active.is_(False)] if wanted.locked else []
    if wanted.agency_ids is not None:
        rules.append(Account.agency_id.in_(wanted.agency_ids))
    searched = func.motcua_fold(Account.name + " " + Account.username + " " + func.coalesce(Account.email, ""))
    for word in (wanted.words or "").split():
        rules.append(searched.like(func.motcua_fold(literal(like_pattern(word), Text))))
    if wanted.permission is not None:
        rules.append(literal(wanted.permission, Text) == any_(Account.permissions))
    held = select(AccountPosition.id).where(
        AccountPosition.account_id == Account.id,
        AccountPosition.valid_from <= day,
        or_(AccountPosition.valid_to.is_(None), AccountPosition.valid_to >= day),
    )
    if wanted.without_position:
        rules += [Account.active.is_(True), ~held.exists()]
    if wanted.position is not None:
        rules.append(
            held.join(Position, Position.id == AccountPosition.position_id)
            .where(
                or_(
                    Position.code == wanted.position,
                    func.motcua_fold(Position.name).like(
                        func.motcua_fold(literal(like_pattern(wanted.position), Text))
                    ),
                )
            )
            .exists()
        )
    return rules


def _of_agencies(query: Any, agency_ids: Sequence[int] | None) -> Any:
    return query if agency_ids is None else query.where(Account.agency_id.in_(agency_ids))


def save_account(connection: Connection, account_id: int, values: Mapping[str, Any]) -> None:
    """Write these columns back."""
    connection.execute(update(Account).where(Account.id == account_id).values(**values, version=Account.version + 1))


def held_open(connection: Connection, account_id: int) -> int:
    """How many open steps she has taken."""
    query = select(func.count()).where(Task.assignee_id == account_id, Task.state == "open")
    found: int = connection.execute(query).scalar_one()
    return found


# Positions over time ---------------------------------------------------------------------------------------------------


def holdings_of(connection: Connection, account_ids: Sequence[int]) -> list[Holding]:
    """Every position that these accounts were given, the newest first."""
    query = _HOLDING.where(AccountPosition.account_id == any_(bindparam("accounts", list(account_ids))))
    order = (AccountPosition.account_id, AccountPosition.valid_from.desc(), AccountPosition.id.desc())
    return many(Holding, connection.execute(query.order_by(*order)))


def holds_elsewhere(connection: Connection, account_id: int, agency_id: int, day: date) -> bool:
    """Whether the account holds a position of another agency, its own or as a substitute, on that day or a later one: whoever
    gets into the account gets in there too."""
    there = (
        select(HELD.c.account_id)
        .join(Position, Position.id == HELD.c.position_id)
        .where(
            HELD.c.account_id == account_id,
            Position.agency_id != agency_id,
            or_(HELD.c.valid_to.is_(None), HELD.c.valid_to >= day),
        )
    )
    return connection.execute(select(there.exists())).scalar_one() is True


def holdings_at(connection: Connection, position_id: int) -> list[Holding]:
    """Everybody who was ever given this position, the newest first."""
    query = _HOLDING.where(AccountPosition.position_id == position_id)
    return many(
        Holding, connection.execute(query.order_by(AccountPosition.valid_from.desc(), AccountPosition.id.desc()))
    )


def holding_by_id(connection: Connection, holding_id: int) -> Holding | None:
    return one(Holding, connection.execute(_HOLDING.where(AccountPosition.id == holding_id)).one_or_none())


def add_holding(connection: Connection, account_id: int, position_id: int, first: date, last: date | None) -> int:
    values = {"account_id": account_id, "position_id": position_id, "valid_from": first, "valid_to": last}
    added: int = connection.execute(insert(AccountPosition).values(values).returning(AccountPosition.id)).scalar_one()
    return added


def end_holding(connection: Connection, holding: Holding, last: date) -> None:
    """`last` is the last day on which it is held; one that would never have been held is taken away."""
    these = AccountPosition.id == holding.id
    if last < holding.valid_from:
        connection.execute(delete(AccountPosition).where(these))
    else:
        connection.execute(update(AccountPosition).where(these).values(valid_to=last))


def end_holdings_at(connection: Connection, position_id: int, last: date) -> list[Holding]:
    """Nobody holds the position after `last`; answers what was ended."""
    ended = [one for one in holdings_at(connection, position_id) if one.valid_to is None or one.valid_to > last]
    for one_of_them in ended:
        end_holding(connection, one_of_them, last)
    return ended


@dataclass(frozen=True, slots=True)
class Emptied:
    """A position that nobody but one account can work, and how many steps wait there."""

    position: str
    position_name: str
    agency: str
    waiting: int


_EMPTIED = text(
    """
    SELECT p.code, p.name, a.code AS agency,
           (SELECT count(*) FROM tasks t WHERE t.position_id = p.id AND t.state IN ('open', 'vacant')) AS waiting
      FROM account_positions h JOIN positions p ON p.id = h.position_id JOIN agencies a ON a.id = p.agency_id
     WHERE h.account_id = :account AND h.valid_from <= :day AND (h.valid_to IS NULL OR h.valid_to >= :day)
       AND (CAST(:position AS bigint) IS NULL OR p.id = :position)
       AND NOT EXISTS (SELECT 1 FROM held_positions o JOIN accounts b ON b.id = o.account_id
                        WHERE o.position_id = p.id AND o.account_id <> :account AND b.active
                          AND b.permissions && CAST(:permissions AS text[])
                          AND o.valid_from <= :day AND (o.valid_to IS NULL OR o.valid_to >= :day))
     ORDER BY a.code, p.id
    """
)


def emptied(
    connection: Connection, account_id: int, day: date, permissions: Sequence[str], position_id: int | None = None
) -> list[Emptied]:
    """The positions (or that one) that nobody could work on `day` if this account did not hold them."""
    values = {"account": account_id, "day": day, "permissions": list(permissions), "position": position_id}
    return many(Emptied, connection.execute(_EMPTIED, values))
