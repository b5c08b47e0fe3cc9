"""Who looked at which dossier, when, from where, and by what right: one row a viewer, dossier and ten minutes, never changed.

Partitioned by year, so that looks past their retention go as a whole. No foreign keys: checking one would wait for whoever
holds the dossier's row. A row is not worth waiting for the disk; a crash of the server may lose the last second's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Index, and_, func, or_, select, text
from sqlalchemy.orm import Mapped, mapped_column

from app.store.accounts import Account
from app.store.database import Base, Code, like_pattern, many
from app.store.dossiers import Dossier
from app.store.holdings import AccountPosition
from app.store.organisation import Agency
from app.store.tasks import Task

EVERY: Final = timedelta(minutes=10)
AGENCY, MANDATE, CONTROL = "agency", "mandate", "control"
GROUNDS: Final = (AGENCY, MANDATE, CONTROL)
"""By what right: one's own agency has a part; one's agency acts for one that has; one controls the province."""


class DossierLook(Base):
    __tablename__ = "dossier_looks"
    __table_args__ = (
        Index(None, "account_id", "at"),
        {"postgresql_partition_by": "RANGE (slot)"},
    )
    dossier_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    account_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    slot: Mapped[datetime] = mapped_column(primary_key=True)
    """The ten minutes in which it fell, by their beginning."""
    at: Mapped[datetime]
    """The first look in them."""
    ground: Mapped[Code]
    """One of GROUNDS."""
    way: Mapped[Code]
    """page or api."""
    address: Mapped[str | None]


_NOTE = text(
    "WITH soon AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true))"
    " INSERT INTO dossier_looks (dossier_id, account_id, slot, at, ground, way, address)"
    " SELECT :dossier, :account, :slot, :at, :ground, :way, :address FROM soon ON CONFLICT DO NOTHING"
)


def slot_of(now: datetime) -> datetime:
    """The beginning of the ten minutes in which an instant falls."""
    seconds = int(now.timestamp())
    return datetime.fromtimestamp(seconds - seconds % int(EVERY.total_seconds()), UTC)


def note_look(
    connection: Connection, dossier_id: int, account_id: int, now: datetime, ground: str, way: str, address: str | None
) -> None:
    """Write a look down, unless the same account looked at it in these ten minutes already. The commit waits for no disk."""
    connection.execute(
        _NOTE,
        {
            "dossier": dossier_id,
            "account": account_id,
            "slot": slot_of(now),
            "at": now,
            "ground": ground,
            "way": way,
            "address": address,
        },
    )


@dataclass(frozen=True, slots=True)
class LookRow:
    """`handled`: whether the viewer has, or had, a step of the dossier, or holds a position at which one waits or waited."""

    dossier_id: int
    account_id: int
    slot: datetime
    at: datetime
    ground: str
    way: str
    address: str | None
    code: str
    username: str
    name: str
    agency: str
    agency_name: str
    handled: bool


@dataclass(frozen=True, slots=True)
class LookFilters:
    """None: all the same. `person`: a user name, or words of a name; `strange`: only those of people who never had a step."""

    dossier_id: int | None = None
    code: str | None = None
    person: str | None = None
    agency_id: int | None = None
    ground: str | None = None
    strange: bool = False
    since: datetime | None = None
    before: datetime | None = None


_HELD = (
    select(AccountPosition.id)
    .where(AccountPosition.account_id == DossierLook.account_id, AccountPosition.position_id == Task.position_id)
    .correlate(DossierLook, Task)
    .exists()
)
_HANDLED = (
    select(Task.id)
    .where(Task.dossier_id == DossierLook.dossier_id, or_(Task.assignee_id == DossierLook.account_id, _HELD))
    .correlate(DossierLook)
    .exists()
)
_LOOK = (
    select(
        DossierLook.dossier_id,
        DossierLook.account_id,
        DossierLook.slot,
        DossierLook.at,
        DossierLook.ground,
        DossierLook.way,
        DossierLook.address,
        Dossier.code,
        Account.username,
        Account.name,
        Agency.code,
        Agency.name,
        _HANDLED,
    )
    .join(Dossier, Dossier.id == DossierLook.dossier_id)
    .join(Account, Account.id == DossierLook.account_id)
    .join(Agency, Agency.id == Account.agency_id)
)
Place = tuple[datetime, int, int]
"""Where a page of looks ends: slot, account, dossier."""


def looks(connection: Connection, filters: LookFilters, after: Place | None, most: int) -> list[LookRow]:
    """The latest first; `after`: only those further back than that place."""
    order = (DossierLook.slot.desc(), DossierLook.account_id.desc(), DossierLook.dossier_id.desc())
    query = _LOOK.where(*_conditions(filters)).order_by(*order).limit(most)
    if after is not None:
        slot, account, dossier = after
        query = query.where(
            or_(
                DossierLook.slot < slot,
                and_(DossierLook.slot == slot, DossierLook.account_id < account),
                and_(DossierLook.slot == slot, DossierLook.account_id == account, DossierLook.dossier_id < dossier),
            )
        )
    return many(LookRow, connection.execute(query))


def count_looks(connection: Connection, filters: LookFilters, most: int) -> int:
    """How many there are, counted to `most` and one more."""
    found = (
        select(DossierLook.slot)
        .join(Dossier, Dossier.id == DossierLook.dossier_id)
        .join(Account, Account.id == DossierLook.account_id)
        .where(*_conditions(filters))
        .limit(most + 1)
        .subquery()
    )
    number: int = connection.execute(select(func.count()).select_from(found)).scalar_one()
    return number


def _conditions(filters: LookFilters) -> Sequence[ColumnElement[bool]]:
    found = list[ColumnElement[bool]]()
    if filters.dossier_id is not None:
        found.append(DossierLook.dossier_id == filters.dossier_id)
    if filters.code:
        found.append(Dossier.code == filters.code)
    if filters.person:
        named: Any = func.motcua_fold(Account.name).like(func.motcua_fold(like_pattern(filters.person)))
        found.append(or_(Account.username == filters.person, named))
    if filters.agency_id is not None:
        found.append(Account.agency_id == filters.agency_id)
    if filters.ground:
        found.append(DossierLook.ground == filters.ground)
    if filters.strange:
        found.append(~_HANDLED)
    if filters.since is not None:
        found.append(DossierLook.at >= filters.since)
    if filters.before is not None:
        found.append(DossierLook.at < filters.before)
    return found
