"""An account that is stolen is reported, one's own or a colleague's, and locked at once (HT-22.1)."""

from __future__ import annotations

from flask import Response, flash, make_response, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response as BaseResponse

from app.access.guard import SIGNED_IN, before_password_change, before_second_factor, requires
from app.access.request import current_caller
from app.access.second_factor import CODE, ENROLMENT
from app.actions.report_account import MOST_REASON, ReportAccount, report_account
from app.errors import DomainError
from app.rules.administration import ADMINISTRATORS, HELPERS
from app.web.acting import FormProblem, form_problem, page_context
from app.web.blueprint import page
from app.wording import clean_line

OTHER = "other"


@page.get("/toi/bao-lo")
@requires(SIGNED_IN)
@before_password_change
@before_second_factor(CODE, ENROLMENT)
def report_form() -> Response:
    """What happens when it is reported, and the button that does it."""
    return _shown({})


@page.post("/toi/bao-lo")
@requires(SIGNED_IN)
@before_password_change
@before_second_factor(CODE, ENROLMENT)
def report() -> BaseResponse:
    """One's own: locked, and out. A colleague's: locked, and told who has to unlock it."""
    caller = current_caller()
    typed = {name: clean_line(request.form.get(name, "")) for name in ("whose", "username", "reason")}
    other = typed["whose"] == OTHER
    if other and not typed["username"]:
        return _shown(typed, _missing())
    username = typed["username"][:200] if other and typed["username"] != caller.username else None
    try:
        done = report_account(ReportAccount(username, typed["reason"]), page_context())
    except DomainError as error:
        return _shown(typed, form_problem(error))
    if username is None:
        session.clear()
        flash(
            "Đã khóa tài khoản của bạn và kết thúc mọi phiên. Quản trị viên của cơ quan mở khóa lại cho bạn.", "success"
        )
        return redirect(url_for("web.sign_in_form"), 303)
    flash(
        f"Đã khóa tài khoản {done['username']}, kết thúc {done['ended']} phiên. Đã báo chủ tài khoản, quản trị viên.",
        "success",
    )
    return redirect(url_for("web.report_form"), 303)


def _missing() -> FormProblem:
    told = (("username", "Hãy nhập tên đăng nhập của đồng nghiệp."),)
    return FormProblem("Dữ liệu không hợp lệ", "Hãy sửa các trường được nêu rồi gửi lại.", 422, "invalid", told)


def _shown(typed: dict[str, str], problem: FormProblem | None = None) -> Response:
    caller = current_caller()
    text = render_template(
        "administration/report.html",
        typed=typed,
        helps=not caller.must_change_password and any(caller.may(name) for name in (*ADMINISTRATORS, *HELPERS)),
        forced=caller.must_change_password,
        most=MOST_REASON,
        problem=problem,
    )
    return make_response(text, problem.status if problem else 200)
