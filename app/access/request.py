"""Who is calling: read from the request, once, when somebody first asks."""

from __future__ import annotations

from flask import g, request

from app.access.caller import Caller
from app.access.tokens import token_hash
from app.errors import DomainError
from app.runtime import asked_at
from app.store import accounts
from app.store.transaction import reading
from app.wording import LOCAL


def current_caller() -> Caller:
    """The account of the request's bearer token. Errors: DomainError unauthenticated."""
    if "caller" not in g:
        g.caller = _identify()
    caller: Caller = g.caller
    return caller


def _identify() -> Caller:
    header = request.headers.get("Authorization", "")
    if not header:
        raise DomainError("unauthenticated", "Hãy đăng nhập và gửi kèm thẻ truy cập (Authorization: Bearer).")
    scheme, _, token = header.partition(" ")
    kept = token_hash(token.strip()) if scheme.lower() == "bearer" else None
    if kept is None:
        raise DomainError("unauthenticated", "Thẻ truy cập không đúng dạng; hãy đăng nhập lại.")
    now = asked_at()
    day = now.astimezone(LOCAL).date()
    with reading() as connection:
        account = accounts.account_by_token(connection, kept, now, day)
    if account is None:
        raise DomainError("unauthenticated", "Phiên làm việc đã hết hạn hoặc không tồn tại; hãy đăng nhập lại.")
    return Caller.of(account, day)
