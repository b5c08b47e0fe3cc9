"""Who is calling: read from the request, once, when somebody first asks.

The API knows bearer tokens only; pages know the session cookie only, which holds such a token. So no form of a foreign page
can make the API act, and the pages guard themselves against forged forms.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import g, request, session

from app.access.caller import Caller
from app.access.tokens import token_hash
from app.errors import DomainError
from app.runtime import asked_at
from app.store import accounts, sessions
from app.store.transaction import reading, transaction
from app.wording import LOCAL, clean_line

PAGES = "web"
"""The blueprint whose requests are identified by the session."""
SESSION_TOKEN = "token"  # noqa: S105 - the name of a field


MOST_OF_AGENT = 300
"""So much is kept of what a program calls itself."""


@dataclass(frozen=True, slots=True)
class Origin:
    """From where and with what somebody signs in; `way` is page or api."""

    way: str
    address: str | None
    agent: str | None


def origin() -> Origin:
    """Of the running request."""
    agent = clean_line(request.headers.get("User-Agent", ""))[:MOST_OF_AGENT]
    return Origin("page" if request.blueprint == PAGES else "api", request.remote_addr, agent or None)


def current_session() -> int:
    """The id of the session with which the caller came."""
    current_caller()
    found: int = g.session_id
    return found


def current_caller() -> Caller:
    """The account that calls. Errors: DomainError unauthenticated."""
    if "caller" not in g:
        g.caller = _identify()
    caller: Caller = g.caller
    return caller


def _identify() -> Caller:
    kept = _session_token() if request.blueprint == PAGES else _bearer_token()
    now = asked_at()
    day = now.astimezone(LOCAL).date()
    with reading() as connection:
        found = accounts.account_by_token(connection, kept, now, day)
    if found is None:
        raise DomainError("unauthenticated", "Phiên làm việc đã hết hạn hoặc không tồn tại; hãy đăng nhập lại.")
    account, session_id, seen_at = found
    g.session_id = session_id
    if now - seen_at >= sessions.SEEN_EVERY:  # not every time: an ordinary action has no statement for this
        with transaction() as connection:
            sessions.see(connection, session_id, now)
    return Caller.of(account, day)


def _session_token() -> bytes:
    token = session.get(SESSION_TOKEN)
    kept = token_hash(token) if isinstance(token, str) else None
    if kept is None:
        raise DomainError("unauthenticated", "Hãy đăng nhập để tiếp tục.")
    return kept


def _bearer_token() -> bytes:
    header = request.headers.get("Authorization", "")
    if not header:
        raise DomainError("unauthenticated", "Hãy đăng nhập và gửi kèm thẻ truy cập (Authorization: Bearer).")
    scheme, _, token = header.partition(" ")
    kept = token_hash(token.strip()) if scheme.lower() == "bearer" else None
    if kept is None:
        raise DomainError("unauthenticated", "Thẻ truy cập không đúng dạng; hãy đăng nhập lại.")
    return kept
