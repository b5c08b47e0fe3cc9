"""The second factor of an account: set up by its owner, shown at each sign-in, renewed, given up; reset by administrators.

Codes are no part of any kept digest, so nothing here is done once a key: a code counts once anyway.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import Connection

from app.access import second_factor as factor
from app.access.caller import Caller
from app.access.second_factor import FIELD, demanded_of, proven
from app.actions.end_sessions import MANAGE, account_seen
from app.actions.keyed import keyed
from app.actions.runner import Context
from app.errors import DomainError, invalid
from app.store import second_factors, sessions
from app.store.administration_changes import record_change
from app.store.transaction import reading, transaction

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ShowCode:
    """A code of the authenticator program or a recovery code, for the session that it is said in, which then lives `hours`."""

    code: str
    session: int
    hours: int


def begin_enrolment(context: Context) -> dict[str, str]:
    """{secret, address}: a secret that counts once `confirm_enrolment` has seen a code of it. Errors: DomainError settled."""
    caller = context.caller
    secret = factor.new_secret()
    with transaction() as connection:
        _lock(connection, caller)
        found = second_factors.factor_of(connection, caller.account_id, lock=True)
        if found is not None and found.confirmed_at is not None:
            raise DomainError("settled", "Tài khoản đã bật xác thực hai lớp.")
        second_factors.keep_unconfirmed(connection, caller.account_id, factor.seal(secret), context.now)
    return {"secret": secret, "address": factor.enrolment_address(secret, caller.username)}


def enrolment_under_way(caller: Caller) -> dict[str, str] | None:
    """What `begin_enrolment` answered, as long as no code of it was seen."""
    with reading() as connection:
        found = second_factors.factor_of(connection, caller.account_id)
    if found is None or found.confirmed_at is not None:
        return None
    secret = factor.unseal(found.secret)
    return {"secret": secret, "address": factor.enrolment_address(secret, caller.username)}


def confirm_enrolment(command: ShowCode, context: Context) -> dict[str, Any]:
    """{recovery_codes, expires_at, sessions_ended}: from now on every sign-in asks for a code; other sessions end.

    Errors: DomainError invalid (`otp`), wrong_state.
    """
    caller, now = context.caller, context.now
    codes, end = factor.new_recovery_codes(), now + timedelta(hours=command.hours)
    with transaction() as connection:
        _lock(connection, caller)
        found = second_factors.factor_of(connection, caller.account_id, lock=True)
        if found is None or found.confirmed_at is not None:
            raise DomainError("wrong_state", "Chưa bắt đầu bật xác thực hai lớp, hoặc đã bật xong; hãy tải lại trang.")
        step = factor.step_of(factor.unseal(found.secret), command.code, now, found.last_step)
        if step is None:
            raise invalid({FIELD: ["Mã không đúng. Hãy quét lại mã QR và nhập mã đang hiện trên ứng dụng."]})
        second_factors.confirm(connection, caller.account_id, now)
        second_factors.count_right(connection, caller.account_id, step)
        second_factors.keep_recovery_codes(
            connection, caller.account_id, [factor.recovery_hash(code) for code in codes]
        )
        second_factors.open_session(connection, command.session, end)
        ended = sessions.end_sessions(connection, caller.account_id, but=command.session)
        _record(connection, context, "second_factor_set", {"sessions_ended": ended})
    return {"recovery_codes": codes, "expires_at": end, "sessions_ended": ended}


def show_code(command: ShowCode, context: Context) -> datetime:
    """The session waits no longer; answers until when it lives.

    Errors: DomainError invalid (`otp`), too_many_requests, wrong_state.
    """
    end = context.now + timedelta(hours=command.hours)

    def then(connection: Connection) -> datetime:
        second_factors.open_session(connection, command.session, end)
        return end

    return _proven(command.code, context, then)


def renew_recovery_codes(code: str, context: Context) -> list[str]:
    """New ones; the old ones count no more. Errors: as `show_code`."""
    codes = factor.new_recovery_codes()

    def then(connection: Connection) -> list[str]:
        hashes = [factor.recovery_hash(one) for one in codes]
        second_factors.keep_recovery_codes(connection, context.caller.account_id, hashes)
        _record(connection, context, "recovery_codes_renewed", {})
        return codes

    return _proven(code, context, then)


def end_second_factor(code: str, context: Context) -> None:
    """Its owner gives it up. Errors: as `show_code`; forbidden where it is demanded of her."""
    if demanded_of(context.caller.permissions):
        raise DomainError("forbidden", "Quyền của tài khoản này đòi phải có xác thực hai lớp.")

    def then(connection: Connection) -> None:
        second_factors.forget(connection, context.caller.account_id)
        _record(connection, context, "second_factor_ended", {})

    _proven(code, context, then)


def reset_second_factor(username: str, context: Context) -> int:
    """An administrator takes it from somebody who lost it, and ends her sessions; answers how many.

    Errors: DomainError not_found, forbidden, settled, key_reused.
    """

    def reset(connection: Connection) -> dict[str, Any]:
        holder = account_seen(connection, username, context.caller, MANAGE, lock=True)
        if holder.id == context.caller.account_id:
            raise DomainError("forbidden", "Không tự bỏ được cho mình; hãy nhờ quản trị viên khác.")
        if not second_factors.forget(connection, holder.id):
            raise DomainError("settled", "Tài khoản này chưa bật xác thực hai lớp.")
        ended = sessions.end_sessions(connection, holder.id)
        record_change(
            connection,
            at=context.now,
            account_id=context.caller.account_id,
            kind="second_factor_reset",
            subject=f"account:{holder.username}",
            agency_id=holder.agency_id,
            before={},
            after={"sessions_ended": ended},
            address=context.address,
        )
        return {"ended": ended}

    return int(keyed(context, reset)["ended"])


def reset_at_the_machine(username: str, now: datetime) -> None:
    """Whoever runs the installation takes it from an account, when no administrator can. Errors: DomainError not_found,
    settled."""
    with transaction() as connection:
        holder = sessions.find_holder(connection, username, lock=True)
        if holder is None:
            raise DomainError("not_found", f"Không có tài khoản {username}.")
        if not second_factors.forget(connection, holder.id):
            raise DomainError("settled", f"Tài khoản {username} chưa bật xác thực hai lớp.")
        ended = sessions.end_sessions(connection, holder.id)
        record_change(
            connection,
            at=now,
            account_id=None,
            kind="second_factor_reset",
            subject=f"account:{username}",
            agency_id=holder.agency_id,
            before={},
            after={"sessions_ended": ended},
        )


def _proven(code: str, context: Context, then: Callable[[Connection], T]) -> T:
    caller = context.caller

    def failed(connection: Connection) -> None:
        _record(connection, context, "second_factor_failed", {})

    return proven(caller.account_id, code, context.now, then, failed)


def _lock(connection: Connection, caller: Caller) -> None:
    """Two that set it up at once come one after the other. Errors: DomainError unauthenticated."""
    if sessions.find_holder(connection, caller.username, lock=True) is None:
        raise DomainError("unauthenticated", "Tài khoản không còn hoạt động.")


def _record(connection: Connection, context: Context, kind: str, after: dict[str, Any]) -> None:
    caller = context.caller
    record_change(
        connection,
        at=context.now,
        account_id=caller.account_id,
        kind=kind,
        subject=f"account:{caller.username}",
        agency_id=caller.agency_id,
        before={},
        after=after,
        address=context.address,
    )
