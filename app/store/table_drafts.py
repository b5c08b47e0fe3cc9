"""Published tables on their way to a diagram: what stands in the file, what was read of it and what people corrected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, ForeignKey, Select, insert, or_, select, update
from sqlalchemy.orm import Mapped, mapped_column

from app.store.accounts import Account
from app.store.database import Base, BigId, Code, many, one
from app.store.organisation import Agency, Position, Unit
from app.store.procedures import Procedure

OPEN, ACCEPTED, DISCARDED = "open", "accepted", "discarded"


class TableDraftRecord(Base):
    __tablename__ = "table_drafts"
    id: Mapped[BigId]
    file_name: Mapped[str]
    title: Mapped[str]
    tables: Mapped[dict[str, Any]]
    """{"tables": the source tables} (`app.drafting.model`)."""
    draft: Mapped[dict[str, Any]]
    settled: Mapped[dict[str, Any]]
    """{"remarks": the keys of remarks that somebody settled}."""
    state: Mapped[Code]
    version: Mapped[int]
    diagram_draft_id: Mapped[int | None] = mapped_column(ForeignKey("diagram_drafts.id"))
    """What came of it."""
    made_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    made_at: Mapped[datetime]
    changed_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    changed_at: Mapped[datetime] = mapped_column(index=True)


@dataclass(frozen=True, slots=True)
class TableRow:
    """`changed_by` is a name."""

    id: int
    file_name: str
    title: str
    tables: dict[str, Any]
    draft: dict[str, Any]
    settled: dict[str, Any]
    state: str
    version: int
    diagram_draft_id: int | None
    changed_by: str
    changed_at: datetime


def _rows() -> Select[Any]:
    return select(
        TableDraftRecord.id,
        TableDraftRecord.file_name,
        TableDraftRecord.title,
        TableDraftRecord.tables,
        TableDraftRecord.draft,
        TableDraftRecord.settled,
        TableDraftRecord.state,
        TableDraftRecord.version,
        TableDraftRecord.diagram_draft_id,
        Account.name,
        TableDraftRecord.changed_at,
    ).join(Account, Account.id == TableDraftRecord.changed_by)


def add(connection: Connection, values: Mapping[str, Any], account_id: int, now: datetime) -> int:
    """`file_name`, `title`, `tables`, `draft`; its id."""
    made = {"made_by": account_id, "made_at": now, "changed_by": account_id, "changed_at": now}
    row = {**values, **made, "settled": {"remarks": []}, "state": OPEN, "version": 1}
    return int(connection.execute(insert(TableDraftRecord).values(row).returning(TableDraftRecord.id)).scalar_one())


def find(connection: Connection, table_id: int, *, lock: bool = False) -> TableRow | None:
    wanted = _rows().where(TableDraftRecord.id == table_id)
    wanted = wanted.with_for_update(of=TableDraftRecord) if lock else wanted
    return one(TableRow, connection.execute(wanted).one_or_none())


def opened(connection: Connection, most: int = 200) -> Sequence[TableRow]:
    """Those that are being corrected, the one changed last first."""
    wanted = _rows().where(TableDraftRecord.state == OPEN)
    wanted = wanted.order_by(TableDraftRecord.changed_at.desc(), TableDraftRecord.id).limit(most)
    return many(TableRow, connection.execute(wanted))


def change(connection: Connection, table_id: int, account_id: int, now: datetime, **values: Any) -> None:
    """Its version goes up by one."""
    changed = {**values, "version": TableDraftRecord.version + 1, "changed_by": account_id, "changed_at": now}
    connection.execute(update(TableDraftRecord).where(TableDraftRecord.id == table_id).values(changed))


def positions_there_are(connection: Connection, day: date) -> list[tuple[str, str, str, str, str]]:
    """Every position that an agency has on that day: code, name, unit, the agency's code and name."""
    rows = connection.execute(
        select(Position.code, Position.name, Unit.name, Agency.code, Agency.name)
        .join(Unit, Unit.id == Position.unit_id)
        .join(Agency, Agency.id == Position.agency_id)
        .where(
            or_(Position.valid_to.is_(None), Position.valid_to >= day),
            Agency.valid_from <= day,
            or_(Agency.valid_to.is_(None), Agency.valid_to >= day),
        )
        .order_by(Agency.level, Agency.name, Position.id)
    )
    return [(row[0], row[1], row[2], row[3], row[4]) for row in rows]


def units_there_are(connection: Connection, agencies: Sequence[str]) -> list[tuple[str, str, str, str]]:
    """The units of these agencies: the agency's code, the unit's code, name and kind."""
    rows = connection.execute(
        select(Agency.code, Unit.code, Unit.name, Unit.kind)
        .join(Agency, Agency.id == Unit.agency_id)
        .where(Agency.code.in_(agencies), Unit.valid_to.is_(None))
        .order_by(Agency.id, Unit.id)
    )
    return [(row[0], row[1], row[2], row[3]) for row in rows]


def procedures_there_are(connection: Connection, most: int = 10_000) -> list[tuple[str, str]]:
    """Code and name of every procedure."""
    rows = connection.execute(select(Procedure.code, Procedure.name).order_by(Procedure.code).limit(most))
    return [(row[0], row[1]) for row in rows]
