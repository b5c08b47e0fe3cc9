"""Tokens for programs: made by their owner with a part of her permissions and an end, shown once, revoked by her or by
administrators."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import Connection

from app.access.caller import Caller
from app.access.tokens import new_token, token_hash
from app.actions.end_sessions import MANAGE, account_seen
from app.actions.keyed import keyed
from app.actions.runner import Context, whole_second
from app.errors import DomainError, invalid
from app.rules.permissions import PERMISSIONS
from app.store import api_tokens
from app.store.administration_changes import record_change

MOST_TOKENS: Final = 20
MOST_OF_NAME: Final = 100


@dataclass(frozen=True, slots=True)
class MakeApiToken:
    """`scopes`: permissions of the owner. It opens them for `days`, of which the installation allows `most_days`."""

    name: str
    scopes: tuple[str, ...]
    reads_only: bool
    days: int
    most_days: int


@dataclass(frozen=True, slots=True)
class RevokeApiToken:
    """`username`: whose it is."""

    username: str
    token: int


def make_api_token(command: MakeApiToken, context: Context) -> dict[str, Any]:
    """{id, name, token, expires_at}; `token` only by the answer that made it, else None: it is kept nowhere.

    Errors: DomainError invalid, wrong_state, key_reused.
    """
    caller, now = context.caller, whole_second(context.now)
    _check(command, caller)
    token, made = new_token(), False
    kept = token_hash(token)
    assert kept is not None  # noqa: S101 - it was made a line above

    def make(connection: Connection) -> dict[str, Any]:
        nonlocal made
        api_tokens.take_turn(connection, caller.account_id)
        if api_tokens.count_live(connection, caller.account_id, now) >= MOST_TOKENS:
            raise DomainError(
                "wrong_state", f"Mỗi tài khoản có nhiều nhất {MOST_TOKENS} thẻ; hãy thu hồi thẻ không dùng."
            )
        end = now + timedelta(days=command.days)
        said: dict[str, Any] = {
            "name": command.name,
            "scopes": sorted(set(command.scopes)),
            "reads_only": command.reads_only,
        }
        number = api_tokens.add(
            connection, caller.account_id, kept, **said, now=now, expires_at=end, address=context.address
        )
        after = {**said, "expires_at": end.isoformat()}
        _record(connection, context, "api_token_made", caller.username, caller.agency_id, {}, after)
        made = True
        return {"id": number, "name": command.name, "expires_at": end.isoformat()}

    return {**keyed(context, make), "token": token if made else None}


def revoke_api_token(command: RevokeApiToken, context: Context) -> str:
    """It opens nothing any more; answers its name. Errors: DomainError not_found, forbidden, key_reused."""

    def revoke(connection: Connection) -> dict[str, Any]:
        holder = account_seen(connection, command.username, context.caller, MANAGE, lock=True)
        name = api_tokens.revoke(connection, holder.id, command.token)
        if name is None:
            raise DomainError("not_found", "Thẻ này không còn; có thể đã được thu hồi.")
        before = {"name": name}
        _record(connection, context, "api_token_revoked", holder.username, holder.agency_id, before, {})
        return {"name": name}

    return str(keyed(context, revoke)["name"])


def _check(command: MakeApiToken, caller: Caller) -> None:
    faults: dict[str, list[str]] = {}
    if not command.name or len(command.name) > MOST_OF_NAME:
        faults["name"] = [f"Hãy đặt tên cho thẻ, nhiều nhất {MOST_OF_NAME} ký tự, ví dụ tên phần mềm dùng thẻ."]
    if not command.scopes:
        faults["scopes"] = ["Hãy chọn ít nhất một quyền."]
    elif not caller.permissions.issuperset(command.scopes):
        beyond = sorted(set(command.scopes) - caller.permissions)
        titles = ", ".join(f"“{PERMISSIONS[name].title}”" for name in beyond if name in PERMISSIONS)
        faults["scopes"] = [f"Tài khoản không có quyền {titles or 'này'}."]
    if not 1 <= command.days <= command.most_days:
        faults["days"] = [f"Thẻ dùng được từ 1 đến {command.most_days} ngày."]
    if faults:
        raise invalid(faults)


def _record(
    connection: Connection,
    context: Context,
    kind: str,
    username: str,
    agency_id: int,
    before: dict[str, Any],
    after: dict[str, Any],
) -> None:
    record_change(
        connection,
        at=context.now,
        account_id=context.caller.account_id,
        kind=kind,
        subject=f"account:{username}",
        agency_id=agency_id,
        before=before,
        after=after,
        address=context.address,
    )
