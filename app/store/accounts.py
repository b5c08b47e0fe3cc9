"""Accounts, the positions that they hold on a day, and what a token opens.

Who holds what is asked of `app.store.holdings`: a substitute holds what she stands in for.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    ForeignKey,
    Text,
    and_,
    bindparam,
    cast,
    func,
    insert,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by
from sqlalchemy.orm import Mapped, aliased, mapped_column

from app.rules.delegation import Limits
from app.rules.permissions import WORKERS
from app.store.database import Base, BigId
from app.store.delegated import Delegation, counts_on
from app.store.holdings import HELD, AccountPosition, Substitution, held_on, stood_in_on
from app.store.organisation import Agency, Position, Unit
from app.store.statement import Statement
from app.store.tokens import Token

_SEALS = "document.sign"


class Account(Base):
    __tablename__ = "accounts"
    id: Mapped[BigId]
    username: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    password_hash: Mapped[str]
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    email: Mapped[str | None]
    permissions: Mapped[list[str]]
    must_change_password: Mapped[bool]
    active: Mapped[bool] = mapped_column(default=True, server_default="true")
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    password_changed_at: Mapped[datetime | None] = mapped_column(server_default=func.now())
    """When the password was chosen or given; of those that were there before this was kept, when it began to be.
    Null: it does not age; those of a demonstration."""


@dataclass(frozen=True, slots=True)
class HeldPosition:
    id: int
    code: str
    name: str
    agency_id: int
    agency: str
    unit_id: int
    unit: str
    unit_kind: str
    head: bool = False
    """It heads the unit."""
    absent_id: int | None = None
    """Whose it is, where it is held as a substitute only."""
    mandate_id: int | None = None
    """Her agency acts for the position's under that mandate."""


@dataclass(frozen=True, slots=True)
class Person:
    id: int
    username: str
    name: str


@dataclass(frozen=True, slots=True)
class HeldDelegation:
    """What of `giver`'s work in one of her positions the account may do; `signs`: in her name, as `form` says (TUQ., KT.).

    `seals`: she may use her agency's seal, and so may who signs for her.
    """

    id: int
    giver: Person
    position_id: int
    position: str
    agency_id: int
    agency: str
    limits: Limits
    signs: bool
    form: str
    decision: str
    seals: bool


@dataclass(frozen=True, slots=True)
class AccountRow:
    id: int
    username: str
    name: str
    agency_id: int
    agency: str
    email: str | None
    permissions: tuple[str, ...]
    must_change_password: bool
    positions: tuple[HeldPosition, ...]
    absent: tuple[Person, ...] = ()
    """Whom the account stands in for on that day."""
    delegated: tuple[HeldDelegation, ...] = ()
    """What others have delegated to it, as it counts on that day."""


