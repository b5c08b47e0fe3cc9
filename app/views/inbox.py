"""Inboxes: lists of open tasks, how many there are of each colour, and by what they can be filtered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from app.access.caller import Caller
from app.errors import invalid
from app.lawbook import rules_at, rules_for
from app.store import inbox, organisation
from app.store.inbox import INBOXES, Filters, ListedTask, Place, Scope
from app.store.transaction import reading
from app.views.colours import COLOURS
from app.views.cursors import an_id, an_instant, make_cursor, page_answer, read_cursor
from app.views.present import state_of, task_view
from app.views.visibility import agencies_asked
from app.wording import LOCAL, alphabetical

WAITING_FOR_ME = ("mine", "position")
"""What she sees unless she asks otherwise; with what she has instead of those for whom she stands in (`waiting_for`)."""
DUE = ("overdue", "today", "soon")


@dataclass(frozen=True, slots=True)
class InboxAsk:
    """Which open tasks: `inbox` of INBOXES, None for all that waits for her; `due` of DUE; `sort` of SORTS.

    `agency` only together with `inbox="agency"`; `q` are words of the dossier's code or its applicant's name.
    """

    inbox: str | None = None
    agency: str | None = None
    due: str | None = None
    procedure: str | None = None
    step: str | None = None
    q: str | None = None
    sort: str = "due_at"
    page_size: int = 50
    cursor: str | None = None


def waiting_for(caller: Caller) -> tuple[str, ...]:
    """The inboxes in which something waits for her to do it."""
    return (*WAITING_FOR_ME, "substituted") if caller.absent else WAITING_FOR_ME


def inbox_page(caller: Caller, ask: InboxAsk, now: datetime, profile: str) -> dict[str, Any]:
    """A page of open tasks, the most urgent first unless asked otherwise; undated ones last. `profile`: the province's.

    Errors: DomainError invalid, forbidden.
    """
    if ask.agency is not None and ask.inbox != "agency":
        raise invalid({"agency": ["Chỉ dùng cùng inbox=agency."]})
    inboxes = waiting_for(caller) if ask.inbox is None else (ask.inbox,)
    place = Place(*read_cursor(ask.cursor, f"tasks{ask.sort}", an_instant, an_id)) if ask.cursor is not None else None
    with reading() as connection:
        scope = _scope(connection, caller, inboxes, ask.agency)
        due_from, due_before = _due_range(connection, caller, ask.due, now, profile)
        filters = Filters(due_from, due_before, ask.procedure, ask.step, ask.q)
        listed = inbox.task_page(connection, inboxes, scope, filters, ask.sort, place, ask.page_size + 1)
        whole = place is None and len(listed) <= ask.page_size  # what was read is all there is: nothing to count
        total = len(listed) if whole else inbox.count_tasks(connection, inboxes, scope, filters)
        data = [listed_view(connection, one, now) for one in listed[: ask.page_size]]
    return page_answer(data, total, _next_cursor(listed, ask))


def inbox_ids(caller: Caller, ask: InboxAsk, now: datetime, profile: str, most: int) -> list[int]:
    """The tasks that the same ask lists page by page, at most so many, in its order. Errors: DomainError invalid, forbidden."""
    inboxes = waiting_for(caller) if ask.inbox is None else (ask.inbox,)
    with reading() as connection:
        scope = _scope(connection, caller, inboxes, ask.agency)
        due_from, due_before = _due_range(connection, caller, ask.due, now, profile)
        filters = Filters(due_from, due_before, ask.procedure, ask.step, ask.q)
        return [one.task.id for one in inbox.task_page(connection, inboxes, scope, filters, ask.sort, None, most)]


def inbox_counts(caller: Caller, now: datetime) -> dict[str, Any]:
    """`{inbox: {total, [total_is], on_time, due_soon, …}}` for each of INBOXES, counted to MOST_COUNTED."""
    answer: dict[str, Any] = {}
    with reading() as connection:
        scope = _scope(connection, caller, INBOXES, None)
        for name in INBOXES:
            if name == "substituted" and not caller.absent:
                answer[name] = {"total": 0} | dict.fromkeys(COLOURS, 0)
                continue
            counted = inbox.count_colours(connection, name, scope, now)
            total = sum(counted.values())
            answer[name] = {"total": min(total, inbox.MOST_COUNTED)}
            if total > inbox.MOST_COUNTED:
                answer[name]["total_is"] = "at_least"
            answer[name] |= {colour: counted.get(colour, 0) for colour in COLOURS}
    return answer


def inbox_choices(
    caller: Caller, inboxes: Sequence[str] = WAITING_FOR_ME, agency: str | None = None
) -> dict[str, list[tuple[str, str]]]:
    """What these inboxes can be filtered by: `{"procedures": [(code, name)], "steps": [(id, name)]}`, by name.

    A step that procedures name differently has the name of most tasks. Errors: DomainError invalid, forbidden.
    """
    with reading() as connection:
        found = inbox.open_steps(connection, inboxes, _scope(connection, caller, inboxes, agency))
    procedures = {one.procedure: one.procedure_name for one in found}
    steps = {one.step: one.step_name for one in sorted(found, key=lambda one: (one.tasks, one.step_name))}
    return {"procedures": _by_name(procedures), "steps": _by_name(steps)}


def _by_name(names: dict[str, str]) -> list[tuple[str, str]]:
    return sorted(names.items(), key=lambda one: (alphabetical(one[1]), one[0]))


def _scope(connection: Connection, caller: Caller, inboxes: Sequence[str], agency: str | None) -> Scope:
    units = sorted({held.unit_id for held in caller.positions})
    return Scope(
        account=caller.account_id,
        positions=tuple(held.id for held in caller.positions),
        unit_positions=inbox.positions_in_units(connection, units) if "unit" in inboxes and units else (),
        agencies=agencies_asked(connection, agency, caller) if "agency" in inboxes else (),
        absent=tuple(person.id for person in caller.absent),
    )


def _due_range(
    connection: Connection, caller: Caller, due: str | None, now: datetime, profile: str
) -> tuple[datetime | None, datetime | None]:
    """`soon` is what the profile warns of before a step's due time, in the working time of the caller's agency."""
    if due == "overdue":
        return None, now
    if due == "today":
        midnight = now.astimezone(LOCAL).replace(hour=0, minute=0, second=0, microsecond=0)
        return midnight, midnight + timedelta(days=1)
    if due == "soon":
        agency = organisation.agency_by_id(connection, caller.agency_id)
        rules = rules_at(connection, profile, agency)
        return now, rules.calendar.due(now, rules.step_due_soon_seconds)
    return None, None


def listed_view(connection: Connection, listed: ListedTask, now: datetime) -> dict[str, Any]:
    """A task of a list, with its applicant's name."""
    rules = rules_for(connection, listed)
    return task_view(listed.task, listed, state_of(listed.clock), rules, now, listed.applicant)


def _next_cursor(listed: list[ListedTask], ask: InboxAsk) -> str | None:
    if len(listed) <= ask.page_size:
        return None
    last = listed[ask.page_size - 1].task
    key = last.entered_at if ask.sort.endswith("entered_at") else last.due_at
    return make_cursor(f"tasks{ask.sort}", key, last.id)
