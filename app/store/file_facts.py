"""What is known of a content, once however many dossiers have it: how large, how many pages, whether it is clean."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import CheckConstraint, Connection, Index, and_, delete, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from app.store.database import Base, many, one

CLEAN, WAITING, INFECTED, UNSCANNED = "clean", "waiting", "infected", "unscanned"
SCANS = (CLEAN, WAITING, INFECTED, UNSCANNED)
"""Waiting and infected content is in quarantine; unscanned is what came while nothing was there to scan it."""
QUARANTINED = (WAITING, INFECTED)


class File(Base):
    __tablename__ = "files"
    __table_args__ = (
        CheckConstraint("scan IN ('clean', 'waiting', 'infected', 'unscanned')", name="scan"),
        Index("ix_files_waiting", "first_seen_at", postgresql_where=text("scan = 'waiting' OR looked_at IS NULL")),
        Index("ix_files_unscanned", "first_seen_at", postgresql_where=text("scan = 'unscanned'")),
    )
    sha256: Mapped[str] = mapped_column(primary_key=True)
    size: Mapped[int]
    media_type: Mapped[str]
    """As it was told when the content was first seen."""
    pages: Mapped[int | None]
    """Of a PDF or of a picture in several parts; null where there are none, or nobody could read it."""
    has_javascript: Mapped[bool | None]
    """Whether a PDF carries code; null: nobody could tell."""
    encrypted: Mapped[bool | None]
    readable: Mapped[bool | None]
    """Whether its pages can be shown."""
    scan: Mapped[str] = mapped_column(default=UNSCANNED, server_default=UNSCANNED)
    """One of SCANS."""
    scan_at: Mapped[datetime | None]
    scan_result: Mapped[str | None]
    """The name of what was found in it."""
    first_seen_at: Mapped[datetime]
    looked_at: Mapped[datetime | None]
    """When pages, code and encryption were last looked for."""


@dataclass(frozen=True, slots=True)
class FileRow:
    sha256: str
    size: int
    media_type: str
    pages: int | None
    has_javascript: bool | None
    encrypted: bool | None
    readable: bool | None
    scan: str
    scan_at: datetime | None
    scan_result: str | None
    first_seen_at: datetime
    looked_at: datetime | None


_FILE = select(
    File.sha256,
    File.size,
    File.media_type,
    File.pages,
    File.has_javascript,
    File.encrypted,
    File.readable,
    File.scan,
    File.scan_at,
    File.scan_result,
    File.first_seen_at,
    File.looked_at,
)


def note_file(
    connection: Connection, sha256: str, size: int, media_type: str, now: datetime, *, waits: bool = False
) -> bool:
    """Know a content from now on; whether it was new. `waits`: it stays in quarantine until it was scanned.

    What is known already stays: the same bytes are scanned once.
    """
    added = connection.execute(
        insert(File)
        .values(
            sha256=sha256,
            size=size,
            media_type=media_type,
            scan=WAITING if waits else UNSCANNED,
            first_seen_at=now,
        )
        .on_conflict_do_nothing()
    )
    return added.rowcount > 0


def find_file(connection: Connection, sha256: str) -> FileRow | None:
    return one(FileRow, connection.execute(_FILE.where(File.sha256 == sha256)).one_or_none())


def files_to_look_at(
    connection: Connection, limit: int, *, unscanned: bool, refused_before: datetime
) -> Sequence[FileRow]:
    """Contents that wait for the scanner or were never looked at, the oldest first; `unscanned` ones too when asked. Those that
    the scanner has refused since `refused_before` keep nobody else from their turn."""
    refused = and_(File.scan_result.is_not(None), File.scan_at > refused_before)
    waits = or_(and_(File.scan == WAITING, refused.is_not(True)), File.looked_at.is_(None))
    found = _FILE.where(or_(waits, File.scan == UNSCANNED) if unscanned else waits)
    return many(FileRow, connection.execute(found.order_by(File.first_seen_at, File.sha256).limit(limit)))


def count_scans(connection: Connection) -> dict[str, int]:
    """How many contents stand how, for those that are in quarantine."""
    found = connection.execute(
        text("SELECT scan, count(*) FROM files WHERE scan IN ('waiting', 'infected') GROUP BY scan")
    )
    return {row[0]: row[1] for row in found}


def keep_look(
    connection: Connection,
    sha256: str,
    now: datetime,
    *,
    pages: int | None,
    has_javascript: bool | None,
    encrypted: bool | None,
    readable: bool | None,
) -> None:
    connection.execute(
        update(File)
        .where(File.sha256 == sha256)
        .values(
            pages=pages,
            has_javascript=has_javascript,
            encrypted=encrypted,
            readable=readable,
            looked_at=now,
        )
    )


def keep_scan(connection: Connection, sha256: str, scan: str, result: str | None, now: datetime) -> bool:
    """What the scanner found; whether that is news. An infected content stays so."""
    changed = connection.execute(
        update(File)
        .where(File.sha256 == sha256, File.scan.in_((WAITING, UNSCANNED)))
        .values(scan=scan, scan_result=result, scan_at=now)
    )
    return changed.rowcount > 0


def forget_file(connection: Connection, sha256: str) -> None:
    """The content was swept; the same bytes, should they come again, are looked at anew."""
    connection.execute(delete(File).where(File.sha256 == sha256))
