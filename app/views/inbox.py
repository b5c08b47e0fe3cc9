"""Inboxes: lists of open tasks, how many there are of each colour, and by what they can be filtered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from app.access.caller import Caller
from app.errors import invalid
from app.lawbook import rules_at, rules_for
from app.store import handled_tasks, inbox, organisation
from app.store.handled_tasks import HANDLED, Handled
from app.store.inbox import INBOXES, Filters, ListedTask, Place, Scope
from app.store.transaction import reading
from app.views.colours import COLOURS
from app.views.cursors import an_id, an_instant, bad_cursor, make_cursor, page_answer, read_cursor
from app.views.handled import handled_list, handled_scope
from app.views.present import state_of, task_view
from app.views.visibility import agencies_asked
from app.wording import LOCAL, alphabetical

WAITING_FOR_ME = ("mine", "position")
"""What she sees unless she asks otherwise; with what she has instead of those for whom she stands in (`waiting_for`)."""
DUE = ("overdue", "today", "soon")
LISTS = (*INBOXES, *HANDLED)
"""Every list of the inbox: what is open, and what she has done."""
_TURNED = {"due_at": "-due_at", "-due_at": "due_at", "entered_at": "-entered_at", "-entered_at": "entered_at"}


@dataclass(frozen=True, slots=True)
class InboxAsk:
    """Which tasks: `inbox` of LISTS, None for all that waits for her; `due` of DUE; `sort` of SORTS.

    `agency` only together with `inbox="agency"`; `q` are words of the dossier's code or its applicant's name. Lists of
    finished work (HANDLED) are always the latest first, and know no `due`.
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
    substituted = ("substituted",) if caller.absent else ()
    return (*WAITING_FOR_ME, *substituted, *(("delegated",) if caller.delegated else ()))


def inbox_page(caller: Caller, ask: InboxAsk, now: datetime, profile: str) -> dict[str, Any]:
    """A page of open tasks, the most urgent first unless asked otherwise; undated ones last. `profile`: the province's.

    Errors: DomainError invalid, forbidden.
    """
    if ask.agency is not None and ask.inbox != "agency":
        raise invalid({"agency": ["Chỉ dùng cùng inbox=agency."]})
    if ask.inbox in HANDLED:
        return _handled_page(caller, ask, now)
    place = Place(*read_cursor(ask.cursor, f"tasks{ask.sort}", an_instant, an_id)) if ask.cursor is not None else None
    with reading() as connection:
        inboxes, scope, filters = _asked(connection, caller, ask, now, profile)
        listed = inbox.task_page(connection, inboxes, scope, filters, ask.sort, place, ask.page_size + 1)
        whole = place is None and len(listed) <= ask.page_size  # what was read is all there is: nothing to count
        total = len(listed) if whole else inbox.count_tasks(connection, inboxes, scope, filters)
        data = [listed_view(connection, one, now) for one in listed[: ask.page_size]]
    return page_answer(data, total, _next_cursor(listed, ask))


def _handled_page(caller: Caller, ask: InboxAsk, now: datetime) -> dict[str, Any]:
    if ask.due is not None:
        raise invalid({"due": ["Chỉ dùng với việc đang chờ xử lý."]})
    kind = f"tasks-{ask.inbox}"
    place = Place(*read_cursor(ask.cursor, kind, an_instant, an_id)) if ask.cursor is not None else None
    if place is not None and place.key is None:
        raise bad_cursor()
    filters = Filters(procedure=ask.procedure, step=ask.step, words=ask.q)
    with reading() as connection:
        found = handled_list(connection, caller, _handled(ask.inbox), filters, place, ask.page_size, now)
    following = make_cursor(kind, found.last.key, found.last.id) if found.last else None
    return page_answer(found.data, found.total, following)


def _handled(name: str | None) -> Handled:
    return "waiting" if name == "waiting" else "done"


def inbox_ids(caller: Caller, ask: InboxAsk, now: datetime, profile: str, most: int) -> list[int]:
    """The open tasks that the same ask lists page by page, at most so many, in its order. Errors: invalid, forbidden."""
    if ask.inbox in HANDLED:
        return []
    with reading() as connection:
        inboxes, scope, filters = _asked(connection, caller, ask, now, profile)
        return [one.task.id for one in inbox.task_page(connection, inboxes, scope, filters, ask.sort, None, most)]


def neighbour(
    caller: Caller, ask: InboxAsk, task_id: int, now: datetime, profile: str, *, back: bool = False
) -> dict[str, Any] | None:
    """The open task that follows that one in the list, or with `back` the one before it; the task itself may have left it.

    Behind the last one the first follows, as long as it is another; before the first one there is none.
    """
    if ask.inbox in HANDLED:
        return None
    with reading() as connection:
        here = inbox.tasks_by_id(connection, [task_id]).get(task_id)
        inboxes, scope, filters = _asked(connection, caller, ask, now, profile)
        after = Place(_key(here, ask.sort), task_id) if here else None
        if back:
            found = _before(connection, inboxes, scope, filters, ask.sort, after)
        else:
            found = inbox.task_page(connection, inboxes, scope, filters, ask.sort, after, 1)
            if not found and after is not None:
                first = inbox.task_page(connection, inboxes, scope, filters, ask.sort, None, 2)
                found = [one for one in first if one.task.id != task_id]
        return listed_view(connection, found[0], now) if found else None


