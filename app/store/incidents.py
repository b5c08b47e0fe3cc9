"""Incidents: what the engine could not go on with, one open row for each thing that stands.

A row says what stands (`subject`: a task, a timer, a message), why, and since when; happening again counts on the same row.
A dossier's own row keeps how many are open.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    ForeignKey,
    Index,
    Select,
    func,
    literal_column,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.orm import Mapped, mapped_column

from app.store.accounts import Account
from app.store.database import Base, BigId, many, one
from app.store.dossiers import Dossier
from app.store.inbox import MOST_COUNTED
from app.store.organisation import Agency
from app.store.procedures import Procedure

ACTION, TIMER, VACANCY, MESSAGE = "action", "timer", "vacancy", "message"
KINDS = (ACTION, TIMER, VACANCY, MESSAGE)
_OPEN: ColumnElement[bool] = literal_column("resolved_at IS NULL")


class Incident(Base):
    __tablename__ = "incidents"
    __table_args__ = (
        Index("ix_incidents_open", "id", postgresql_where=_OPEN),
        Index("ux_incidents_open_subject", "dossier_id", "kind", "subject", unique=True, postgresql_where=_OPEN),
    )
    id: Mapped[BigId]
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossiers.id"), index=True)
    kind: Mapped[str]
    """One of KINDS: an official's action that could not be carried out, a timer that failed five times, a step whose position
    nobody holds, a message that could not be delivered."""
    subject: Mapped[str]
    instance_id: Mapped[int | None] = mapped_column(ForeignKey("instances.id"), index=True)
    task_id: Mapped[int | None] = mapped_column(ForeignKey("tasks.id"))
    timer_id: Mapped[int | None]
    engine_task: Mapped[str | None]
    element: Mapped[str | None]
    """Where in the diagram, as far as it is known."""
    reason: Mapped[str]
    details: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    command: Mapped[dict[str, Any] | None]
    """What was asked for, by whom, so that it can be asked again (`app.actions.asked`)."""
    attempts: Mapped[int] = mapped_column(default=1, server_default="1")
    opened_at: Mapped[datetime]
    last_at: Mapped[datetime]
    resolved_at: Mapped[datetime | None]
    resolved_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    resolution: Mapped[str | None]
    """continued (what stood went on), retried, repaired or closed."""
    resolution_reason: Mapped[str | None]


@dataclass(frozen=True, slots=True)
class NewIncident:
    """What stands; see the columns of the table."""

    kind: str
    subject: str
    reason: str
    instance_id: int | None = None
    task_id: int | None = None
    timer_id: int | None = None
    engine_task: str | None = None
    element: str | None = None
    details: Mapping[str, Any] = field(default_factory=dict)
    command: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class IncidentRow:
    id: int
    dossier_id: int
    kind: str
    subject: str
    instance_id: int | None
    task_id: int | None
    timer_id: int | None
    engine_task: str | None
    element: str | None
    reason: str
    details: dict[str, Any]
    command: dict[str, Any] | None
    attempts: int
    opened_at: datetime
    last_at: datetime
    resolved_at: datetime | None
    resolved_by: int | None
    resolution: str | None
    resolution_reason: str | None
    dossier: str
    procedure: str
    procedure_name: str
    agency: str
    agency_name: str
    resolved_by_name: str | None


@dataclass(frozen=True, slots=True)
class IncidentFilters:
    """`open`: unresolved ones, resolved ones, or None for both; `agency` received the dossier or has the step."""

    open: bool | None = True
    kind: str | None = None
    agency: str | None = None
    procedure: str | None = None


_INCIDENT = (
    select(
        *Incident.__table__.columns,
        Dossier.code.label("dossier"),
        Procedure.code.label("procedure"),
        Procedure.name.label("procedure_name"),
        Agency.code.label("agency"),
        Agency.name.label("agency_name"),
        Account.name.label("resolved_by_name"),
    )
    .join(Dossier, Dossier.id == Incident.dossier_id)
    .join(Procedure, Procedure.id == Dossier.procedure_id)
    .join(Agency, Agency.id == Dossier.agency_id)
    .outerjoin(Account, Account.id == Incident.resolved_by)
)

# What stood has gone on when the task has ended, the vacant step is open, the timer is gone or runs again; a message, when it
# arrives or nothing of the dossier runs any more.
_RESOLVE_GONE = text(
    """
    UPDATE incidents i
       SET resolved_at = :now, resolved_by = :account, resolution = :how, resolution_reason = :reason
     WHERE i.dossier_id = :dossier AND i.resolved_at IS NULL
       AND CASE i.kind
             WHEN 'action' THEN NOT EXISTS (
               SELECT 1 FROM tasks t WHERE t.id = i.task_id AND t.state IN ('open', 'vacant'))
             WHEN 'vacancy' THEN NOT EXISTS (SELECT 1 FROM tasks t WHERE t.id = i.task_id AND t.state = 'vacant')
             WHEN 'timer' THEN NOT EXISTS (SELECT 1 FROM timers m WHERE m.id = i.timer_id AND m.incident IS NOT NULL)
             ELSE i.subject = ANY(:arrived) OR NOT EXISTS (
               SELECT 1 FROM instances n WHERE n.dossier_id = i.dossier_id AND n.finished_at IS NULL)
           END
    RETURNING i.id
    """
)


def raise_incident(connection: Connection, dossier_id: int, new: NewIncident, now: datetime) -> tuple[int, bool]:
    """Write down that it stands: a new row, or one more attempt of the open one. Answers its id, and whether it is new."""
    values = {name: getattr(new, name) for name in NewIncident.__dataclass_fields__}
    fresh = pg_insert(Incident).values(
        dossier_id=dossier_id, attempts=1, opened_at=now, last_at=now, **(values | {"details": dict(new.details)})
    )
    row = connection.execute(
        fresh.on_conflict_do_update(
            index_elements=[Incident.dossier_id, Incident.kind, Incident.subject],
            index_where=_OPEN,
            set_={
                "attempts": Incident.attempts + 1,
                "last_at": fresh.excluded.last_at,
                "reason": fresh.excluded.reason,
                "element": fresh.excluded.element,
                "details": fresh.excluded.details,
                "command": fresh.excluded.command,
            },
        ).returning(Incident.id, Incident.attempts)
    ).one()
    return row.id, row.attempts == 1


def count_again(connection: Connection, incident_id: int, reason: str, now: datetime) -> None:
    """It was tried again and stands still, for this reason."""
    connection.execute(
        update(Incident)
        .where(Incident.id == incident_id, _OPEN)
        .values(attempts=Incident.attempts + 1, last_at=now, reason=reason)
    )


def resolve_gone(
    connection: Connection,
    dossier_id: int,
    now: datetime,
    account_id: int | None,
    how: str,
    reason: str | None,
    arrived: Sequence[str] = (),
) -> list[int]:
    """Resolve those of the dossier's incidents of which nothing stands any more; answers their ids. `arrived`: subjects of the
    messages that have come now."""
    values = {"dossier": dossier_id, "now": now, "account": account_id, "how": how, "reason": reason}
    values["arrived"] = list(arrived)
    return sorted(connection.execute(_RESOLVE_GONE, values).scalars())


def resolve(
    connection: Connection, incident_id: int, now: datetime, account_id: int | None, how: str, reason: str | None
) -> None:
    """Resolve one, whatever stands."""
    connection.execute(
        update(Incident)
        .where(Incident.id == incident_id, _OPEN)
        .values(resolved_at=now, resolved_by=account_id, resolution=how, resolution_reason=reason)
    )


def count_open(connection: Connection, dossier_id: int) -> int:
    """How many of a dossier's incidents are open."""
    found = select(func.count()).where(Incident.dossier_id == dossier_id, _OPEN)
    number: int = connection.execute(found).scalar_one()
    return number


