"""Remarks on a dossier inside one agency (QT-17.3: other agencies get a document along the configured process)."""

from __future__ import annotations

from flask import Response, flash, make_response, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from app.access.guard import requires
from app.access.request import current_caller
from app.actions.remarks import add_remark, correct_remark
from app.errors import DomainError
from app.rules.permissions import READERS
from app.runtime import asked_at
from app.views.dossiers import dossier_detail
from app.views.remarks import RemarkAsk, colleagues_to_name, remark_list
from app.web.acting import FormProblem, form_problem, page_context, seen_version
from app.web.asking import words
from app.web.blueprint import page
from app.web.dossier import dossier_page


@page.get("/ho-so/<code:code>/trao-doi")
@requires(*READERS)
def remarks(code: str) -> Response:
    """What colleagues said, the newest first, and the form to say more."""
    return _remarks_page(code)


@page.post("/ho-so/<code:code>/trao-doi")
@requires(*READERS)
def add(code: str) -> BaseResponse:
    """Say something; whoever is named is told."""
    named = [name for name in request.form.getlist("mentioned") if name]
    try:
        add_remark(page_context(), code, request.form.get("text", ""), named)
    except DomainError as error:
        if error.code == "not_found":
            raise
        return _remarks_page(code, form_problem(error), None)
    flash("Đã gửi ý kiến trao đổi; chỉ người trong cơ quan bạn đọc được.", "success")
    return redirect(f"/ho-so/{code}/trao-doi", 303)


@page.get("/ho-so/<code:code>/trao-doi/<id:remark_id>")
@requires(*READERS)
def remark_again(code: str, remark_id: int) -> BaseResponse:
    """The address of a correction, opened anew: the remark in its list."""
    return redirect(f"/ho-so/{code}/trao-doi#trao-doi-{remark_id}", 303)


@page.post("/ho-so/<code:code>/trao-doi/<id:remark_id>")
@requires(*READERS)
def correct(code: str, remark_id: int) -> BaseResponse:
    """Put one's own remark right, within ten minutes."""
    try:
        correct_remark(page_context(), code, remark_id, request.form.get(f"text-{remark_id}", ""), seen_version())
    except DomainError as error:
        if error.code == "not_found":
            raise
        return _remarks_page(code, form_problem(error), remark_id)
    flash("Đã sửa ý kiến trao đổi; nội dung cũ được giữ lại.", "success")
    return redirect(f"/ho-so/{code}/trao-doi", 303)


def _remarks_page(code: str, problem: FormProblem | None = None, correcting: int | None = None) -> Response:
    caller, now = current_caller(), asked_at()
    found = remark_list(caller, code, RemarkAsk(cursor=words("tiep", 400)), now)
    if problem is not None and correcting is not None:
        fields = tuple((f"text-{correcting}", text) for _, text in problem.fields)
        problem = FormProblem(problem.title, problem.detail, problem.status, problem.code, fields)
    text = dossier_page(
        "remarks",
        dossier_detail(caller, code, now),
        "dossier/remarks.html",
        remarks=found["data"],
        next_url=f"/ho-so/{code}/trao-doi?tiep={found['next']}" if found["next"] else None,
        first=words("tiep") is None,
        colleagues=colleagues_to_name(caller, code),
        problem=problem,
        correcting=correcting,
        typed=request.form,
    )
    return make_response(text, problem.status if problem else 200)
