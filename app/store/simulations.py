"""Simulations of a draft's state or of a version: what was asked, on which ground, how far it is, what came of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, ForeignKey, Index, delete, func, insert, select, update
from sqlalchemy.orm import Mapped, mapped_column

from app.store.accounts import Account
from app.store.database import Base, BigId, Code, many, one
from app.store.procedures import Procedure

WAITING, RUNNING, DONE, CANCELLED, FAILED = "waiting", "running", "done", "cancelled", "failed"
GOING = (WAITING, RUNNING)


class Simulation(Base):
    __tablename__ = "simulations"
    __table_args__ = (Index("ix_simulations_procedure_id_version", "procedure_id", "version"),)
    id: Mapped[BigId]
    procedure_id: Mapped[int] = mapped_column(ForeignKey("procedures.id"))
    draft_id: Mapped[int | None] = mapped_column(ForeignKey("diagram_drafts.id"), index=True)
    revision: Mapped[int | None]
    """The state of the draft."""
    version: Mapped[int | None]
    """The number of the version, where it is no draft."""
    label: Mapped[str]
    copied_from: Mapped[int | None]
    """The run whose plan was changed for this one."""
    ground: Mapped[dict[str, Any]]
    """`app.simulation.loading.Ground`: files, calendars and profile of that day."""
    plan: Mapped[dict[str, Any]]
    """`app.simulation.plan.LoadPlan`."""
    state: Mapped[Code]
    attempts: Mapped[int]
    """How often a worker has begun it."""
    done: Mapped[int]
    total: Mapped[int]
    """Dossiers that are through, of how many."""
    result: Mapped[dict[str, Any] | None]
    """`app.simulation.figures.figures`."""
    problem: Mapped[str | None]
    made_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    made_at: Mapped[datetime]
    begun_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]


@dataclass(frozen=True, slots=True)
class SimulationRow:
    """Without its ground; `result` is None where it was not asked for."""

    id: int
    procedure_id: int
    procedure: str
    procedure_name: str
    draft_id: int | None
    revision: int | None
    version: int | None
    label: str
    copied_from: int | None
    plan: dict[str, Any]
    state: str
    attempts: int
    done: int
    total: int
    problem: str | None
    made_by: int
    made_by_name: str
    made_at: datetime
    begun_at: datetime | None
    finished_at: datetime | None
    result: dict[str, Any] | None


_ROW = (
    select(
        Simulation.id,
        Simulation.procedure_id,
        Procedure.code,
        Procedure.name,
        Simulation.draft_id,
        Simulation.revision,
        Simulation.version,
        Simulation.label,
        Simulation.copied_from,
        Simulation.plan,
        Simulation.state,
        Simulation.attempts,
        Simulation.done,
        Simulation.total,
        Simulation.problem,
        Simulation.made_by,
        Account.name,
        Simulation.made_at,
        Simulation.begun_at,
        Simulation.finished_at,
        Simulation.result,
    )
    .join(Procedure, Procedure.id == Simulation.procedure_id)
    .join(Account, Account.id == Simulation.made_by)
)


def add_simulation(connection: Connection, values: Mapping[str, Any]) -> int:
    row = {**values, "state": WAITING, "attempts": 0, "done": 0, "total": 0}
    return int(connection.execute(insert(Simulation).values(row).returning(Simulation.id)).scalar_one())


def find_simulation(connection: Connection, simulation_id: int) -> SimulationRow | None:
    return one(SimulationRow, connection.execute(_ROW.where(Simulation.id == simulation_id)).one_or_none())


def ground_of(connection: Connection, simulation_id: int) -> dict[str, Any]:
    found: dict[str, Any] = connection.execute(
        select(Simulation.ground).where(Simulation.id == simulation_id)
    ).scalar_one()
    return found


def simulations_of_draft(connection: Connection, draft_id: int, most: int) -> Sequence[SimulationRow]:
    """The latest first."""
    query = _ROW.where(Simulation.draft_id == draft_id)
    return many(SimulationRow, connection.execute(query.order_by(Simulation.id.desc()).limit(most)))


def simulations_of_version(
    connection: Connection, procedure_id: int, version: int, most: int
) -> Sequence[SimulationRow]:
    """The latest first."""
    query = _ROW.where(Simulation.procedure_id == procedure_id, Simulation.version == version)
    return many(SimulationRow, connection.execute(query.order_by(Simulation.id.desc()).limit(most)))


def count_going(connection: Connection) -> int:
    query = select(func.count()).select_from(Simulation).where(Simulation.state.in_(GOING))
    return int(connection.execute(query).scalar_one())


def count_kept(connection: Connection, draft_id: int | None, procedure_id: int, version: int | None) -> int:
    """How many there are of a draft, or of a version."""
    query = select(func.count()).select_from(Simulation)
    if draft_id is not None:
        query = query.where(Simulation.draft_id == draft_id)
    else:
        query = query.where(Simulation.procedure_id == procedure_id, Simulation.version == version)
    return int(connection.execute(query).scalar_one())


def state_of(connection: Connection, simulation_id: int) -> str | None:
    """None when it is gone."""
    found: str | None = connection.execute(
        select(Simulation.state).where(Simulation.id == simulation_id)
    ).scalar_one_or_none()
    return found


def move_on(connection: Connection, simulation_id: int, of: Sequence[str], **values: Any) -> bool:
    """Change a simulation that is in one of the states `of`; False when it is in none, and nothing was changed."""
    changed = update(Simulation).where(Simulation.id == simulation_id, Simulation.state.in_(of)).values(**values)
    return connection.execute(changed).rowcount == 1


def begin_attempt(connection: Connection, simulation_id: int, now: datetime) -> int | None:
    """A worker takes it, for the first time or after another's end; how often that has happened, or None."""
    begun = (
        update(Simulation)
        .where(Simulation.id == simulation_id, Simulation.state.in_(GOING))
        .values(state=RUNNING, attempts=Simulation.attempts + 1, begun_at=now, done=0)
        .returning(Simulation.attempts)
    )
    found: int | None = connection.execute(begun).scalar_one_or_none()
    return found


def remove_simulation(connection: Connection, simulation_id: int) -> None:
    connection.execute(delete(Simulation).where(Simulation.id == simulation_id))
