"""Notices to officials: a row a person and event, how each wants them, and since when her new steps count.

That a step came to somebody is no row: it is read from the tasks themselves (`app.store.new_steps`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    DateTime,
    ForeignKey,
    Index,
    Select,
    bindparam,
    func,
    insert,
    literal,
    literal_column,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.orm import Mapped, mapped_column

from app.rules.notices import OFF, SCREEN
from app.store.accounts import Account
from app.store.database import Base, BigId, Code, many, one
from app.store.dossiers import Dossier
from app.store.organisation import Agency
from app.store.procedures import Procedure
from app.store.statement import Statement

UNREAD: ColumnElement[bool] = literal_column("official_notices.read_at IS NULL")
MOST_FORGOTTEN = 5000
"""Rows that one statement of pruning removes."""


class OfficialNotice(Base):
    __tablename__ = "official_notices"
    __table_args__ = (
        Index(None, "account_id", "id"),
        Index("ix_official_notices_unread", "account_id", "id", postgresql_where=literal_column("read_at IS NULL")),
        Index(None, "created_at"),
    )
    id: Mapped[BigId]
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    event: Mapped[Code]
    """A name of `app.rules.notices.EVENTS`."""
    dossier_id: Mapped[int | None] = mapped_column(ForeignKey("dossiers.id"))
    task_id: Mapped[int | None] = mapped_column(ForeignKey("tasks.id"))
    data: Mapped[dict[str, Any]]
    """`template`, and what the message may speak of by the names of NoticeValues; `incident`: its number."""
    created_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    mailed_at: Mapped[datetime | None]
    """When a mail about it, or a digest with it, was queued."""


class NoticeSwitch(Base):
    """What somebody chose; what she did not is as `app.rules.notices` says."""

    __tablename__ = "notice_switches"
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    event: Mapped[Code] = mapped_column(primary_key=True)
    way: Mapped[Code] = mapped_column(primary_key=True)
    mode: Mapped[Code]


class NoticeLook(Base):
    """Since when steps that come count as new: when she last marked everything as read."""

    __tablename__ = "notice_looks"
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), primary_key=True, autoincrement=False)
    looked_at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class Told:
    """Somebody to be told; `screen` and `mail` are the modes that she chose, None where she did not."""

    id: int
    email: str | None
    screen: str | None
    mail: str | None


@dataclass(frozen=True, slots=True)
class Whom:
    """Accounts, with who stands in for them; who sits in units or holds positions; who has a permission."""

    accounts: tuple[int, ...] = ()
    units: tuple[int, ...] = ()
    positions: tuple[int, ...] = ()
    permission: str | None = None

    def __bool__(self) -> bool:
        return bool(self.accounts or self.units or self.positions or self.permission)


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """A notice with what its list shows of its dossier."""

    id: int
    account_id: int
    event: str
    dossier_id: int | None
    task_id: int | None
    data: dict[str, Any]
    created_at: datetime
    read_at: datetime | None
    mailed_at: datetime | None
    dossier: str | None
    procedure_name: str | None
    agency_name: str | None


_WHO = Statement(
    text(
        """
    SELECT a.id, a.email, s.mode AS screen, m.mode AS mail
      FROM accounts a
      LEFT JOIN notice_switches s ON s.account_id = a.id AND s.event = :event AND s.way = 'screen'
      LEFT JOIN notice_switches m ON m.account_id = a.id AND m.event = :event AND m.way = 'email'
     WHERE a.active AND a.id IN (
           SELECT unnest(CAST(:accounts AS bigint[]))
            UNION
           SELECT b.substitute_id FROM substitutions b
            WHERE b.account_id = ANY(CAST(:accounts AS bigint[])) AND b.from_day <= :day AND b.to_day >= :day
            UNION
           SELECT h.account_id FROM positions p JOIN held_positions h ON h.position_id = p.id
            WHERE (p.unit_id = ANY(CAST(:units AS bigint[])) OR p.id = ANY(CAST(:positions AS bigint[])))
              AND h.valid_from <= :day AND (h.valid_to IS NULL OR h.valid_to >= :day)
            UNION
           SELECT c.id FROM accounts c
            WHERE CAST(:permission AS text) IS NOT NULL AND CAST(:permission AS text) = ANY(c.permissions))
     ORDER BY a.id
    """
    )
)
_TOLD = ("account_id", "event", "dossier_id", "task_id", "data", "created_at", "mailed_at", "read_at")
_ADD = Statement(insert(OfficialNotice).values({name: bindparam(name) for name in _TOLD}))
_NOTICE: Select[Any] = (
    select(
        *OfficialNotice.__table__.columns,
        Dossier.code.label("dossier"),
        Procedure.name.label("procedure_name"),
        Agency.name.label("agency_name"),
    )
    .outerjoin(Dossier, Dossier.id == OfficialNotice.dossier_id)
    .outerjoin(Procedure, Procedure.id == Dossier.procedure_id)
    .outerjoin(Agency, Agency.id == Dossier.agency_id)
)
_HIDDEN = (
    select(NoticeSwitch.event)
    .where(
        NoticeSwitch.account_id == OfficialNotice.account_id,
        NoticeSwitch.event == OfficialNotice.event,
        NoticeSwitch.way == SCREEN,
        NoticeSwitch.mode == OFF,
    )
    .correlate(OfficialNotice)
    .exists()
)
_SETTLE = text(
    "UPDATE official_notices n SET read_at = :now FROM tasks t"
    " WHERE n.read_at IS NULL AND n.event = ANY(ARRAY['returned', 'assigned', 'due_soon', 'overdue', 'pressed'])"
    " AND t.id = n.task_id AND t.state IN ('done', 'cancelled')"
)
_FORGET = text(
    "DELETE FROM official_notices WHERE id = ANY(ARRAY(SELECT id FROM official_notices"
    " WHERE created_at < :before AND (read_at IS NOT NULL OR created_at < :unread_before)"
    " ORDER BY created_at LIMIT :most))"
)


def who(connection: Connection, whom: Whom, event: str, day: date) -> list[Told]:
    """The active accounts that are meant on that day, each once, with how they want that event."""
    values = {
        "event": event,
        "accounts": list(whom.accounts),
        "units": list(whom.units),
        "positions": list(whom.positions),
        "permission": whom.permission,
        "day": day,
    }
    return many(Told, _WHO.all(connection, values))


def add_notices(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Rows of account_id, event, dossier_id, task_id, data, created_at, mailed_at, and read_at if they are read already."""
    _ADD.run_all(connection, ({"read_at": None, **row} for row in rows))


