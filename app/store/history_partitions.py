"""The partitions of history: which there are, more of them ahead of time, and which were emptied by retention.

A partition has the dossiers registered in one month: the numbers of a month begin at YYYYMM * 10^7, so a chain is never
cut. The worker sees to the next months and moves the dossiers' numbers on; where it comes late they go on in the former one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Identity, select, text
from sqlalchemy.orm import Mapped, mapped_column

from app.store.database import Base, Code, many


class DroppedHistory(Base):
    """What retention removed: the history of the dossiers from `from_id` to below `to_id`, all of it sealed before."""

    __tablename__ = "dropped_histories"
    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    partition: Mapped[Code]
    from_id: Mapped[int]
    to_id: Mapped[int]
    dossiers: Mapped[int]
    rows: Mapped[int]
    seal: Mapped[int]
    """The last seal there was; what follows in a chain goes on from the dossier's last leaf up to it."""
    dropped_at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class Partition:
    """The dossiers from `from_id` to below `to_id`; the first begins at 0."""

    name: str
    from_id: int
    to_id: int


@dataclass(frozen=True, slots=True)
class Dropped:
    partition: str
    from_id: int
    to_id: int
    dossiers: int
    rows: int
    seal: int
    dropped_at: datetime


_PARTITIONS = text("SELECT name, from_id, to_id FROM motcua_history_partitions()")
_DROPPED = DroppedHistory.__table__
_AHEAD = text("SELECT motcua_prepare_history()")


def prepare(connection: Connection) -> int:
    """Make what is missing of the next months' partitions and move the dossiers' numbers to this month; how many were made.

    After the database's own clock: nobody can be made to skip months by whoever may only add rows.
    """
    made: int = connection.execute(_AHEAD).scalar_one()
    return made


def partitions(connection: Connection) -> list[Partition]:
    """All of them, the oldest first."""
    return many(Partition, connection.execute(_PARTITIONS))


def dropped(connection: Connection) -> list[Dropped]:
    """What retention removed, in the order of time. The dossiers of such a range have no history before that."""
    columns = [_DROPPED.c[name] for name in Dropped.__slots__]
    return many(Dropped, connection.execute(select(*columns).order_by(_DROPPED.c.id)))


def last_drop(drops: Sequence[Dropped], dossier_id: int) -> Dropped | None:
    """The last time that the history of this dossier's range was removed."""
    return next((drop for drop in reversed(drops) if drop.from_id <= dossier_id < drop.to_id), None)


def numbers_given(connection: Connection) -> int:
    """The last number that a dossier was given, or the one before that it will get."""
    number: int = connection.execute(text("SELECT last_value FROM dossiers_id_seq")).scalar_one()
    return number
