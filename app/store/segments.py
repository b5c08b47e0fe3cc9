"""Segments: whose time it was. The clock yields one whenever a holding ends; they are added and never changed.

Only a clock that is counted again (a calendar changed, a mistake was corrected) has all of its dossier's replaced.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, ForeignKey, bindparam, delete, insert, select, text
from sqlalchemy.orm import Mapped, mapped_column

from app.store.database import Base, BigId, Code, many
from app.store.statement import Statement


class SegmentRecord(Base):
    __tablename__ = "segments"
    id: Mapped[BigId]
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossiers.id"), index=True)
    agency: Mapped[Code]
    unit_id: Mapped[int | None]
    task_id: Mapped[int | None]
    step: Mapped[Code]
    account: Mapped[str | None]
    from_at: Mapped[datetime]
    to_at: Mapped[datetime]
    seconds: Mapped[int]
    charged: Mapped[bool]


_ADD = Statement(
    insert(SegmentRecord).values(
        {column.name: bindparam(column.name) for column in SegmentRecord.__table__.columns if column.name != "id"}
    )
)


def add_segments(connection: Connection, dossier_id: int, segments: Sequence[Mapping[str, Any]]) -> None:
    _ADD.run_all(connection, [{"dossier_id": dossier_id, **segment} for segment in segments])


@dataclass(frozen=True, slots=True)
class SpentRow:
    """What one person (None: nobody had taken it) had of a dossier at one step, in working seconds that were charged."""

    agency: str
    step: str
    step_name: str
    account: str | None
    name: str | None
    seconds: int


_SPENT = text(
    """
    SELECT s.agency, s.step, COALESCE(t.step_name, s.step), s.account, a.name, s.seconds
      FROM (SELECT agency, step, account, CAST(sum(seconds) FILTER (WHERE charged) AS bigint) AS seconds, min(id) AS first
              FROM segments WHERE dossier_id = :dossier GROUP BY agency, step, account) s
      LEFT JOIN LATERAL (SELECT step_name FROM tasks WHERE dossier_id = :dossier AND step = s.step LIMIT 1) t ON true
      LEFT JOIN accounts a ON a.username = s.account
     WHERE s.seconds > 0 ORDER BY s.first
    """
)


def spent_of(connection: Connection, dossier_id: int) -> list[SpentRow]:
    """Who had a dossier how long until now, in the order in which they first had it; without what is running."""
    return many(SpentRow, connection.execute(_SPENT, {"dossier": dossier_id}))


def drop_segments(connection: Connection, dossier_id: int) -> None:
    """Remove a dossier's segments, before those of a clock that was counted again take their place."""
    connection.execute(delete(SegmentRecord).where(SegmentRecord.dossier_id == dossier_id))


def segments_of(connection: Connection, dossier_id: int) -> list[SegmentRecord]:
    rows = connection.execute(
        select(SegmentRecord.__table__).where(SegmentRecord.dossier_id == dossier_id).order_by(SegmentRecord.id)
    )
    return [SegmentRecord(**row._mapping) for row in rows]
