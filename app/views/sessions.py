"""Where an account is signed in, in words."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from app.access.caller import Caller
from app.actions.end_sessions import MANAGE, SEE, account_seen
from app.errors import DomainError
from app.store import sessions
from app.store.sessions import SessionRow
from app.store.transaction import reading

WAYS = {
    "page": "Trang web",
    "oidc": "Trang web, qua nhà cung cấp định danh",
    "api": "Hệ thống, phần mềm khác (API)",
}
_PROGRAMS = (
    ("coc_coc", "Cốc Cốc"),
    ("edg", "Microsoft Edge"),
    ("opr", "Opera"),
    ("samsungbrowser", "Samsung Internet"),
    ("firefox", "Firefox"),
    ("chrom", "Chrome"),
    ("crios", "Chrome"),
    ("fxios", "Firefox"),
    ("safari", "Safari"),
    ("curl", "curl"),
    ("python", "chương trình Python"),
)
_SYSTEMS = (
    ("windows", "Windows"),
    ("android", "Android"),
    ("iphone", "iPhone"),
    ("ipad", "iPad"),
    ("mac os", "máy Mac"),
    ("linux", "Linux"),
)


def own_sessions(caller: Caller, current: int, now: datetime) -> list[dict[str, Any]]:
    """The caller's live sessions; `current` is the one with which she looks."""
    with reading() as connection:
        return [_view(row, current) for row in sessions.sessions_of(connection, caller.account_id, current, now)]


def sessions_of_account(caller: Caller, username: str, current: int, now: datetime) -> dict[str, Any]:
    """An account with its live sessions, and whether the caller may end them. Errors: DomainError not_found, forbidden."""
    with reading() as connection:
        holder = account_seen(connection, username, caller, SEE)
        rows = sessions.sessions_of(connection, holder.id, current, now)
        try:
            account_seen(connection, username, caller, MANAGE)
            ends = True
        except DomainError:
            ends = False
    return {
        "username": holder.username,
        "name": holder.name,
        "active": holder.active,
        "ends": ends,
        "data": [_view(row, current) for row in rows],
    }


def _view(row: SessionRow, current: int) -> dict[str, Any]:
    return {
        "id": row.id,
        "way": row.way,
        "way_title": WAYS.get(row.way, row.way),
        "program": program_words(row.agent),
        "address": row.address,
        "made_at": row.made_at,
        "seen_at": row.seen_at,
        "expires_at": row.expires_at,
        "current": row.id == current,
    }


def program_words(agent: str | None) -> str:
    """A browser and its system as people call them: `Chrome trên Windows`."""
    if not agent:
        return "Không rõ"
    text = agent.casefold()
    program = next((title for sign, title in _PROGRAMS if sign in text), None)
    system = next((title for sign, title in _SYSTEMS if sign in text), None)
    if program is None:
        first = re.split(r"[/\s(]", agent, maxsplit=1)[0][:40]
        program = f"chương trình “{first}”" if first else "Không rõ"
    return f"{program} trên {system}" if system else program
