"""Choosing a password of one's own: a temporary one is good for nothing else (ST-26.5, QT-28.5b)."""

from __future__ import annotations

from dataclasses import dataclass

from app.access.caller import Caller
from app.access.passwords import hash_password, verify_password
from app.actions.runner import Context
from app.errors import DomainError, invalid
from app.rules.passwords import fault_of
from app.store import accounts, sessions
from app.store.administration_changes import record_change
from app.store.transaction import reading, transaction

OLD, NEW, AGAIN = "old_password", "new_password", "new_password_again"


@dataclass(frozen=True, slots=True)
class ChangePassword:
    """`session` is the one that stays; every other session of the account ends."""

    old: str
    new: str
    again: str
    session: int


def change_password(command: ChangePassword, context: Context) -> int:
    """Keep the new password; answers how many sessions ended. Errors: DomainError invalid, field by field.

    No Idempotency-Key: its digest would be one of a password, and doing it twice fails at the old password.
    """
    caller = context.caller
    with reading() as connection:
        found = accounts.credentials(connection, caller.username)
    if found is None:
        raise DomainError("unauthenticated", "Tài khoản không còn hoạt động.")
    _check(command, caller, found[1])
    hashed = hash_password(command.new)
    with transaction() as connection:
        if not sessions.keep_password(connection, caller.account_id, hashed, found[1]):
            raise DomainError("unauthenticated", "Mật khẩu của tài khoản vừa được đặt lại hoặc tài khoản vừa bị khóa.")
        ended = sessions.end_sessions(connection, caller.account_id, but=command.session)
        record_change(
            connection,
            at=context.now,
            account_id=caller.account_id,
            kind="password_changed",
            subject=f"account:{caller.username}",
            agency_id=caller.agency_id,
            before={"must_change_password": caller.must_change_password},
            after={"must_change_password": False, "sessions_ended": ended},
            address=context.address,
        )
    return ended


def _check(command: ChangePassword, caller: Caller, password_hash: str) -> None:
    faults: dict[str, list[str]] = {}
    if not verify_password(password_hash, command.old):
        faults[OLD] = ["Mật khẩu hiện tại không đúng."]
    why = fault_of(command.new, caller.username, caller.name)
    if why is None and command.new == command.old:
        why = "Phải khác mật khẩu hiện tại."
    if why:
        faults[NEW] = [why]
    if command.again != command.new:
        faults[AGAIN] = ["Hai lần nhập mật khẩu mới chưa giống nhau."]
    if faults:
        raise invalid(faults)
