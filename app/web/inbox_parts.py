"""Parts of the inbox that are asked again while it is open: how many wait in each; the list on paper; the task beside."""

from __future__ import annotations

from datetime import datetime

from flask import Response, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from app.access.guard import requires
from app.access.request import current_caller
from app.actions.batch import MOST_ITEMS
from app.actions.inbox_settings import COLUMNS
from app.rules.permissions import READERS
from app.runtime import asked_at, runtime
from app.store.handled_tasks import HANDLED
from app.views.inbox import inbox_counts, neighbour, new_since
from app.views.inbox_settings import my_settings
from app.views.notices import bell
from app.web.blueprint import page
from app.web.inbox import asked_inbox, filter_words, found_page, tabs_of
from app.web.list_context import carried_list, first_page, list_address, list_asked, task_address

MOST_NEW = 99


@page.get("/viec/so")
@requires(*READERS)
def inbox_numbers() -> Response:
    """What of the inbox may have changed: the tabs' numbers, the bell, how much came since `tu`; 304 while nothing has.

    One request for all of it, and three statements: nothing that is cheaper can tell that a due time has passed.
    """
    caller, now = current_caller(), asked_at()
    ask = first_page(asked_inbox())
    since = _instant(request.args.get("tu", ""))
    fresh = new_since(caller, ask, since, now, runtime().settings.profile, MOST_NEW + 1) if since else 0
    text = render_template(
        "inbox/numbers.html",
        tabs=tabs_of(caller, ask.inbox or "", inbox_counts(caller, now)),
        bell=bell(caller),
        fresh=fresh,
        more_fresh=fresh > MOST_NEW,
        reload_url=list_address(ask),
    )
    response = make_response(text)
    response.headers["Cache-Control"] = "private, no-cache"
    response.add_etag()
    response.make_conditional(request)
    return response


@page.get("/viec/in")
@requires(*READERS)
def print_inbox() -> str:
    """All rows of the list that was asked for, to a thousand, as a paper that can be laid on a desk."""
    caller = current_caller()
    ask, found = found_page(caller, list_asked(first_values(), MOST_ITEMS))
    return render_template(
        "inbox/print.html",
        ask=ask,
        found=found,
        handled=ask.inbox in HANDLED,
        words=filter_words(caller, ask),
        columns=my_settings(caller).columns,
        column_titles=COLUMNS,
        printed_at=asked_at(),
        person=caller,
        back=list_address(ask),
        most=MOST_ITEMS,
    )


@page.get("/viec/<id:task_id>/ke")
@requires(*READERS)
def task_beside(task_id: int) -> BaseResponse:
    """Leads to the task after this one in the list that the page was opened from; with `chieu=truoc` to the one before."""
    ask = carried_list()
    if ask is None:
        return redirect(f"/viec/{task_id}", 303)
    back = request.args.get("chieu") == "truoc"
    found = neighbour(current_caller(), ask, task_id, asked_at(), runtime().settings.profile, back=back)
    if found is None:
        return redirect(list_address(ask, task_id), 303)
    return redirect(task_address(found["dossier"], found["id"], ask), 303)


def first_values() -> dict[str, str]:
    return {name: value for name, value in request.args.items() if name != "trang"}


def _instant(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo is not None and 1900 <= at.year <= 2200 else None
