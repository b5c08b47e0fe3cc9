"""Putting a version's faulty configuration right, and its decision's scan (defect 24)."""

from __future__ import annotations

from flask import Response, flash, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from app.access.guard import requires
from app.actions.correct_version import CorrectVersion, correct_version
from app.actions.draft_from_version import draft_of_correction
from app.errors import DomainError
from app.runtime import asked_at, runtime
from app.schemas.publishing import CorrectVersionBody
from app.schemas.reading import load
from app.views.versions import version_detail
from app.web.acting import form_problem, page_context
from app.web.action_fields import typed_in
from app.web.blueprint import page
from app.web.draft_publishing import DEPLOY, scan_reply
from app.web.version_review import TALKERS
from app.web.versions import version_page


@page.get("/thu-tuc/<code:code>/phien-ban/<id:number>/quyet-dinh")
@requires(*TALKERS)
def version_decision(code: str, number: int) -> Response:
    """The scan of the decision by which it was published."""
    return scan_reply(version_detail(code, number, runtime().settings.profile, asked_at())["decision_file"])


@page.post("/thu-tuc/<code:code>/phien-ban/<id:number>/sua-cau-hinh")
@requires(DEPLOY)
def correct_configuration(code: str, number: int) -> BaseResponse:
    """Another configuration of the same decision takes this one's place; without one to take, a draft of it is begun."""
    typed = typed_in(request.form)
    try:
        if typed.get("using") == "draft":
            draft_id = draft_of_correction(code, number, page_context())
            flash("Đã lập bản vẽ từ phiên bản này. Sửa xong, áp dụng ở thẻ “Ban hành”.", "success")
            return redirect(f"/thiet-ke/{draft_id}", 303)
        body = load(CorrectVersionBody(), {"using": typed.get("using", ""), "reason": typed.get("correction", "")})
        done = correct_version(CorrectVersion(code, number, body["using"], body["reason"]), page_context())
    except DomainError as error:
        if error.code == "not_found":
            raise
        names = {"reason": "correction"}  # the page's other form has a reason too
        error.errors = {names.get(name, name): texts for name, texts in (error.errors or {}).items()} or None
        return version_page(code, number, typed, form_problem(error))
    flash(f"Phiên bản số {done.version} thay cấu hình lỗi từ hôm nay; đã báo cho {done.told} người.", "success")
    return redirect(f"/thu-tuc/{code}/phien-ban/{done.version}", 303)


@page.get("/thu-tuc/<code:code>/phien-ban/<id:number>/sua-cau-hinh")
@requires(*TALKERS)
def configuration_again(code: str, number: int) -> BaseResponse:
    """The address of a form that was refused, opened anew."""
    return redirect(f"/thu-tuc/{code}/phien-ban/{number}", 303)
