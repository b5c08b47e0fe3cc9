"""Letting an administrator in again from the server itself, when nobody is left who could.

Whoever can run this has the application's database already; it is written down like everything else that administrators do.
"""

from __future__ import annotations

from datetime import datetime

from app.access.temporary_passwords import hashed, temporary_password
from app.actions.keep_accounts import check_mailbox
from app.actions.runner import whole_second
from app.errors import DomainError
from app.rules.administration import EVERYWHERE
from app.store import account_keeping, passwords, second_factors, sign_in_attempts, tokens
from app.store.administration_changes import record_change
from app.store.transaction import take_turn, transaction


def rescue_account(username: str, now: datetime) -> str:
    """Unlock it, end its sessions, drop its second factor; answers a temporary password, which is kept nowhere.

    Errors: DomainError not_found, wrong_state for an account that an administrator can let in, invalid.
    """
    password = temporary_password()
    (password_hash,) = hashed([password])
    with transaction() as connection:
        take_turn(connection, "accounts")
        account = account_keeping.kept_account(connection, username, lock=True)
        if account is None:
            known = ", ".join(account_keeping.holders_of(connection, EVERYWHERE)) or "không có ai"
            raise DomainError("not_found", f"Không có tài khoản {username}. Quản trị viên của tỉnh: {known}.")
        if EVERYWHERE not in account.permissions:
            raise DomainError(
                "wrong_state",
                "Chỉ dùng cho quản trị viên của tỉnh; tài khoản khác thì quản trị viên mở ở trang của tài khoản.",
            )
        check_mailbox(connection, None, account.email, account.username)
        if not account.active:
            account_keeping.save_account(connection, account.id, {"active": True})
        passwords.give_password(connection, account.id, password_hash, now)
        factor = second_factors.forget(connection, account.id)
        sign_in_attempts.forget_account(connection, account.id)
        ended = tokens.drop_tokens_of(connection, account.id)
        record_change(
            connection,
            at=whole_second(now),
            account_id=None,
            kind="account_rescued",
            subject=f"account:{username}",
            agency_id=account.agency_id,
            before={"active": account.active},
            after={
                "active": True,
                "must_change_password": True,
                "sessions_ended": ended,
                "second_factor_dropped": factor,
            },
        )
    return password
