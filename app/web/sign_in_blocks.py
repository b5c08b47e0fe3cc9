"""Who is kept from signing in after failed attempts, and letting them in again (QT-28.5b)."""

from __future__ import annotations

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from app.access.guard import requires
from app.access.request import current_caller
from app.actions.keep_accounts import OnAccount, let_sign_in
from app.actions.let_address import LetAddress, let_address
from app.errors import DomainError
from app.rules.administration import ADMINISTRATORS
from app.runtime import asked_at
from app.views.sign_in_blocks import blocked_list
from app.web.acting import FormProblem, form_problem, page_context
from app.web.blueprint import page
from app.wording import clean_line


@page.get("/quan-tri/dang-nhap-tam-khoa")
@requires(*ADMINISTRATORS)
def sign_in_blocks() -> Response:
    """Accounts and addresses, the longest wait first."""
    return _shown()


@page.post("/quan-tri/dang-nhap-tam-khoa")
@requires(*ADMINISTRATORS)
def let_in_again() -> BaseResponse:
    """One account, or one address."""
    username, address = (clean_line(request.form.get(name, ""))[:200] for name in ("username", "address"))
    try:
        if username:
            let_sign_in(OnAccount(username), page_context())
        else:
            let_address(LetAddress(address), page_context())
    except DomainError as error:
        return _shown(form_problem(error))
    flash(f"{username or address} đăng nhập lại được rồi.", "success")
    return redirect(url_for("web.sign_in_blocks"), 303)


def _shown(problem: FormProblem | None = None) -> Response:
    rows = blocked_list(current_caller(), asked_at())
    text = render_template("administration/sign_in_blocks.html", rows=rows, problem=problem)
    return make_response(text, problem.status if problem else 200)
