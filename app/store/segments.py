"""Segments: whose time it was. The clock yields one whenever a holding ends; they are added and never changed.

Only a clock that is counted again (a calendar changed, a mistake was corrected) has all of its dossier's replaced.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, ForeignKey, bindparam, delete, insert, select
from sqlalchemy.orm import Mapped, mapped_column

from app.store.database import Base, BigId, Code
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


def drop_segments(connection: Connection, dossier_id: int) -> None:
    """Remove a dossier's segments, before those of a clock that was counted again take their place."""
    connection.execute(delete(SegmentRecord).where(SegmentRecord.dossier_id == dossier_id))


def segments_of(connection: Connection, dossier_id: int) -> list[SegmentRecord]:
    rows = connection.execute(
        select(SegmentRecord.__table__).where(SegmentRecord.dossier_id == dossier_id).order_by(SegmentRecord.id)
    )
    return [SegmentRecord(**row._mapping) for row in rows]
