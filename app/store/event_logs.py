"""What happened to many dossiers, as rows for event logs: the dossiers, their steps and their milestones, a batch at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ARRAY, BigInteger, Connection, Text, bindparam, text

from app.store.database import many


@dataclass(frozen=True, slots=True)
class LoggedDossier:
    id: int
    code: str
    agency: str
    channel: str
    status: int
    received_at: datetime
    deadline_at: datetime | None
    appointment_at: datetime | None
    result_at: datetime | None
    closed_at: datetime | None
    outcome: str | None
    timeliness: str | None
    overdue: bool


@dataclass(frozen=True, slots=True)
class LoggedTask:
    """`process` is main or the side process that it belongs to; `seconds` the working time that was charged."""

    id: int
    dossier_id: int
    process: str
    step: str
    step_name: str
    stage: str
    position: str
    agency: str
    unit: str
    entered_at: datetime
    due_at: datetime | None
    finished_at: datetime | None
    finished_by: int | None
    state: str
    outcome: str | None
    seconds: int


@dataclass(frozen=True, slots=True)
class Milestone:
    """A row of the history that stands for the dossier as a whole."""

    dossier_id: int
    seq: int
    at: datetime
    kind: str
    account_id: int | None


_IDS = bindparam("ids", type_=ARRAY(BigInteger))
_DOSSIERS = text(
    """
    SELECT d.id, d.code, a.code, d.channel, d.status, d.received_at, d.deadline_at, d.appointment_at, d.result_at,
           d.closed_at, d.outcome, d.timeliness, d.overdue
      FROM dossiers d JOIN agencies a ON a.id = d.agency_id WHERE d.id = ANY (:ids) ORDER BY d.received_at, d.id
    """
).bindparams(_IDS)
_TASKS = text(
    """
    SELECT t.id, t.dossier_id, i.kind, t.step, t.step_name, t.stage, p.code, a.code, u.name, t.entered_at, t.due_at,
           t.finished_at, t.finished_by, t.state, t.outcome, coalesce(spent.seconds, 0)
      FROM tasks t
      JOIN instances i ON i.id = t.instance_id
      JOIN positions p ON p.id = t.position_id
      JOIN agencies a ON a.id = t.agency_id
      JOIN units u ON u.id = t.unit_id
      LEFT JOIN (SELECT task_id, CAST(sum(seconds) FILTER (WHERE charged) AS bigint) AS seconds
                   FROM segments WHERE dossier_id = ANY (:ids) AND task_id IS NOT NULL GROUP BY task_id) spent
        ON spent.task_id = t.id
     WHERE t.dossier_id = ANY (:ids) ORDER BY t.dossier_id, t.entered_at, t.id
    """
).bindparams(_IDS)
_MILESTONES = text(
    """
    SELECT dossier_id, seq, at, kind, account_id FROM history
     WHERE dossier_id = ANY (:ids) AND kind = ANY (:kinds) ORDER BY dossier_id, seq
    """
).bindparams(_IDS, bindparam("kinds", type_=ARRAY(Text)))


def logged_dossiers(connection: Connection, ids: Sequence[int]) -> list[LoggedDossier]:
    """The first received first."""
    return many(LoggedDossier, connection.execute(_DOSSIERS, {"ids": list(ids)}))


def logged_tasks(connection: Connection, ids: Sequence[int]) -> list[LoggedTask]:
    """By dossier, in the order in which they were opened."""
    return many(LoggedTask, connection.execute(_TASKS, {"ids": list(ids)}))


def milestones(connection: Connection, ids: Sequence[int], kinds: Sequence[str]) -> list[Milestone]:
    """By dossier, in the order of their histories."""
    values: dict[str, Any] = {"ids": list(ids), "kinds": list(kinds)}
    return many(Milestone, connection.execute(_MILESTONES, values))
