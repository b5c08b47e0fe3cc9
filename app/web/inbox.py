"""The inbox: what waits for me, for my position, in my unit, the most urgent first; what I passed on and what I did."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from flask import make_response, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from app.access.caller import Caller
from app.access.guard import requires
from app.access.request import current_caller
from app.actions.batch import MOST_ITEMS
from app.actions.inbox_settings import COLUMNS
from app.actions.open_task import TITLES
from app.errors import DomainError
from app.rules.permissions import READERS, WORKERS
from app.runtime import asked_at, runtime
from app.store.handled_tasks import HANDLED
from app.views.inbox import InboxAsk, inbox_choices, inbox_counts, inbox_page, waiting_for
from app.views.inbox_settings import ask_of, counted, my_filters, my_settings
from app.web.blueprint import page
from app.web.grouped import GROUPED, IN_BAR
from app.web.list_context import AT, MINE, first_page, list_address, list_asked, list_query
from app.web.list_context import TITLES as LIST_TITLES
from app.web.task_forms import FOR_HEADS

PAGE_SIZE = 25
DUE_TITLES = (("overdue", "Đã quá hạn bước"), ("today", "Đến hạn hôm nay"), ("soon", "Sắp đến hạn"))
SORT_TITLES = (
    ("due_at", "Hạn gần nhất trước"),
    ("-due_at", "Hạn xa nhất trước"),
    ("entered_at", "Chờ lâu nhất trước"),
    ("-entered_at", "Mới đến trước"),
)
_OF_NOBODY_ELSE = ("mine", "position")
"""Lists in which it need not be said who has a task."""


@page.get("/viec")
@requires(*READERS)
def inbox() -> BaseResponse:
    """A page of tasks with filters; `hop` chooses whose, `trang` is where the page begins.

    The bare address leads to the saved filter with which somebody's day begins, if she has one.
    """
    caller, now = current_caller(), asked_at()
    kept = my_filters(caller)
    if not request.args and (start := next((one for one in kept if one["is_start"]), None)):
        return redirect(f"/viec?{list_query(ask_of(start['filter']))}", 303)
    ask, found = found_page(caller, asked_inbox())
    settings = my_settings(caller)
    tab = ask.inbox or ""
    text = render_template(
        "inbox/inbox.html",
        tabs=tabs_of(caller, tab, inbox_counts(caller, now)),
        saved=shown_filters(caller, kept, ask),
        tab=tab,
        handled=tab in HANDLED,
        columns=[name for name in settings.columns if name != "holder" or tab not in _OF_NOBODY_ELSE],
        column_titles=COLUMNS,
        ask=ask,
        query=list_query(ask),
        at=request.args.get(AT),
        found=found,
        choices=inbox_choices(caller, waiting_for(caller) if not tab else (tab,)),
        filtered=is_filtered(ask),
        due_titles=DUE_TITLES,
        sort_titles=SORT_TITLES,
        matching=min(found["total"], MOST_ITEMS) if found["total"] > len(found["data"]) else 0,
        others=[(name, TITLES[name]) for name in GROUPED if name not in (*IN_BAR, *FOR_HEADS)],
        next_url=list_address(replace(ask, cursor=found["next"])) if found["next"] else None,
        first_url=list_address(first_page(ask)) if ask.cursor else None,
        works=tab not in HANDLED and any(caller.may(name) for name in WORKERS),
        poll=f"/viec/so?{list_query(first_page(ask), tu=now.isoformat())}",
    )
    return make_response(text)


def found_page(caller: Caller, ask: InboxAsk) -> tuple[InboxAsk, dict[str, Any]]:
    """The page of that list; the first one where the address was edited, or kept from an older list."""
    now, profile = asked_at(), runtime().settings.profile
    try:
        return ask, inbox_page(caller, ask, now, profile)
    except DomainError as error:
        if error.code != "invalid":
            raise
        ask = first_page(ask)
        return ask, inbox_page(caller, ask, now, profile)


def asked_inbox() -> InboxAsk:
    """What the address, or a form that carries its filters, asks to see."""
    return list_asked(request.values, PAGE_SIZE)


def is_filtered(ask: InboxAsk) -> bool:
    return any((ask.due, ask.procedure, ask.step, ask.q))


def tabs_of(caller: Caller, current: str, counts: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The lists, and of the open ones how many wait in each and how many of those are late."""
    waiting = waiting_for(caller)
    all_of_them = {key: sum(counts[one].get(key, 0) for one in waiting) for key in ("total", "late", "step_late")}
    shown = []
    for name, title in LIST_TITLES.items():
        if name == "agency" and not (caller.may("report.view") or caller.may("control.view")):
            continue
        if (name == "substituted" and not caller.absent) or (name == "delegated" and not caller.delegated):
            continue
        one: dict[str, Any] = {"key": name or MINE, "title": title, "url": f"/viec?{urlencode({'hop': name or MINE})}"}
        one |= {"current": name == current, "counted": name not in HANDLED}
        if name not in HANDLED:
            of_it = counts[name] if name else all_of_them | {k: v for k, v in counts["mine"].items() if k == "total_is"}
            one |= {
                "total": of_it["total"],
                "more": of_it.get("total_is") == "at_least",
                "late": of_it.get("late", 0) + of_it.get("step_late", 0),
            }
        shown.append(one)
    return shown


def shown_filters(caller: Caller, kept: Sequence[Mapping[str, Any]], ask: InboxAsk) -> list[dict[str, Any]]:
    """The saved filters beside the tabs: where each leads, how many it finds, whether it is what is shown."""
    asks = [ask_of(one["filter"]) for one in kept]
    numbers = counted(caller, asks, asked_at(), runtime().settings.profile)
    here = list_query(first_page(ask))
    return [
        {"id": one["id"], "name": one["name"], "is_start": one["is_start"], "number": number}
        | {"url": f"/viec?{list_query(its)}", "current": list_query(its) == here}
        for one, its, number in zip(kept, asks, numbers, strict=True)
    ]


def filter_words(caller: Caller, ask: InboxAsk) -> list[str]:
    """A list's question in words: whose tasks, what of them, in which order."""
    tab = ask.inbox or ""
    choices = inbox_choices(caller, waiting_for(caller) if not tab else (tab,))
    told = [LIST_TITLES[tab]]
    told += [dict(DUE_TITLES)[ask.due].lower()] if ask.due else []
    told += [f"thủ tục: {dict(choices['procedures']).get(ask.procedure, ask.procedure)}"] if ask.procedure else []
    told += [f"bước: {dict(choices['steps']).get(ask.step, ask.step)}"] if ask.step else []
    told += [f"có từ: {ask.q}"] if ask.q else []
    told.append("mới nhất trước" if tab in HANDLED else dict(SORT_TITLES)[ask.sort].lower())
    return told
