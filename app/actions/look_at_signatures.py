"""Look at the signatures of a file that was added: at once, because an action may require them, or later where it is large."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from app.config import Settings
from app.errors import DomainError
from app.runtime import runtime
from app.signatures.validate import signatures_of
from app.store import attachments, queue
from app.store.attachments import AttachmentRow
from app.store.files import MissingFileError, StoreUnavailableError, file_store
from app.store.transaction import reading, transaction

CHECK_SIGNATURES = "check_signatures"
AT_ONCE_BYTES = 16 * 1024 * 1024
"""Larger files are looked at by a job."""
PDF = "application/pdf"
Signatures = list[dict[str, Any]]


def trust_folder(settings: Settings) -> Path:
    """Whom this installation trusts."""
    return settings.trust or settings.data / "trust"


def signatures_at_once(sha256: str, size: int, media_type: str, now: datetime) -> Signatures | None:
    """What stands in a file of the store; None where that has to wait for a job (`look_later`)."""
    if media_type != PDF:
        return []
    if size > AT_ONCE_BYTES:
        return None
    try:
        return _looked(sha256, now)
    except (MissingFileError, StoreUnavailableError):
        return None


def look_later(connection: Connection, attachment_id: int) -> None:
    """Have it looked at as soon as the action is committed."""
    queue.defer(connection, CHECK_SIGNATURES, attachment_id=attachment_id)


def look_again(row: AttachmentRow, now: datetime) -> Signatures:
    """What stands in it now: a certificate runs out, an authority comes to be trusted. Errors: DomainError unavailable."""
    if row.media_type != PDF:
        return []
    try:
        return _looked(row.sha256, now)
    except (MissingFileError, StoreUnavailableError) as error:
        raise DomainError("unavailable", "Kho tệp tạm thời không phục vụ được; hãy thử lại sau ít phút.") from error


def check_signatures(attachment_id: int) -> None:
    """The job: look and keep. Does nothing where that is done."""
    now = runtime().now()
    with reading() as connection:
        row = attachments.attachment_by_id(connection, attachment_id)
    if row is None or row.signatures is not None:
        return
    found = look_again(row, now)
    with transaction() as connection:
        attachments.keep_signatures(connection, attachment_id, found, now)


def _looked(sha256: str, now: datetime) -> Signatures:
    settings = runtime().settings
    with file_store(settings).open(sha256) as file:
        return signatures_of(file, trust_folder(settings), now)
