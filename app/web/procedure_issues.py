"""What agencies say of a procedure's process and data, and what became of it; with the process in force (HT-6.3)."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Response, flash, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from app.access.guard import SIGNED_IN, requires
from app.access.request import current_caller
from app.actions.procedure_issues import answer_issue, raise_issue
from app.errors import DomainError
from app.rules.permissions import DESIGNERS
from app.rules.versions import IN_FORCE
from app.runtime import asked_at, runtime
from app.schemas.publishing import VersionCommentBody
from app.schemas.reading import load
from app.views.procedures import procedure_detail
from app.views.publications import issues_of
from app.views.versions import version_detail, version_diff, versions_of
from app.web.acting import FormProblem, form_problem, page_context
from app.web.action_fields import typed_in
from app.web.asking import words
from app.web.blueprint import page
from app.web.versions import worded_step

ANSWERS = ("diagram.deploy", "procedure.review")
PAGE_SIZE = 25


@page.get("/thu-tuc/<code:code>/gop-y-quy-trinh")
@requires(SIGNED_IN)
def procedure_issues(code: str) -> Response:
    """The process in force, what it has otherwise than the one before, and what agencies said of it."""
    return _page(code, {})


@page.post("/thu-tuc/<code:code>/gop-y-quy-trinh")
@requires(SIGNED_IN)
def say_issue(code: str) -> BaseResponse:
    """Say what is wrong or could be better."""
    typed = typed_in(request.form)
    try:
        body = load(VersionCommentBody(only=("text",)), {"text": typed.get("text", "")})
        raise_issue(code, body["text"], page_context())
    except DomainError as error:
        if error.code == "not_found":
            raise
        return _page(code, typed, form_problem(error))
    flash("Đã gửi góp ý; văn phòng sẽ trả lời tại trang này.", "success")
    return redirect(f"/thu-tuc/{code}/gop-y-quy-trinh", 303)


@page.post("/thu-tuc/<code:code>/gop-y-quy-trinh/<id:issue_id>")
@requires(*ANSWERS)
def answer_said_issue(code: str, issue_id: int) -> BaseResponse:
    """Answer what was said, once."""
    typed = typed_in(request.form)
    field = f"answer-{issue_id}"
    try:
        body = load(VersionCommentBody(only=("text",)), {"text": typed.get(field, "")})
        answer_issue(code, issue_id, body["text"], page_context())
    except DomainError as error:
        if error.code == "not_found":
            raise
        if error.errors and "text" in error.errors:
            error.errors = {field: error.errors["text"]}
        return _page(code, typed, form_problem(error))
    flash("Đã ghi trả lời.", "success")
    return redirect(f"/thu-tuc/{code}/gop-y-quy-trinh", 303)


@page.get("/thu-tuc/<code:code>/gop-y-quy-trinh/<id:issue_id>")
@requires(SIGNED_IN)
def issue_again(code: str, issue_id: int) -> BaseResponse:
    """The address of a form that was refused, opened anew."""
    return redirect(f"/thu-tuc/{code}/gop-y-quy-trinh", 303)


def _page(code: str, typed: Mapping[str, str], problem: FormProblem | None = None) -> Response:
    caller, profile, now = current_caller(), runtime().settings.profile, asked_at()
    procedure = procedure_detail(code, caller.day)
    cursor = words("trang", 400)
    try:
        issues = issues_of(code, cursor, PAGE_SIZE, open_only=False)
    except DomainError:  # a cursor that somebody has edited
        issues = issues_of(code, None, PAGE_SIZE, open_only=False)
    current = next((one for one in versions_of(code, profile, now)["data"] if one["state"] == IN_FORCE), None)
    version = version_detail(code, current["version"], profile, now) if current else None
    diff = version_diff(code, current["version"], current["corrects"]) if current else None
    text = render_template(
        "procedures/issues.html",
        procedure=procedure,
        issues=issues,
        version=version,
        steps=[worded_step(step) for step in version["steps"]] if version else [],
        diff=diff if diff and diff["against"] != diff["version"] else None,
        answers=any(caller.may(name) for name in ANSWERS),
        designs=any(caller.may(name) for name in DESIGNERS),
        typed=typed,
        problem=problem,
    )
    return make_response(text, problem.status if problem else 200)
