"""An account that is stolen is locked at once (HT-22.1): by whose it is, by who administers it, by who helps her in her agency.

Every session and every token for programs ends, what she had begun to sign is dropped, and her password opens nothing any more,
so that unlocking alone does not let the thief in again. Its owner and its administrators are told.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from app.access.caller import Caller
from app.actions.keyed import keyed
from app.actions.notify import News, notify
from app.actions.runner import Context
from app.actions.tell_owner import Owner, tell_owner
from app.errors import DomainError, invalid
from app.messages.account_letters import REPORT_TOLD, REPORTED
from app.rules.administration import HELPERS, kept_by_centre
from app.store import account_keeping, administrators, organisation, passwords, sessions, signing, tokens
from app.store.administration_changes import record_change
from app.store.official_notices import Whom
from app.store.sessions import Holder
from app.wording import clean_line

MOST_REASON = 500


@dataclass(frozen=True, slots=True)
class ReportAccount:
    """`username`: somebody else's, None: one's own; `reason`: what has happened, in words."""

    username: str | None
    reason: str


def report_account(command: ReportAccount, context: Context) -> dict[str, Any]:
    """{username, ended}: how many sessions and tokens ended. Errors: DomainError not_found, forbidden, invalid (`reason`,
    `username`), key_reused."""
    reason, caller = clean_line(command.reason)[:MOST_REASON], context.caller
    if not reason and command.username is not None:
        raise invalid({"reason": ["Hãy ghi ai nhờ báo, chuyện gì đã xảy ra."]})

    def report(connection: Connection) -> dict[str, Any]:
        holder = _reported(connection, caller, command.username or caller.username)
        ended = throw_out(connection, context, holder, "account_reported", reason)
        return {"username": holder.username, "ended": ended}

    return keyed(context, report)


def throw_out(connection: Connection, context: Context, holder: Holder, kind: str, reason: str) -> int:
    """Lock it with all that is open, write that down as `kind` and tell; answers how many sessions ended."""
    ended = tokens.drop_tokens_of(connection, holder.id)  # those of programs too
    dropped = signing.drop_sessions_of(connection, holder.id)
    passwords.give_password(connection, holder.id, passwords.NO_PASSWORD, context.now)
    sessions.lock_account(connection, holder.id)
    after: dict[str, Any] = {"active": False, "sessions_ended": ended}
    after |= ({"signing_dropped": dropped} if dropped else {}) | ({"reason": reason} if reason else {})
    record_change(
        connection,
        at=context.now,
        account_id=context.caller.account_id,
        kind=kind,
        subject=f"account:{holder.username}",
        agency_id=holder.agency_id,
        before={"active": holder.active},
        after=after,
        address=context.address,
    )
    if holder.active:
        _tell(connection, context, holder, reason)
    return ended


def _reported(connection: Connection, caller: Caller, username: str) -> Holder:
    """The account, locked until the transaction ends. Errors: DomainError not_found, forbidden."""
    holder = sessions.find_holder(connection, username, lock=True)
    if holder is not None and holder.id == caller.account_id:
        return holder
    everywhere = caller.may("account.manage")
    helps = caller.may("account.manage_own") or any(caller.may(name) for name in HELPERS)
    if not (everywhere or helps):
        raise DomainError("forbidden", "Hãy nhờ quản trị viên, lãnh đạo hoặc bộ phận một cửa của cơ quan báo giúp.")
    if holder is None or not (everywhere or _in_reach(connection, caller, holder)):
        raise DomainError(
            "not_found",
            "Không có tài khoản này trong cơ quan của bạn, hoặc là tài khoản do quản trị viên của tỉnh giữ.",
        )
    return holder


def _in_reach(connection: Connection, caller: Caller, holder: Holder) -> bool:
    """In her own agency, and nobody's who reaches beyond it: whoever may lock those could stop the province's work."""
    return (
        holder.agency_id == caller.agency_id
        and not kept_by_centre(holder.permissions)
        and not account_keeping.holds_elsewhere(connection, holder.id, holder.agency_id, caller.day)
    )


def _tell(connection: Connection, context: Context, holder: Holder, reason: str) -> None:
    caller = context.caller
    agency = organisation.agency_by_id(connection, holder.agency_id)
    data = {
        "username": holder.username,
        "agency": agency.name,
        "at": context.now.isoformat(),
        "by": "chính chủ tài khoản" if caller.account_id == holder.id else caller.name,
        "reason": reason,
    }
    tell_owner(connection, Owner(holder.id, holder.email, False), REPORTED, data | {"name": holder.name}, context.now)
    news = News(
        REPORT_TOLD,
        None,
        data | {"owner": holder.name, "path": f"/quan-tri/tai-khoan/{holder.username}"},
        but=caller.account_id,
        on_screen={"reason": f"Tài khoản {holder.username} ({holder.name}) đã khóa. {reason}".strip()},
    )
    keepers = administrators.administrator_ids(connection, holder.agency_id)
    notify(connection, Whom(accounts=tuple(keepers)), news, context.now)
