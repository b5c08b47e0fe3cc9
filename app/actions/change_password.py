"""Choosing a password of one's own: a temporary one, and one past its age, is good for nothing else (ST-26.5, QT-28.5b)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from app.access import attempts
from app.access.caller import Caller
from app.access.password_strength import Chooser, weakness
from app.access.passwords import hash_password, verify_password
from app.actions.runner import Context
from app.errors import DomainError, invalid
from app.rules.passwords import fault_of
from app.store import organisation, passwords, sessions
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
    """Keep the new password; answers how many sessions ended. Errors: DomainError invalid, field by field;
    too_many_requests after wrong old ones.

    No Idempotency-Key: its digest would be one of a password, and doing it twice fails at the old password.
    """
    caller = context.caller
    with reading() as connection:
        found = passwords.credentials(connection, caller.username)
        former = passwords.former_hashes(connection, caller.account_id)
        agency = organisation.agency_by_id(connection, caller.agency_id)
    if found is None:
        raise DomainError("unauthenticated", "Tài khoản không còn hoạt động.")
    attempt = attempts.attempt_in_session(caller.username, caller.account_id, context.address)
    attempts.count(attempt, context.now)
    right = verify_password(found.password_hash, command.old)
    if right:
        attempts.right(attempt)
    _check(command, caller, right, former, Chooser.of(caller.username, caller.name, agency.code, agency.name))
    hashed = hash_password(command.new)
    with transaction() as connection:
        was = found.password_hash or ""
        if not passwords.choose_password(connection, caller.account_id, hashed, was, context.now):
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


def _check(command: ChangePassword, caller: Caller, right: bool, former: list[str], chooser: Chooser) -> None:
    faults: dict[str, list[str]] = {}
    if not right:
        faults[OLD] = ["Mật khẩu hiện tại không đúng."]
    why = fault_of(command.new, caller.username, caller.name)
    if why is None and command.new == command.old:
        why = "Phải khác mật khẩu hiện tại."
    why = why or weakness(command.new, chooser)
    if why is None and not faults and _was_used(command.new, former):
        why = f"Đã dùng trước đây; hãy chọn mật khẩu khác {len(former)} mật khẩu gần nhất."
    if why:
        faults[NEW] = [why]
    if command.again != command.new:
        faults[AGAIN] = ["Hai lần nhập mật khẩu mới chưa giống nhau."]
    if faults:
        raise invalid(faults)


def _was_used(new: str, former: list[str]) -> bool:
    """Slow on purpose, so all are looked at at once."""
    if not former:
        return False
    with ThreadPoolExecutor(len(former)) as pool:
        return any(list(pool.map(lambda kept: verify_password(kept, new), former)))