_POSITIONS = (
    select(
        func.json_agg(
            aggregate_order_by(
                func.json_build_array(
                    Position.id,
                    Position.code,
                    Position.name,
                    Position.agency_id,
                    Agency.code,
                    Position.unit_id,
                    Unit.code,
                    Unit.kind,
                    Position.head,
                    HELD.c.absent_id,
                    HELD.c.mandate_id,
                ),
                Position.id,
                HELD.c.absent_id.nulls_first(),
            )
        )
    )
    .select_from(HELD)
    .join(Position, Position.id == HELD.c.position_id)
    .join(Agency, Agency.id == Position.agency_id)
    .join(Unit, Unit.id == Position.unit_id)
    .where(HELD.c.account_id == Account.id, held_on(bindparam("day")))
    .correlate(Account)
    .scalar_subquery()
)
_AWAY = aliased(Account, name="away")
_ABSENT = (
    select(
        func.json_agg(aggregate_order_by(func.json_build_array(_AWAY.id, _AWAY.username, _AWAY.name), _AWAY.username))
    )
    .select_from(Substitution)
    .join(_AWAY, _AWAY.id == Substitution.account_id)
    .where(Substitution.substitute_id == Account.id, stood_in_on(bindparam("day")))
    .correlate(Account)
    .scalar_subquery()
)
_GIVER = aliased(Account, name="giver")
_MAY_WORK = _GIVER.permissions.bool_op("&&")(cast(list(WORKERS), ARRAY(Text)))
"""Who may work no step has none to let somebody else do."""
_DELEGATED = (
    select(
        func.json_agg(
            aggregate_order_by(
                func.json_build_array(
                    Delegation.id,
                    func.json_build_array(_GIVER.id, _GIVER.username, _GIVER.name),
                    Position.id,
                    Position.name,
                    Position.agency_id,
                    Agency.code,
                    func.json_build_array(Delegation.procedures, Delegation.steps, Delegation.daily_most),
                    Delegation.signs,
                    Delegation.form,
                    Delegation.decision_number,
                    and_(Delegation.signs, _GIVER.permissions.contains([_SEALS])),
                ),
                Delegation.id,
            )
        )
    )
    .select_from(Delegation)
    .join(_GIVER, and_(_GIVER.id == Delegation.delegator_id, _GIVER.active, _MAY_WORK))
    .join(Position, Position.id == Delegation.position_id)
    .join(Agency, Agency.id == Position.agency_id)
    .where(Delegation.delegate_id == Account.id, Position.agency_id == Account.agency_id, counts_on(bindparam("day")))
    .correlate(Account)
    .scalar_subquery()
)
_HOME = select(Agency.code).where(Agency.id == Account.agency_id).correlate(Account).scalar_subquery()
_ACCOUNT = select(
    Account.id,
    Account.username,
    Account.name,
    Account.agency_id,
    _HOME.label("agency"),
    Account.email,
    Account.permissions,
    Account.must_change_password,
    _POSITIONS.label("positions"),
    _ABSENT.label("absent"),
    _DELEGATED.label("delegated"),
).where(Account.active)
_WITH_TOKEN = (
    _ACCOUNT.add_columns(
        Token.id.label("token_id"),
        func.coalesce(Token.used_at, Token.created_at).label("seen_at"),
        Token.way,
        Token.scopes,
        Token.reads_only,
        Token.waits_for,
    )
    .join(Token, Token.account_id == Account.id)
    .where(Token.hash == bindparam("hash"), Token.expires_at > bindparam("now"))
)
_BY_TOKEN = Statement(_WITH_TOKEN)
_ByToken = namedtuple("_ByToken", [column.key for column in _WITH_TOKEN.selected_columns])  # type: ignore[misc]
_BY_ID = _ACCOUNT.where(Account.id == bindparam("account"))


def _account(row: Any) -> AccountRow | None:
    if row is None:
        return None
    return AccountRow(
        id=row.id,
        username=row.username,
        name=row.name,
        agency_id=row.agency_id,
        agency=row.agency,
        email=row.email,
        permissions=tuple(row.permissions),
        must_change_password=row.must_change_password,
        positions=_once_each(HeldPosition(*held) for held in row.positions or ()),
        absent=tuple(Person(*one) for one in row.absent or ()),
        delegated=tuple(_delegated(one) for one in row.delegated or ()),
    )


def _delegated(said: Any) -> HeldDelegation:
    number, giver, position_id, position, agency_id, agency, limits, signs, form, decision, seals = said
    procedures, steps, most = limits
    return HeldDelegation(
        id=number,
        giver=Person(*giver),
        position_id=position_id,
        position=position,
        agency_id=agency_id,
        agency=agency,
        limits=Limits(frozenset(procedures), frozenset(steps), most),
        signs=signs,
        form=form,
        decision=decision,
        seals=seals,
    )


def _once_each(positions: Iterable[HeldPosition]) -> tuple[HeldPosition, ...]:
    """A position that is held in one's own right is not held as a substitute too."""
    found: dict[int, HeldPosition] = {}
    for held in positions:
        found.setdefault(held.id, held)
    return tuple(found.values())


@dataclass(frozen=True, slots=True)
class OpenedBy:
    """An account as a token opens it; `seen_at`: when the token was last seen. The rest as `Token` says."""

    account: AccountRow
    token_id: int
    seen_at: datetime
    way: str
    scopes: list[str] | None
    reads_only: bool
    waits_for: str | None


