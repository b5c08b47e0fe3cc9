"""Registering at the desk: one form, its answer with the receipt to print, and finding an applicant again (QT-16, TN-21.7)."""

from __future__ import annotations

import json
from typing import Any

from flask import Response, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from app.access.guard import requires
from app.access.request import current_caller
from app.actions.receipt import limit_text
from app.actions.runner import run
from app.errors import DomainError, invalid
from app.runtime import asked_at, runtime
from app.schemas.reading import load
from app.schemas.registration import RegisterBody, register_command
from app.views.acting import registered_view
from app.views.desk import find_applicants
from app.views.dossiers import dossier_detail
from app.views.parts import slips_of
from app.views.procedures import procedure_detail
from app.web.acting import FormProblem, form_problem, page_context
from app.web.asking import words
from app.web.blueprint import page
from app.web.desk import desks_of
from app.web.registration_form import FIELD_OF, body_of, missing_components, prefilled, typed_of

SHORTEST_SEARCH = 2


@page.get("/tiep-nhan/<code:code>")
@requires("dossier.register")
def registration_form(code: str) -> BaseResponse:
    """The form of one procedure; `nguoi` looks for earlier applicants and `chon` takes one of those found."""
    asked = words("nguoi")
    found = _applicants(asked)
    chosen = request.args.get("chon", "")
    one = found[int(chosen)] if chosen.isascii() and chosen.isdigit() and int(chosen[:3]) < len(found) else None
    return _form(code, prefilled(one), None, asked, [] if one else found)


@page.get("/tiep-nhan/nguoi-nop")
@requires("dossier.register")
def find_applicant() -> BaseResponse:
    """Earlier applicants, as a part of the form's page: what is found while one types."""
    asked = words("nguoi")
    found = _applicants(asked)
    return make_response(render_template("desk/applicants.html", found=found, asked=asked, fills=_fills(found)))


@page.post("/tiep-nhan/<code:code>")
@requires("dossier.register")
def register_dossier(code: str) -> BaseResponse:
    """Register, and show the code and the receipt; a refusal shows the form again as it was filled in."""
    typed = typed_of(request.form)
    try:
        procedure = procedure_detail(code, current_caller().day)
        missing = missing_components(procedure, request.form)
        if missing and not request.form.get("incomplete"):
            raise _incomplete(missing)
        body = load(RegisterBody(), body_of(code, procedure, request.form))
        answer = run(register_command(body, runtime().settings.profile), page_context(), registered_view)
    except DomainError as error:
        if error.code == "not_found":
            raise
        return _form(code, typed, _problem(error), None, [])
    return redirect(url_for("web.registered", code=answer["code"]), 303)


@page.get("/tiep-nhan/xong/<code:code>")
@requires("dossier.register")
def registered(code: str) -> BaseResponse:
    """What the officer tells the applicant: the code, when to come back, and the receipt to print."""
    caller = current_caller()
    dossier = dossier_detail(caller, code, asked_at())
    return make_response(render_template("desk/registered.html", dossier=dossier, slips=slips_of(caller, code)))


def _applicants(asked: str | None) -> list[dict[str, Any]]:
    return find_applicants(current_caller(), asked) if asked and len(asked) >= SHORTEST_SEARCH else []


def _fills(found: list[dict[str, Any]]) -> list[str]:
    """What each button of the list puts into which field."""
    return [json.dumps(prefilled(one), ensure_ascii=False) for one in found]


def _incomplete(missing: list[str]) -> DomainError:
    return invalid({"components": [f"Chưa đánh dấu thành phần bắt buộc: {name}." for name in missing]})


def _problem(error: DomainError) -> FormProblem:
    """The refusal with the fields named as the form names them."""
    problem = form_problem(error)
    fields = tuple((FIELD_OF.get(name, name.replace(".", "-")), text) for name, text in problem.fields)
    return FormProblem(problem.title, problem.detail, problem.status, problem.code, fields)


def _form(
    code: str, typed: dict[str, Any], problem: FormProblem | None, asked: str | None, found: list[dict[str, Any]]
) -> Response:
    caller = current_caller()
    procedure = procedure_detail(code, caller.day)
    desks = [agency for agency in desks_of(caller).values() if agency in procedure["agencies"]]
    text = render_template(
        "desk/registration.html",
        procedure=procedure,
        limit=limit_text(procedure["limit"], procedure["limit_unit"]),
        desks=desks,
        typed=typed,
        problem=problem,
        asked=asked,
        found=found,
        fills=_fills(found),
    )
    return make_response(text, problem.status if problem else 200)
