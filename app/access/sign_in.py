"""Signing in with a user name and a password."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from app.access import attempts
from app.access.attempts import Attempt
from app.access.opening import SignedIn, open_session
from app.access.passwords import verify_password
from app.access.request import Origin
from app.access.tokens import token_hash
from app.errors import DomainError
from app.lawbook import profile_named
from app.rules.passwords import Age, age_of
from app.runtime import runtime
from app.store import accounts, passwords, tokens
from app.store.accounts import AccountRow
from app.store.administration_changes import record_change
from app.store.passwords import Credentials
from app.store.transaction import reading, transaction
from app.wording import LOCAL

UNKNOWN = Origin("api", None, None)
SIGN_IN_FAILED = "sign_in_failed"
"""How the log of administrators calls it."""
NOBODY: Final = Credentials(0, None, None, must_change=False)


def sign_in(
    username: str, password: str, now: datetime, hours: int, came: Origin = UNKNOWN, device: str | None = None
) -> SignedIn:
    """A new token for `hours`. Wrong name and wrong password are one answer and take one time; both are counted, whoever has
    that name or nobody, and logged. A password past its age is one that has to be changed from here on (QT-28.5b).

    `device`: what the browser keeps of who signed in there. Errors: DomainError wrong_credentials, too_many_requests.
    """
    with reading() as connection:
        found = passwords.credentials(connection, username) or NOBODY
    attempt = attempts.attempt_of(username, found.account_id or None, came.address, device)
    attempts.count(attempt, now)
    if not verify_password(found.password_hash, password):  # no connection is held while this takes its time
        _note_failure(username, attempt, now, came)
        raise _wrong()
    age = age_of(found.changed_at, profile_named(runtime().settings.profile).password_age, now)
    with transaction() as connection:
        account = _account(connection, found, age, now)
        attempts.succeeded(connection, username, device)
        return replace(open_session(connection, account, now, hours, came), password=age)


def _account(connection: Connection, found: Credentials, age: Age, now: datetime) -> AccountRow:
    """Errors: DomainError wrong_credentials where it was locked or given another password while that was looked at."""
    if not passwords.still_opens(connection, found):
        raise _wrong()
    account = accounts.account_by_id(connection, found.account_id, now.astimezone(LOCAL).date())
    if account is None:
        raise _wrong()
    if not age.over or account.must_change_password:
        return account
    passwords.demand_change(connection, account.id)
    return replace(account, must_change_password=True)


def _note_failure(username: str, attempt: Attempt, now: datetime, came: Origin) -> None:
    """A name that nobody has is not kept: people type passwords there too."""
    with transaction() as connection:
        known = accounts.home_of_name(connection, username)
        attempts.failed(connection, attempt, now)
        record_change(
            connection,
            at=now,
            account_id=None,
            kind=SIGN_IN_FAILED,
            subject=f"account:{username}" if known else "account:",
            agency_id=known,
            before={},
            after={"way": came.way, "agent": came.agent},
            address=came.address,
        )


def _wrong() -> DomainError:
    return DomainError("wrong_credentials", "Hãy kiểm tra lại tên đăng nhập và mật khẩu.")


def sign_out(token: str) -> None:
    """The token opens nothing any more; one that never did is no error."""
    kept = token_hash(token)
    if kept is not None:
        with transaction() as connection:
            tokens.drop_token(connection, kept)
