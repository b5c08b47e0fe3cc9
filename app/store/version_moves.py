"""Dossiers that were moved to another version of their procedure, each with what stood before, until its next action."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, ForeignKey, func, insert, select, update
from sqlalchemy.orm import Mapped, mapped_column

from app.store.database import Base, BigId, one
from app.store.dossiers import Dossier
from app.store.instances import ProcessInstance
from app.store.procedures import ProcedureVersion
from app.store.tasks import Task
from app.store.timers import Timer


class VersionMove(Base):
    __tablename__ = "version_moves"
    id: Mapped[BigId]
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossiers.id"), index=True)
    from_version_id: Mapped[int] = mapped_column(ForeignKey("procedure_versions.id"))
    to_version_id: Mapped[int] = mapped_column(ForeignKey("procedure_versions.id"))
    instance_id: Mapped[int | None] = mapped_column(ForeignKey("instances.id"))
    """None for a dossier that waited to be accepted: its procedure's own diagram had not begun."""
    state: Mapped[bytes]
    """The procedure's own diagram as it stood."""
    kept: Mapped[dict[str, Any]]
    """What else the move changed, as it was: `process`, `tasks`, `timers`, `renamed`, `agency_limits`."""
    history_seq: Mapped[int]
    """The dossier's last row of history once it was moved: whatever follows ends what may be undone."""
    moved_at: Mapped[datetime]
    moved_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    reason: Mapped[str]
    undone_at: Mapped[datetime | None]


@dataclass(frozen=True, slots=True)
class MoveRow:
    id: int
    dossier_id: int
    from_version_id: int
    to_version_id: int
    instance_id: int | None
    state: bytes
    kept: dict[str, Any]
    history_seq: int
    undone_at: datetime | None


_MOVE = select(
    VersionMove.id,
    VersionMove.dossier_id,
    VersionMove.from_version_id,
    VersionMove.to_version_id,
    VersionMove.instance_id,
    VersionMove.state,
    VersionMove.kept,
    VersionMove.history_seq,
    VersionMove.undone_at,
)


def add_move(connection: Connection, **values: Any) -> int:
    made: int = connection.execute(insert(VersionMove).values(**values).returning(VersionMove.id)).scalar_one()
    return made


def settle_move(connection: Connection, move_id: int, history_seq: int) -> None:
    """Say after which row of history the dossier stood as the move left it."""
    connection.execute(update(VersionMove).where(VersionMove.id == move_id).values(history_seq=history_seq))


def last_move(connection: Connection, dossier_id: int) -> MoveRow | None:
    """A dossier's latest move, undone or not."""
    row = connection.execute(
        _MOVE.where(VersionMove.dossier_id == dossier_id).order_by(VersionMove.id.desc()).limit(1)
    ).one_or_none()
    return one(MoveRow, row)


def mark_undone(connection: Connection, move_id: int, now: datetime) -> None:
    connection.execute(update(VersionMove).where(VersionMove.id == move_id).values(undone_at=now, state=b"", kept={}))


def set_version(connection: Connection, dossier_id: int, version_id: int) -> None:
    """What begins in the dossier from now on is of that version."""
    connection.execute(update(Dossier).where(Dossier.id == dossier_id).values(version_id=version_id))


def set_instance_version(connection: Connection, instance_id: int, version_id: int, process: str) -> None:
    """The instance follows that version's diagram of the process."""
    connection.execute(
        update(ProcessInstance).where(ProcessInstance.id == instance_id).values(version_id=version_id, process=process)
    )


def rename_task(connection: Connection, task_id: int, step: str, step_name: str) -> None:
    """An open task is that step's of another diagram."""
    connection.execute(
        update(Task).where(Task.id == task_id).values(step=step, step_name=step_name, version=Task.version + 1)
    )


def event_rows(connection: Connection, instance_id: int) -> list[dict[str, Any]]:
    """The drawn timers of an instance, whole."""
    rows = connection.execute(
        select(Timer.__table__).where(Timer.instance_id == instance_id, Timer.kind == "event").order_by(Timer.id)
    )
    return [dict(row._mapping) for row in rows]


def put_back_timer(connection: Connection, values: dict[str, Any]) -> None:
    """A timer that was dropped, as it was."""
    connection.execute(insert(Timer).values(**values))


def running_dossiers(
    connection: Connection, procedure_id: int, version_id: int | None, not_version: int, limit: int
) -> Sequence[tuple[int, str]]:
    """Id and code of the dossiers of a procedure that are still open under another version than `not_version`, the oldest
    first; only those under `version_id`, where it is given."""
    query = (
        select(Dossier.id, Dossier.code)
        .where(
            Dossier.procedure_id == procedure_id,
            Dossier.version_id != not_version,
            Dossier.closed_at.is_(None),
        )
        .order_by(Dossier.id)
        .limit(limit)
    )
    if version_id is not None:
        query = query.where(Dossier.version_id == version_id)
    else:
        # Through the versions of the procedure: the index of open dossiers begins with the version.
        own = select(ProcedureVersion.id).where(ProcedureVersion.procedure_id == procedure_id)
        query = query.where(Dossier.version_id.in_(own))
    return [(row.id, row.code) for row in connection.execute(query)]


def running_by_version(connection: Connection, procedure_id: int) -> dict[int, int]:
    """How many open dossiers follow each version of a procedure, by the version's id; those without any are left out."""
    own = select(ProcedureVersion.id).where(ProcedureVersion.procedure_id == procedure_id)
    rows = connection.execute(
        select(Dossier.version_id, func.count())
        .where(Dossier.version_id.in_(own), Dossier.closed_at.is_(None))
        .group_by(Dossier.version_id)
    )
    return {row[0]: row[1] for row in rows}


def versions_followed(connection: Connection, codes: Sequence[str]) -> list[int]:
    """The ids of the versions that these dossiers follow."""
    found = select(Dossier.version_id).where(Dossier.code.in_(codes)).distinct().order_by(Dossier.version_id)
    return list(connection.execute(found).scalars())
