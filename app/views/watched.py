"""The list behind a number that heads see: each open task with who has it, for how long, and what of it is late (QT-28.5d)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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
from app.views.whose_time import tasks_of_holder

MOST_EXPORTED = 5_000
NOBODY = "none"
"""How an address asks for tasks that nobody has taken."""
FACTS_ASKED = (*FACTS, "due_today")
_KIND = "watched"
_BATCH = 500


@dataclass(frozen=True, slots=True)
class WatchedAsk:
    """Which open tasks: of an agency, a unit of it, an officer (user name, or NOBODY), a procedure, a step, with a fact of
    FACTS_ASKED; `q` are words of code or applicant.

    `among`, `whose` and `holder` together ask for the dossiers behind a number of `app.views.whose_time`, in its own order;
    else `sort` is one of SORTS.
    """

    agency: str | None = None
    unit: str | None = None
    officer: str | None = None
    procedure: str | None = None
    step: str | None = None
    fact: str | None = None
    q: str | None = None
    among: str | None = None
    whose: str | None = None
    holder: str | None = None
    sort: str = "due_at"
    page_size: int = 50
    cursor: str | None = None

    @property
    def of_holder(self) -> tuple[str, str, str] | None:
        """Errors: DomainError invalid where only a part of it is asked."""
        if self.among is None and self.whose is None and self.holder is None:
            return None
        if self.among is None or self.whose is None or self.holder is None:
            raise invalid({"holder": ["Cần đủ cả among, whose và holder."]})
        return self.among, self.whose, self.holder


def watched_page(caller: Caller, ask: WatchedAsk, now: datetime, profile: str) -> dict[str, Any]:
    """A page of open tasks, the most urgent first unless asked otherwise. `dossiers`: of how many dossiers all of them are,
    counted as the board does. Errors: DomainError forbidden, invalid."""
    with reading() as connection:
        looked = looked_at(connection, caller, ask.agency, ask.unit)
        filters = _filters(connection, ask, now, profile)
        found = _page_of_holder if ask.of_holder else _page
        listed, (tasks, dossiers), more = found(connection, looked, filters, ask, now, profile)
        data = _rows(connection, listed, now)
    return page_answer(data, tasks, more) | {"dossiers": dossiers, "place": place_view(looked)}


Found = tuple[Sequence[ListedTask], tuple[int, int], str | None]


def _page(
    connection: Connection, looked: Looked, filters: Filters, ask: WatchedAsk, now: datetime, profile: str
) -> Found:
    kind = f"{_KIND}{ask.sort}"
    place = Place(*read_cursor(ask.cursor, kind, an_instant, an_id)) if ask.cursor is not None else None
    scope, size = scope_of(connection, looked), ask.page_size
    listed = inbox.task_page(connection, (looked.inbox,), scope, filters, ask.sort, place, size + 1)
    if place is None and len(listed) <= size:
        counted = len(listed), len({one.task.dossier_id for one in listed})
    else:
        counted = monitor.count_watched(connection, looked.inbox, scope, filters)
    more = make_cursor(kind, *_place_of(listed[size - 1], ask.sort)) if len(listed) > size else None
    return listed[:size], counted, more


def _page_of_holder(
    connection: Connection, looked: Looked, filters: Filters, ask: WatchedAsk, now: datetime, profile: str
) -> Found:
    """The steps behind a number of whose time it was: few enough to be found anew for each page."""
    kind = f"{_KIND}-time"
    after = read_cursor(ask.cursor, kind, an_id)[0] if ask.cursor is not None else None
    ids = tasks_of_holder(connection, looked, filters, now, profile, ask.of_holder or ("", "", ""))
    start = ids.index(after) + 1 if after in ids else 0
    chosen = ids[start : start + ask.page_size]
    by_id = inbox.tasks_by_id(connection, ids)
    more = make_cursor(kind, chosen[-1]) if start + ask.page_size < len(ids) else None
    counted = len(ids), len({one.task.dossier_id for one in by_id.values()})
    return [by_id[task_id] for task_id in chosen], counted, more


def watched_batches(caller: Caller, ask: WatchedAsk, now: datetime, profile: str) -> Iterator[list[dict[str, Any]]]:
    """The first MOST_EXPORTED of them, for a file, some hundreds at a time. Errors: DomainError forbidden, invalid."""
    ask, left = replace(ask, page_size=_BATCH, cursor=None), MOST_EXPORTED
    with reading() as connection:
        looked = looked_at(connection, caller, ask.agency, ask.unit)
        filters = _filters(connection, ask, now, profile)
        if of_holder := ask.of_holder:
            ids = tasks_of_holder(connection, looked, filters, now, profile, of_holder)
            for start in range(0, len(ids), _BATCH):
                by_id = inbox.tasks_by_id(connection, ids[start : start + _BATCH])
                yield _rows(connection, [by_id[one] for one in ids[start : start + _BATCH]], now)
            return
        scope, place = scope_of(connection, looked), None
        while left > 0:
            size = min(_BATCH, left)
            listed = inbox.task_page(connection, (looked.inbox,), scope, filters, ask.sort, place, size)
            yield _rows(connection, listed, now)
            if len(listed) < size:
                return
            place, left = Place(*_place_of(listed[-1], ask.sort)), left - size


def _place_of(listed: ListedTask, sort: str) -> tuple[datetime | None, int]:
    return listed.task.entered_at if sort.endswith("entered_at") else listed.task.due_at, listed.task.id


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
