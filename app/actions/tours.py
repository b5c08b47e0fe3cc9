"""Which tours an account has been offered: once is enough."""

from __future__ import annotations

from app.access.caller import Caller
from app.store import preferences
from app.store.transaction import reading, transaction

_NAME = "tours"


def tours_done(account_id: int) -> bool:
    """Whether the account has taken its tour, or said that it does not want one."""
    with reading() as connection:
        return preferences.preference_of(connection, account_id, _NAME) is not None


def finish_tours(caller: Caller) -> None:
    """Do not offer the tours to her again."""
    with transaction() as connection:
        preferences.keep_preference(connection, caller.account_id, _NAME, {"done": True})