def _before(
    connection: Connection, inboxes: Sequence[str], scope: Scope, filters: Filters, sort: str, after: Place | None
) -> list[ListedTask]:
    """The order turned round, but for undated tasks, which come last both ways."""
    if after is None:
        return []
    found = inbox.task_page(connection, inboxes, scope, filters, _TURNED[sort], after, 1)
    if after.key is None and not found:
        found = inbox.task_page(connection, inboxes, scope, filters, _TURNED[sort], None, 1)
        return [one for one in found if one.task.due_at is not None]
    if after.key is not None and not sort.endswith("entered_at"):
        return [one for one in found if one.task.due_at is not None]
    return found


def new_since(caller: Caller, ask: InboxAsk, since: datetime, now: datetime, profile: str, most: int) -> int:
    """How many tasks of the list came after that instant, counted to `most`; none of lists that are not one's own work."""
    if ask.inbox not in (None, "mine", "substituted", "delegated", "position", "joint"):
        return 0
    with reading() as connection:
        inboxes, scope, filters = _asked(connection, caller, ask, now, profile)
        return inbox.count_lists(connection, [(inboxes, replace(filters, entered_after=since))], scope, most)[0]


def count_asked(caller: Caller, asks: Sequence[InboxAsk], now: datetime, profile: str, most: int) -> list[int | None]:
    """How many tasks each of these lists has, counted to `most`, in one statement; None where it cannot be said."""
    with reading() as connection:
        scope = _scope(connection, caller, INBOXES, None)
        ranges = {due: _due_range(connection, caller, due, now, profile) for due in {ask.due for ask in asks}}
        lists = [
            (_inboxes(caller, ask), Filters(*ranges[ask.due], procedure=ask.procedure, step=ask.step, words=ask.q))
            for ask in asks
            if ask.inbox not in HANDLED
        ]
        counted = iter(inbox.count_lists(connection, lists, scope, most))
        return [next(counted) if ask.inbox not in HANDLED else None for ask in asks]


def _inboxes(caller: Caller, ask: InboxAsk) -> tuple[str, ...]:
    return waiting_for(caller) if ask.inbox is None else (ask.inbox,)


def _asked(
    connection: Connection, caller: Caller, ask: InboxAsk, now: datetime, profile: str
) -> tuple[tuple[str, ...], Scope, Filters]:
    inboxes = _inboxes(caller, ask)
    scope = _scope(connection, caller, inboxes, ask.agency)
    due_from, due_before = _due_range(connection, caller, ask.due, now, profile)
    return inboxes, scope, Filters(due_from, due_before, procedure=ask.procedure, step=ask.step, words=ask.q)


def inbox_counts(caller: Caller, now: datetime) -> dict[str, Any]:
    """`{inbox: {total, [total_is], on_time, due_soon, …}}` for each of INBOXES, counted to MOST_COUNTED."""
    answer: dict[str, Any] = {}
    spared = {"substituted": not caller.absent, "delegated": not caller.delegated}
    asked = [name for name in INBOXES if not spared.get(name)]
    with reading() as connection:
        found = inbox.count_each(connection, asked, _scope(connection, caller, INBOXES, None), now)
    for name in INBOXES:
        counted = found.get(name, {})
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
        if inboxes and inboxes[0] in HANDLED:
            found = handled_tasks.handled_steps(connection, _handled(inboxes[0]), handled_scope(caller))
        else:
            found = inbox.open_steps(connection, inboxes, _scope(connection, caller, inboxes, agency))
    procedures = {one.procedure: one.procedure_name for one in found}
    steps = {one.step: one.step_name for one in sorted(found, key=lambda one: (one.tasks, one.step_name))}
    return {"procedures": _by_name(procedures), "steps": _by_name(steps)}


def _by_name(names: dict[str, str]) -> list[tuple[str, str]]:
    return sorted(names.items(), key=lambda one: (alphabetical(one[1]), one[0]))


def _scope(connection: Connection, caller: Caller, inboxes: Sequence[str], agency: str | None) -> Scope:
    units = sorted({held.unit_id for held in caller.positions})
    delegations = [one for one in caller.delegated if not caller.holds(one.position_id)]
    return Scope(
        account=caller.account_id,
        positions=tuple(held.id for held in caller.positions),
        unit_positions=inbox.positions_in_units(connection, units) if "unit" in inboxes and units else (),
        agencies=agencies_asked(connection, agency, caller) if "agency" in inboxes else (),
        absent=tuple(person.id for person in caller.absent),
        delegated=tuple(sorted({one.position_id for one in delegations})),
        delegations=tuple(one.id for one in delegations),
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
    last = listed[ask.page_size - 1]
    return make_cursor(f"tasks{ask.sort}", _key(last, ask.sort), last.task.id)


def _key(listed: ListedTask, sort: str) -> datetime | None:
    return listed.task.entered_at if sort.endswith("entered_at") else listed.task.due_at
