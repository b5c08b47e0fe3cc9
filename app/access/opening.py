"""A session is opened: by a password, or by way of an identity provider. Both wait for the second factor where there is one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from app.access.request import Origin
from app.access.second_factor import WAITING, waits_for
from app.access.tokens import new_token, token_hash
from app.rules.passwords import Age
from app.store import tokens
from app.store.accounts import AccountRow
from app.store.administration_changes import record_change

SIGNED_IN = "signed_in"
"""How the log of administrators calls it."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """`waits_for`: what has to be done before the token opens anything else, `code` or `enrolment`; None: nothing."""

    token: str
    expires_at: datetime
    account: AccountRow
    waits_for: str | None = None
    password: Age | None = None
    """How long the password is good for, where it was shown."""


def open_session(connection: Connection, account: AccountRow, now: datetime, hours: int, came: Origin) -> SignedIn:
    """A new token for `hours`, or for the minutes in which the second factor is to be shown. It is logged."""
    waits = waits_for(connection, account)
    token, expires_at = new_token(), now + (timedelta(hours=hours) if waits is None else WAITING)
    kept = token_hash(token)
    assert kept is not None  # noqa: S101 - it was made a line above
    how = {"way": came.way, "agent": came.agent}
    tokens.add_token(connection, kept, account.id, now, expires_at, address=came.address, waits_for=waits, **how)
    record_change(
        connection,
        at=now,
        account_id=account.id,
        kind=SIGNED_IN,
        subject=f"account:{account.username}",
        agency_id=account.agency_id,
        before={},
        after=how | ({"waits_for": waits} if waits else {}),
        address=came.address,
    )
    return SignedIn(token, expires_at, account, waits)


def by_provider(came: Origin) -> Origin:
    """The same, by way of an identity provider."""
    return replace(came, way="oidc")
