"""Attempts to sign in: counted before they are made, by name or by a browser that is known, and by address.

A browser in which somebody has signed in keeps a mark for her name. With it, what others try under her name elsewhere does not
count against her; without it, name and address do (`app.rules.sign_in_limits`).
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import re
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from flask import current_app
from sqlalchemy import Connection

from app.errors import DomainError
from app.rules.sign_in_limits import LOCKED_OUT_AFTER, OF_ADDRESS, OF_NAME, wait_words
from app.store import queue, sign_in_attempts
from app.store.sign_in_attempts import Begun
from app.store.transaction import transaction

TELL_OF_LOCK_OUT: Final = "tell_of_lock_out"
"""The job that writes to whose account it is. It is deferred for a name that nobody has too, and then does nothing."""
MOST_MARKS: Final = 8
"""People whose mark one browser keeps: a desk's computer has several."""
_DEVICE = re.compile(r"[A-Za-z0-9_-]{22}(\.[0-9a-f]{24}){1,8}", re.ASCII)
_PIN_BLOCKED = "Đã nhập sai mã PIN của khóa ký số này quá nhiều lần nên phải chờ {wait} mới thử lại được."
_BLOCKED = (
    "Đã nhập sai quá nhiều lần nên phải chờ {wait} mới thử lại được. Quên mật khẩu thì nhờ quản trị viên đặt lại."
)


@dataclass(frozen=True, slots=True)
class Attempt:
    """What counts it: `name` by account name, or by name and browser where the browser is known; `address` by address."""

    key: bytes
    name_key: bytes
    address_key: bytes
    address: str
    account_id: int | None


def attempt_of(username: str, account_id: int | None, address: str | None, device: str | None) -> Attempt:
    """An attempt with that name; `device` is what the browser keeps, if it keeps anything."""
    name, place = name_key(username), place_of(address)
    nonce = _known(username, device)
    key = name if nonce is None else _key("device", f"{nonce} {username.casefold()}")
    return Attempt(key, name, _key("address", place), place, account_id)


def attempt_in_session(username: str, account_id: int, address: str | None) -> Attempt:
    """Showing the password again inside a session. It counts by itself: who tries the name at the door does not keep her from
    changing her password, and who finds her session open guesses no more quickly than there."""
    place = place_of(address)
    key = _key("session", username.casefold())
    return Attempt(key, name_key(username), _key("address", place), place, account_id)


def count(attempt: Attempt, now: datetime) -> None:
    """Count it. Errors: DomainError too_many_requests, with `retry_after` in seconds."""
    known = attempt.key != attempt.name_key
    with transaction() as connection:
        begun = sign_in_attempts.begin_attempt(
            connection,
            attempt.key,
            b"" if known else attempt.address_key,  # a whole office is not kept out by what one does in it
            attempt.account_id,
            now,
            OF_NAME,
        )
        if begun.failures == LOCKED_OUT_AFTER:
            arguments: dict[str, Any] = {"account_id": attempt.account_id or 0, "address": attempt.address}
            queue.defer(connection, TELL_OF_LOCK_OUT, **arguments, at=now.isoformat())
    _check_wait(begun, now, _BLOCKED)


def count_pin(username: str, key: str, now: datetime) -> bytes:
    """Count a try to open that signing key, before it is made; answers what `pin_right` takes back. Neither her sign-in nor
    anybody else's signing waits for it. Errors: DomainError too_many_requests, with `retry_after` in seconds."""
    counted = _key("pin", f"{username.casefold()} {key}")
    with transaction() as connection:
        begun = sign_in_attempts.begin_attempt(connection, counted, b"", None, now, OF_NAME)
    _check_wait(begun, now, _PIN_BLOCKED)
    return counted


def pin_right(counted: bytes) -> None:
    """The key was not refused what was typed."""
    with transaction() as connection:
        sign_in_attempts.forget(connection, [counted])


def _check_wait(begun: Begun, now: datetime, words: str) -> None:
    if begun.blocked_until is not None:
        wait = max(1, int((begun.blocked_until - now).total_seconds()))
        raise DomainError("too_many_requests", words.format(wait=wait_words(wait)), extra={"retry_after": wait})


def failed(connection: Connection, attempt: Attempt, now: datetime) -> None:
    """It was one: it counts for its address too."""
    sign_in_attempts.note_failure(connection, attempt.address_key, attempt.address, now, OF_ADDRESS)


def succeeded(connection: Connection, username: str, device: str | None) -> None:
    """Nothing counts against the name any more, nor against this browser with it."""
    keys = [name_key(username)]
    nonce = _known(username, device)
    if nonce is not None:
        keys = [_key("device", f"{nonce} {username.casefold()}")]
    sign_in_attempts.forget(connection, keys)


def right(attempt: Attempt) -> None:
    """It was the right one after all."""
    with transaction() as connection:
        sign_in_attempts.forget(connection, [attempt.key])


def name_key(username: str) -> bytes:
    return _key("name", username.casefold())


def place_of(address: str | None) -> str:
    """An address as it is counted: of IPv6 the network, for one machine has all of it."""
    try:
        found = ipaddress.ip_address(address or "")
    except ValueError:
        return address or "không rõ"
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped is None:
        return str(ipaddress.ip_network((found, 64), strict=False))
    return str(found if found.version == 4 else found.ipv4_mapped)


def with_mark(username: str, device: str | None) -> str:
    """What the browser keeps after that person has signed in there."""
    nonce, *marks = device.split(".") if device and _DEVICE.fullmatch(device) else [secrets.token_urlsafe(16)]
    mine = _mark(nonce, username)
    return ".".join([nonce, *[mark for mark in marks if mark != mine][-(MOST_MARKS - 1) :], mine])


def _known(username: str, device: str | None) -> str | None:
    """The browser's own number, where that person has signed in in it."""
    if not device or not _DEVICE.fullmatch(device):
        return None
    nonce, *marks = device.split(".")
    mine = _mark(nonce, username)
    return nonce if any(hmac.compare_digest(mark, mine) for mark in marks) else None


def _mark(nonce: str, username: str) -> str:
    return _key("mark", f"{nonce} {username.casefold()}").hex()[:24]


def _key(kind: str, subject: str) -> bytes:
    secret = current_app.secret_key
    assert secret is not None  # noqa: S101 - the factory gives one
    known = secret if isinstance(secret, bytes) else secret.encode()
    return hmac.new(known, f"{kind}\0{subject}".encode("utf-8", "replace"), hashlib.sha256).digest()[:16]
