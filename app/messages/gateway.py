"""Handing a short message to an HTTP gateway: our own small request, which docs/messages.md describes for whoever adapts it.

    POST <url>   Authorization: Bearer <token>   Idempotency-Key: <key>
    {"to": "+84912345678", "text": "…", "id": "<key>", "template": "receipt_issued"}

2xx: accepted, `{"id": "…"}` is its reference. 408, 425, 429 and 5xx: later, not before `Retry-After`. 401: our token is not
known, which is no fault of the message: later. Any other 4xx: refused for good.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import lru_cache

import urllib3

from app.messages.failures import RefusedError, TryLaterError
from app.setting_values import Gateway

CONNECT_SECONDS = 5.0
ANSWER_SECONDS = 15.0
MOST_ANSWERED = 64 * 1024
LONGEST_WAIT = timedelta(days=1)
_LATER = frozenset({401, 408, 425, 429})
_NOT_SENT = (
    urllib3.exceptions.NewConnectionError,
    urllib3.exceptions.ConnectTimeoutError,
    urllib3.exceptions.SSLError,
)


@lru_cache(1)
def _pool() -> urllib3.PoolManager:
    """Redirects are not followed: the token would go along."""
    return urllib3.PoolManager(retries=False, maxsize=4)


def send_short(
    gateway: Gateway,
    *,
    to: str,
    text: str,
    key: str,
    template: str,
    now: datetime,
    answer_seconds: float = ANSWER_SECONDS,
) -> str | None:
    """Hand one message over; answers the gateway's reference. Errors: TryLaterError, RefusedError."""
    body = json.dumps({"to": to, "text": text, "id": key, "template": template}, ensure_ascii=False).encode()
    headers = {"Content-Type": "application/json; charset=utf-8", "Accept": "application/json", "Idempotency-Key": key}
    if gateway.token:
        headers["Authorization"] = f"Bearer {gateway.token}"
    timeout = urllib3.Timeout(connect=CONNECT_SECONDS, read=answer_seconds)
    try:
        answer = _pool().request(
            "POST", gateway.url, body=body, headers=headers, timeout=timeout, redirect=False, preload_content=False
        )
        try:
            content = answer.read(MOST_ANSWERED, decode_content=True)
        finally:
            answer.release_conn()
            answer.close()
    except _NOT_SENT as error:
        raise TryLaterError(f"Chưa kết nối được cổng gửi tin: {_brief(error)}") from error
    except (urllib3.exceptions.HTTPError, OSError) as error:
        raise TryLaterError(f"Cổng gửi tin không trả lời: {_brief(error)}", uncertain=True) from error
    if 200 <= answer.status < 300:
        return _reference(content)
    told = f"Cổng gửi tin trả lời {answer.status}: {_said(content)}"
    if answer.status in _LATER or not 400 <= answer.status < 500:
        raise TryLaterError(told, retry_after=_retry_after(answer.headers, now))
    raise RefusedError(told)


def _reference(content: bytes) -> str | None:
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):  # it was accepted, whatever else it says
        return None
    value = found.get("id") if isinstance(found, dict) else None
    return str(value)[:200] if isinstance(value, str | int) else None


def _said(content: bytes) -> str:
    text = content.decode("utf-8", "replace")
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())[:300] or "không nói gì thêm"


def _brief(error: Exception) -> str:
    return str(error).split(": ", 1)[-1][:300]


def _retry_after(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """What the header asks for, in seconds or as a date; at most a day."""
    text = headers.get("Retry-After", "").strip()
    if text.isascii() and text.isdigit() and len(text) < 10:
        return min(timedelta(seconds=int(text)), LONGEST_WAIT)
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, TypeError):
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return min(max(at - now, timedelta()), LONGEST_WAIT)
