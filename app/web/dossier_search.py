"""Finding a dossier: the list of those that the person's agencies have a part in, and opening one by its code."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlencode

from flask import flash, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from app.access.guard import requires
from app.access.request import current_caller
from app.errors import DomainError
from app.rules.permissions import READERS
from app.rules.status import STATUSES
from app.runtime import asked_at
from app.store.transaction import reading
from app.views.dossiers import DossierAsk, dossier_list
from app.views.opening import code_from_scan
from app.views.procedures import procedure_list
from app.views.visibility import visible_dossier
from app.web.asking import choice, words
from app.web.blueprint import page
from app.wording import clean_line

_STATUS_TITLES = [(str(status.number), status.name) for status in STATUSES]
_MOST_PROCEDURES = 200
_LONGEST_SCAN = 1000


@page.get("/ho-so")
@requires(*READERS)
def dossiers() -> str:
    """The list, newest first; a kept address with an old cursor begins at the first page."""
    caller, now = current_caller(), asked_at()
    known = [(one["code"], one["name"]) for one in procedure_list(page_size=_MOST_PROCEDURES)["data"]]
    status = choice("status", [number for number, _ in _STATUS_TITLES])
    ask = DossierAsk(
        status=int(status) if status else None,
        procedure=choice("procedure", [code for code, _ in known]),
        agency=words("agency", 64),
        q=words("q"),
        stands=choice("dung", ("1",)) is not None,
        cursor=request.args.get("trang") or None,
    )
    try:
        found = dossier_list(caller, ask, now)
    except DomainError as error:
        if error.code != "invalid" or ask.cursor is None:
            raise
        ask = replace(ask, cursor=None)
        found = dossier_list(caller, ask, now)
    return render_template(
        "dossier/search.html",
        ask=ask,
        found=found,
        statuses=_STATUS_TITLES,
        procedures=known,
        filtered=bool(ask.status or ask.procedure or ask.q or ask.stands or ask.agency),
        next_url=_address(ask, found["next"]) if found["next"] else None,
        first_url=_address(ask, None) if ask.cursor else None,
    )


@page.get("/mo")
@requires(*READERS)
def open_by_code() -> BaseResponse:
    """Straight to the dossier of a typed code or a scanned slip; what is none is searched for."""
    given = request.args.get("ma", "")[:_LONGEST_SCAN]
    text = clean_line(given)
    if not text:
        return redirect("/ho-so", 303)
    found = _existing(text)
    if found is not None:
        return redirect(f"/ho-so/{found}", 303)
    shown = text if len(text) <= 60 else f"{text[:60]}…"
    flash(f"Không có hồ sơ mang mã “{shown}” mà bạn xem được; dưới đây là những hồ sơ có các chữ đó.", "warning")
    return redirect(f"/ho-so?{urlencode({'q': text[:200]})}", 303)


def _existing(text: str) -> str | None:
    """The code that was typed or scanned, if that dossier exists and the caller may see it."""
    for read in (code_from_scan, str):  # the code of an old system has a form of its own
        try:
            code = read(text)
            with reading() as connection:
                return visible_dossier(connection, code, current_caller()).code
        except DomainError as error:
            if error.code not in ("invalid", "not_found"):
                raise
    return None


def _address(ask: DossierAsk, cursor: str | None) -> str:
    asked = {
        "q": ask.q,
        "status": ask.status,
        "procedure": ask.procedure,
        "agency": ask.agency,
        "dung": "1" if ask.stands else None,
        "trang": cursor,
    }
    query = urlencode({name: value for name, value in asked.items() if value})
    return f"/ho-so?{query}" if query else "/ho-so"
