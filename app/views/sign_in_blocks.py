"""Who cannot sign in for now after failed attempts, and how old a password is."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from app.access.caller import Caller
from app.actions.administering import known_account
from app.errors import DomainError
from app.lawbook import profile_named
from app.rules.administration import ADMINISTRATORS, EVERYWHERE
from app.rules.passwords import Age, age_of
from app.store import passwords, sign_in_attempts
from app.store.sign_in_attempts import Blocked
from app.store.transaction import reading

MOST_SHOWN: Final = 200
NOTHING: Final = {"failures": 0, "last_at": None, "blocked_until": None}


def blocked_list(caller: Caller, now: datetime) -> list[dict[str, Any]]:
    """Accounts that the caller administers and, for the centre, addresses; the longest wait first. Errors: DomainError
    forbidden."""
    if not any(caller.may(name) for name in ADMINISTRATORS):
        raise DomainError("forbidden", "Chỉ quản trị viên mới xem ai đang bị tạm khóa đăng nhập.")
    everywhere = caller.may(EVERYWHERE)
    with reading() as connection:
        agency = None if everywhere else caller.agency_id
        rows = sign_in_attempts.blocked(connection, now, agency, MOST_SHOWN, addresses=everywhere)
    return [_view(row) for row in rows]


def sign_in_state(caller: Caller, username: str, now: datetime) -> dict[str, Any]:
    """What keeps an account from signing in, and how old its password is. Errors: DomainError not_found, forbidden."""
    with reading() as connection:
        account = known_account(connection, caller, username)
        row = sign_in_attempts.blocked_account(connection, account.id, now)
        changed_at, void = passwords.state_of(connection, account.id)
    return {**blocked_view(row), "password_changed_at": changed_at, "password_void": void}


def blocked_view(row: Blocked | None) -> dict[str, Any]:
    """What the page of an account says of it."""
    if row is None:
        return dict(NOTHING)
    return {"failures": row.failures, "last_at": row.last_at, "blocked_until": row.blocked_until}


def own_password(caller: Caller, profile: str, now: datetime) -> Age:
    """How long the caller's password is good for."""
    with reading() as connection:
        found = passwords.credentials(connection, caller.username)
    return age_of(found.changed_at if found else None, profile_named(profile).password_age, now)


def _view(row: Blocked) -> dict[str, Any]:
    return {
        "username": row.username,
        "name": row.name,
        "agency_name": row.agency,
        "address": row.address,
        **blocked_view(row),
    }
