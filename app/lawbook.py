"""Which law a dossier is under: the profile it was received under and its agency's working calendar, read once a process.

A profile is a file that never changes while the process runs. A calendar is a row; its revision tells an old one, so a holiday
announced late is seen by the next call that read the new revision.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from threading import Lock
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine

from app.config import PROJECT_ROOT
from app.rules.calendar import WorkCalendar
from app.rules.clock import Applied, ClockRules, fold
from app.rules.events import Event
from app.rules.profile import Profile, load_profile
from app.store.history import HistoryRow
from app.store.organisation import calendar_data

_Kept = dict[tuple[str, int], tuple[int, ClockRules]]

# Calendar ids mean something in one database only, so what is kept hangs on the engine. Only the newest revision stays, which
# bounds it by the number of calendars.
_kept: WeakKeyDictionary[Engine, _Kept] = WeakKeyDictionary()
_lock = Lock()


@cache
def profile_named(name: str) -> Profile:
    """The profile `profiles/<name>.toml`. Errors: ProfileError naming file and keys."""
    return load_profile(PROJECT_ROOT / "profiles" / f"{name}.toml")


def rules_for(connection: Connection, profile_name: str, calendar_id: int, revision: int) -> ClockRules:
    """The clock's rules for dossiers of that profile and calendar: `dossier.profile`, `.calendar_id`, `.calendar_revision`.

    Asks the database only for a revision that this process has not seen. Errors: ProfileError, CalendarError.
    """
    with _lock:
        kept = _kept.setdefault(connection.engine, {})
    known = kept.get((profile_name, calendar_id))
    if known is not None and known[0] == revision:
        return known[1]
    calendar = WorkCalendar.from_dict(calendar_data(connection, calendar_id))
    rules = ClockRules(calendar=calendar, profile=profile_named(profile_name))
    kept[(profile_name, calendar_id)] = (revision, rules)
    return rules


def refold(rows: Iterable[HistoryRow], rules: ClockRules) -> Applied:
    """The whole fold of a dossier's history: its clock from nothing, with every segment and line."""
    return fold((Event.from_dict(row.data["event"]) for row in rows if "event" in row.data), rules)
