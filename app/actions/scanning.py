"""What the scanner found in a content, told wherever it is: in the history of every dossier that has it (quarantine)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from app.actions.runner import whole_second
from app.actions.work import Work
from app.store import attachments, dossiers, file_facts
from app.store.attachments import AttachmentRow
from app.store.file_facts import CLEAN, INFECTED


def keep_verdict(connection: Connection, sha256: str, found: str | None, now: datetime) -> None:
    """Keep what was found (None: clean); an infected content is told in the history of its dossiers, once."""
    news = file_facts.keep_scan(connection, sha256, CLEAN if found is None else INFECTED, found, now)
    if news and found is not None:
        for dossier_id, rows in attachments.places_of(connection, sha256).items():
            _tell(connection, dossier_id, rows, found, now)


def _tell(connection: Connection, dossier_id: int, rows: list[AttachmentRow], found: str, now: datetime) -> None:
    dossier = dossiers.lock_dossier(connection, dossier_id)
    assert dossier is not None  # noqa: S101 - dossiers are never removed
    work = Work(connection, dossier, [], whole_second(now), None)
    for row in rows:
        work.record("file_infected", None, {"attachment": row.id, "name": row.name, "found": found})
    work.finish()
