"""Dossiers handed to a competent authority at its request (TN-19.3): the list, the form, the package."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from app.access.guard import requires
from app.access.request import current_caller
from app.api.stored import disposition, stored_reply
from app.errors import DomainError
from app.runtime import asked_at
from app.schemas.disclosures import DisclosureBody, disclose_command
from app.schemas.reading import load
from app.views.disclosing import DISCLOSE, MOST_DOSSIERS, SEE, ZIP, disclose, disclosure_list, take_package
from app.web.acting import FormProblem, form_problem, page_context
from app.web.asking import words
from app.web.blueprint import page

PAGE_SIZE = 25
_FIELDS = ("authority", "request_number", "requested_on", "basis", "reason", "dossiers")
_LONGEST = 12_000


@page.get("/quan-tri/cung-cap-ho-so")
@requires(*SEE)
def disclosures_page() -> BaseResponse:
    """What was handed out, the newest first; below it the form of who may."""
    return _page({})


@page.post("/quan-tri/cung-cap-ho-so")
@requires(DISCLOSE)
def disclose_now() -> BaseResponse:
    """Make a package; a refusal shows the form as it was filled in."""
    typed = {name: request.form.get(name, "")[:_LONGEST] for name in _FIELDS}
    try:
        given = {name: value for name, value in typed.items() if value and name != "dossiers"}
        codes = typed["dossiers"].replace(",", " ").replace(";", " ").split()
        body = load(DisclosureBody(), given | ({"dossiers": codes} if codes else {}))
        disclose(disclose_command(body), page_context())
    except DomainError as error:
        return _page(typed, form_problem(error))
    flash("Đã lập gói hồ sơ; hãy tải về ở dòng đầu danh sách.", "success")
    return redirect(url_for("web.disclosures_page"), 303)


@page.get("/quan-tri/cung-cap-ho-so/<id:disclosure_id>.zip")
@requires(DISCLOSE)
def disclosed_package(disclosure_id: int) -> Response:
    """The package itself; taking it is logged."""
    name, sha256 = take_package(current_caller(), disclosure_id, asked_at(), request.remote_addr)
    response = stored_reply(sha256, ZIP)
    response.headers["Content-Disposition"] = disposition(name, inline=False)
    return response


def _page(typed: Mapping[str, str], problem: FormProblem | None = None) -> BaseResponse:
    caller, cursor = current_caller(), words("trang", 400)
    try:
        found = disclosure_list(caller, cursor, PAGE_SIZE)
    except DomainError as error:
        if "cursor" not in (error.errors or {}):
            raise
        found, cursor = disclosure_list(caller, None, PAGE_SIZE), None
    text = render_template(
        "administration/disclosures.html",
        found=found,
        more=urlencode({"trang": found["next"]}) if found["next"] else None,
        later=bool(cursor),
        gives=caller.may(DISCLOSE),
        most=MOST_DOSSIERS,
        typed=typed,
        problem=problem,
        today=caller.day.isoformat(),
    )
    return make_response(text, problem.status if problem else 200)
