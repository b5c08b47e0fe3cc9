"""The centre's check of a version: what waits, until when, the version in full, what is said of it (ST-10.3b)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, flash, jsonify, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from app.access.guard import requires
from app.access.request import current_caller
from app.actions.draft_from_version import draft_of_returned
from app.actions.review_version import DECISIONS, ReviewVersion, review
from app.actions.version_comments import SayOfVersion, say_of_version
from app.errors import DomainError
from app.rules.permissions import DESIGNERS
from app.rules.publication import APPROVED, PENDING, RETURNED
from app.runtime import asked_at, runtime
from app.schemas.publishing import VersionCommentBody
from app.schemas.reading import load
from app.views.publication_terms import due_list
from app.views.version_check import check_drawing, version_check
from app.views.versions import version_diff
from app.web.acting import FormProblem, form_problem, page_context
from app.web.action_fields import typed_in
from app.web.blueprint import drawing, page
from app.web.versions import worded_step

REVIEW = "procedure.review"
WATCHERS = (*DESIGNERS, REVIEW, "procedure.manage", "control.view")
TALKERS = (*DESIGNERS, REVIEW)


@page.get("/thu-tuc/theo-doi")
@requires(*WATCHERS)
def publications_due() -> str:
    """Drafts whose decision is known and versions that wait, with their last days; procedures without a process."""
    return render_template("procedures/due.html", found=due_list(runtime().settings.profile, asked_at()))


@page.get("/thu-tuc/cho-kiem-tra")
@requires(*TALKERS)
def versions_to_check() -> str:
    """The versions that wait for their check, late ones marked."""
    return render_template("procedures/pending.html", found=due_list(runtime().settings.profile, asked_at())["reviews"])


@page.get("/thu-tuc/<code:code>/phien-ban/<id:number>/kiem-tra")
@requires(*TALKERS)
@drawing
def check_version(code: str, number: int) -> Response:
    """A version with everything that its check looks at."""
    return _page(code, number, {})


@page.get("/thu-tuc/<code:code>/phien-ban/<id:number>/kiem-tra/so-do")
@requires(*TALKERS)
def check_data(code: str, number: int) -> Response:
    """The diagram, with marks, as the viewer asks for it."""
    return jsonify(check_drawing(code, number))


@page.post("/thu-tuc/<code:code>/phien-ban/<id:number>/kiem-tra")
@requires(REVIEW)
@drawing
def settle_check(code: str, number: int) -> BaseResponse:
    """Approve or return; or the same page with why not."""
    typed = typed_in(request.form)
    try:
        decision = typed.get("decision", "")
        if decision not in DECISIONS:
            raise DomainError("invalid", "Hãy chọn kết quả.", errors={"decision": ["Hãy chọn đồng ý hoặc trả lại."]})
        settled = review(ReviewVersion(code, number, decision, typed.get("review_note") or None), page_context())
    except DomainError as error:
        if error.code == "not_found":
            raise
        return _page(code, number, typed, form_problem(error))
    told = (
        "Đã đồng ý; phiên bản được áp dụng từ ngày của quyết định."
        if settled == APPROVED
        else "Đã trả lại người ban hành."
    )
    flash(told, "success")
    return redirect(f"/thu-tuc/{code}/phien-ban/{number}/kiem-tra", 303)


@page.post("/thu-tuc/<code:code>/phien-ban/<id:number>/kiem-tra/y-kien")
@requires(*TALKERS)
@drawing
def comment_version(code: str, number: int) -> BaseResponse:
    """Say something of the version or of a step, or answer it."""
    typed = typed_in(request.form)
    try:
        given = {name: typed[name] for name in ("text", "element", "answer_to") if typed.get(name)}
        body = load(VersionCommentBody(), given)
        command = SayOfVersion(code, number, body["text"], body.get("element"), body.get("answer_to"))
        added = say_of_version(command, page_context())
    except DomainError as error:
        if error.code == "not_found":
            raise
        return _page(code, number, typed, form_problem(error))
    return redirect(f"/thu-tuc/{code}/phien-ban/{number}/kiem-tra#y-kien-{added}", 303)


@page.get("/thu-tuc/<code:code>/phien-ban/<id:number>/kiem-tra/y-kien")
@requires(*TALKERS)
def comment_again(code: str, number: int) -> BaseResponse:
    """The address of a form that was refused, opened anew."""
    return redirect(f"/thu-tuc/{code}/phien-ban/{number}/kiem-tra", 303)


@page.post("/thu-tuc/<code:code>/phien-ban/<id:number>/lam-lai")
@requires(*DESIGNERS)
def do_again(code: str, number: int) -> BaseResponse:
    """A draft from a version that was returned, with what was said of it."""
    try:
        draft_id = draft_of_returned(code, number, page_context())
    except DomainError as error:
        flash(error.detail, "danger")
        return redirect(f"/thu-tuc/{code}/phien-ban/{number}", 303)
    flash("Đã lập bản vẽ từ phiên bản bị trả lại; ý kiến kiểm tra ở thẻ “Ban hành”.", "success")
    return redirect(f"/thiet-ke/{draft_id}", 303)


def _page(code: str, number: int, typed: Mapping[str, str], problem: FormProblem | None = None) -> Response:
    caller = current_caller()
    found: dict[str, Any] = version_check(code, number, runtime().settings.profile, asked_at())
    diff = version_diff(code, number, None)
    text = render_template(
        "procedures/check.html",
        code=code,
        found=found | {"steps": [worded_step(step) for step in found["steps"]]},
        diff=diff if diff["against"] != number else None,
        settles=caller.may(REVIEW) and found["review"] == PENDING,
        own=found["publisher_id"] == caller.account_id,
        again=found["review"] == RETURNED and any(caller.may(name) for name in DESIGNERS),
        typed=typed,
        problem=problem,
    )
    return make_response(text, problem.status if problem else 200)
