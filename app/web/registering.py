"""Registering at the desk: one form, its answer with the receipt to print, and finding an applicant again (QT-16, TN-21.7)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from flask import Response, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from app.access.caller import Caller
from app.access.guard import requires
from app.access.request import current_caller
from app.actions.late import PERMISSION as LATE_PERMISSION
from app.actions.late import happened_in
from app.actions.receipt import limit_text
from app.actions.runner import run
from app.api.uploads import takes_files
from app.errors import DomainError, invalid
from app.failures import failure_of
from app.runtime import asked_at, runtime
from app.schemas.reading import load
from app.schemas.registration import RegisterBody, register_command
from app.store import organisation
from app.store.transaction import reading
from app.views.acting import registered_view
from app.views.desk import find_applicants
from app.views.dossiers import dossier_detail
from app.views.fees import fees_of
from app.views.papers import papers_for
from app.views.procedures import procedure_detail
from app.views.slips import slips_of
from app.web.acting import FormProblem, form_problem, page_context
from app.web.asking import words
from app.web.blueprint import page
from app.web.desk import desks_of
from app.web.dossier_words import ORIGINS
from app.web.fees import dong
from app.web.registration_form import (
    DIGITISED,
    LABELS,
    Typed,
    body_of,
    commune_faults,
    field_of,
    filing_faults,
    missing_components,
    prefilled,
    received_components,
    request_faults,
    ticked,
    told,
    typed_of,
)
from app.web.registration_intake import PROXIES, RECEIPTS
from app.web.staged_files import Brought, Staged, brought
from app.wording import alphabetical

SHORTEST_SEARCH = 2
NOTHING_BROUGHT = Brought((), {})


@page.get("/tiep-nhan/<code:code>")
@requires("dossier.register")
def registration_form(code: str) -> BaseResponse:
    """The form of one procedure, empty."""
    return _form(code, {})


@page.get("/tiep-nhan/nguoi-nop")
@requires("dossier.register")
def find_applicant() -> BaseResponse:
    """Earlier applicants, as a part of the form's page: what is found while one types."""
    asked = words("nguoi")
    found = _applicants(asked)
    return make_response(render_template("desk/applicants.html", found=found, asked=asked, fills=_fills(found)))


@page.post("/tiep-nhan/<code:code>")
@takes_files
@requires("dossier.register")
def register_dossier(code: str) -> BaseResponse:
    """Register, and show the code and the receipt; a refusal shows the form again as it was filled in.

    The form's other buttons look for an earlier applicant (`tim`) and take one of those found (`chon`): they too keep
    everything that was typed.
    """
    caller, typed = current_caller(), typed_of(request.form)
    procedure = procedure_detail(code, caller.day)
    files = brought(caller, [part["code"] for part in procedure["components"]])
    if "giay-to" in request.form:
        return _form(code, typed, files=files)
    if "du-giay-to" in request.form:
        return _form(code, ticked(procedure, typed), files=files)
    if "tim" in request.form or "chon" in request.form:
        return _form(code, *_applicant_into(typed), files=files)
    try:
        body = _checked(code, procedure, files)
        command = replace(
            register_command(body, runtime().settings.profile), files=files.commands(_origins(procedure, body))
        )
        context = page_context(file.command.sha256 for file in files.files)
        answer = run(command, replace(context, happened=happened_in(body)), registered_view)
    except DomainError as error:
        if error.code == "not_found":
            raise
        return _form(code, typed, files=files, problem=_problem(error, procedure, files))
    return redirect(url_for("web.registered", code=answer["code"]), 303)


def _origins(procedure: Mapping[str, Any], body: Mapping[str, Any]) -> dict[str, str]:
    """Where the files of each paper come from: as was said of an electronic one; what lies beside a paper is its scan."""
    said = {part["code"]: part.get("origin") for part in body["components"] if part["kind"] == "electronic"}
    return {part["code"]: said.get(part["code"]) or DIGITISED for part in procedure["components"]}


@page.get("/tiep-nhan/xong/<code:code>")
@requires("dossier.register")
def registered(code: str) -> BaseResponse:
    """What the officer tells the applicant: the code, when to come back, and the receipt to print."""
    caller = current_caller()
    dossier = dossier_detail(caller, code, asked_at())
    money = fees_of(caller, code)
    text = render_template(
        "desk/registered.html", dossier=dossier, slips=slips_of(caller, code), money=money, dong=dong
    )
    return make_response(text)


