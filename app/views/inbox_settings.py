"""How somebody wants her inbox, and the filters that she keeps, with how many tasks each finds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from app.access.caller import Caller
from app.actions.inbox_settings import InboxSettings, filter_view, settings_of
from app.store import saved_filters
from app.store.transaction import reading
from app.views.inbox import InboxAsk, count_asked

MOST_SHOWN = 99
"""A saved filter's number goes so far; beyond it is `99+`."""


def my_settings(caller: Caller) -> InboxSettings:
    with reading() as connection:
        return settings_of(connection, caller.account_id)


def my_filters(caller: Caller) -> list[dict[str, Any]]:
    """`{id, name, filter, is_start, version}` each, in the order in which they were made."""
    with reading() as connection:
        return [filter_view(row) for row in saved_filters.filters_of(connection, caller.account_id)]


def ask_of(asked: Mapping[str, Any]) -> InboxAsk:
    """The list that a saved filter asks for."""
    known = {name: asked[name] for name in ("inbox", "due", "procedure", "step", "q", "sort") if asked.get(name)}
    return InboxAsk(**known)


def counted(caller: Caller, asks: Sequence[InboxAsk], now: datetime, profile: str) -> list[str]:
    """How many tasks each list has, as it is shown: `12`, `99+`; nothing where it is not counted."""
    if not asks:
        return []
    numbers = count_asked(caller, asks, now, profile, MOST_SHOWN + 1)
    return ["" if one is None else f"{MOST_SHOWN}+" if one > MOST_SHOWN else str(one) for one in numbers]
