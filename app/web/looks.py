"""Who looked at a dossier, and looks at all dossiers searched."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode

from flask import Response, make_response, render_template, request

from app.access.guard import requires
from app.access.request import current_caller
from app.errors import DomainError
from app.runtime import asked_at
from app.store import organisation
from app.store.transaction import reading
from app.views.dossiers import dossier_detail
from app.views.looks import GROUNDS, SEE, SEE_ALL, LookAsk, disclosures_of_dossier, look_list, looks_of_dossier
from app.web.acting import form_problem
from app.web.asking import choice, words
from app.web.blueprint import page
from app.web.dossier import dossier_page

PAGE_SIZE = 50


@page.get("/ho-so/<code:code>/luot-xem")
@requires(*SEE)
def dossier_looks(code: str) -> Response:
    """Who looked at it, the latest first, and to which authorities it was handed."""
    caller = current_caller()
    detail = dossier_detail(caller, code, asked_at())
    cursor = words("trang", 400)
    try:
        found = looks_of_dossier(caller, code, cursor, PAGE_SIZE)
    except DomainError as error:
        if "cursor" not in (error.errors or {}):
            raise
        found, cursor = looks_of_dossier(caller, code, None, PAGE_SIZE), None
    more = f"/ho-so/{detail['code']}/luot-xem?" + urlencode({"trang": found["next"]}) if found["next"] else None
    given = disclosures_of_dossier(caller, code)
    return make_response(
        dossier_page(
            "looks", detail, "dossier/looks.html", found=found, more=more, later=bool(cursor), disclosures=given
        )
    )


@page.get("/quan-tri/luot-xem")
@requires(*SEE_ALL)
def looks_page() -> Response:
    """All looks that match."""
    caller, now, ask, cursor = current_caller(), asked_at(), _ask(), words("trang", 400)
    problem, found = None, None
    try:
        try:
            found = look_list(caller, ask, cursor, PAGE_SIZE, now, request.remote_addr)
        except DomainError as error:
            if "cursor" not in (error.errors or {}):
                raise
            found, cursor = look_list(caller, ask, None, PAGE_SIZE, now, request.remote_addr), None
    except DomainError as error:
        problem = form_problem(error)
    with reading() as connection:
        agencies = organisation.agency_names(connection, caller.day)
    asked = _asked(ask)
    text = render_template(
        "administration/looks.html",
        found=found,
        ask=ask,
        problem=problem,
        grounds=list(GROUNDS.items()),
        agencies=agencies,
        asked=urlencode(asked),
        more=urlencode(asked | {"trang": found["next"]}) if found and found["next"] else None,
        later=bool(cursor),
    )
    return make_response(text, problem.status if problem else 200)


def _ask() -> LookAsk:
    return LookAsk(
        dossier=words("ma", 64),
        person=words("nguoi"),
        agency=words("co-quan", 64),
        ground=choice("quyen", GROUNDS),
        strange=choice("la", ("1",)) is not None,
        since=_day("tu"),
        until=_day("den"),
    )


def _asked(ask: LookAsk) -> dict[str, Any]:
    """The ask as an address's parameters."""
    told = {
        "ma": ask.dossier,
        "nguoi": ask.person,
        "co-quan": ask.agency,
        "quyen": ask.ground,
        "la": "1" if ask.strange else None,
        "tu": ask.since.isoformat() if ask.since else None,
        "den": ask.until.isoformat() if ask.until else None,
    }
    return {name: value for name, value in told.items() if value}


def _day(name: str) -> date | None:
    try:
        day = date.fromisoformat(words(name, 10) or "")
    except ValueError:
        return None
    return day if 1900 <= day.year <= 2200 else None
