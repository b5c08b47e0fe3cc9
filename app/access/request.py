"""Who is calling: read from the request, once, when somebody first asks.

The API knows bearer tokens only; pages know the session cookie only, which holds such a token. So no form of a foreign page
can make the API act, and the pages guard themselves against forged forms.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from flask import current_app, g, request, session

from app.access.caller import Caller
from app.access.tokens import token_hash
from app.errors import DomainError
from app.runtime import asked_at
from app.store import accounts, sessions
from app.store.accounts import OpenedBy
from app.store.api_tokens import PROGRAM
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
    _refuse_waiting(found.waits_for)
    g.session_id, g.opened_by = found.token_id, found
    if now - found.seen_at >= sessions.SEEN_EVERY:  # not every time: an ordinary action has no statement for this
        with transaction() as connection:
            sessions.see(connection, found.token_id, now)
    return _narrowed(Caller.of(found.account, day), found)


def opened_by() -> OpenedBy:
    """The token with which the caller came."""
    current_caller()
    found: OpenedBy = g.opened_by
    return found


def _refuse_waiting(waits_for: str | None) -> None:
    """Errors: DomainError second_factor_required, but on the views at which it is shown or set up."""
    if waits_for is None:
        return
    view = current_app.view_functions.get(request.endpoint or "")
    if waits_for not in getattr(view, "before_second_factor", ()):
        detail = "Hãy nhập mã xác thực hai lớp." if waits_for == "code" else "Tài khoản này phải bật xác thực hai lớp."
        raise DomainError("second_factor_required", detail, extra={"second_factor": waits_for})


def _narrowed(caller: Caller, opened: OpenedBy) -> Caller:
    """What a token for a program was given, of what the account may still do. Who did not come by her password is not
    kept waiting for another one."""
    if opened.way == PROGRAM:
        left = caller.permissions.intersection(opened.scopes or ())
        return replace(caller, permissions=left, must_change_password=False)
    return replace(caller, must_change_password=False) if opened.way == "oidc" else caller


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
