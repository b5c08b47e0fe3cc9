"""Whose time dossiers' was: the ended stretches of a bounded number of dossiers, and who holds them now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ARRAY, BigInteger, Connection, any_, cast, select

from app.store.accounts import Account
from app.store.database import many
from app.store.instances import ProcessInstance
from app.store.segments import SegmentRecord
from app.store.tasks import LIVE, Task


@dataclass(frozen=True, slots=True)
class EndedStretch:
    """A stretch in somebody's hands that has ended, with what its task says of unit, name and due time (None without a task).

    `kind` is the process's: main, or the side process.
    """

    dossier: int
    agency: str
    unit: int | None
    step: str
    step_name: str | None
    account: str | None
    kind: str | None
    from_at: datetime
    to_at: datetime
    seconds: int
    charged: bool
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class OpenHolding:
    """A live task: what a running stretch needs beside the clock."""

    dossier: int
    engine_task: str
    unit: int
    step: str
    step_name: str
    account: str | None
    kind: str


def ended_stretches(connection: Connection, dossiers: Sequence[int]) -> list[EndedStretch]:
    """All ended stretches of these dossiers, in order."""
    rows = connection.execute(
        select(
            SegmentRecord.dossier_id,
            SegmentRecord.agency,
            Task.unit_id,
            SegmentRecord.step,
            Task.step_name,
            SegmentRecord.account,
            ProcessInstance.kind,
            SegmentRecord.from_at,
            SegmentRecord.to_at,
            SegmentRecord.seconds,
            SegmentRecord.charged,
            Task.due_at,
        )
        .outerjoin(Task, Task.id == SegmentRecord.task_id)
        .outerjoin(ProcessInstance, ProcessInstance.id == Task.instance_id)
        .where(SegmentRecord.dossier_id == any_(cast(list(dossiers), ARRAY(BigInteger))))
        .order_by(SegmentRecord.dossier_id, SegmentRecord.id)
    )
    return many(EndedStretch, rows)


def open_holdings(connection: Connection, dossiers: Sequence[int]) -> list[OpenHolding]:
    """The live tasks of these dossiers."""
    rows = connection.execute(
        select(
            Task.dossier_id,
            Task.engine_task,
            Task.unit_id,
            Task.step,
            Task.step_name,
            Account.username,
            ProcessInstance.kind,
        )
        .join(ProcessInstance, ProcessInstance.id == Task.instance_id)
        .outerjoin(Account, Account.id == Task.assignee_id)
        .where(Task.dossier_id == any_(cast(list(dossiers), ARRAY(BigInteger))), Task.state.in_(LIVE))
        .order_by(Task.id)
    )
    return many(OpenHolding, rows)
