"""How an account is got into beside its password: second factor, tokens of programs, links to an identity provider."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from app.access.caller import Caller
from app.access.second_factor import demanded_of
from app.actions.end_sessions import MANAGE, SEE, account_seen
from app.errors import DomainError
from app.rules.permissions import PERMISSIONS
from app.store import api_tokens, identities, second_factors
from app.store.api_tokens import ApiTokenRow
from app.store.transaction import reading


def own_api_tokens(caller: Caller, now: datetime) -> list[dict[str, Any]]:
    """The caller's live tokens for programs, the newest first."""
    with reading() as connection:
        return [_token(row) for row in api_tokens.live(connection, caller.account_id, now)]


def own_second_factor(caller: Caller) -> dict[str, Any]:
    """{on, since, demanded, recovery_codes_left} of the caller."""
    with reading() as connection:
        return _factor(connection, caller.account_id, demanded_of(caller.permissions))


def ways_into_account(caller: Caller, username: str, now: datetime) -> dict[str, Any]:
    """{username, changes, second_factor, tokens, identities} of an account that the caller looks after; `changes`: she may
    change them. Errors: DomainError not_found, forbidden."""
    with reading() as connection:
        holder = account_seen(connection, username, caller, SEE)
        try:
            account_seen(connection, username, caller, MANAGE)
            changes = True
        except DomainError:
            changes = False
        return {
            "username": holder.username,
            "changes": changes and holder.id != caller.account_id,
            "second_factor": _factor(connection, holder.id, demanded_of(holder.permissions)),
            "tokens": [_token(row) for row in api_tokens.live(connection, holder.id, now)],
            "identities": [
                {"issuer": row.issuer, "claim": row.claim, "made_at": row.made_at, "used_at": row.used_at}
                for row in identities.of_account(connection, holder.id)
            ],
        }


def scopes_of(caller: Caller) -> list[dict[str, str]]:
    """What a token of the caller may be given: {name, title}."""
    return [{"name": name, "title": one.title} for name, one in PERMISSIONS.items() if name in caller.permissions]


def _factor(connection: Connection, account_id: int, demanded: bool) -> dict[str, Any]:
    found = second_factors.factor_of(connection, account_id)
    since = found.confirmed_at if found is not None else None
    return {
        "on": since is not None,
        "since": since,
        "demanded": demanded,
        "recovery_codes_left": second_factors.recovery_codes_left(connection, account_id) if since else 0,
    }


def _token(row: ApiTokenRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "name": row.name,
        "scopes": row.scopes,
        "scope_titles": [PERMISSIONS[name].title for name in row.scopes if name in PERMISSIONS],
        "reads_only": row.reads_only,
        "made_at": row.made_at,
        "used_at": row.used_at,
        "expires_at": row.expires_at,
    }
