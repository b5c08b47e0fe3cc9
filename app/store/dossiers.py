"""Dossiers: one narrow row that every action locks and rewrites, and a wide one that registration writes once.

The narrow row keeps what decides what may happen next: status, the folded clock, the due instants that lists filter by, the
last link of the history chain. Applicant, components and form data stand in `dossier_contents`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    Computed,
    Connection,
    ForeignKey,
    Index,
    bindparam,
    cast,
    func,
    insert,
    literal_column,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.orm import Mapped, mapped_column

from app.store.database import Base, BigId, Code, many, one
from app.store.organisation import EPOCH, Agency
from app.store.procedures import Procedure
from app.store.statement import Statement


class Dossier(Base):
    __tablename__ = "dossiers"
    __table_args__ = (
        Index(
            "ix_dossiers_agency_open",
            "agency_id",
            "appointment_at",
            postgresql_where=literal_column("closed_at IS NULL"),
        ),
        Index("ix_dossiers_agency_recent", "agency_id", "id"),
        Index("ix_dossiers_agency_received", "agency_id", "received_at", postgresql_include=["outcome"]),
        Index(
            "ix_dossiers_agency_result",
            "agency_id",
            "result_at",
            postgresql_include=["timeliness"],
            postgresql_where=literal_column("result_at IS NOT NULL"),
        ),
        Index("ix_dossiers_agency_incidents", "agency_id", postgresql_where=literal_column("incidents > 0")),
        Index("ix_dossiers_version_open", "version_id", "id", postgresql_where=literal_column("closed_at IS NULL")),
        Index("ix_dossiers_version_received", "version_id", "received_at"),
    )
    id: Mapped[BigId]
    code: Mapped[Code] = mapped_column(unique=True)
    token: Mapped[str]
    """Random part of the QR code: who has it sees more than state and dates."""
    procedure_id: Mapped[int] = mapped_column(ForeignKey("procedures.id"))
    version_id: Mapped[int] = mapped_column(ForeignKey("procedure_versions.id"))
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    """The agency whose desk received it; `lead` in a diagram."""
    profile: Mapped[str]
    """The profile under which it was received; it keeps this one."""
    channel: Mapped[str]
    status: Mapped[int]
    received_at: Mapped[datetime]
    limit_seconds: Mapped[int | None]
    """Working seconds; None for a procedure whose time is not counted."""
    clock: Mapped[dict[str, Any]]
    """`ClockState.to_dict()`."""
    deadline_at: Mapped[datetime | None]
    appointment_at: Mapped[datetime | None]
    due_soon_at: Mapped[datetime | None]
    paused_at: Mapped[datetime | None]
    result_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    overdue: Mapped[bool]
    outcome: Mapped[str | None]
    history_seq: Mapped[int]
    history_hash: Mapped[bytes]
    version: Mapped[int]
    held_by: Mapped[str | None]
    """Kind of the side process that holds it: the steps of its procedure are suspended meanwhile."""
    clock_epoch: Mapped[int] = mapped_column(default=0, server_default="0")
    """`CalendarEpoch.epoch` under which its clock was last folded."""
    limit_unit: Mapped[str] = mapped_column(default="working", server_default="working")
    """working or calendar: what `limit_seconds` counts."""
    transfer_due_at: Mapped[datetime | None]
    """When the first of the agencies that hold it has used up its transfer limit (QT-21a)."""
    timeliness: Mapped[str | None]
    """early, on_time or late, as its profile classes the result; None while there is none."""
    incidents: Mapped[int] = mapped_column(default=0, server_default="0")
    """How many incidents of it are open: while there are some it stands, or a part of it does."""


class DossierContents(Base):
    __tablename__ = "dossier_contents"
    __table_args__ = (
        Index(
            "ix_dossier_contents_search", "search", postgresql_using="gin", postgresql_ops={"search": "gin_trgm_ops"}
        ),
        # Lists look a dossier's words up by its number, in an index alone; an index takes no longer ones.
        Index(
            "ix_dossier_contents_words",
            "dossier_id",
            postgresql_include=["search"],
            postgresql_where=literal_column("octet_length(search) <= 1500"),
        ),
        Index(
            "ix_dossier_contents_long_words",
            "dossier_id",
            postgresql_where=literal_column("octet_length(search) > 1500"),
        ),
        Index("ix_dossier_contents_old_code", "old_code", postgresql_where=literal_column("old_code IS NOT NULL")),
        Index(
            "ix_dossier_contents_id_number",
            literal_column("motcua_number(applicant ->> 'id_number')").label("id_number"),
            "dossier_id",
            postgresql_ops={"id_number": "text_pattern_ops"},
        ),
        Index(
            "ix_dossier_contents_phone",
            literal_column("motcua_phone(applicant ->> 'phone')").label("phone"),
            "dossier_id",
            postgresql_ops={"phone": "text_pattern_ops"},
        ),
    )
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossiers.id"), primary_key=True, autoincrement=False)
    applicant: Mapped[dict[str, Any]]
    components: Mapped[list[Any]]
    notify: Mapped[list[str]]
    deliver: Mapped[dict[str, Any]]
    data: Mapped[dict[str, Any]]
    applicant_name: Mapped[str]
    code: Mapped[str]
    old_code: Mapped[str | None]
    """The code that it had in the system from which it was taken over."""
    search: Mapped[str] = mapped_column(
        Computed("motcua_fold(code || ' ' || applicant_name || coalesce(' ' || old_code, ''))", persisted=True)
    )
    intake: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    """How it came: proxy, post, who helped."""


class CodeCounter(Base):
    """The last number of the day given to a dossier of an agency."""

    __tablename__ = "code_counters"
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"), primary_key=True, autoincrement=False)
    day: Mapped[date] = mapped_column(primary_key=True)
    last: Mapped[int]


@dataclass(slots=True)
class DossierRow:
    """A dossier as an action sees it; the runner changes it and writes it back whole."""

    id: int
    code: str
    token: str
    procedure_id: int
    version_id: int
    agency_id: int
    profile: str
    channel: str
    status: int
    received_at: datetime
    limit_seconds: int | None
    clock: dict[str, Any]
    deadline_at: datetime | None
    appointment_at: datetime | None
    due_soon_at: datetime | None
    paused_at: datetime | None
    result_at: datetime | None
    closed_at: datetime | None
    overdue: bool
    outcome: str | None
    history_seq: int
    history_hash: bytes
    version: int
    held_by: str | None
    clock_epoch: int
    limit_unit: str
    transfer_due_at: datetime | None
    timeliness: str | None
    incidents: int
    agency: str
    agency_name: str
    calendar_epoch: int
    procedure: str
    procedure_name: str


_COLUMNS = list(Dossier.__table__.columns)
DOSSIER = (
    select(
        *_COLUMNS,
        Agency.code.label("agency"),
        Agency.name.label("agency_name"),
        EPOCH,
        Procedure.code.label("procedure"),
        Procedure.name.label("procedure_name"),
    )
    .join(Agency, Agency.id == Dossier.agency_id)
    .join(Procedure, Procedure.id == Dossier.procedure_id)
)
_BY_ID = DOSSIER.where(Dossier.id == bindparam("dossier"))
_LOCK = Statement(_BY_ID.with_for_update(of=Dossier))
_LOCK_SKIP = Statement(_BY_ID.with_for_update(of=Dossier, skip_locked=True))
_LOCK_BY_TASK = Statement(
    DOSSIER.where(text("dossiers.id = (SELECT t.dossier_id FROM tasks t WHERE t.id = :task)")).with_for_update(
        of=Dossier
    )
)
_FIND = DOSSIER.where(Dossier.code == bindparam("code"))
_FIND_OLD = (
    DOSSIER.join(DossierContents, DossierContents.dossier_id == Dossier.id)
    .where(DossierContents.old_code == bindparam("code"))
    .limit(2)
)
_SAVED = (
    "status",
    "clock",
    "deadline_at",
    "appointment_at",
    "due_soon_at",
    "paused_at",
    "result_at",
    "closed_at",
    "overdue",
    "outcome",
    "history_seq",
    "history_hash",
    "held_by",
    "clock_epoch",
    "transfer_due_at",
    "timeliness",
    "incidents",
)
_CONTENT_NAMES = tuple(column.key for column in DossierContents.__table__.columns if column.key != "search")
_CONTENTS = Statement(
    select(*(DossierContents.__table__.c[name] for name in _CONTENT_NAMES)).where(
        DossierContents.dossier_id == bindparam("dossier")
    )
)
_NEXT_NUMBER = Statement(
    pg_insert(CodeCounter)
    .values(agency_id=bindparam("agency"), day=bindparam("on"), last=1)
    .on_conflict_do_update(index_elements=[CodeCounter.agency_id, CodeCounter.day], set_={"last": CodeCounter.last + 1})
    .returning(CodeCounter.last)
)
_APPLICANT_NAME = Statement(
    select(DossierContents.applicant_name).where(DossierContents.dossier_id == bindparam("dossier"))
)
_SAVE = Statement(
    update(Dossier)
    .where(Dossier.id == bindparam("dossier"))
    .values(version=Dossier.version + 1, **{name: bindparam(f"new_{name}") for name in _SAVED})
)


def lock_dossier(connection: Connection, dossier_id: int, *, skip_locked: bool = False) -> DossierRow | None:
    """Lock a dossier's row until the transaction ends; with `skip_locked`, None when somebody else has it."""
    query = _LOCK_SKIP if skip_locked else _LOCK
    return one(DossierRow, query.one(connection, {"dossier": dossier_id}))


