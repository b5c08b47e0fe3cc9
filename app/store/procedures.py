"""Procedures and their published versions.

A version is a closed set: the diagram, the side processes and the forms that were in force when it was published, each kept
byte for byte and hashed as one (QT-22.3: with the decision's number and date). Nothing is read from `bpmn/` at run time.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import PurePosixPath
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Computed,
    Connection,
    ForeignKey,
    Index,
    UniqueConstraint,
    bindparam,
    exists,
    func,
    insert,
    literal_column,
    or_,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, distinct_on
from sqlalchemy.orm import Mapped, aliased, mapped_column

from app.rules.publication import IN_FORCE
from app.store.database import Base, BigId, Code, like_pattern, many, one
from app.store.organisation import Agency
from app.store.statement import Statement


class Procedure(Base):
    __tablename__ = "procedures"
    __table_args__ = (
        Index("ix_procedures_search", "search", postgresql_using="gin", postgresql_ops={"search": "gin_trgm_ops"}),
    )
    id: Mapped[BigId]
    code: Mapped[Code] = mapped_column(unique=True)
    name: Mapped[str]
    field: Mapped[str]
    """Lĩnh vực."""
    level: Mapped[int]
    limit: Mapped[str]
    """The published limit: an ISO 8601 duration (P10D), or same_day/15:00 (`app.rules.limits`)."""
    limit_unit: Mapped[str]
    """working or calendar."""
    service_level: Mapped[str]
    components: Mapped[list[Any]]
    """[{code, name, required, originals, copies, present_only, types}] (QT-3.3)."""
    fees: Mapped[list[Any]]
    legal_basis: Mapped[list[Any]]
    result_name: Mapped[str]
    demonstration: Mapped[bool] = mapped_column(default=False, server_default="false")
    calendar_id: Mapped[int | None] = mapped_column(ForeignKey("calendars.id"))
    """Hours that count for it wherever it is worked, e.g. day and night for an urgent one."""
    max_file_bytes: Mapped[int | None]
    """The largest file of a dossier; null: the installation's limit, which it never passes."""
    file_types: Mapped[list[str] | None]
    """Sorts of files that its dossiers take (`app.store.media_types.SORTS`); null: the usual ones."""
    revision: Mapped[int] = mapped_column(default=1, server_default="1")
    """Counts its changes (`app.store.procedure_changes`)."""
    closed_from: Mapped[date | None]
    """From this day on no new dossier of it is received."""
    search: Mapped[str] = mapped_column(Computed("motcua_fold(code || ' ' || name || ' ' || field)", persisted=True))


