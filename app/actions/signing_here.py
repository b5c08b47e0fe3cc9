"""Signing bytes with a key of the server's, as an action does it: every failure is a refusal that says why."""

from __future__ import annotations

from datetime import datetime

from app.access import attempts
from app.config import Settings
from app.errors import DomainError, invalid
from app.signatures.keys import SigningKey
from app.signatures.server import sign_pdf
from app.signatures.signers import SigningFailedError, WrongPinError
from app.signatures.stamp import Stamp

Box = tuple[int, int, int, int]


def signed_here(
    content: bytes,
    key: SigningKey,
    settings: Settings,
    now: datetime,
    *,
    who: str,
    reason: str = "",
    page: int | None = None,
    box: Box | None = None,
) -> bytes:
    """The PDF with one more signature and its stamp; see `Stamp` for page and box. `who` is the user name of whoever signs.

    Errors: DomainError signing_failed; invalid (`pin`) where the one that was typed does not open the key, or none was;
    too_many_requests after wrong ones.
    """
    if not key.ask_pin:
        return _signed(content, key, settings, now, reason, page, box)
    if not key.typed:
        raise invalid({"pin": [f"Khóa “{key.name}” cần mã PIN: hãy nhập mã PIN."]})
    counted = attempts.count_pin(who, key.name, now)
    try:
        signed = _signed(content, key, settings, now, reason, page, box)
    except DomainError as error:
        if "pin" not in (error.errors or {}):
            attempts.pin_right(counted)  # it failed of something else
        raise
    attempts.pin_right(counted)
    return signed


def _signed(
    content: bytes, key: SigningKey, settings: Settings, now: datetime, reason: str, page: int | None, box: Box | None
) -> bytes:
    """Errors: DomainError signing_failed, invalid (`pin`)."""
    try:
        image = key.stamp.read_bytes() if key.stamp is not None else None
        stamp = Stamp(page, box, image, demonstration=key.demonstration)
        return sign_pdf(content, key, reason=reason, now=now, visible=stamp, timestamp_url=settings.timestamp_url)
    except WrongPinError as error:
        raise DomainError("invalid", str(error), errors={"pin": ["Mã PIN không mở được khóa này."]}) from error
    except SigningFailedError as error:
        raise DomainError("signing_failed", str(error)) from error
    except OSError as error:
        raise DomainError("signing_failed", f"Không đọc được ảnh dấu của khóa “{key.name}”.") from error
