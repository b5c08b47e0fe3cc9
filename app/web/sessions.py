"""Where an account is signed in, and ending that: one's own sessions, and for administrators those of an account (HT-22.1)."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Response, flash, make_response, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response as BaseResponse

from app.access.guard import SIGNED_IN, requires
from app.access.request import current_caller, current_session
from app.actions.end_sessions import MANAGE, SEE, EndSessions, end_sessions
from app.errors import DomainError
from app.runtime import asked_at
from app.views.sessions import own_sessions, sessions_of_account
from app.views.ways_in import ways_into_account
from app.web.acting import FormProblem, form_problem, page_context
from app.web.asking import ids, words
from app.web.blueprint import page

OTHERS, LOCK = "others", "lock"


@page.get("/toi/phien")
@requires(SIGNED_IN)
def my_sessions() -> Response:
    """Where I am signed in."""
    return _own()


@page.post("/toi/phien")
@requires(SIGNED_IN)
def end_my_sessions() -> BaseResponse:
    """End one of mine, or all but this one."""
    caller, here = current_caller(), current_session()
    chosen = next(iter(ids("session", 1)), None)
    keep = None if chosen is not None else here
    try:
        ended = end_sessions(EndSessions(caller.username, chosen, keep), page_context())
    except DomainError as error:
        return _own(form_problem(error))
    if chosen == here:
        session.clear()
        return redirect(url_for("web.sign_in_form"), 303)
    flash(f"Đã kết thúc {ended} phiên đăng nhập.", "success")
    return redirect(url_for("web.my_sessions"), 303)


@page.get("/quan-tri/phien")
@requires(*SEE)
def account_sessions() -> Response:
    """Where an account is signed in."""
    return _of_account()


@page.post("/quan-tri/phien")
@requires(*MANAGE)
def end_account_sessions() -> BaseResponse:
    """End one session of an account, or all; or lock the account and end all."""
    username = words("tai-khoan") or ""
    chosen = next(iter(ids("session", 1)), None)
    lock = request.form.get("what") == LOCK
    try:
        ended = end_sessions(EndSessions(username, None if lock else chosen, lock=lock), page_context())
    except DomainError as error:
        return _of_account(form_problem(error))
    if lock:
        flash(f"Đã khóa tài khoản {username} và kết thúc {ended} phiên đăng nhập.", "success")
    else:
        flash(f"Đã kết thúc {ended} phiên đăng nhập của tài khoản {username}.", "success")
    return redirect(url_for("web.account_sessions") + "?" + urlencode({"tai-khoan": username}), 303)


def _own(problem: FormProblem | None = None) -> Response:
    rows = own_sessions(current_caller(), current_session(), asked_at())
    text = render_template("administration/my_sessions.html", rows=rows, problem=problem)
    return make_response(text, problem.status if problem else 200)


def _of_account(problem: FormProblem | None = None) -> Response:
    username, found, ways = words("tai-khoan"), None, None
    if username:
        try:
            found = sessions_of_account(current_caller(), username, current_session(), asked_at())
            ways = ways_into_account(current_caller(), username, asked_at())
        except DomainError as error:
            problem = problem or form_problem(error)
    text = render_template("administration/sessions.html", username=username, found=found, ways=ways, problem=problem)
    return make_response(text, problem.status if problem else 200)
