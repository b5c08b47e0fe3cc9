"""The scan of a decision: taken as what it really is, kept by its content, scanned, handed out to who may see its version."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import IO

from sqlalchemy import Connection

from app.actions.attach import LOOK_AT_FILE
from app.actions.quarantine import infected
from app.actions.taking_files import safe_name, take
from app.errors import DomainError
from app.papers.clamav import ScannerRefusedError, ScannerUnavailableError, scan
from app.store import decision_files, file_facts, queue
from app.store.decision_files import DecisionFileRow
from app.store.file_facts import CLEAN, INFECTED, QUARANTINED
from app.store.files import FileStore, StoreUnavailableError
from app.store.media_types import PDF, recognise

FIELD = "scan"
MEDIA_TYPES = (PDF, "image/jpeg", "image/png")


@dataclass(frozen=True, slots=True)
class Scan:
    """A scan that is in the file store; `clean`: it was scanned for malicious code as it came, `waits`: it has yet to be."""

    sha256: str
    size: int
    name: str
    media_type: str
    waits: bool = False
    clean: bool = False


def taken_scan(files: FileStore, stream: IO[bytes], given_name: str, limit: int, scanner: str | None) -> Scan:
    """Keep what a seekable stream holds. Errors: DomainError invalid (`scan`), too_large, unavailable."""
    try:
        what = recognise(stream, safe_name(given_name))
        if stream.read(1) and what.media_type not in MEDIA_TYPES:
            raise _refused(f"Bản quét quyết định phải là PDF, JPG hoặc PNG; tệp này là {what.title}.")
        stream.seek(0)
        taken = take(files, stream, given_name, "decision", limit)
    except DomainError as error:
        raise _of_scan(error) from error
    kept = Scan(taken.stored.sha256, taken.stored.size, taken.name, taken.what.media_type, waits=scanner is not None)
    if scanner is None:
        return kept
    try:
        with files.open(kept.sha256) as content:
            found = scan(scanner, content).found
    except (ScannerUnavailableError, ScannerRefusedError, StoreUnavailableError):
        return kept
    if found is not None:
        raise _of_scan(infected(kept.name, found))
    return Scan(kept.sha256, kept.size, kept.name, kept.media_type, waits=True, clean=True)


def add_scan(connection: Connection, procedure_id: int, kept: Scan, account_id: int, now: datetime) -> int:
    """Name a kept scan in the caller's transaction; its id. Errors: DomainError invalid where something was found in it."""
    file_facts.note_file(connection, kept.sha256, kept.size, kept.media_type, now, waits=kept.waits)
    if kept.clean:
        file_facts.keep_scan(connection, kept.sha256, CLEAN, None, now)
    known = file_facts.find_file(connection, kept.sha256)
    if known is not None and known.scan == INFECTED:
        raise _of_scan(infected(kept.name, known.scan_result))
    if known is None or known.looked_at is None:
        queue.defer(connection, LOOK_AT_FILE, sha256=kept.sha256)
    return decision_files.add_decision_file(
        connection,
        procedure_id,
        sha256=kept.sha256,
        name=kept.name,
        size=kept.size,
        media_type=kept.media_type,
        account_id=account_id,
        now=now,
    )


def handed_out(row: DecisionFileRow) -> bool:
    """Whether a browser may show it by itself; else it is to be kept. Errors: DomainError quarantined."""
    if row.scan in QUARANTINED:
        why = "bị cách ly vì có mã độc" if row.scan == INFECTED else "đang chờ quét mã độc, hãy thử lại sau ít phút"
        raise DomainError("quarantined", f"Bản quét “{row.name}” {why}.", extra={"scan": row.scan})
    return row.media_type != PDF or row.has_javascript is False


def _refused(why: str) -> DomainError:
    return DomainError("invalid", why, errors={FIELD: [why]})


def _of_scan(error: DomainError) -> DomainError:
    """The same refusal with its field named as this form names it."""
    if not error.errors or "file" not in error.errors:
        return error
    errors = {FIELD if name == "file" else name: texts for name, texts in error.errors.items()}
    return DomainError(error.code, error.detail, errors=errors, extra=error.extra)