def lately_mailed(connection: Connection, event: str, since: datetime, account_ids: Collection[int]) -> set[int]:
    """Those of the accounts that had a mail about such an event since then."""
    rows = connection.execute(
        select(OfficialNotice.account_id)
        .where(
            OfficialNotice.account_id.in_(account_ids),
            OfficialNotice.event == event,
            OfficialNotice.created_at > since,
            OfficialNotice.mailed_at > since,
        )
        .distinct()
    )
    return set(rows.scalars())


def notice_page(connection: Connection, account_id: int, after: tuple[bool, int] | None, limit: int) -> list[NoticeRow]:
    """An account's notices, unread ones first, the newest first; `after` is (was it read, its id) of the last one before.

    What she switched off for the screen is left out.
    """
    wanted = _NOTICE.where(OfficialNotice.account_id == account_id, ~_HIDDEN).order_by(OfficialNotice.id.desc())
    found: list[NoticeRow] = []
    for read in (False, True):
        if after is not None and after[0] and not read:
            continue
        state = OfficialNotice.read_at.is_not(None) if read else UNREAD
        query = wanted.where(state).limit(limit - len(found))
        if after is not None and after[0] == read:
            query = query.where(OfficialNotice.id < after[1])
        found += many(NoticeRow, connection.execute(query))
        if len(found) >= limit:
            break
    return found


def notice_of(connection: Connection, account_id: int, notice_id: int) -> NoticeRow | None:
    """One of an account's notices, or None."""
    query = _NOTICE.where(OfficialNotice.id == notice_id, OfficialNotice.account_id == account_id)
    return one(NoticeRow, connection.execute(query).one_or_none())


