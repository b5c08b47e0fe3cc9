"""What a side process was asked for: kept with its running instance, read only where a side process is worked on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update

from app.store.instances import ProcessInstance


@dataclass(frozen=True, slots=True)
class RequestRow:
    """`data`: what was said (reason, file, agency …) and, under `asker`, from whose task; `limit_at`: by when."""

    instance_id: int
    kind: str
    data: dict[str, Any]
    limit_at: datetime | None
    task_id: int | None
    started_at: datetime
    finished_at: datetime | None


_REQUEST = select(
    ProcessInstance.id,
    ProcessInstance.kind,
    ProcessInstance.data,
    ProcessInstance.limit_at,
    ProcessInstance.task_id,
    ProcessInstance.started_at,
    ProcessInstance.finished_at,
)


def request_of(connection: Connection, instance_id: int) -> RequestRow:
    return RequestRow(*connection.execute(_REQUEST.where(ProcessInstance.id == instance_id)).one())


def requests_of(connection: Connection, dossier_id: int) -> list[RequestRow]:
    """Every side process that somebody asked for on a dossier, in order."""
    rows = connection.execute(
        _REQUEST.where(ProcessInstance.dossier_id == dossier_id, ProcessInstance.task_id.is_not(None)).order_by(
            ProcessInstance.id
        )
    )
    return [RequestRow(*row) for row in rows]


def write_request(
    connection: Connection, instance_id: int, data: Mapping[str, Any], limit_at: datetime | None, task_id: int
) -> None:
    connection.execute(
        update(ProcessInstance)
        .where(ProcessInstance.id == instance_id)
        .values(data=dict(data), limit_at=limit_at, task_id=task_id)
    )


def open_kinds(connection: Connection, dossier_id: int) -> list[str]:
    """The kinds of the dossier's unfinished instances, its own procedure's among them."""
    rows = connection.execute(
        select(ProcessInstance.kind).where(
            ProcessInstance.dossier_id == dossier_id, ProcessInstance.finished_at.is_(None)
        )
    )
    return list(rows.scalars())
