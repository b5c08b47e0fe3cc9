"""Who is told that a calendar changed: desk and heads of each agency, once, with how many dossiers it concerns.

Applicants are not told: their appointment stands until a person re-sets it, and that act tells them.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from app.actions.notify import News, notify
from app.lawbook import Law, current_law
from app.rules.clock import EMPTY, ClockState
from app.rules.recount import reset_wanted
from app.store import organisation
from app.store.calendar_changes import ChangeRow
from app.store.concerned import dossiers_by_id, moved_since
from app.store.official_notices import Whom

TEMPLATE = "calendar_changed"
PAGE = 500


def tell_agencies(connection: Connection, change: ChangeRow, now: datetime) -> None:
    """Queue a summary for each agency that has dossiers whose clock came out otherwise."""
    law = current_law(connection)
    for agency_id, moved in moved_since(connection, change.calendar_id, change.made_at).items():
        data = {
            "calendar": change.name,
            "calendar_code": change.code,
            "change": change.id,
            "reason": change.reason,
            "moved": len(moved),
            "resets": _resets(connection, law, moved),
        }
        # A message belongs to a dossier; the summary lies with the first of those that it speaks of.
        notify(connection, _whom(connection, agency_id), News(TEMPLATE, min(moved), data), now)


def _whom(connection: Connection, agency_id: int) -> Whom:
    desks = organisation.units_of(connection, agency_id, "desk")
    leaders = organisation.units_of(connection, agency_id, "leadership")
    return Whom(units=tuple(desks), positions=tuple(organisation.heads_of(connection, [*desks, *leaders])))


def _resets(connection: Connection, law: Law, moved: list[int]) -> int:
    """How many of these have an appointment that a person must set again."""
    wanted = 0
    for start in range(0, len(moved), PAGE):
        for dossier in dossiers_by_id(connection, moved[start : start + PAGE]):
            state = ClockState.from_dict(dossier.clock) if dossier.clock else EMPTY
            rules = law.rules(dossier.profile, dossier.agency_id, dossier.procedure_id)
            wanted += reset_wanted(state, rules) is not None
    return wanted
