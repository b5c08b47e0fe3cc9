"""The list behind a number that heads see: each open task with who has it, for how long, and what of it is late (QT-28.5d)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from app.access.caller import Caller
from app.errors import invalid
from app.lawbook import profile_named, rules_for
from app.rules.clock import ClockRules, ClockState
from app.store import inbox, monitor, names
from app.store.inbox import Filters, ListedTask, Place
from app.store.task_walks import FACTS
from app.store.transaction import reading
from app.views.cursors import an_id, an_instant, make_cursor, page_answer, read_cursor
from app.views.inbox import listed_view
from app.views.monitor import place_view, today_of
from app.views.present import state_of
from app.views.reach import Looked, looked_at, scope_of

MOST_EXPORTED = 5_000
NOBODY = "none"
"""How an address asks for tasks that nobody has taken."""
FACTS_ASKED = (*FACTS, "due_today")
_KIND = "watched"


@dataclass(frozen=True, slots=True)
class WatchedAsk:
    """Which open tasks: of an agency, a unit of it, an officer (user name, or NOBODY), a procedure, a step, with a fact of
    FACTS_ASKED; `q` are words of code or applicant."""

    agency: str | None = None
    unit: str | None = None
    officer: str | None = None
    procedure: str | None = None
    step: str | None = None
    fact: str | None = None
    q: str | None = None
    page_size: int = 50
    cursor: str | None = None


def watched_page(caller: Caller, ask: WatchedAsk, now: datetime, profile: str) -> dict[str, Any]:
    """A page of open tasks, the most urgent first. Errors: DomainError forbidden, invalid."""
    place = Place(*read_cursor(ask.cursor, _KIND, an_instant, an_id)) if ask.cursor is not None else None
    with reading() as connection:
        looked = looked_at(connection, caller, ask.agency, ask.unit)
        filters = _filters(connection, ask, now, profile)
        scope = scope_of(connection, looked)
        listed = inbox.task_page(connection, (looked.inbox,), scope, filters, "due_at", place, ask.page_size + 1)
        whole = place is None and len(listed) <= ask.page_size
        total = len(listed) if whole else inbox.count_tasks(connection, (looked.inbox,), scope, filters)
        data = _rows(connection, listed[: ask.page_size], now)
    more = make_cursor(_KIND, *_place_of(listed[ask.page_size - 1])) if len(listed) > ask.page_size else None
    return page_answer(data, total, more) | {"place": place_view(looked)}


def watched_rows(caller: Caller, ask: WatchedAsk, now: datetime, profile: str) -> tuple[Looked, list[dict[str, Any]]]:
    """The first MOST_EXPORTED of them, for a file. Errors: DomainError forbidden, invalid."""
    found: list[dict[str, Any]] = []
    with reading() as connection:
        looked = looked_at(connection, caller, ask.agency, ask.unit)
        filters = _filters(connection, ask, now, profile)
        scope, place = scope_of(connection, looked), None
        while len(found) < MOST_EXPORTED:
            size = min(500, MOST_EXPORTED - len(found))
            listed = inbox.task_page(connection, (looked.inbox,), scope, filters, "due_at", place, size)
            found += _rows(connection, listed, now)
            if len(listed) < size:
                break
            place = Place(*_place_of(listed[-1]))
    return looked, found


def _place_of(listed: ListedTask) -> tuple[datetime | None, int]:
    return listed.task.due_at, listed.task.id


def _filters(connection: Connection, ask: WatchedAsk, now: datetime, profile: str) -> Filters:
    filters = Filters(
        procedure=ask.procedure,
        step=ask.step,
        words=ask.q,
        unassigned=ask.officer == NOBODY,
        now=now,
        by_appointment=profile_named(profile).on_time_against == "appointment",
    )
    if ask.fact == "due_today":
        begin, end = today_of(now)
        filters = replace(filters, due_from=begin, due_before=end)
    elif ask.fact is not None:
        filters = replace(filters, fact=ask.fact)
    if ask.officer is not None and ask.officer != NOBODY:
        officer = names.account_id(connection, ask.officer)
        if officer is None:
            raise invalid({"officer": ["Không có tài khoản này."]})
        filters = replace(filters, assignee=officer)
    return filters


def _rows(connection: Connection, listed: Sequence[ListedTask], now: datetime) -> list[dict[str, Any]]:
    """Tasks with whose time it is now, what of it is late, and what each agency has used."""
    charged = monitor.charged_by_agency(connection, [one.task.dossier_id for one in listed])
    units = names.unit_names(connection, (one.task.unit_id for one in listed))
    agencies = names.agency_names(connection, (one.task.agency for one in listed))
    found = []
    for one in listed:
        rules, state = rules_for(connection, one), state_of(one.clock)
        found.append(
            listed_view(connection, one, now)
            | {"unit_name": units.get(one.task.unit_id), "agency_name": agencies.get(one.task.agency, one.task.agency)}
            | {"deadline_at": state.deadline_at, "appointment_at": state.appointment_at}
            | _held(one, state, rules, now)
            | {"charged": _charged(charged.get(one.task.dossier_id, {}), state, rules, now)}
        )
    return found


def _held(one: ListedTask, state: ClockState, rules: ClockRules, now: datetime) -> dict[str, Any]:
    """Since when the step is in these hands, and for how many working seconds; how many of them after its due time.

    A step of a request that does not hold the dossier has its own due time.
    """
    task, held = one.task, state.holding(one.task.engine_task)
    since = held.since if held is not None else task.entered_at
    due_at = held.due_at if held is not None else task.due_at
    calendar = rules.calendar_of(task.agency, held.desk if held is not None else False)
    late = calendar.between(due_at, now) if due_at is not None and due_at < now else 0
    return {
        "held_since": since,
        "held_seconds": calendar.between(since, now) if since < now else 0,
        "late_seconds": late if state.running else 0,
    }


def _charged(ended: dict[str, int], state: ClockState, rules: ClockRules, now: datetime) -> list[dict[str, Any]]:
    """Working seconds of each agency, what runs now included."""
    seconds = dict(ended)
    for held in state.holdings if state.charging else ():
        if held.since < now:
            spent = rules.calendar_of(held.agency, held.desk).between(held.since, now)
            seconds[held.agency] = seconds.get(held.agency, 0) + spent
    return [{"agency": agency, "seconds": spent} for agency, spent in seconds.items()]
