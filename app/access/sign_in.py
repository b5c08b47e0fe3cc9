"""Signing in with a user name and a password."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from app.access.passwords import verify_password
from app.access.request import Origin
from app.access.tokens import new_token, token_hash
from app.errors import DomainError
from app.store import accounts
from app.store.accounts import AccountRow
from app.store.administration_changes import record_change
from app.store.transaction import reading, transaction
from app.wording import LOCAL

UNKNOWN = Origin("api", None, None)
SIGNED_IN, SIGN_IN_FAILED = "signed_in", "sign_in_failed"
"""How the log of administrators calls them."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    token: str
    expires_at: datetime
    account: AccountRow


def sign_in(username: str, password: str, now: datetime, hours: int, came: Origin = UNKNOWN) -> SignedIn:
    """A new token for `hours`. Wrong name and wrong password are one answer and take one time. Both ways it is logged.

    Errors: DomainError wrong_credentials.
    """
    with reading() as connection:
        found = accounts.credentials(connection, username)
    account_id, password_hash = found or (0, None)
    if not verify_password(password_hash, password):  # no connection is held while this takes its time
        _note_failure(username, now, came)
        raise _wrong()
    token, expires_at = new_token(), now + timedelta(hours=hours)
    kept = token_hash(token)
    assert kept is not None  # noqa: S101 - it was made a line above
    with transaction() as connection:
        account = accounts.account_by_id(connection, account_id, now.astimezone(LOCAL).date())
        if account is None:
            raise _wrong()
        how = {"way": came.way, "agent": came.agent}
        accounts.add_token(connection, kept, account_id, now, expires_at, address=came.address, **how)
        record_change(
            connection,
            at=now,
            account_id=account_id,
            kind=SIGNED_IN,
            subject=f"account:{account.username}",
            agency_id=account.agency_id,
            before={},
            after=how,
            address=came.address,
        )
    return SignedIn(token, expires_at, account)


def _note_failure(username: str, now: datetime, came: Origin) -> None:
    """A name that nobody has is not kept: people type passwords there too."""
    with transaction() as connection:
        known = accounts.home_of_name(connection, username)
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
            accounts.drop_token(connection, kept)
