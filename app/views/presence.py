"""Who else is at a dossier's page, and whether the dossier has moved on since the page was made."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from app.access.caller import Caller
from app.store import history, presence
from app.store.presence import TYPING_FOR, PresentRow
from app.store.transaction import reading
from app.views.titles import history_title, timer_title
from app.views.visibility import visible_dossier


def presence_of(caller: Caller, code: str, now: datetime, since: int | None = None) -> dict[str, Any]:
    """`people`: [{username, name, typing, seen_at}], without the caller; `seq`: of the dossier's last event; `moved`: what
    happened last after the event `since`, {title, name, at}, or None. Errors: DomainError not_found.
    """
    with reading() as connection:
        dossier = visible_dossier(connection, code, caller)
        rows = presence.present_at(connection, dossier.id, caller.account_id, now)
        last = None
        if since is not None and dossier.history_seq > since:
            last = history.latest_of(connection, dossier.id)
    moved = None
    if last is not None:
        timer = last.kind == "timer_fired" and "element" in last.data
        title = timer_title(str(last.data["element"])) if timer else history_title(last.kind)
        moved = {"title": title, "name": last.name, "at": last.at, "mine": last.account_id == caller.account_id}
    return {"people": people_view(rows, now), "seq": dossier.history_seq, "moved": moved}


def people_view(rows: Sequence[PresentRow], now: datetime) -> list[dict[str, Any]]:
    return [
        {
            "username": row.username,
            "name": row.name,
            "typing": row.typed_at is not None and now - row.typed_at <= TYPING_FOR,
            "seen_at": row.seen_at,
        }
        for row in rows
    ]
