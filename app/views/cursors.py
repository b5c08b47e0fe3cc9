"""Lists in pages: `{"data", "total", "next"}`, with a cursor that says where the next page begins.

A cursor is opaque to clients. It names the list and order that it was made for, so it cannot be used in another, and every
part of it is checked as it comes back.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from app.errors import DomainError, invalid
from app.store.database import BIGINT
from app.store.inbox import MOST_COUNTED


def page_answer(data: Sequence[Any], total: int, next_cursor: str | None = None) -> dict[str, Any]:
    """A page; a total beyond what is counted is said to be at least that."""
    answer: dict[str, Any] = {"data": list(data), "total": min(total, MOST_COUNTED)}
    if total > MOST_COUNTED:
        answer["total_is"] = "at_least"
    answer["next"] = next_cursor
    return answer


def whole_answer(data: Sequence[Any]) -> dict[str, Any]:
    """A list that always comes in one page."""
    return {"data": list(data), "total": len(data), "next": None}


def make_cursor(kind: str, *place: str | int | datetime | None) -> str:
    """A cursor of the list `kind` after this place."""
    parts = [part.astimezone(UTC).isoformat() if isinstance(part, datetime) else part for part in place]
    text = json.dumps([kind, *parts], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_cursor(cursor: str, kind: str, *checks: Callable[[Any], Any]) -> tuple[Any, ...]:
    """The place in a cursor of that list, each part read by its check. Errors: DomainError invalid."""
    try:
        raw = base64.b64decode(cursor.encode() + b"=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        found, *parts = json.loads(raw)
        if found != kind or len(parts) != len(checks):
            raise ValueError("cursor of another list")
        return tuple(check(part) for check, part in zip(checks, parts, strict=True))
    except (binascii.Error, ValueError, TypeError, RecursionError, OverflowError) as error:
        raise bad_cursor() from error


def bad_cursor() -> DomainError:
    return invalid({"cursor": ["Con trỏ trang không đúng; hãy đọc lại từ trang đầu."]})


def an_id(part: Any) -> int:
    """A check for `read_cursor`: a row's number."""
    if type(part) is not int or not 0 < part <= BIGINT:
        raise ValueError("no id")
    return part


def an_instant(part: Any) -> datetime | None:
    """A check for `read_cursor`: an aware instant or None."""
    if part is None:
        return None
    at = datetime.fromisoformat(part)
    if at.tzinfo is None or not 1900 <= at.year <= 2200:
        raise ValueError("no instant")
    return at


def a_code(part: Any) -> str:
    """A check for `read_cursor`: a short code."""
    if not isinstance(part, str) or not part.isascii() or not part.isprintable() or len(part) > 64:
        raise ValueError("no code")
    return part
