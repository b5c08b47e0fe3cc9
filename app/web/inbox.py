"""The inbox: what waits for me, for my position, in my unit; the most urgent first."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from flask import Response, make_response, render_template, request

from app.access.caller import Caller
from app.access.guard import requires
from app.access.request import current_caller
from app.actions.batch import MOST_ITEMS
from app.actions.open_task import TITLES
from app.errors import DomainError
from app.rules.permissions import READERS, WORKERS
from app.runtime import asked_at, runtime
from app.store.inbox import SORTS
from app.views.inbox import DUE, InboxAsk, inbox_choices, inbox_counts, inbox_page, waiting_for
from app.web.asking import choice, words
from app.web.blueprint import page
from app.web.grouped import GROUPED, IN_BAR
from app.web.task_forms import FOR_HEADS

PAGE_SIZE = 25
TABS = (
    ("", "Cần tôi xử lý"),
    ("mine", "Tôi đang giữ"),
    ("substituted", "Tôi làm thay"),
    ("position", "Chờ người nhận"),
    ("joint", "Tôi phối hợp"),
    ("unit", "Cả đơn vị"),
    ("agency", "Cả cơ quan"),
)
DUE_TITLES = (("overdue", "Đã quá hạn bước"), ("today", "Đến hạn hôm nay"), ("soon", "Sắp đến hạn"))
SORT_TITLES = (
    ("due_at", "Hạn gần nhất trước"),
    ("-due_at", "Hạn xa nhất trước"),
    ("entered_at", "Chờ lâu nhất trước"),
    ("-entered_at", "Mới đến trước"),
)


@page.get("/viec")
@requires(*READERS)
def inbox() -> Response:
    """A page of open tasks with filters; `hop` chooses whose, `trang` is where the page begins."""
    caller, now = current_caller(), asked_at()
    ask = asked_inbox()
    tab = ask.inbox or ""
    try:
        found = inbox_page(caller, ask, now, runtime().settings.profile)
    except DomainError as error:
        if error.code != "invalid":
            raise
        ask = replace(
            ask, cursor=None
        )  # an address that was edited, or kept from an older list: begin at the first page
        found = inbox_page(caller, ask, now, runtime().settings.profile)
    text = render_template(
        "inbox/inbox.html",
        tabs=_tabs(caller, tab, inbox_counts(caller, now)),
        tab=tab,
        ask=ask,
        found=found,
        choices=inbox_choices(caller, waiting_for(caller) if not tab else (tab,)),
        filtered=any((ask.due, ask.procedure, ask.step, ask.q)),
        due_titles=DUE_TITLES,
        sort_titles=SORT_TITLES,
        matching=min(found["total"], MOST_ITEMS) if found["total"] > len(found["data"]) else 0,
        others=[(name, TITLES[name]) for name in GROUPED if name not in (*IN_BAR, *FOR_HEADS)],
        next_url=_address(tab, ask, found["next"]) if found["next"] else None,
        first_url=_address(tab, ask, None) if ask.cursor else None,
        works=any(caller.may(name) for name in WORKERS),
    )
    return make_response(text)


def asked_inbox() -> InboxAsk:
    """What the address, or a form that carries its filters, asks to see."""
    return InboxAsk(
        inbox=choice("hop", [name for name, _ in TABS]) or None,
        due=choice("due", DUE),
        procedure=words("procedure", 64),
        step=words("step", 64),
        q=words("q"),
        sort=choice("sort", SORTS) or "due_at",
        page_size=PAGE_SIZE,
        cursor=words("trang", 400),
    )


def _tabs(caller: Caller, current: str, counts: dict[str, Any]) -> list[dict[str, Any]]:
    """The inboxes with how many wait in each and how many of those are late."""
    waiting = waiting_for(caller)
    all_of_them = {key: sum(counts[one].get(key, 0) for one in waiting) for key in ("total", "late", "step_late")}
    shown = []
    for name, title in TABS:
        if name == "agency" and not (caller.may("report.view") or caller.may("control.view")):
            continue
        if name == "substituted" and not caller.absent:
            continue
        counted = counts[name] if name else all_of_them | {k: v for k, v in counts["mine"].items() if k == "total_is"}
        shown.append(
            {
                "title": title,
                "url": f"/viec?{urlencode({'hop': name})}" if name else "/viec",
                "current": name == current,
                "total": counted["total"],
                "more": counted.get("total_is") == "at_least",
                "late": counted.get("late", 0) + counted.get("step_late", 0),
            }
        )
    return shown


def _address(tab: str, ask: InboxAsk, cursor: str | None) -> str:
    asked = {
        "hop": tab,
        "due": ask.due,
        "procedure": ask.procedure,
        "step": ask.step,
        "q": ask.q,
        "sort": ask.sort if ask.sort != "due_at" else None,
        "trang": cursor,
    }
    query = urlencode({name: value for name, value in asked.items() if value})
    return f"{request.path}?{query}" if query else request.path
