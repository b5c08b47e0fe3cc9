"""Choosing a password of one's own (ST-26.5)."""

from __future__ import annotations

from flask import Response, flash, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from app.access.guard import SIGNED_IN, before_password_change, requires
from app.access.request import current_caller, current_session
from app.actions.change_password import AGAIN, NEW, OLD, ChangePassword, change_password
from app.errors import DomainError
from app.rules.passwords import LEAST, MOST
from app.runtime import asked_at, runtime
from app.views.sign_in_blocks import own_password
from app.web.acting import FormProblem, form_problem, page_context
from app.web.blueprint import page
from app.web.rendering import home_of

_READ = 4 * MOST


@page.get("/toi/mat-khau")
@requires(SIGNED_IN)
@before_password_change
def password() -> Response:
    """The form; for somebody with a temporary password the only page there is."""
    return _shown()


@page.post("/toi/mat-khau")
@requires(SIGNED_IN)
@before_password_change
def set_password() -> BaseResponse:
    """Keep it and go on; or the form again, with nothing of what was typed: passwords are not sent back."""
    caller = current_caller()
    old, new, again = (request.form.get(name, "")[:_READ] for name in (OLD, NEW, AGAIN))
    try:
        ended = change_password(ChangePassword(old, new, again, current_session()), page_context())
    except DomainError as error:
        return _shown(form_problem(error))
    told = "Đã đổi mật khẩu." + (f" {ended} phiên đăng nhập khác đã kết thúc." if ended else "")
    flash(told, "success")
    return redirect(home_of(caller) if caller.must_change_password else "/toi", 303)


def _shown(problem: FormProblem | None = None) -> Response:
    forced = current_caller().must_change_password
    age = own_password(current_caller(), runtime().settings.profile, asked_at())
    text = render_template(
        "administration/password.html", problem=problem, forced=forced, age=age, least=LEAST, most=MOST
    )
    return make_response(text, problem.status if problem else 200)
