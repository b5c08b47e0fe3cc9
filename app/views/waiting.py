"""What a dossier waits for besides people: messages of other systems, and drawn timers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from app.access.caller import Caller
from app.actions.checks import kind_stands_still
from app.actions.receive_message import receiving
from app.actions.work import Work
from app.engine.instance import EngineIncident
from app.store import timers
from app.store.dossiers import DossierRow
from app.store.transaction import reading
from app.views.visibility import visible_dossier

Waits = dict[str, list[dict[str, Any]]]


def waits_of(caller: Caller, code: str, now: datetime) -> Waits:
    """`messages` by name, and `timers` with when they are due, each with the kind of the process and the element that waits;
    `held`: it stands still until the dossier goes on. A diagram that cannot be read waits for nothing: that is an incident.

    Errors: DomainError not_found.
    """
    with reading() as connection:
        return waits_seen(connection, visible_dossier(connection, code, caller), now)


def waits_seen(connection: Connection, dossier: DossierRow, now: datetime) -> Waits:
    """As `waits_of`, of a dossier already seen."""
    found: Waits = {"messages": [], "timers": []}
    work = Work(connection, dossier, [], now, None)
    rows = {(row.instance_id, row.engine_task): row for row in timers.event_timers(connection, work.dossier.id)}
    still = {row.id for row, _, _ in timers.held_timers(connection, work.dossier.id)} if rows else set()
    try:
        running = receiving(work)
    except EngineIncident:
        return found
    for one in running:
        kind, held = one.row.kind, kind_stands_still(work, one.row.kind)
        for awaited in one.engine.messages():
            found["messages"].append(_wait(kind, awaited.element, awaited.name, held) | {"name": awaited.message})
        for timer in one.engine.timers():
            row = rows.get((one.row.id, timer.engine_task))
            if row is not None:
                seen = _wait(kind, timer.element, timer.name, row.id in still)
                found["timers"].append(seen | {"due_at": row.due_at})
    return found


def _wait(process: str, element: str, title: str, held: bool) -> dict[str, Any]:
    return {"process": process, "element": element, "title": title, "held": held}
