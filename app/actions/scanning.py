"""What the scanner found in a content, told wherever it is: in the history of every dossier that has it (quarantine)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from app.actions.attach import Attach
from app.actions.quarantine import infected
from app.actions.runner import whole_second
from app.actions.work import Work
from app.papers.clamav import ScannerRefusedError, ScannerUnavailableError, scan
from app.store import attachments, dossiers, file_facts
from app.store.attachments import AttachmentRow
from app.store.file_facts import CLEAN, INFECTED
from app.store.files import FileStore, StoreUnavailableError


def keep_verdict(connection: Connection, sha256: str, found: str | None, now: datetime) -> None:
    """Keep what was found (None: clean); an infected content is told in the history of its dossiers, once."""
    news = file_facts.keep_scan(connection, sha256, CLEAN if found is None else INFECTED, found, now)
    if news and found is not None:
        for dossier_id, rows in attachments.places_of(connection, sha256).items():
            _tell(connection, dossier_id, rows, found, now)


def scanned_at_once(command: Attach, files: FileStore, scanner: str | None) -> Attach:
    """The same, scanned before the act that it comes with, which could not use it otherwise; as it was while the scanner is
    away. Errors: DomainError invalid where something is found in it."""
    if scanner is None or not command.waits:
        return command
    try:
        with files.open(command.sha256) as content:
            found = scan(scanner, content).found
    except (ScannerUnavailableError, ScannerRefusedError, StoreUnavailableError):
        return command
    if found is not None:
        raise infected(command.name, found)
    return replace(command, clean=True)


def _tell(connection: Connection, dossier_id: int, rows: list[AttachmentRow], found: str, now: datetime) -> None:
    dossier = dossiers.lock_dossier(connection, dossier_id)
    assert dossier is not None  # noqa: S101 - dossiers are never removed
    work = Work(connection, dossier, [], whole_second(now), None)
    for row in rows:
        work.record("file_infected", None, {"attachment": row.id, "name": row.name, "found": found})
    work.finish()
