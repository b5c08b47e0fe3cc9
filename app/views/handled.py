"""What somebody has done, as lists show it: with who has the dossier now, and what came of each step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from app.access.caller import Caller
from app.lawbook import rules_for
from app.store import handled_tasks
from app.store.handled_tasks import Handled
from app.store.inbox import MOST_COUNTED, ListedTask, Place
from app.store.task_walks import Filters, Scope
from app.views.present import state_of, task_view

_SHOWN = (
    "id",
    "step_name",
    "position_name",
    "assignee_name",
    "agency",
    "entered_at",
    "due_at",
    "colour",
    "words",
    "state",
)


def handled_scope(caller: Caller) -> Scope:
    """The agencies are those in which she works today: of another's dossiers she sees no more."""
    return Scope(
        account=caller.account_id,
        positions=tuple(held.id for held in caller.positions),
        agencies=tuple(sorted(caller.agency_ids)),
    )


@dataclass(frozen=True, slots=True)
class HandledPage:
    """`data`: as of an inbox, each with `now_with` (open steps of the dossier, `{id, step_name, position_name, assignee_name,
    agency, entered_at, due_at, colour, words, state}`) and `led_to_names`."""

    data: list[dict[str, Any]]
    total: int
    last: Place | None = field(default=None)
    """Where the next page begins, if there is one."""


def handled_list(
    connection: Connection,
    caller: Caller,
    inbox: Handled,
    filters: Filters,
    after: Place | None,
    size: int,
    now: datetime,
) -> HandledPage:
    """A page of finished work, the latest first."""
    scope = handled_scope(caller)
    listed = handled_tasks.handled_page(connection, inbox, scope, filters, after, size + 1)
    whole = after is None and len(listed) <= size
    total = len(listed) if whole else handled_tasks.count_handled(connection, inbox, scope, filters, MOST_COUNTED + 1)
    data = _views(connection, listed[:size], now)
    last = None
    if len(listed) > size:
        task = listed[size - 1].task
        last = handled_tasks.handled_place(connection, inbox, scope, task.id)
    return HandledPage(data, total, last)


def _views(connection: Connection, listed: Sequence[ListedTask], now: datetime) -> list[dict[str, Any]]:
    if not listed:
        return []
    live = handled_tasks.live_tasks_of(connection, [one.task.dossier_id for one in listed])
    following = handled_tasks.led_to(connection, [one.task.id for one in listed])
    views = []
    for one in listed:
        rules = rules_for(connection, one)
        view = task_view(one.task, one, state_of(one.clock), rules, now, one.applicant)
        others = [task for task in live.get(one.task.dossier_id, ()) if task.id != one.task.id]
        seen = [task_view(task, one, state_of(one.clock), rules, now) for task in others]
        view["now_with"] = [{name: each[name] for name in _SHOWN} for each in seen]
        view["led_to_names"] = following.get(one.task.id, [])
        views.append(view)
    return views