def _applicants(asked: str | None) -> list[dict[str, Any]]:
    return find_applicants(current_caller(), asked) if asked and len(asked) >= SHORTEST_SEARCH else []


def _applicant_into(typed: Typed) -> tuple[Typed, str | None, list[dict[str, Any]]]:
    """The form with the applicant taken from the list that was found; or as it was, with that list."""
    asked = words("nguoi")
    found = _applicants(asked)
    one = next((one for one in found if one["last_code"] == request.form.get("chon")), None)
    return (typed | prefilled(one), None, []) if one else (typed, asked, found)


def _fills(found: list[dict[str, Any]]) -> list[str]:
    """What each button of the list puts into which field."""
    return [json.dumps(prefilled(one), ensure_ascii=False) for one in found]


def _checked(code: str, procedure: dict[str, Any], files: Brought) -> dict[str, Any]:
    """The body of the registration. Errors: DomainError invalid, with everything that is wrong at once."""
    # What the schema leaves to the form: the ticks, and the text that goes into the dossier's data.
    own = request_faults(request.form) | commune_faults(procedure, request.form, _communes(procedure))
    own = own | filing_faults(procedure, request.form, files.components) | dict(files.faults)
    missing = {} if request.form.get("incomplete") else missing_components(procedure, request.form, files.components)
    body: dict[str, Any] = {}
    try:
        body = load(RegisterBody(), body_of(code, procedure, request.form, files.components))
        register_command(body, runtime().settings.profile)
    except DomainError as error:
        if error.code != "invalid":
            raise
        raise invalid({**(failure_of(error).errors or {}), **own, **missing}) from error
    if own or missing:
        raise invalid({**own, **missing})
    return body


def _problem(error: DomainError, procedure: Mapping[str, Any], files: Brought) -> FormProblem:
    """The refusal with the fields named as the form names them."""
    problem = form_problem(error)
    received = received_components(procedure, request.form, files.components)
    named = [(field_of(member, received), text) for member, text in problem.fields]
    fields = tuple((field, told(field, text)) for field, text in named)
    return FormProblem(problem.title, problem.detail, problem.status, problem.code, fields)


def _form(
    code: str,
    typed: Typed,
    asked: str | None = None,
    found: Sequence[dict[str, Any]] = (),
    *,
    files: Brought = NOTHING_BROUGHT,
    problem: FormProblem | None = None,
) -> Response:
    caller = current_caller()
    procedure = procedure_detail(code, caller.day)
    text = render_template(
        "desk/registration.html",
        procedure=procedure,
        limit=limit_text(procedure["limit"], procedure["limit_unit"]),
        desks=_desks(caller, procedure["agencies"]),
        labels=LABELS,
        receipts=RECEIPTS,
        required=list(missing_components(procedure, {})),
        communes=_communes(procedure),
        typed=typed,
        problem=problem,
        asked=asked,
        found=found,
        fills=_fills(list(found)),
        papers=_papers(code, typed),
        files=_by_component(files),
        origins=ORIGINS,
        proxies=PROXIES,
        late=caller.may(LATE_PERMISSION),
    )
    return make_response(text, problem.status if problem else 200)


def _by_component(files: Brought) -> dict[str, list[Staged]]:
    found: dict[str, list[Staged]] = {}
    for one in files.files:
        found.setdefault(one.component, []).append(one)
    return found


def _papers(code: str, typed: Typed) -> list[dict[str, Any]] | None:
    """What the applicant has given before, when the officer asked for it; None while she has not (TN-21.7)."""
    asked = any(name == "giay-to" or (name.startswith("reuse-") and value) for name, value in typed.items())
    if not asked:
        return None
    number = typed.get("applicant-id_number", "")
    return papers_for(current_caller(), number, code, asked_at(), address=request.remote_addr)


def _communes(procedure: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Code and name of those that may be chosen, by name; none where the procedure does not ask."""
    if not procedure["asks_commune"]:
        return []
    with reading() as connection:
        found = organisation.communes(connection, current_caller().day)
    return sorted(found, key=lambda one: alphabetical(one[1]))


def _desks(caller: Caller, handling: Sequence[str]) -> list[tuple[str, str]]:
    """Code and name of the agencies at whose desks the caller receives the procedure, by name."""
    with reading() as connection:
        agencies = [organisation.agency_by_id(connection, agency_id) for agency_id in desks_of(caller)]
    found = [(agency.code, agency.name) for agency in agencies if agency.code in handling]
    return sorted(found, key=lambda one: alphabetical(one[1]))