def incident_by_id(connection: Connection, incident_id: int) -> IncidentRow | None:
    return one(IncidentRow, connection.execute(_INCIDENT.where(Incident.id == incident_id)).one_or_none())


def open_incidents(connection: Connection, dossier_id: int) -> list[IncidentRow]:
    """The open incidents of a dossier, the oldest first."""
    return many(
        IncidentRow, connection.execute(_INCIDENT.where(Incident.dossier_id == dossier_id, _OPEN).order_by(Incident.id))
    )


def incident_page(
    connection: Connection, filters: IncidentFilters, before: int | None, limit: int
) -> Sequence[IncidentRow]:
    """At most `limit` incidents with ids below `before`, the newest first."""
    query = _filtered(_INCIDENT, filters).order_by(Incident.id.desc()).limit(limit)
    if before is not None:
        query = query.where(Incident.id < before)
    return many(IncidentRow, connection.execute(query))


def count_incidents(connection: Connection, filters: IncidentFilters) -> int:
    """How many there are, counted to MOST_COUNTED + 1."""
    ids = _filtered(_INCIDENT.with_only_columns(Incident.id), filters).limit(MOST_COUNTED + 1).subquery()
    number: int = connection.execute(select(func.count()).select_from(ids)).scalar_one()
    return number


def _filtered(query: Select[Any], filters: IncidentFilters) -> Select[Any]:
    if filters.open is not None:
        query = query.where(Incident.resolved_at.is_(None) if filters.open else Incident.resolved_at.is_not(None))
    if filters.kind is not None:
        query = query.where(Incident.kind == filters.kind)
    if filters.agency is not None:
        query = query.where(
            or_(Agency.code == filters.agency, Incident.details["agency"].astext == filters.agency),
        )
    if filters.procedure is not None:
        query = query.where(Procedure.code == filters.procedure)
    return query
