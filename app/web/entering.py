"""Where a sign-in leads, however it was made: on to what was asked for, or first to the second factor."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Response, make_response, redirect, render_template, session
from werkzeug.wrappers import Response as BaseResponse

from app.access.opening import SignedIn
from app.access.request import SESSION_TOKEN
from app.access.second_factor import CODE
from app.web.acting import FormProblem
from app.web.carrying import FIELD, Carried, resume_page
from app.web.help import offer_tours

BY_PROVIDER = "by_provider"
CODE_PAGE = "/dang-nhap/ma-xac-thuc"
FACTOR_PAGE = "/toi/xac-thuc-hai-lop"
_AGAIN = "Bạn đã đăng nhập lại. Những gì bạn nhập trước đó vẫn còn và chưa được gửi."


def entered(signed: SignedIn, carried: Carried, *, by_provider: bool = False) -> BaseResponse:
    """A new session of this browser, and the way on with what was carried through the sign-in."""
    session.clear()
    session[SESSION_TOKEN] = signed.token
    if by_provider:
        session[BY_PROVIDER] = True
    offer_tours(signed.account.id)
    if signed.waits_for == CODE:
        return code_page(carried)
    if signed.waits_for is not None:
        return redirect(FACTOR_PAGE, 303)
    return going_on(carried)


def waiting_address(waits_for: str, path: str) -> str:
    """Where what the session waits for is done, to go on at `path` afterwards."""
    return f"{CODE_PAGE}?{urlencode({'tiep': path})}" if waits_for == CODE else FACTOR_PAGE


def going_on(carried: Carried) -> BaseResponse:
    return resume_page(carried, _AGAIN) if carried.fields else redirect(carried.path, 303)


def code_page(carried: Carried, problem: FormProblem | None = None) -> Response:
    """The form for a code of the second factor, with what was typed before the sign-in."""
    text = render_template("signing_in/code.html", carried=carried, field=FIELD, problem=problem)
    return make_response(text, problem.status if problem else 200)
