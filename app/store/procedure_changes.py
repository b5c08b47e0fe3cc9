"""What was changed of a procedure's published data, from which day, under which decision; and the data as they once were.

The row of `procedures` says what holds now. A change keeps the former values of what it changed, so that a dossier is
answered under the data with which it was received. A change for a later day waits until that day.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, ForeignKey, Index, and_, bindparam, func, insert, select, text, update
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Mapped, mapped_column

from app.store.accounts import Account
from app.store.database import Base, BigId, many, one
from app.store.organisation import Agency
from app.store.procedures import PROCEDURE, Procedure, ProcedureAgency, ProcedureRow
from app.store.statement import Statement

_WAITING = "applied_at IS NULL AND cancelled_at IS NULL"


class ProcedureChange(Base):
    __tablename__ = "procedure_changes"
    __table_args__ = (
        Index(None, "procedure_id", "applied_at"),
        Index("ix_procedure_changes_waiting", "effective_from", postgresql_where=text(_WAITING)),
    )
    id: Mapped[BigId]
    procedure_id: Mapped[int] = mapped_column(ForeignKey("procedures.id"))
    effective_from: Mapped[date]
    applied_at: Mapped[datetime | None]
    """Since when it holds; null while it waits."""
    cancelled_at: Mapped[datetime | None]
    """When a waiting one was taken back."""
    before: Mapped[dict[str, Any]]
    """What it changed, as it was."""
    after: Mapped[dict[str, Any]]
    decision_number: Mapped[str | None]
    decided_on: Mapped[date | None]
    reason: Mapped[str]
    made_at: Mapped[datetime]
    made_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """`made_by` is a name."""

    id: int
    procedure_id: int
    effective_from: date
    applied_at: datetime | None
    cancelled_at: datetime | None
    before: dict[str, Any]
    after: dict[str, Any]
    decision_number: str | None
    decided_on: date | None
    reason: str
    made_at: datetime
    made_by: str
    made_by_id: int

    @property
    def waits(self) -> bool:
        return self.applied_at is None and self.cancelled_at is None


_CHANGE = select(
    ProcedureChange.id,
    ProcedureChange.procedure_id,
    ProcedureChange.effective_from,
    ProcedureChange.applied_at,
    ProcedureChange.cancelled_at,
    ProcedureChange.before,
    ProcedureChange.after,
    ProcedureChange.decision_number,
    ProcedureChange.decided_on,
    ProcedureChange.reason,
    ProcedureChange.made_at,
    Account.name,
    Account.id,
).join(Account, Account.id == ProcedureChange.made_by)
_COLUMNS = frozenset(field.name for field in fields(ProcedureRow)) - {"id", "code", "revision"}


_LATER = (
    select(
        func.json_agg(
            aggregate_order_by(ProcedureChange.before, ProcedureChange.applied_at.desc(), ProcedureChange.id.desc())
        )
    )
    .where(ProcedureChange.procedure_id == Procedure.id, ProcedureChange.applied_at > bindparam("received_at"))
    .correlate(Procedure)
    .scalar_subquery()
)
_AS_RECEIVED = Statement(PROCEDURE.add_columns(_LATER).where(Procedure.code == bindparam("code")))


def as_received(connection: Connection, code: str, received_at: datetime) -> ProcedureRow | None:
    """A procedure with the data under which a dossier of that instant was received (QT-3.3, HT-9.3), in one statement."""
    row = _AS_RECEIVED.one(connection, {"code": code, "received_at": received_at})
    if row is None:
        return None
    *now, former = row
    found = ProcedureRow(*now)
    for values in former or ():
        found = replace(found, **{name: read_value(name, value) for name, value in values.items() if name in _COLUMNS})
    return found


def read_value(name: str, value: Any) -> Any:
    """A member of `before` or `after` as its column has it."""
    return date.fromisoformat(value) if name == "closed_from" and value is not None else value


def locked(connection: Connection, code: str) -> ProcedureRow | None:
    """The procedure, its row locked: changes of one procedure wait for each other."""
    return one(
        ProcedureRow, connection.execute(PROCEDURE.where(Procedure.code == code).with_for_update()).one_or_none()
    )


def write_procedure(connection: Connection, procedure_id: int, values: Mapping[str, Any]) -> None:
    """Put these columns in place and count the change."""
    connection.execute(
        update(Procedure).where(Procedure.id == procedure_id).values(revision=Procedure.revision + 1, **values)
    )


def add_change(connection: Connection, values: Mapping[str, Any]) -> int:
    added: int = connection.execute(insert(ProcedureChange).values(**values).returning(ProcedureChange.id)).scalar_one()
    return added


def settle_change(connection: Connection, change_id: int, **values: Any) -> None:
    """Write when a waiting change took effect (with what was before), or that it was taken back."""
    connection.execute(update(ProcedureChange).where(ProcedureChange.id == change_id).values(**values))


def changes_of(connection: Connection, procedure_id: int, most: int = 200) -> list[ChangeRow]:
    """The newest first."""
    query = _CHANGE.where(ProcedureChange.procedure_id == procedure_id).order_by(ProcedureChange.id.desc()).limit(most)
    return many(ChangeRow, connection.execute(query))


def waiting_change(connection: Connection, procedure_id: int) -> ChangeRow | None:
    """The one change of a procedure that waits for its day."""
    query = _CHANGE.where(ProcedureChange.procedure_id == procedure_id, text(f"procedure_changes.{_WAITING}"))
    return one(ChangeRow, connection.execute(query.limit(1)).one_or_none())


def due_changes(connection: Connection, day: date) -> list[tuple[int, str]]:
    """Id and procedure's code of the waiting changes whose day has come."""
    rows = connection.execute(
        select(ProcedureChange.id, Procedure.code)
        .join(Procedure, Procedure.id == ProcedureChange.procedure_id)
        .where(
            and_(ProcedureChange.applied_at.is_(None), ProcedureChange.cancelled_at.is_(None)),
            ProcedureChange.effective_from <= day,
        )
        .order_by(ProcedureChange.effective_from, ProcedureChange.id)
    )
    return [(row.id, row.code) for row in rows]


