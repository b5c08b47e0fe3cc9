"""A dossier's slips as pages: what was issued, a slip to fill in, looked at before it is issued (QT-15.1, QT-15.2)."""

from __future__ import annotations

from dataclasses import replace

from flask import Response, abort, flash, make_response, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from app.access.guard import requires
from app.access.request import current_caller
from app.actions.issue_slip import IssueSlip
from app.actions.issuing import Filled
from app.actions.runner import run
from app.api.slips import note_print
from app.errors import DomainError
from app.rules.permissions import READERS, RIGHTS
from app.runtime import asked_at, runtime
from app.slips.forms import FORMS
from app.views.dossiers import dossier_detail
from app.views.slips import BlankSlip, blank_slip, kinds_to_issue, preview, slip_docx, slip_pdf, slips_of
from app.web.acting import FormProblem, form_problem, page_context
from app.web.action_fields import body_of
from app.web.blueprint import page
from app.web.dossier import dossier_page
from app.web.shown_files import shown_file
from app.web.signing_here import own_keys
from app.web.slip_fields import filled_values, inputs_of, slip_prefix, typed_values
from app.web.task_forms import FIELDS

DOCX_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_TITLES = {key: form.title for key, form in FORMS.items()}


@page.get("/ho-so/<code:code>/phieu")
@requires(*READERS)
def slips(code: str) -> str:
    """The slips that were issued, and those that may be issued now."""
    caller, now = current_caller(), asked_at()
    return dossier_page(
        "slips",
        dossier_detail(caller, code, now),
        "dossier/slips.html",
        slips=list(reversed(slips_of(caller, code))),
        kinds=kinds_to_issue(caller, code, now),
        forms=_TITLES,
    )


@page.get("/ho-so/<code:code>/phieu/<id:slip_id>.pdf")
@requires(*READERS)
def slip(code: str, slip_id: int) -> Response:
    """A slip as it was issued, or (`copy`) as it was printed again, shown by the browser."""
    copy = request.args.get("copy", "")
    number = int(copy) if copy.isascii() and copy.isdigit() and len(copy) < 10 else None
    caller = current_caller()
    found = slip_pdf(caller, code, slip_id, number)
    note_print(found, caller.account_id)
    return shown_file(Response(found.pdf, mimetype="application/pdf"), found.name, inline=True)


@page.get("/ho-so/<code:code>/phieu/<id:slip_id>.docx")
@requires(*READERS)
def slip_word(code: str, slip_id: int) -> Response:
    """An issued slip to be edited."""
    name, content = slip_docx(current_caller(), code, slip_id)
    return shown_file(Response(content, mimetype=DOCX_TYPE), name, inline=False)


@page.get("/ho-so/<code:code>/phieu/lap")
@requires(*RIGHTS["issue-slip"].permissions)
def new_slip(code: str) -> Response:
    """A slip to fill in, with what the dossier gives."""
    return _form(code, _blank(code))


@page.post("/ho-so/<code:code>/phieu/lap")
@requires(*RIGHTS["issue-slip"].permissions)
def issue_slip(code: str) -> BaseResponse:
    """Issue it as filled in, or show why not with everything typed."""
    blank = _blank(code)
    values = typed_values(blank.form, request.form)
    signed = "sign" in request.form
    command = IssueSlip(code, blank.kind, values, signed, request.form.get("key") or None)
    try:
        told = run(
            command, page_context(), lambda outcome: {"slip": outcome.extra["slip"], "number": outcome.extra["number"]}
        )
    except DomainError as error:
        if error.code == "not_found":
            raise
        return _form(code, replace(blank, values=values), _problem(error))
    number = f" số {told['number']}" if told["number"] else ""
    flash(f"Đã cấp {blank.title[:1].lower()}{blank.title[1:]}{number}.", "success")
    return redirect(f"/ho-so/{code}/phieu", 303)


@page.post("/ho-so/<code:code>/phieu/xem")
@requires(*RIGHTS["issue-slip"].permissions)
def look_at_slip(code: str) -> BaseResponse:
    """How it would print, or the same as a Word file; `viec` is the action beside which it was filled in, which gives what
    was left empty."""
    blank = _blank(code)
    action = request.args.get("viec", "")
    docx = request.args.get("dang") == "docx"
    values = typed_values(blank.form, request.form, slip_prefix(action) if action else "")
    said = None
    try:
        if action in FIELDS:
            values = filled_values(blank.form, request.form, slip_prefix(action))
            said = body_of(action, FIELDS[action], request.form)
        filled, url = Filled(blank.kind, values), runtime().settings.public_url
        name, content = preview(current_caller(), code, filled, asked_at(), url, docx=docx, said=said)
    except DomainError as error:
        if error.code == "not_found":
            raise
        return _form(code, replace(blank, values=values), _problem(error))
    media_type = DOCX_TYPE if docx else "application/pdf"
    return shown_file(Response(content, mimetype=media_type), name, inline=not docx)


@page.get("/ho-so/<code:code>/phieu/xem")
@requires(*READERS)
def look_again(code: str) -> BaseResponse:
    """The address of a preview, opened anew: what was typed is not in it."""
    return redirect(f"/ho-so/{code}/phieu", 303)


def slip_errors(error: DomainError, prefix: str = "") -> tuple[tuple[str, str], ...]:
    """What is wrong with the fields of a slip, by the ids of their inputs."""
    told = error.errors if isinstance(error.errors, dict) else {}
    found = told.get("slip", told)
    fields = {name: found[name] for name in ("key", "kind") if isinstance(found.get(name), list)}
    fields |= found["values"] if isinstance(found.get("values"), dict) else {}
    return tuple((f"{prefix}{name}", text) for name, texts in fields.items() for text in texts)


def _problem(error: DomainError) -> FormProblem:
    problem = form_problem(error)
    fields = slip_errors(error)
    return replace(problem, fields=fields) if fields else problem


def _blank(code: str) -> BlankSlip:
    kind = request.args.get("loai", "")
    if not kind:
        abort(404)
    return blank_slip(current_caller(), code, kind, asked_at(), runtime().settings.public_url)


def _form(code: str, blank: BlankSlip, problem: FormProblem | None = None) -> Response:
    text = dossier_page(
        "slips",
        dossier_detail(current_caller(), code, asked_at()),
        "dossier/slip_form.html",
        slip=blank,
        inputs=inputs_of(blank.fields, blank.values),
        keys=own_keys(),
        problem=problem,
    )
    return make_response(text, problem.status if problem else 200)
