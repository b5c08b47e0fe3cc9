"""To whom a step is given when it opens, where the drawing says so (`assign`, QT-22.2b).

`group` leaves it to everybody of the position and asks the database nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import Connection

from app.engine.steps import Assignment
from app.rules.permissions import WORKERS
from app.store import choices
from app.store.choices import Load, Waiting
from app.store.handlers import Handler


def choose(
    connection: Connection,
    dossier_id: int,
    opening: Sequence[tuple[Assignment, Waiting]],
    now: datetime,
    day: date,
) -> list[Handler | None]:
    """Who gets each of the steps that open together; None leaves it to the whole position.

    Several that go to whoever has the least are shared out among them.
    """
    given: Counter[int] = Counter()
    known: dict[tuple[str, str], list[Load]] = {}
    found: list[Handler | None] = []
    for assign, waiting in opening:
        handler: Handler | None = None
        if assign == "last":
            handler = choices.last_of_position(connection, dossier_id, waiting, day, WORKERS)
        elif assign == "least_loaded":
            place = (waiting.position, waiting.agency)
            if place not in known:
                known[place] = choices.loads(connection, waiting, now, day, WORKERS)
            handler = _least(known[place], given)
        if handler is not None:
            given[handler.id] += 1
        found.append(handler)
    return found


def _least(loads: Sequence[Load], given: Counter[int]) -> Handler | None:
    """The first of those who have the least, counting what was given just now."""
    least = min(loads, key=lambda load: (load.tasks + given[load.id], given[load.id]), default=None)
    return Handler(least.id, least.username, least.name) if least is not None else None
