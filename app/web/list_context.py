"""The list that a page was opened from: it travels in the address, and in every form of that page, as what it asks for.

Nothing of it is kept on the server. What comes back is read as an address that somebody may have edited: anything else than
the question of a list counts as none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import request

from app.store.handled_tasks import HANDLED
from app.store.inbox import SORTS
from app.views.inbox import DUE, LISTS, InboxAsk
from app.web.blueprint import page
from app.wording import clean_line

FIELD = "ds"
"""What it is called in addresses and forms."""
AT = "tai"
"""In the address of a list: the task on whose row the focus is, so that one goes on where one was."""
MINE = "cho-toi"
"""How an address names the list of all that waits for her."""
PAGE_SIZE = 25
TITLES: Mapping[str, str] = {
    "": "Cần tôi xử lý",
    "mine": "Tôi đang giữ",
    "substituted": "Tôi làm thay",
    "delegated": "Tôi được ủy quyền",
    "position": "Chờ người nhận",
    "joint": "Tôi phối hợp",
    "unit": "Cả đơn vị",
    "agency": "Cả cơ quan",
    "waiting": "Chờ người khác",
    "done": "Tôi đã làm",
}
"""The lists as tabs call them, in their order."""
_LONGEST = 1000
_KEYS = ("hop", "procedure", "step", "due", "q", "sort", "trang")


def list_asked(values: Mapping[str, str], page_size: int = PAGE_SIZE) -> InboxAsk:
    """The list that these values of an address ask for, read kindly; what is no question of ours is left out."""

    def chosen(name: str, allowed: Any) -> str | None:
        found = values.get(name, "")
        return found if found in allowed else None

    def words(name: str, most: int = 200) -> str | None:
        return clean_line(values.get(name, ""))[:most] or None

    inbox = chosen("hop", LISTS)
    return InboxAsk(
        inbox=inbox,
        due=None if inbox in HANDLED else chosen("due", DUE),
        procedure=words("procedure", 64),
        step=words("step", 64),
        q=words("q"),
        sort=chosen("sort", SORTS) or "due_at",
        page_size=page_size,
        cursor=words("trang", 400),
    )


def list_query(ask: InboxAsk, **instead: str | None) -> str:
    """The question of a list as the query of an address: the same list, the same text; never empty."""
    sort = ask.sort if ask.sort != "due_at" and ask.inbox not in HANDLED else None
    asked = (ask.inbox or MINE, ask.procedure, ask.step, ask.due, ask.q, sort, ask.cursor)
    named = dict(zip(_KEYS, asked, strict=True)) | instead
    return urlencode({name: value for name, value in named.items() if value})


def list_address(ask: InboxAsk, at: object = None) -> str:
    """The page of a list; `at`: the task whose row has the focus there."""
    return f"/viec?{list_query(ask, **{AT: str(at) if at else None})}"


def carried_list() -> InboxAsk | None:
    """The list that this request came from; None where it came from none."""
    text = request.values.get(FIELD, "")
    if not text or len(text) > _LONGEST:
        return None
    try:
        values = dict(parse_qsl(text, max_num_fields=len(_KEYS), encoding="utf-8", errors="replace"))
    except ValueError:
        return None
    if values.get("hop") != MINE and values.get("hop") not in LISTS:
        return None
    return list_asked(values)


@page.app_template_global()
def list_context() -> str:
    """For a page's forms and links: where it was opened from, as one word of an address; empty for nowhere."""
    ask = carried_list()
    return list_query(ask) if ask is not None else ""


def task_address(dossier: str, task_id: int, ask: InboxAsk | None) -> str:
    """A task's page as opened from that list."""
    kept = f"&{urlencode({FIELD: list_query(ask)})}" if ask is not None else ""
    return f"/ho-so/{dossier}?viec={task_id}{kept}"


def with_list(address: str) -> str:
    """An address of the same dossier's, still within the list that the page was opened from."""
    kept = {FIELD: list_context(), "viec": request.args.get("viec", "")}
    if not kept[FIELD]:
        return address
    query = urlencode({name: value for name, value in kept.items() if value.isascii() and value[:1]})
    return f"{address}{'&' if '?' in address else '?'}{query}"


def first_page(ask: InboxAsk) -> InboxAsk:
    return replace(ask, cursor=None)


@page.app_template_global()
def list_bar() -> Mapping[str, Any] | None:
    """Of a dossier's page that was opened from a list: its title, the way back, the tasks before and after this one."""
    ask = carried_list()
    if ask is None:
        return None
    given = (request.view_args or {}).get("task_id") or request.args.get("viec", "")
    task = str(given) if str(given).isascii() and str(given).isdigit() and len(str(given)) < 19 else None
    steps = f"/viec/{task}/ke?{urlencode({FIELD: list_query(ask)})}" if task and ask.inbox not in HANDLED else None
    return {
        "title": TITLES[ask.inbox or ""],
        "back": list_address(ask, task),
        "next": steps,
        "previous": f"{steps}&chieu=truoc" if steps else None,
    }