def lock_dossier_of_task(connection: Connection, task_id: int) -> DossierRow | None:
    """Lock the dossier that a task belongs to; None when there is no such task."""
    return one(DossierRow, _LOCK_BY_TASK.one(connection, {"task": task_id}))


def dossier_by_id(connection: Connection, dossier_id: int) -> DossierRow:
    row: Any = connection.execute(_BY_ID, {"dossier": dossier_id}).one()
    return DossierRow(*row)


def find_dossier(connection: Connection, code: str) -> DossierRow | None:
    row = connection.execute(_FIND, {"code": code}).one_or_none()
    return one(DossierRow, row)


def find_by_old_code(connection: Connection, code: str) -> DossierRow | None:
    """The dossier that was taken over with this code of an old system; None where two systems had one."""
    found = many(DossierRow, connection.execute(_FIND_OLD, {"code": code}))
    return found[0] if len(found) == 1 else None


def raise_number(connection: Connection, agency_id: int, day: date, number: int) -> None:
    """A number of the day that is in use already: the next one is greater."""
    statement = pg_insert(CodeCounter).values(agency_id=agency_id, day=day, last=number)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=[CodeCounter.agency_id, CodeCounter.day],
            set_={"last": func.greatest(CodeCounter.last, statement.excluded.last)},
        )
    )


