"""Changes of a working calendar, and how far the open dossiers have been counted again under each."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, ForeignKey, distinct, func, insert, select, update
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Mapped, mapped_column

from app.store.accounts import Account
from app.store.database import Base, BigId, many, one
from app.store.organisation import Calendar


class CalendarChange(Base):
    __tablename__ = "calendar_changes"
    id: Mapped[BigId]
    calendar_id: Mapped[int] = mapped_column(ForeignKey("calendars.id"))
    before: Mapped[dict[str, Any]]
    after: Mapped[dict[str, Any]]
    epoch: Mapped[int]
    """`CalendarEpoch.epoch` from this change on."""
    reason: Mapped[str]
    made_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    made_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    total: Mapped[int] = mapped_column(default=0, server_default="0")
    done: Mapped[int] = mapped_column(default=0, server_default="0")
    moved: Mapped[int] = mapped_column(default=0, server_default="0")
    failed: Mapped[int] = mapped_column(default=0, server_default="0")
    last_dossier: Mapped[int] = mapped_column(default=0, server_default="0")
    """Id of the last dossier that was looked at; a job that broke off goes on after it."""


@dataclass(frozen=True, slots=True)
class ChangeRow:
    id: int
    calendar_id: int
    code: str
    name: str
    before: dict[str, Any]
    after: dict[str, Any]
    epoch: int
    reason: str
    made_by: int | None
    made_by_name: str | None
    made_at: datetime
    finished_at: datetime | None
    total: int
    done: int
    moved: int
    failed: int
    last_dossier: int


@dataclass(frozen=True, slots=True)
class DataBefore:
    """What a calendar was until the change of `epoch`."""

    calendar_id: int
    epoch: int
    before: dict[str, Any]


_CHANGE = (
    select(
        CalendarChange.id,
        CalendarChange.calendar_id,
        Calendar.code,
        Calendar.name,
        CalendarChange.before,
        CalendarChange.after,
        CalendarChange.epoch,
        CalendarChange.reason,
        CalendarChange.made_by,
        Account.name.label("made_by_name"),
        CalendarChange.made_at,
        CalendarChange.finished_at,
        CalendarChange.total,
        CalendarChange.done,
        CalendarChange.moved,
        CalendarChange.failed,
        CalendarChange.last_dossier,
    )
    .join(Calendar, Calendar.id == CalendarChange.calendar_id)
    .outerjoin(Account, Account.id == CalendarChange.made_by)
)


def add_change(connection: Connection, values: Mapping[str, Any]) -> int:
    """A change: calendar_id, before, after, epoch, reason, made_by, made_at, total."""
    added: int = connection.execute(insert(CalendarChange).values(**values).returning(CalendarChange.id)).scalar_one()
    return added


def find_change(connection: Connection, change_id: int) -> ChangeRow | None:
    return one(ChangeRow, connection.execute(_CHANGE.where(CalendarChange.id == change_id)).one_or_none())


def changes_of(connection: Connection, calendar_id: int, most: int) -> list[ChangeRow]:
    """The latest changes of a calendar, newest first."""
    query = _CHANGE.where(CalendarChange.calendar_id == calendar_id).order_by(CalendarChange.id.desc()).limit(most)
    return many(ChangeRow, connection.execute(query))


def data_before(connection: Connection, epoch: int) -> list[DataBefore]:
    """The data that every calendar changed since `epoch` had at that epoch, earliest change first."""
    rows = connection.execute(
        select(CalendarChange.calendar_id, CalendarChange.epoch, CalendarChange.before)
        .where(CalendarChange.epoch > epoch)
        .order_by(CalendarChange.calendar_id, CalendarChange.epoch)
        .ext(distinct_on(CalendarChange.calendar_id))
    )
    return sorted(many(DataBefore, rows), key=lambda change: change.epoch)


def reasons_since(connection: Connection, calendar_ids: Collection[int], epoch: int) -> list[str]:
    """Why these calendars were changed after `epoch`, in that order."""
    rows = connection.execute(
        select(CalendarChange.reason)
        .where(CalendarChange.calendar_id.in_(calendar_ids), CalendarChange.epoch > epoch)
        .order_by(CalendarChange.epoch)
    )
    return list(dict.fromkeys(rows.scalars()))


def count_moved(connection: Connection, calendar_ids: Collection[int], epoch: int) -> None:
    """One more dossier came out otherwise under the changes of these calendars after `epoch`."""
    connection.execute(
        update(CalendarChange)
        .where(CalendarChange.calendar_id.in_(calendar_ids), CalendarChange.epoch > epoch)
        .values(moved=CalendarChange.moved + 1)
    )


def step_past(connection: Connection, change_id: int, dossier_id: int, *, failed: bool = False) -> bool:
    """Note that a dossier was looked at; False when somebody else had passed it already."""
    counted = connection.execute(
        update(CalendarChange)
        .where(CalendarChange.id == change_id, CalendarChange.last_dossier < dossier_id)
        .values(
            last_dossier=dossier_id, done=CalendarChange.done + 1, failed=CalendarChange.failed + (1 if failed else 0)
        )
    )
    return counted.rowcount > 0


def finish_change(connection: Connection, change_id: int, now: datetime) -> bool:
    """Note that every dossier has been looked at; False when that was noted already."""
    ended = connection.execute(
        update(CalendarChange)
        .where(CalendarChange.id == change_id, CalendarChange.finished_at.is_(None))
        .values(finished_at=now)
    )
    return ended.rowcount > 0


def unfinished(connection: Connection) -> Sequence[int]:
    """Ids of the changes whose dossiers have not all been looked at, oldest first."""
    rows = connection.execute(
        select(CalendarChange.id).where(CalendarChange.finished_at.is_(None)).order_by(CalendarChange.id)
    )
    return list(rows.scalars())


def count_changes(connection: Connection) -> dict[int, int]:
    """How often each calendar was changed."""
    rows = connection.execute(
        select(CalendarChange.calendar_id, func.count(distinct(CalendarChange.id))).group_by(CalendarChange.calendar_id)
    )
    return {row[0]: row[1] for row in rows}