class ProcedureAgency(Base):
    __tablename__ = "procedure_agencies"
    procedure_id: Mapped[int] = mapped_column(ForeignKey("procedures.id"), primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"), primary_key=True, index=True)
    beneficiary: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    """To which account its fees are paid there: {holder, number, bank} (HT-9.3)."""


class ProcedureVersion(Base):
    __tablename__ = "procedure_versions"
    __table_args__ = (UniqueConstraint("procedure_id", "number"),)
    id: Mapped[BigId]
    procedure_id: Mapped[int] = mapped_column(ForeignKey("procedures.id"))
    number: Mapped[int]
    sha256: Mapped[str]
    process: Mapped[str]
    """Id of the main process in the diagram."""
    decision_number: Mapped[str]
    decided_on: Mapped[date]
    effective_from: Mapped[date]
    published_at: Mapped[datetime]
    published_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    steps: Mapped[list[Any]]
    """The steps as read by the gate, in reading order, for people to see."""
    warnings: Mapped[list[Any]]
    review: Mapped[str] = mapped_column(default="none", server_default="none")
    """none, pending, approved or returned: the centre's check where the profile asks for it (ST-10.3b)."""
    reviewed_at: Mapped[datetime | None]
    reviewed_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    review_note: Mapped[str | None]
    repealed_on: Mapped[date | None]
    """Bãi bỏ: from this day on no new dossier follows it; those that run go on."""
    repeal_number: Mapped[str | None]
    repeal_decided_on: Mapped[date | None]
    repeal_reason: Mapped[str | None]
    repealed_at: Mapped[datetime | None]
    repealed_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    decision_file_id: Mapped[int | None] = mapped_column(ForeignKey("decision_files.id"))
    """The scan of the decision."""
    corrects: Mapped[int | None]
    """The number of the version whose faulty configuration it puts right, under the same decision."""
    stands_for: Mapped[int | None]
    """The number of that decision's first version, in whose place it stands (`app.rules.versions`)."""
    applies_from: Mapped[date | None]
    """From when on a correction does."""
    correction_reason: Mapped[str | None]
    amends: Mapped[str | None]
    """Which earlier decision its decision replaces or amends."""
    announcement: Mapped[str | None]
    """What officials were told beside what is otherwise."""
    vacancy_reason: Mapped[str | None]
    """Why it was published although steps had no account yet (QT-22.4)."""


class VersionFile(Base):
    __tablename__ = "version_files"
    version_id: Mapped[int] = mapped_column(ForeignKey("procedure_versions.id"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    """main, side or form."""
    sha256: Mapped[str]
    content: Mapped[bytes]


@dataclass(frozen=True, slots=True)
class ProcedureRow:
    id: int
    code: str
    name: str
    field: str
    level: int
    limit: str
    limit_unit: str
    service_level: str
    components: list[Any]
    fees: list[Any]
    legal_basis: list[Any]
    result_name: str
    demonstration: bool
    max_file_bytes: int | None = None
    file_types: list[str] | None = None
    revision: int = 1
    closed_from: date | None = None

    def closed_on(self, day: date) -> bool:
        """Whether no new dossier is received that day."""
        return self.closed_from is not None and self.closed_from <= day


@dataclass(frozen=True, slots=True)
class VersionRow:
    id: int
    procedure_id: int
    number: int
    sha256: str
    process: str
    decision_number: str
    decided_on: date
    effective_from: date
    steps: list[Any]
    warnings: list[Any]


PROCEDURE = select(
    Procedure.id,
    Procedure.code,
    Procedure.name,
    Procedure.field,
    Procedure.level,
    Procedure.limit,
    Procedure.limit_unit,
    Procedure.service_level,
    Procedure.components,
    Procedure.fees,
    Procedure.legal_basis,
    Procedure.result_name,
    Procedure.demonstration,
    Procedure.max_file_bytes,
    Procedure.file_types,
    Procedure.revision,
    Procedure.closed_from,
)
_VERSION = select(
    ProcedureVersion.id,
    ProcedureVersion.procedure_id,
    ProcedureVersion.number,
    ProcedureVersion.sha256,
    ProcedureVersion.process,
    ProcedureVersion.decision_number,
    ProcedureVersion.decided_on,
    ProcedureVersion.effective_from,
    ProcedureVersion.steps,
    ProcedureVersion.warnings,
)


_BY_CODE = Statement(PROCEDURE.where(Procedure.code == bindparam("code")))
_VERSION_BY_ID = Statement(_VERSION.where(ProcedureVersion.id == bindparam("version")))
_HANDLES = Statement(
    select(literal_column("1")).where(
        ProcedureAgency.procedure_id == bindparam("procedure"), ProcedureAgency.agency_id == bindparam("agency")
    )
)


def find_procedure(connection: Connection, code: str) -> ProcedureRow | None:
    return one(ProcedureRow, _BY_CODE.one(connection, {"code": code}))


def max_file_bytes(connection: Connection, dossier_code: str) -> int | None:
    """The limit on files that the procedure of that dossier sets for itself; None where it sets none or there is no dossier."""
    query = select(Procedure.max_file_bytes).where(text("id = (SELECT procedure_id FROM dossiers WHERE code = :code)"))
    found: int | None = connection.execute(query, {"code": dossier_code}).scalar_one_or_none()
    return found


def version_in_force(connection: Connection, procedure_id: int, day: date) -> VersionRow | None:
    """The version with the latest effective date not after `day`, among those that need no check or have passed it; none
    once that one is repealed (`app.rules.versions`)."""
    row = connection.execute(
        _VERSION.add_columns(ProcedureVersion.repealed_on)
        .where(ProcedureVersion.procedure_id == procedure_id, *_followed_on(day))
        .order_by(*_LAST_WORD)
        .limit(1)
    ).one_or_none()
    if row is None or (row.repealed_on is not None and row.repealed_on <= day):
        return None
    return VersionRow(*row[:-1])


_PLACE = func.coalesce(ProcedureVersion.stands_for, ProcedureVersion.number)
_LAST_WORD = (ProcedureVersion.effective_from.desc(), _PLACE.desc())


def _followed_on(day: date) -> tuple[ColumnElement[bool], ...]:
    """What had come into force by that day; a version that was repealed before it did never has, and one that was corrected
    by then has given its place to the correction."""
    later = aliased(ProcedureVersion)
    corrected = exists().where(
        later.procedure_id == ProcedureVersion.procedure_id,
        later.stands_for == _PLACE,
        later.number > ProcedureVersion.number,
        later.review.in_(IN_FORCE),
        later.applies_from <= day,
    )
    return (
        ProcedureVersion.effective_from <= day,
        ProcedureVersion.review.in_(IN_FORCE),
        or_(ProcedureVersion.applies_from.is_(None), ProcedureVersion.applies_from <= day),
        ~corrected,
        or_(ProcedureVersion.repealed_on.is_(None), ProcedureVersion.repealed_on > ProcedureVersion.effective_from),
    )


def version_by_id(connection: Connection, version_id: int) -> VersionRow:
    return VersionRow(*_VERSION_BY_ID.the(connection, {"version": version_id}))


def version_files(connection: Connection, version_id: int) -> dict[str, tuple[str, bytes]]:
    """Kind and content of a version's files by name."""
    rows = connection.execute(
        select(VersionFile.name, VersionFile.kind, VersionFile.content).where(VersionFile.version_id == version_id)
    )
    return {row.name: (row.kind, row.content) for row in rows}


def file_names(connection: Connection, version_id: int) -> Sequence[tuple[str, str, str]]:
    """Name, kind and SHA-256 of a version's files, the main diagram first."""
    rows = connection.execute(
        select(VersionFile.name, VersionFile.kind, VersionFile.sha256)
        .where(VersionFile.version_id == version_id)
        .order_by(VersionFile.kind != "main", VersionFile.kind, VersionFile.name)
    )
    return [(row.name, row.kind, row.sha256) for row in rows]


def side_names(connection: Connection, version_id: int) -> Sequence[str]:
    """The names of a version's side processes' files."""
    found = select(VersionFile.name).where(VersionFile.version_id == version_id, VersionFile.kind == "side")
    return connection.execute(found.order_by(VersionFile.name)).scalars().all()


def form_of(connection: Connection, version_id: int, key: str | None) -> Any:
    """The form-js schema that a version keeps under `key` (its file's name without folder and ending), or None."""
    if not key:
        return None
    forms = select(VersionFile.name, VersionFile.content).where(
        VersionFile.version_id == version_id, VersionFile.kind == "form"
    )
    for row in connection.execute(forms):
        if PurePosixPath(row.name).stem == key:
            return json.loads(row.content)
    return None


def main_diagram(connection: Connection, version_id: int) -> bytes:
    content: bytes = connection.execute(
        select(VersionFile.content).where(VersionFile.version_id == version_id, VersionFile.kind == "main")
    ).scalar_one()
    return content


def handles(connection: Connection, procedure_id: int, agency_id: int) -> bool:
    return _HANDLES.one(connection, {"procedure": procedure_id, "agency": agency_id}) is not None


def handling_agencies(connection: Connection, procedure_id: int) -> Sequence[str]:
    return (
        connection.execute(
            select(Agency.code)
            .join(ProcedureAgency, ProcedureAgency.agency_id == Agency.id)
            .where(ProcedureAgency.procedure_id == procedure_id)
            .order_by(Agency.code)
        )
        .scalars()
        .all()
    )


def highest_agency(connection: Connection, procedure_id: int) -> int | None:
    """Id of the highest of the agencies that handle a procedure; None where none does."""
    found: int | None = connection.execute(
        select(Agency.id)
        .join(ProcedureAgency, ProcedureAgency.agency_id == Agency.id)
        .where(ProcedureAgency.procedure_id == procedure_id)
        .order_by(Agency.level, Agency.code)
        .limit(1)
    ).scalar_one_or_none()
    return found


def with_process(connection: Connection, procedure_ids: Sequence[int], day: date) -> set[int]:
    """Which of these procedures have a version in force on `day` (ST-26.7: all of them should)."""
    found = connection.execute(
        select(ProcedureVersion.procedure_id, ProcedureVersion.repealed_on)
        .ext(distinct_on(ProcedureVersion.procedure_id))
        .where(ProcedureVersion.procedure_id.in_(procedure_ids), *_followed_on(day))
        .order_by(ProcedureVersion.procedure_id, *_LAST_WORD)
    )
    return {row.procedure_id for row in found if row.repealed_on is None or row.repealed_on > day}


def search_procedures(
    connection: Connection, words: str | None, after: str | None, limit: int, agencies: Sequence[int] | None = None
) -> Sequence[ProcedureRow]:
    """Procedures by code; every word must occur in code, name or field, with or without diacritics.

    `agencies`: only those that one of these agencies handles.
    """
    query = PROCEDURE.where(*_matching(words, agencies)).order_by(Procedure.code).limit(limit)
    if after:
        query = query.where(Procedure.code > after)
    return many(ProcedureRow, connection.execute(query))


def count_procedures(connection: Connection, words: str | None, agencies: Sequence[int] | None = None) -> int:
    query = select(func.count()).select_from(Procedure).where(*_matching(words, agencies))
    number: int = connection.execute(query).scalar_one()
    return number


def _matching(words: str | None, agencies: Sequence[int] | None) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [
        Procedure.search.like(func.motcua_fold(like_pattern(word))) for word in (words or "").split()
    ]
    if agencies is not None:
        handled = select(ProcedureAgency.procedure_id).where(ProcedureAgency.agency_id.in_(agencies))
        found.append(Procedure.id.in_(handled))
    return found


def procedure_ids(connection: Connection) -> dict[str, int]:
    """Every procedure's id by its code."""
    return {row.code: row.id for row in connection.execute(select(Procedure.code, Procedure.id))}


def add_procedure(connection: Connection, values: Mapping[str, Any], agency_ids: Sequence[int]) -> int:
    """A new procedure, received and handled by these agencies; it has no version yet."""
    added: int = connection.execute(insert(Procedure).values(**values).returning(Procedure.id)).scalar_one()
    connection.execute(
        insert(ProcedureAgency), [{"procedure_id": added, "agency_id": agency_id} for agency_id in agency_ids]
    )
    return added


def lock_versions(connection: Connection, procedure_id: int) -> None:
    """Nobody else publishes, corrects or numbers versions of the procedure until the transaction ends."""
    connection.execute(select(Procedure.id).where(Procedure.id == procedure_id).with_for_update())


def add_version(connection: Connection, values: Mapping[str, Any], files: Sequence[Mapping[str, Any]]) -> int:
    """Insert the next version of a procedure with its files; returns its number. Locks the procedure's row."""
    procedure_id = values["procedure_id"]
    lock_versions(connection, procedure_id)
    number: int = connection.execute(
        select(func.coalesce(func.max(ProcedureVersion.number), 0) + 1).where(
            ProcedureVersion.procedure_id == procedure_id
        )
    ).scalar_one()
    version_id = connection.execute(
        insert(ProcedureVersion).values(number=number, **values).returning(ProcedureVersion.id)
    ).scalar_one()
    connection.execute(insert(VersionFile), [{"version_id": version_id, **file} for file in files])
    return number