def agencies_of(connection: Connection, procedure_id: int) -> dict[str, dict[str, str] | None]:
    """The agencies that receive it, by code, each with its beneficiary account or None (HT-9.3)."""
    rows = connection.execute(
        select(Agency.code, ProcedureAgency.beneficiary)
        .join(ProcedureAgency, ProcedureAgency.agency_id == Agency.id)
        .where(ProcedureAgency.procedure_id == procedure_id)
        .order_by(Agency.code)
    )
    return {row.code: row.beneficiary for row in rows}


def write_agencies(connection: Connection, procedure_id: int, wanted: Mapping[int, Mapping[str, str] | None]) -> None:
    """Let these agencies (ids) receive the procedure, each with its beneficiary account; others no longer do."""
    rows = ProcedureAgency.__table__
    connection.execute(
        rows.delete().where(rows.c.procedure_id == procedure_id, rows.c.agency_id.not_in(wanted))  # type: ignore[attr-defined]
    )
    for agency_id, beneficiary in wanted.items():
        held = dict(beneficiary) if beneficiary else None
        statement = upsert(ProcedureAgency).values(procedure_id=procedure_id, agency_id=agency_id, beneficiary=held)
        connection.execute(
            statement.on_conflict_do_update(
                index_elements=[ProcedureAgency.procedure_id, ProcedureAgency.agency_id],
                set_={"beneficiary": statement.excluded.beneficiary},
            )
        )


def beneficiary(connection: Connection, procedure_id: int, agency_id: int) -> dict[str, str] | None:
    """To which account an agency's fees of a procedure are paid: {holder, number, bank}; None where none was given (HT-9.3)."""
    found: dict[str, str] | None = connection.execute(
        select(ProcedureAgency.beneficiary).where(
            ProcedureAgency.procedure_id == procedure_id, ProcedureAgency.agency_id == agency_id
        )
    ).scalar_one_or_none()
    return found


def procedures_of(connection: Connection, ids: Sequence[int]) -> dict[int, list[str]]:
    """Codes of the agencies that receive each of these procedures."""
    rows = connection.execute(
        select(ProcedureAgency.procedure_id, Agency.code)
        .join(Agency, Agency.id == ProcedureAgency.agency_id)
        .where(ProcedureAgency.procedure_id.in_(ids))
        .order_by(Agency.code)
    )
    found: dict[int, list[str]] = {one: [] for one in ids}
    for row in rows:
        found[row.procedure_id].append(row.code)
    return found
