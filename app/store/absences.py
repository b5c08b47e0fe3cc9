"""Absences as they were entered, and the substitutions that follow from them.

Absences are only added and ended. Substitutions of days that have passed stay as they were, so who stood in for whom then can
still be read; those from today on are worked out anew at every change.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    Connection,
    ForeignKey,
    Index,
    and_,
    delete,
    insert,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.orm import Mapped, aliased, mapped_column

from app.rules.substitution import Away, resolve
from app.store.accounts import Account, may_any
from app.store.database import Base, BigId, many, one
from app.store.holdings import AccountPosition, Substitution
from app.store.organisation import Agency, Position

MOST_LISTED = 500


class Absence(Base):
    """`from_day` to `to_day`, both included; from when it was ended it counts no more."""

    __tablename__ = "absences"
    __table_args__ = (
        Index(None, "account_id", "to_day"),
        Index(None, "substitute_id", "to_day"),
        CheckConstraint("from_day <= to_day", name="days"),
        CheckConstraint("account_id <> substitute_id", name="substitute"),
    )
    id: Mapped[BigId]
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    substitute_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    from_day: Mapped[date]
    to_day: Mapped[date]
    reason: Mapped[str]
    made_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    made_at: Mapped[datetime]
    ended_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    ended_at: Mapped[datetime | None]


def away_on(day: date) -> ColumnElement[bool]:
    """The condition that an absence counts on that day, today or later."""
    return and_(Absence.to_day >= day, Absence.from_day <= day, Absence.ended_at.is_(None))


@dataclass(frozen=True, slots=True)
class Official:
    """An account that may be absent or stand in: where it belongs, and whether it can work steps."""

    id: int
    username: str
    name: str
    agency_id: int
    able: bool


@dataclass(frozen=True, slots=True)
class AbsenceRow:
    id: int
    account_id: int
    username: str
    name: str
    agency_id: int
    agency: str
    substitute_id: int
    substitute: str
    substitute_name: str
    from_day: date
    to_day: date
    reason: str
    made_by_name: str
    made_at: datetime
    ended_by_name: str | None
    ended_at: datetime | None


_SUBSTITUTE, _MAKER, _ENDER = (aliased(Account, name=name) for name in ("substitute", "maker", "ender"))
_ABSENCE = (
    select(
        Absence.id,
        Absence.account_id,
        Account.username,
        Account.name,
        Account.agency_id,
        Agency.code,
        Absence.substitute_id,
        _SUBSTITUTE.username,
        _SUBSTITUTE.name,
        Absence.from_day,
        Absence.to_day,
        Absence.reason,
        _MAKER.name,
        Absence.made_at,
        _ENDER.name,
        Absence.ended_at,
    )
    .join(Account, Account.id == Absence.account_id)
    .join(Agency, Agency.id == Account.agency_id)
    .join(_SUBSTITUTE, _SUBSTITUTE.id == Absence.substitute_id)
    .join(_MAKER, _MAKER.id == Absence.made_by)
    .outerjoin(_ENDER, _ENDER.id == Absence.ended_by)
)


def find_official(connection: Connection, username: str, permissions: Sequence[str]) -> Official | None:
    """The active account of that user name; `able` when it has one of `permissions`."""
    row = connection.execute(
        select(Account.id, Account.username, Account.name, Account.agency_id, may_any(permissions)).where(
            Account.username == username, Account.active
        )
    ).one_or_none()
    return one(Official, row)


def officials_of(
    connection: Connection, agency_ids: Collection[int] | None, permissions: Sequence[str]
) -> list[tuple[str, str]]:
    """User name and name of the active accounts with one of `permissions` that belong to these agencies (None: to any)."""
    query = select(Account.username, Account.name).where(may_any(permissions)).order_by(Account.username)
    if agency_ids is not None:
        query = query.where(Account.agency_id.in_(agency_ids))
    return [(row.username, row.name) for row in connection.execute(query)]


def units_of(connection: Connection, account_id: int, first: date, last: date) -> set[int]:
    """Ids of the units in which the account itself holds a position on some day of these."""
    rows = connection.execute(
        select(Position.unit_id)
        .join(AccountPosition, AccountPosition.position_id == Position.id)
        .where(
            AccountPosition.account_id == account_id,
            AccountPosition.valid_from <= last,
            or_(AccountPosition.valid_to.is_(None), AccountPosition.valid_to >= first),
        )
    )
    return set(rows.scalars())


def hold_changes(connection: Connection) -> None:
    """Let no other change of absences happen until this transaction ends; reading goes on."""
    connection.execute(text("LOCK TABLE absences IN SHARE ROW EXCLUSIVE MODE"))


def overlapping(connection: Connection, account_id: int, first: date, last: date) -> AbsenceRow | None:
    """An absence of the account that counts on some day of these, today or later."""
    query = _ABSENCE.where(
        Absence.account_id == account_id,
        Absence.to_day >= first,
        Absence.from_day <= last,
        Absence.ended_at.is_(None),
    )
    return one(AbsenceRow, connection.execute(query.order_by(Absence.from_day).limit(1)).one_or_none())


def absence_by_id(connection: Connection, absence_id: int) -> AbsenceRow | None:
    return one(AbsenceRow, connection.execute(_ABSENCE.where(Absence.id == absence_id)).one_or_none())


def absences_from(connection: Connection, day: date) -> list[Away]:
    """Every absence that counts on that day or later, as the rule of substitutes reads it."""
    rows = connection.execute(
        select(Absence.account_id, Absence.substitute_id, Absence.from_day, Absence.to_day)
        .where(Absence.to_day >= day, Absence.ended_at.is_(None))
        .order_by(Absence.id)
    )
    return many(Away, rows)


def list_absences(
    connection: Connection, day: date, *, past: bool, about: int, agency_ids: Collection[int] | None
) -> list[AbsenceRow]:
    """The absences that count on `day` or later, by day; or those that do not any more, newest first.

    Of the account `about` (its own, and those in which it stands in) and of the accounts of these agencies; None: of all.
    """
    over = or_(Absence.to_day < day, Absence.ended_at.is_not(None))
    query = _ABSENCE.where(over if past else ~over)
    if agency_ids is not None:
        theirs = [Absence.account_id == about, Absence.substitute_id == about, Account.agency_id.in_(agency_ids)]
        query = query.where(or_(*theirs))
    order = (Absence.to_day.desc(), Absence.id.desc()) if past else (Absence.from_day, Absence.id)
    return many(AbsenceRow, connection.execute(query.order_by(*order).limit(MOST_LISTED)))


def add_absence(connection: Connection, away: Away, reason: str, made_by: int, made_at: datetime, today: date) -> int:
    """A new absence, and the substitutions that follow. Inside `hold_changes`."""
    values = {
        "account_id": away.account,
        "substitute_id": away.substitute,
        "from_day": away.from_day,
        "to_day": away.to_day,
        "reason": reason,
        "made_by": made_by,
        "made_at": made_at,
    }
    added: int = connection.execute(insert(Absence).values(values).returning(Absence.id)).scalar_one()
    _substitute_anew(connection, today)
    return added


def close_absence(connection: Connection, absence_id: int, ended_by: int, ended_at: datetime, today: date) -> bool:
    """From `today` on the absence counts no more; False when it was over already. Inside `hold_changes`."""
    query = update(Absence).where(Absence.id == absence_id, Absence.ended_at.is_(None), Absence.to_day >= today)
    ended = connection.execute(query.values(ended_by=ended_by, ended_at=ended_at)).rowcount > 0
    if ended:
        _substitute_anew(connection, today)
    return ended


def _substitute_anew(connection: Connection, today: date) -> None:
    connection.execute(delete(Substitution).where(Substitution.from_day >= today))
    yesterday = today - timedelta(days=1)
    connection.execute(update(Substitution).where(Substitution.to_day >= today).values(to_day=yesterday))
    rows = [
        {
            "account_id": found.account,
            "substitute_id": found.substitute,
            "from_day": max(found.from_day, today),
            "to_day": found.to_day,
        }
        for found in resolve(absences_from(connection, today))
        if found.to_day >= today
    ]
    if rows:
        connection.execute(insert(Substitution), rows)