def account_by_token(connection: Connection, token_hash: bytes, now: datetime, day: date) -> OpenedBy | None:
    """The active account of a live token with the positions held on `day`, in one query."""
    found = _BY_TOKEN.one(connection, {"hash": token_hash, "now": now, "day": day})
    row: Any = None if found is None else _ByToken(*found)
    account = _account(row)
    if account is None or row is None:
        return None
    return OpenedBy(account, row.token_id, row.seen_at, row.way, row.scopes, row.reads_only, row.waits_for)


def account_by_id(connection: Connection, account_id: int, day: date) -> AccountRow | None:
    return _account(connection.execute(_BY_ID, {"account": account_id, "day": day}).one_or_none())


def accounts_on(connection: Connection, day: date) -> list[AccountRow]:
    """Every active account with the positions that it holds on that day, by user name."""
    rows = connection.execute(_ACCOUNT.order_by(Account.username), {"day": day})
    return [account for row in rows if (account := _account(row)) is not None]


def home_of_name(connection: Connection, username: str) -> int | None:
    """Id of the agency of the account with that name, active or not."""
    found: int | None = connection.execute(
        select(Account.agency_id).where(Account.username == username)
    ).scalar_one_or_none()
    return found


def first_holder(connection: Connection, position: str, agency: str, day: date) -> AccountRow | None:
    """An active account that holds the position of that code in that agency on `day`."""
    holder = (
        select(HELD.c.account_id)
        .join(Position, Position.id == HELD.c.position_id)
        .join(Agency, Agency.id == Position.agency_id)
        .where(Position.code == position, Agency.code == agency, held_on(day))
        .order_by(HELD.c.account_id)
        .limit(1)
    )
    found = connection.execute(holder).scalar_one_or_none()
    return account_by_id(connection, found, day) if found is not None else None


def may_any(permissions: Sequence[str], account: type[Account] = Account) -> ColumnElement[bool]:
    """Whether the account is active and has one of these permissions."""
    return and_(account.active, account.permissions.bool_op("&&")(cast(list(permissions), ARRAY(Text))))


def account_of_agencies(connection: Connection, username: str, agency_ids: Sequence[int]) -> int | None:
    """Id of the account of that name, active or not, that belongs to one of the agencies or ever held a position there."""
    held = (
        select(Position.id)
        .join(AccountPosition, AccountPosition.position_id == Position.id)
        .where(AccountPosition.account_id == Account.id, Position.agency_id.in_(agency_ids))
    )
    found: int | None = connection.execute(
        select(Account.id).where(Account.username == username, or_(Account.agency_id.in_(agency_ids), held.exists()))
    ).scalar_one_or_none()
    return found


def addresses(connection: Connection, day: date, *, units: Sequence[int], positions: Sequence[int]) -> list[str]:
    """E-mail addresses of the active accounts that sit in one of the units or hold one of the positions on that day."""
    rows = connection.execute(
        select(Account.email)
        .join(HELD, HELD.c.account_id == Account.id)
        .join(Position, Position.id == HELD.c.position_id)
        .where(
            or_(Position.unit_id.in_(units), Position.id.in_(positions)),
            Account.active,
            Account.email.is_not(None),
            held_on(day),
        )
        .distinct()
        .order_by(Account.email)
    )
    return [row.email for row in rows]


def account_ids(connection: Connection) -> dict[str, int]:
    """Every account's id by its user name."""
    return {row.username: row.id for row in connection.execute(select(Account.username, Account.id))}


def add_account(connection: Connection, values: Mapping[str, Any]) -> int:
    """A new account: username, name, password_hash, agency_id, email, permissions, must_change_password."""
    added: int = connection.execute(insert(Account).values(**values).returning(Account.id)).scalar_one()
    return added


def hold_position(
    connection: Connection, account_id: int, position_id: int, valid_from: date, valid_to: date | None = None
) -> None:
    """Let an account hold a position from one day to another, both included."""
    connection.execute(
        insert(AccountPosition).values(
            account_id=account_id, position_id=position_id, valid_from=valid_from, valid_to=valid_to
        )
    )
