"""The designers' start: every draft that is being worked on, and how to begin one."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import render_template

from app.access.guard import requires
from app.access.request import current_caller
from app.errors import DomainError
from app.rules.permissions import DESIGNERS
from app.runtime import asked_at
from app.store.diagram_drafts import OPEN
from app.views.draft_lists import DRAFT_STATES, draft_list
from app.web.asking import choice, words
from app.web.blueprint import page
from app.web.draft_files import DRAFT_READERS

PAGE_SIZE = 25


@page.get("/thiet-ke")
@requires(*DRAFT_READERS)
def workbench() -> str:
    """The drafts, the one changed last first."""
    q, state, cursor = words("q"), choice("tt", DRAFT_STATES) or OPEN, words("trang", 400)
    caller, now = current_caller(), asked_at()
    try:
        found = draft_list(caller, now, words=q, state=state, cursor=cursor, size=PAGE_SIZE)
    except DomainError:  # a cursor that somebody has edited
        found = draft_list(caller, now, words=q, state=state, cursor=None, size=PAGE_SIZE)
    more = urlencode({"q": q or "", "tt": state, "trang": found["next"]}) if found["next"] else None
    return render_template(
        "workbench/home.html",
        found=found["data"],
        q=q,
        state=state,
        states=list(DRAFT_STATES.items()),
        more=more,
        first=cursor is None,
        designs=any(caller.may(name) for name in DESIGNERS),
        manages=caller.may("procedure.manage"),
    )