def count_notices(connection: Connection, account_id: int, most: int) -> int:
    """How many notices an account has, counted to `most`."""
    ids = select(OfficialNotice.id).where(OfficialNotice.account_id == account_id, ~_HIDDEN).limit(most).subquery()
    number: int = connection.execute(select(func.count()).select_from(ids)).scalar_one()
    return number


def mark_read(connection: Connection, account_id: int, ids: Sequence[int] | None, now: datetime) -> int:
    """Mark these of an account's notices as read, or with None all of them; answers how many were unread."""
    query = update(OfficialNotice).where(OfficialNotice.account_id == account_id, UNREAD)
    if ids is not None:
        query = query.where(OfficialNotice.id.in_(ids))
    return connection.execute(query.values(read_at=now)).rowcount


def mark_dossier_read(connection: Connection, account_id: int, dossier_id: int, now: datetime) -> int:
    """Whoever opens a dossier has seen what she was told of it."""
    query = update(OfficialNotice).where(
        OfficialNotice.account_id == account_id, OfficialNotice.dossier_id == dossier_id, UNREAD
    )
    return connection.execute(query.values(read_at=now)).rowcount


def has_unread(connection: Connection, account_id: int, code: str) -> int | None:
    """Id of the dossier of that code where something that she was told of it is unread, else None."""
    found = (
        select(Dossier.id)
        .join(OfficialNotice, OfficialNotice.dossier_id == Dossier.id)
        .where(Dossier.code == code, OfficialNotice.account_id == account_id, UNREAD)
    )
    number: int | None = connection.execute(found.limit(1)).scalar_one_or_none()
    return number


def settle_done(connection: Connection, now: datetime) -> int:
    """What somebody was told of a step that has been worked meanwhile, by her or by others, need not be read any more."""
    return connection.execute(_SETTLE, {"now": now}).rowcount


def seen_until(connection: Connection, until: datetime) -> None:
    """Everybody has seen everything that came before then, for a history that is made all at once."""
    connection.execute(update(OfficialNotice).where(OfficialNotice.created_at < until, UNREAD).values(read_at=until))
    connection.execute(
        pg_insert(NoticeLook)
        .from_select(["account_id", "looked_at"], select(Account.id, literal(until, DateTime(timezone=True))))
        .on_conflict_do_nothing()
    )


def mark_mailed(connection: Connection, ids: Sequence[int], now: datetime) -> None:
    if ids:
        connection.execute(update(OfficialNotice).where(OfficialNotice.id.in_(ids)).values(mailed_at=now))


def look(connection: Connection, account_id: int, now: datetime) -> None:
    """From now on only steps that come later count as new."""
    fresh = pg_insert(NoticeLook).values(account_id=account_id, looked_at=now)
    connection.execute(
        fresh.on_conflict_do_update(
            index_elements=[NoticeLook.account_id], set_={"looked_at": fresh.excluded.looked_at}
        )
    )


def switches_of(connection: Connection, account_id: int) -> dict[tuple[str, str], str]:
    """(event, way) -> the mode that she chose; without what she did not."""
    rows = connection.execute(
        select(NoticeSwitch.event, NoticeSwitch.way, NoticeSwitch.mode).where(NoticeSwitch.account_id == account_id)
    )
    return {(row.event, row.way): row.mode for row in rows}


def set_switches(connection: Connection, account_id: int, modes: Mapping[tuple[str, str], str]) -> None:
    """Keep these choices; others stay."""
    rows = [
        {"account_id": account_id, "event": event, "way": way, "mode": mode} for (event, way), mode in modes.items()
    ]
    if rows:
        fresh = pg_insert(NoticeSwitch)
        keys = [NoticeSwitch.account_id, NoticeSwitch.event, NoticeSwitch.way]
        connection.execute(fresh.on_conflict_do_update(index_elements=keys, set_={"mode": fresh.excluded.mode}), rows)


def forget_notices(connection: Connection, before: datetime, unread_before: datetime) -> int:
    """Remove old notices, MOST_FORGOTTEN at most: read ones from before `before`, all from before `unread_before`."""
    values = {"before": before, "unread_before": unread_before, "most": MOST_FORGOTTEN}
    return connection.execute(_FORGET, values).rowcount
