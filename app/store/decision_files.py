"""Scans of decisions by which versions are published: content in the file store, a row for each that somebody brought."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, ForeignKey, insert, select
from sqlalchemy.orm import Mapped, mapped_column

from app.store.accounts import Account
from app.store.database import Base, BigId, one
from app.store.file_facts import UNSCANNED, File


class DecisionFile(Base):
    __tablename__ = "decision_files"
    id: Mapped[BigId]
    procedure_id: Mapped[int] = mapped_column(ForeignKey("procedures.id"), index=True)
    sha256: Mapped[str] = mapped_column(index=True)
    name: Mapped[str]
    size: Mapped[int]
    media_type: Mapped[str]
    added_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    added_at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class DecisionFileRow:
    """`added_by` is a name; `scan` one of `file_facts.SCANS`; `has_javascript` None: nobody has looked yet, or could tell."""

    id: int
    procedure_id: int
    sha256: str
    name: str
    size: int
    media_type: str
    added_by: str
    added_at: datetime
    scan: str
    scan_result: str | None
    has_javascript: bool | None


def add_decision_file(
    connection: Connection,
    procedure_id: int,
    *,
    sha256: str,
    name: str,
    size: int,
    media_type: str,
    account_id: int,
    now: datetime,
) -> int:
    row = {
        "procedure_id": procedure_id,
        "sha256": sha256,
        "name": name,
        "size": size,
        "media_type": media_type,
        "added_by": account_id,
        "added_at": now,
    }
    return int(connection.execute(insert(DecisionFile).values(row).returning(DecisionFile.id)).scalar_one())


def find_decision_file(connection: Connection, file_id: int) -> DecisionFileRow | None:
    found = connection.execute(
        select(
            DecisionFile.id,
            DecisionFile.procedure_id,
            DecisionFile.sha256,
            DecisionFile.name,
            DecisionFile.size,
            DecisionFile.media_type,
            Account.name,
            DecisionFile.added_at,
            File.scan,
            File.scan_result,
            File.has_javascript,
        )
        .join(Account, Account.id == DecisionFile.added_by)
        .outerjoin(File, File.sha256 == DecisionFile.sha256)
        .where(DecisionFile.id == file_id)
    ).one_or_none()
    if found is None:
        return None
    return one(DecisionFileRow, found) if found.scan else DecisionFileRow(*found[:8], UNSCANNED, None, None)
