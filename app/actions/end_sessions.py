"""Ending sessions: one's own, or, by administrators, those of an account that is lost or abused (HT-22.1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection

from app.access.caller import Caller
from app.actions.keyed import keyed
from app.actions.report_account import throw_out
from app.actions.runner import Context
from app.errors import DomainError
from app.rules.administration import kept_by_centre
from app.store import account_keeping, sessions
from app.store.administration_changes import record_change
from app.store.sessions import Holder

MANAGE: Final = ("account.manage", "account.manage_own")
SEE: Final = (*MANAGE, "audit.view")


@dataclass(frozen=True, slots=True)
class EndSessions:
    """`session`: that one, None: all (but `keep`). `lock`: nobody signs in with the account any more either."""

    username: str
    session: int | None = None
    keep: int | None = None
    lock: bool = False


def end_sessions(command: EndSessions, context: Context) -> int:
    """End them; answers how many. Errors: DomainError not_found, forbidden, wrong_state, key_reused."""

    def end(connection: Connection) -> dict[str, Any]:
        holder = account_seen(connection, command.username, context.caller, MANAGE, lock=True)
        own = holder.id == context.caller.account_id
        if command.lock and own:
            raise DomainError("wrong_state", "Không tự khóa được tài khoản đang dùng; hãy nhờ quản trị viên khác.")
        if command.lock:
            return {"ended": throw_out(connection, context, holder, "account_locked", "")}
        if command.session is None:
            ended = sessions.end_sessions(connection, holder.id, command.keep)
        elif sessions.end_session(connection, holder.id, command.session):
            ended = 1
        else:
            raise DomainError("not_found", "Phiên này không còn; có thể đã được kết thúc.")
        _record(connection, context, holder, ended)
        return {"ended": ended}

    return int(keyed(context, end)["ended"])


def account_seen(
    connection: Connection, username: str, caller: Caller, permissions: tuple[str, ...], *, lock: bool = False
) -> Holder:
    """The account, if it is the caller's own or the caller looks after it. Errors: DomainError not_found, forbidden."""
    holder = sessions.find_holder(connection, username, lock=lock)
    everywhere = any(caller.may(name) for name in permissions if name != "account.manage_own")
    own_agency = caller.may("account.manage_own") and "account.manage_own" in permissions
    own = holder is not None and (
        holder.id == caller.account_id
        or (
            own_agency
            and holder.agency_id == caller.agency_id
            and not kept_by_centre(holder.permissions)
            and not account_keeping.holds_elsewhere(connection, holder.id, holder.agency_id, caller.day)
        )
    )
    if not (everywhere or own_agency or own):
        raise DomainError("forbidden", "Chỉ quản trị viên mới xem, kết thúc phiên của tài khoản khác.")
    if holder is None or not (everywhere or own):
        raise DomainError("not_found", "Không có tài khoản này trong phạm vi quản lý của bạn.")
    return holder


def _record(connection: Connection, context: Context, holder: Holder, ended: int) -> None:
    record_change(
        connection,
        at=context.now,
        account_id=context.caller.account_id,
        kind="sessions_ended",
        subject=f"account:{holder.username}",
        agency_id=holder.agency_id,
        before={},
        after={"sessions_ended": ended},
        address=context.address,
    )
