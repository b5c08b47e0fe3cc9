"""What a change of a calendar would do to the open dossiers, before anybody decides: counted, nothing written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from app.actions.change_calendar import checked, known
from app.lawbook import Law, current_law, events_of
from app.rules.calendar import CalendarError
from app.rules.clock import EMPTY, ClockState
from app.rules.events import EventError
from app.rules.recount import count_again, reset_wanted
from app.store import history
from app.store.calendars import CalendarRow
from app.store.concerned import concerned, count_concerned, dossiers_by_id
from app.store.dossiers import DossierRow
from app.store.transaction import reading

PAGE = 200
MOST_COUNTED = 2000
"""Dossiers that a preview counts; a person waits for it. The change itself counts all."""
MOST_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Moved:
    """A dossier that would come out otherwise. `reset`: why the applicant needs another date (`reset_wanted`), or None."""

    code: str
    procedure_name: str
    agency_name: str
    deadline_before: datetime | None
    deadline_at: datetime | None
    appointment_at: datetime | None
    reset: str | None


@dataclass(slots=True)
class Preview:
    """`total` open dossiers run by the calendar, `counted` of them were counted; of these `moved` would have another deadline,
    `touched` any other clock, `resets` an appointment that a person must set again, and `failed` none at all."""

    calendar: CalendarRow
    total: int
    counted: int = 0
    moved: int = 0
    touched: int = 0
    resets: int = 0
    failed: int = 0
    dossiers: list[Moved] = field(default_factory=list)


def preview(code: str, data: Mapping[str, Any], now: datetime) -> Preview:
    """Errors: DomainError not_found, invalid (naming the place)."""
    checked(data, now)
    with reading() as connection:
        row = known(connection, code)
        found = Preview(row, count_concerned(connection, row.id))
        law = current_law(connection)
        changed = law.with_data(row.id, data)
        last = 0
        while found.counted < MOST_COUNTED and (page := concerned(connection, row.id, last, PAGE)):
            last = page[-1]
            _look_at(connection, page, changed, now, found)
    found.dossiers.sort(key=lambda one: (one.reset is None, one.deadline_at is None, one.deadline_at or now))
    del found.dossiers[MOST_SHOWN:]
    return found


def _look_at(connection: Connection, page: list[int], law: Law, now: datetime, found: Preview) -> None:
    pasts = history.histories_of(connection, page)
    for dossier in dossiers_by_id(connection, page):
        found.counted += 1
        stored = ClockState.from_dict(dossier.clock) if dossier.clock else EMPTY
        rules = law.rules(dossier.profile, dossier.agency_id, dossier.procedure_id)
        try:
            counted = count_again(events_of(pasts.get(dossier.id, ())), stored, rules, now, "")
        except (CalendarError, EventError):
            found.failed += 1
            continue
        if counted.event is None:
            continue
        state = counted.applied.state
        found.touched += 1
        found.moved += state.deadline_at != stored.deadline_at
        reset = reset_wanted(state, rules)
        found.resets += reset is not None
        if reset or state.deadline_at != stored.deadline_at:
            found.dossiers.append(_moved(dossier, stored, state, reset))


def _moved(dossier: DossierRow, stored: ClockState, state: ClockState, reset: str | None) -> Moved:
    return Moved(
        dossier.code,
        dossier.procedure_name,
        dossier.agency_name,
        stored.deadline_at,
        state.deadline_at,
        state.appointment_at,
        reset,
    )
