"""Running diagrams: the dossier's main instance and the side instances beside it, each as the engine's own bytes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, ForeignKey, bindparam, insert, select, update
from sqlalchemy.orm import Mapped, mapped_column

from app.store.database import Base, BigId, many
from app.store.procedures import ProcedureVersion
from app.store.statement import Statement


class ProcessInstance(Base):
    __tablename__ = "instances"
    id: Mapped[BigId]
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossiers.id"), index=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("procedure_versions.id"))
    process: Mapped[str]
    """Id of the process in the version's files."""
    kind: Mapped[str]
    """main, or the side process (intake, deadline_watch)."""
    state: Mapped[bytes]
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    data: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    """What a side process was asked for: reason, file, agency …"""
    limit_at: Mapped[datetime | None]
    """By when the answer is wanted, where a person said so; a drawn timer may wait for it by name."""
    task_id: Mapped[int | None]
    """The task from which it was asked."""


@dataclass(slots=True)
class InstanceRow:
    id: int
    dossier_id: int
    version_id: int
    sha256: str
    process: str
    kind: str
    state: bytes
    finished_at: datetime | None


INSTANCE = select(
    ProcessInstance.id,
    ProcessInstance.dossier_id,
    ProcessInstance.version_id,
    ProcedureVersion.sha256,
    ProcessInstance.process,
    ProcessInstance.kind,
    ProcessInstance.state,
    ProcessInstance.finished_at,
).join(ProcedureVersion, ProcedureVersion.id == ProcessInstance.version_id)
_BY_ID = Statement(INSTANCE.where(ProcessInstance.id == bindparam("instance")))
_BY_KIND = INSTANCE.where(
    ProcessInstance.dossier_id == bindparam("dossier"), ProcessInstance.kind == bindparam("kind")
).order_by(ProcessInstance.id)
_UNFINISHED = INSTANCE.where(
    ProcessInstance.dossier_id == bindparam("dossier"), ProcessInstance.finished_at.is_(None)
).order_by(ProcessInstance.id)
_SAVE = Statement(
    update(ProcessInstance)
    .where(ProcessInstance.id == bindparam("instance"))
    .values(state=bindparam("new_state"), finished_at=bindparam("new_finished_at"))
)


_ADD = Statement(
    insert(ProcessInstance)
    .values(
        {name: bindparam(name) for name in ("dossier_id", "version_id", "process", "kind", "state", "started_at")}
        | {"data": {}}
    )
    .returning(ProcessInstance.id)
)


def instance_by_id(connection: Connection, instance_id: int) -> InstanceRow:
    row = _BY_ID.one(connection, {"instance": instance_id})
    if row is None:
        raise LookupError(f"no instance {instance_id}")
    return InstanceRow(*row)


def instances_of(connection: Connection, dossier_id: int, kind: str) -> Sequence[InstanceRow]:
    return many(InstanceRow, connection.execute(_BY_KIND, {"dossier": dossier_id, "kind": kind}))


def unfinished(connection: Connection, dossier_id: int) -> Sequence[InstanceRow]:
    """Every diagram of a dossier that still runs, in the order in which they were started."""
    return many(InstanceRow, connection.execute(_UNFINISHED, {"dossier": dossier_id}))


def add_instance(
    connection: Connection, dossier_id: int, version_id: int, process: str, kind: str, state: bytes, now: datetime
) -> int:
    values = {"version_id": version_id, "process": process, "kind": kind, "state": state, "started_at": now}
    instance_id: int = _ADD.the(connection, {"dossier_id": dossier_id, **values})[0]
    return instance_id


def save_instance(connection: Connection, instance_id: int, state: bytes, finished_at: datetime | None) -> None:
    _SAVE.run(connection, {"instance": instance_id, "new_state": state, "new_finished_at": finished_at})
