"""The books of an agency as a page: numbers used this year and before, and what can be printed of them (TT 01/2018 Art. 10)."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Response, make_response, render_template, request

from app.access.guard import requires
from app.access.request import current_caller
from app.api.registers import print_file
from app.errors import DomainError, invalid
from app.rules.permissions import READERS
from app.runtime import asked_at, runtime
from app.schemas.fields import FIRST_YEAR, LAST_YEAR
from app.slips.forms import KIND_TITLES
from app.store import organisation
from app.store.transaction import reading
from app.views.registers import PRINTED, books_of, register_pdf, span_of
from app.web.acting import FormProblem, form_problem
from app.web.asking import words
from app.web.blueprint import page
from app.web.shown_files import shown_file
from app.wording import LOCAL


@page.get("/so-phieu")
@requires(*READERS)
def registers() -> Response:
    """The books, and the forms that print."""
    return _page()


@page.get("/so-phieu/so-theo-doi.pdf")
@requires(*READERS)
def register_file() -> Response:
    """The register of dossiers of some days, to be printed."""
    try:
        span = span_of(_day("tu"), _day("den"))
        name, pdf = register_pdf(current_caller(), _asked(), span, runtime().settings.profile, asked_at())
    except DomainError as error:
        return _page(form_problem(error))
    return shown_file(Response(pdf, mimetype="application/pdf"), name, inline=True)


@page.get("/so-phieu/phieu.pdf")
@requires(*READERS)
def slips_file() -> Response:
    """All slips of a kind of some days as one file, to be printed."""
    kind = request.args.get("loai", "receipt")
    try:
        if kind not in PRINTED:
            raise invalid({"kind": ["Không có loại phiếu này."]})
        return print_file(_asked(), kind, _day("tu"), _day("den"))
    except DomainError as error:
        return _page(form_problem(error))


def _page(problem: FormProblem | None = None) -> Response:
    caller = current_caller()
    with reading() as connection:
        agencies = [organisation.agency_by_id(connection, one) for one in sorted(caller.agency_ids)]
    today = asked_at().astimezone(LOCAL).date()
    text = render_template(
        "desk/registers.html",
        found=books_of(caller, _asked()),
        agencies=[(one.code, one.name) for one in agencies],
        kinds=[(kind, KIND_TITLES[kind]) for kind in PRINTED],
        typed={
            "from": request.args.get("tu") or today.isoformat(),
            "to": request.args.get("den") or today.isoformat(),
            "kind": request.args.get("loai", "receipt"),
        },
        problem=problem,
    )
    return make_response(text, problem.status if problem else 200)


def _asked() -> str | None:
    return words("co-quan")


def _day(name: str) -> Any:
    """Errors: DomainError invalid."""
    try:
        day = date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        day = date.min
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise invalid({{"tu": "from", "den": "to"}[name]: ["Hãy chọn một ngày."]})
    return day
