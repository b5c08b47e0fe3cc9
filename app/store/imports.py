"""Imports of open dossiers from an old system: the file as it was given, its rows as they were judged, what came of each.

A row is carried out once: its state changes in the transaction that makes the dossier, and one old code of one source stands
for one dossier at most.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, ForeignKey, Index, delete, func, insert, literal_column, select, update
from sqlalchemy.orm import Mapped, mapped_column

from app.store.accounts import Account
from app.store.database import Base, BigId, Code, many, one
from app.store.dossiers import Dossier, DossierContents

PREVIEW, RUNNING, DONE, DROPPED = "preview", "running", "done", "dropped"
"""An import: looked at only; being carried out; carried out; given up before."""
WAITING, IMPORTED, FAILED, SKIPPED, WITHDRAWN = "waiting", "imported", "failed", "skipped", "withdrawn"
"""A row: to come; a dossier; refused when its turn came; not wanted (refused in the preview); a dossier that was withdrawn."""


class DossierImport(Base):
    __tablename__ = "dossier_imports"
    id: Mapped[BigId]
    source: Mapped[Code]
    """What the old system is called; old codes are one system's."""
    file_name: Mapped[str]
    content: Mapped[bytes]
    sha256: Mapped[str]
    """Of everything that was read: both files."""
    history_name: Mapped[str | None]
    history_content: Mapped[bytes | None]
    mapping: Mapped[dict[str, Any]]
    """Heading of the file by what it means."""
    headings: Mapped[list[Any]]
    """The headings that the file has, in order."""
    state: Mapped[Code]
    version: Mapped[int]
    made_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    made_at: Mapped[datetime]
    accepted_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    accepted_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]


class DossierImportRow(Base):
    __tablename__ = "dossier_import_rows"
    __table_args__ = (
        Index(
            "ix_dossier_import_rows_taken",
            "source",
            "old_code",
            unique=True,
            postgresql_where=literal_column("state = 'imported'"),
        ),
        Index(
            "ix_dossier_import_rows_dossier_id", "dossier_id", postgresql_where=literal_column("dossier_id IS NOT NULL")
        ),
        Index(
            "ix_dossier_import_rows_waiting", "import_id", "line", postgresql_where=literal_column("state = 'waiting'")
        ),
    )
    import_id: Mapped[int] = mapped_column(ForeignKey("dossier_imports.id"), primary_key=True, autoincrement=False)
    line: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """Of the file, the first being 1."""
    source: Mapped[Code]
    old_code: Mapped[str]
    applicant_name: Mapped[str]
    verdict: Mapped[Code]
    """ready, doubtful or refused."""
    plan: Mapped[dict[str, Any]]
    """What will be done, JSON of `app.actions.import_plan.Plan`; empty for a refused row."""
    remarks: Mapped[list[Any]]
    """[{field, cell, text, refused}]"""
    state: Mapped[Code]
    problem: Mapped[str | None]
    dossier_id: Mapped[int | None] = mapped_column(ForeignKey("dossiers.id"))
    history_seq: Mapped[int | None]
    """The dossier's last row of history when it was taken over."""
    done_at: Mapped[datetime | None]


@dataclass(frozen=True, slots=True)
class ImportRow:
    id: int
    source: str
    file_name: str
    sha256: str
    history_name: str | None
    mapping: dict[str, Any]
    headings: list[Any]
    state: str
    version: int
    made_by: int
    made_at: datetime
    accepted_by: int | None
    accepted_at: datetime | None
    finished_at: datetime | None
    made_by_name: str


@dataclass(frozen=True, slots=True)
class LineRow:
    """One row of the file, with the code of the dossier that it became."""

    import_id: int
    line: int
    source: str
    old_code: str
    applicant_name: str
    verdict: str
    plan: dict[str, Any]
    remarks: list[Any]
    state: str
    problem: str | None
    dossier_id: int | None
    history_seq: int | None
    done_at: datetime | None
    dossier: str | None


_IMPORT = select(
    DossierImport.id,
    DossierImport.source,
    DossierImport.file_name,
    DossierImport.sha256,
    DossierImport.history_name,
    DossierImport.mapping,
    DossierImport.headings,
    DossierImport.state,
    DossierImport.version,
    DossierImport.made_by,
    DossierImport.made_at,
    DossierImport.accepted_by,
    DossierImport.accepted_at,
    DossierImport.finished_at,
    Account.name,
).join(Account, Account.id == DossierImport.made_by)
_LINE = select(*DossierImportRow.__table__.columns, Dossier.code).outerjoin(
    Dossier, Dossier.id == DossierImportRow.dossier_id
)


def add_import(connection: Connection, values: Mapping[str, Any]) -> int:
    added: int = connection.execute(insert(DossierImport).values(**values).returning(DossierImport.id)).scalar_one()
    return added


def find_import(connection: Connection, import_id: int, *, lock: bool = False) -> ImportRow | None:
    query = _IMPORT.where(DossierImport.id == import_id)
    if lock:
        query = query.with_for_update(of=DossierImport)
    return one(ImportRow, connection.execute(query).one_or_none())


def files_of(connection: Connection, import_id: int) -> tuple[bytes, bytes | None]:
    """The dossiers' file and, where it came alone, that of their history."""
    row = connection.execute(
        select(DossierImport.content, DossierImport.history_content).where(DossierImport.id == import_id)
    ).one()
    return row.content, row.history_content