def save_dossier(connection: Connection, dossier: DossierRow) -> None:
    values = {f"new_{name}": getattr(dossier, name) for name in _SAVED}
    _SAVE.run(connection, {"dossier": dossier.id, **values})
    dossier.version += 1


def add_dossier(connection: Connection, values: Mapping[str, Any], contents: Mapping[str, Any]) -> int:
    dossier_id: int = _adding(tuple(values)).the(connection, values)[0]
    whole = {"dossier_id": dossier_id, "code": values["code"], "intake": {}, **contents}
    _adding_contents(tuple(whole)).run(connection, whole)
    return dossier_id


@cache
def _adding(names: tuple[str, ...]) -> Statement:
    return Statement(insert(Dossier).values({name: bindparam(name) for name in names}).returning(Dossier.id))


@cache
def _adding_contents(names: tuple[str, ...]) -> Statement:
    return Statement(insert(DossierContents).values({name: bindparam(name) for name in names}))


def next_number(connection: Connection, agency_id: int, day: date) -> int:
    """Take the next number of the day; concurrent desks wait for each other here, so call it last before the insert."""
    number: int = _NEXT_NUMBER.the(connection, {"agency": agency_id, "on": day})[0]
    return number


def count_dossiers(connection: Connection) -> int:
    """How many dossiers there are in all. Reads the whole table: for setting up, not for pages."""
    number: int = connection.execute(select(func.count()).select_from(Dossier)).scalar_one()
    return number


def contents(connection: Connection, dossier_id: int) -> DossierContents:
    row = _CONTENTS.the(connection, {"dossier": dossier_id})
    return DossierContents(**dict(zip(_CONTENT_NAMES, row, strict=True)))


def applicant_name(connection: Connection, dossier_id: int) -> str:
    row = _APPLICANT_NAME.one(connection, {"dossier": dossier_id})
    return str(row[0]) if row else ""


def set_received(connection: Connection, dossier_id: int, at: datetime) -> None:
    """Put right when a dossier was received."""
    connection.execute(update(Dossier).where(Dossier.id == dossier_id).values(received_at=at))


def write_components(connection: Connection, dossier_id: int, components: Sequence[Mapping[str, Any]]) -> None:
    """Replace the list of what was handed in."""
    connection.execute(
        update(DossierContents)
        .where(DossierContents.dossier_id == dossier_id)
        .values(components=[dict(component) for component in components])
    )


def merge_intake(connection: Connection, dossier_id: int, data: Mapping[str, Any]) -> None:
    """Put data into what is known of how the dossier came."""
    connection.execute(
        update(DossierContents)
        .where(DossierContents.dossier_id == dossier_id)
        .values(intake=DossierContents.intake.op("||")(cast(data, JSONB)))
    )


def merge_data(connection: Connection, dossier_id: int, data: Mapping[str, Any]) -> None:
    connection.execute(
        update(DossierContents)
        .where(DossierContents.dossier_id == dossier_id)
        .values(data=DossierContents.data.op("||")(cast(data, JSONB)))
    )
