"""Signing in with a user name and a password."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from app.access.passwords import verify_password
from app.access.tokens import new_token, token_hash
from app.errors import DomainError
from app.store import accounts
from app.store.accounts import AccountRow
from app.store.transaction import reading, transaction
from app.wording import LOCAL


@dataclass(frozen=True, slots=True)
class SignedIn:
    token: str
    expires_at: datetime
    account: AccountRow


def sign_in(username: str, password: str, now: datetime, hours: int) -> SignedIn:
    """A new token for `hours`. Wrong name and wrong password are one answer and take one time.

    Errors: DomainError wrong_credentials.
    """
    with reading() as connection:
        found = accounts.credentials(connection, username)
    account_id, password_hash = found or (0, None)
    if not verify_password(password_hash, password):  # no connection is held while this takes its time
        raise _wrong()
    token, expires_at = new_token(), now + timedelta(hours=hours)
    kept = token_hash(token)
    assert kept is not None  # noqa: S101 - it was made a line above
    with transaction() as connection:
        account = accounts.account_by_id(connection, account_id, now.astimezone(LOCAL).date())
        if account is None:
            raise _wrong()
        accounts.add_token(connection, kept, account_id, now, expires_at)
    return SignedIn(token, expires_at, account)


def _wrong() -> DomainError:
    return DomainError("wrong_credentials", "Hãy kiểm tra lại tên đăng nhập và mật khẩu.")


def sign_out(token: str) -> None:
    """The token opens nothing any more; one that never did is no error."""
    kept = token_hash(token)
    if kept is not None:
        with transaction() as connection:
            accounts.drop_token(connection, kept)
