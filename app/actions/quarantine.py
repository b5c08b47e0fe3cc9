"""Quarantine (cách ly): what was not scanned yet, or in which something was found, nobody has and nothing uses."""

from __future__ import annotations

from app.errors import DomainError
from app.store.attachments import AttachmentRow
from app.store.file_facts import INFECTED


def require_clean(row: AttachmentRow) -> None:
    """Errors: DomainError quarantined for a file that nobody may have or use yet, or ever."""
    if row.scan == INFECTED:
        raise DomainError(
            "quarantined",
            f"Tệp “{row.name}” bị cách ly vì có mã độc ({row.scan_result}); không tải về, không dùng được. "
            "Hãy yêu cầu gửi lại tệp sạch.",
            extra={"scan": row.scan},
        )
    if row.quarantined:
        raise DomainError(
            "quarantined",
            f"Tệp “{row.name}” đang chờ quét mã độc nên chưa tải về, chưa dùng được; hãy thử lại sau ít phút.",
            extra={"scan": row.scan},
        )


def infected(name: str, found: str | None) -> DomainError:
    """The refusal of a file in which something was found."""
    why = f"Tệp “{name}” có mã độc ({found}) nên không nhận. Hãy gửi tệp sạch."
    return DomainError("invalid", why, errors={"file": [why]})
