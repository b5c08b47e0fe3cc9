"""The second factor at the pages: shown when signing in, set up, renewed and given up by its owner."""

from __future__ import annotations

import segno
from flask import Response, flash, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from app.access.guard import SIGNED_IN, before_password_change, before_second_factor, requires
from app.access.request import current_caller, current_session, opened_by
from app.access.second_factor import CODE, ENROLMENT, FIELD
from app.actions.second_factor import (
    ShowCode,
    begin_enrolment,
    confirm_enrolment,
    end_second_factor,
    enrolment_under_way,
    renew_recovery_codes,
    show_code,
)
from app.errors import DomainError
from app.runtime import runtime
from app.views.ways_in import own_second_factor
from app.web.acting import FormProblem, form_problem, page_context
from app.web.blueprint import page
from app.web.carrying import Carried, carried_of_form, safe_path
from app.web.entering import FACTOR_PAGE, code_page, going_on
from app.web.rendering import home_of
from app.wording import clean_line

BEGIN, CONFIRM, RENEW, END = "begin", "confirm", "renew", "end"
_FAULTS = ("invalid", "too_many_requests", "wrong_state", "forbidden", "settled")


@page.get("/dang-nhap/ma-xac-thuc")
@requires(SIGNED_IN)
@before_password_change
@before_second_factor(CODE)
def second_factor_form() -> BaseResponse:
    """The form for a code; whoever needs none is sent to her own start."""
    carried = Carried(safe_path(request.args.get("tiep", "/")))
    return code_page(carried) if opened_by().waits_for == CODE else redirect(home_of(current_caller()), 303)


@page.post("/dang-nhap/ma-xac-thuc")
@requires(SIGNED_IN)
@before_password_change
@before_second_factor(CODE)
def show_second_factor() -> BaseResponse:
    """The session opens; or the form again."""
    carried = carried_of_form()
    if opened_by().waits_for != CODE:  # pressed twice, or in another tab
        return going_on(carried)
    try:
        show_code(_shown(), page_context())
    except DomainError as error:
        return code_page(carried, _told(error))
    return going_on(carried)


@page.get("/toi/xac-thuc-hai-lop")
@requires(SIGNED_IN)
@before_password_change
@before_second_factor(ENROLMENT)
def second_factor() -> Response:
    """Whether I have one; setting it up."""
    return _page()


@page.post("/toi/xac-thuc-hai-lop")
@requires(SIGNED_IN)
@before_password_change
@before_second_factor(ENROLMENT)
def change_second_factor() -> BaseResponse:
    """Begin, confirm with a first code, renew the recovery codes, give it up."""
    what, code = request.form.get("what", ""), _shown()
    if opened_by().waits_for is not None and what not in (BEGIN, CONFIRM):
        return _page()
    try:
        if what == BEGIN:
            begin_enrolment(page_context())
        elif what == CONFIRM:
            return _codes(confirm_enrolment(code, page_context())["recovery_codes"], fresh=True)
        elif what == RENEW:
            return _codes(renew_recovery_codes(code.code, page_context()), fresh=False)
        elif what == END:
            end_second_factor(code.code, page_context())
            flash("Đã thôi xác thực hai lớp.", "success")
    except DomainError as error:
        return _page(_told(error))
    return redirect(FACTOR_PAGE, 303)


def _shown() -> ShowCode:
    said = clean_line(request.form.get(FIELD, ""))[:40]
    return ShowCode(said, current_session(), runtime().settings.token_hours)


def _told(error: DomainError) -> FormProblem:
    if error.code not in _FAULTS:
        raise error
    return form_problem(error)


def _page(problem: FormProblem | None = None) -> Response:
    caller = current_caller()
    factor = own_second_factor(caller)
    found = None if factor["on"] else enrolment_under_way(caller)
    text = render_template(
        "signing_in/second_factor.html",
        problem=problem,
        factor=factor,
        waiting=opened_by().waits_for is not None,
        enrolment=found,
        qr=segno.make(found["address"], error="m", micro=False).svg_data_uri(scale=5, border=4) if found else None,
        secret=" ".join(found["secret"][at : at + 4] for at in range(0, len(found["secret"]), 4)) if found else None,
    )
    return make_response(text, problem.status if problem else 200)


def _codes(codes: list[str], *, fresh: bool) -> Response:
    """Shown by this answer only."""
    home = home_of(current_caller())
    return make_response(render_template("signing_in/recovery_codes.html", codes=codes, fresh=fresh, home=home))