def imports(connection: Connection, before: int | None, most: int) -> list[ImportRow]:
    """The latest first; `before`: those of a smaller id."""
    query = _IMPORT.where(DossierImport.state != DROPPED).order_by(DossierImport.id.desc()).limit(most)
    if before is not None:
        query = query.where(DossierImport.id < before)
    return many(ImportRow, connection.execute(query))


def count_imports(connection: Connection) -> int:
    number: int = connection.execute(
        select(func.count()).select_from(DossierImport).where(DossierImport.state != DROPPED)
    ).scalar_one()
    return number


def change_import(connection: Connection, import_id: int, **values: Any) -> None:
    """Change it and its version."""
    connection.execute(
        update(DossierImport).where(DossierImport.id == import_id).values(version=DossierImport.version + 1, **values)
    )


def replace_lines(connection: Connection, import_id: int, lines: Sequence[Mapping[str, Any]]) -> None:
    """What the preview says of every row, in the place of what it said before."""
    connection.execute(delete(DossierImportRow).where(DossierImportRow.import_id == import_id))
    if lines:
        connection.execute(insert(DossierImportRow), list(lines))


def lines(
    connection: Connection, import_id: int, *, after: int = 0, most: int = 100, which: Iterable[str] = ()
) -> list[LineRow]:
    """Rows in the order of the file; `which`: of these verdicts or states only."""
    query = _LINE.where(DossierImportRow.import_id == import_id, DossierImportRow.line > after)
    wanted = list(which)
    if wanted:
        query = query.where(DossierImportRow.verdict.in_(wanted) | DossierImportRow.state.in_(wanted))
    return many(LineRow, connection.execute(query.order_by(DossierImportRow.line).limit(most)))


def line_of(connection: Connection, import_id: int, line: int, *, lock: bool = False) -> LineRow | None:
    query = _LINE.where(DossierImportRow.import_id == import_id, DossierImportRow.line == line)
    if lock:
        query = query.with_for_update(of=DossierImportRow)
    return one(LineRow, connection.execute(query).one_or_none())


def waiting_lines(connection: Connection, import_id: int, most: int) -> list[int]:
    """The next rows to be carried out."""
    query = (
        select(DossierImportRow.line)
        .where(DossierImportRow.import_id == import_id, literal_column("state = 'waiting'"))
        .order_by(DossierImportRow.line)
        .limit(most)
    )
    return list(connection.execute(query).scalars())


def settle_line(connection: Connection, import_id: int, line: int, **values: Any) -> None:
    connection.execute(
        update(DossierImportRow)
        .where(DossierImportRow.import_id == import_id, DossierImportRow.line == line)
        .values(**values)
    )


def skip_refused(connection: Connection, import_id: int) -> None:
    connection.execute(
        update(DossierImportRow)
        .where(DossierImportRow.import_id == import_id, DossierImportRow.verdict == "refused")
        .values(state=SKIPPED)
    )


def counts(connection: Connection, import_id: int) -> dict[tuple[str, str], int]:
    """How many rows by verdict and state."""
    rows = connection.execute(
        select(DossierImportRow.verdict, DossierImportRow.state, func.count())
        .where(DossierImportRow.import_id == import_id)
        .group_by(DossierImportRow.verdict, DossierImportRow.state)
    )
    return {(verdict, state): number for verdict, state, number in rows}


def taken_codes(connection: Connection, source: str, old_codes: Sequence[str]) -> dict[str, str]:
    """Which of these old codes stand for a dossier already, and for which (its code)."""
    rows = connection.execute(
        select(DossierImportRow.old_code, Dossier.code)
        .join(Dossier, Dossier.id == DossierImportRow.dossier_id)
        .where(
            DossierImportRow.source == source,
            DossierImportRow.old_code.in_(old_codes),
            literal_column("state = 'imported'"),
        )
    )
    return {row.old_code: row.code for row in rows}


def origin_of(connection: Connection, dossier_id: int) -> LineRow | None:
    """The row from which a dossier was taken over, while it stands."""
    query = _LINE.where(DossierImportRow.dossier_id == dossier_id).order_by(DossierImportRow.import_id.desc()).limit(1)
    return one(LineRow, connection.execute(query).one_or_none())


def passed_steps(connection: Connection, dossier_id: int) -> list[str]:
    """Ids of the steps that were done in the old system."""
    query = select(DossierImportRow.plan["passed"]).where(
        DossierImportRow.dossier_id == dossier_id, literal_column("state = 'imported'")
    )
    return list(connection.execute(query).scalar_one_or_none() or ())


def codes_in_use(connection: Connection, codes: Sequence[str]) -> set[str]:
    return set(connection.execute(select(Dossier.code).where(Dossier.code.in_(codes))).scalars())


def rename_dossier(connection: Connection, dossier_id: int, code: str) -> None:
    """Another code for a dossier that was withdrawn, so that its own is free; it is not found by its old code either."""
    connection.execute(update(Dossier).where(Dossier.id == dossier_id).values(code=code))
    connection.execute(
        update(DossierContents).where(DossierContents.dossier_id == dossier_id).values(code=code, old_code=None)
    )
