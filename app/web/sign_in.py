"""Signing in and out of the pages."""

from __future__ import annotations

from flask import flash, redirect, request, session
from werkzeug.wrappers import Response as BaseResponse

from app.access.guard import ANYONE, requires
from app.access.request import SESSION_TOKEN, origin
from app.access.sign_in import sign_in, sign_out
from app.errors import DomainError
from app.runtime import asked_at, runtime
from app.web.blueprint import page
from app.web.carrying import Carried, carried_of_form, resume_page, safe_path, sign_in_page
from app.web.help import offer_tours
from app.web.rendering import home_of, signed_in
from app.wording import clean_line


@page.get("/dang-nhap")
@requires(ANYONE)
def sign_in_form() -> BaseResponse:
    """The form; whoever is signed in already is sent to her own start."""
    person = signed_in()
    if person is not None:
        return redirect(home_of(person), 303)
    return sign_in_page(Carried(safe_path(request.args.get("tiep", "/"))), status=200)


@page.post("/dang-nhap")
@requires(ANYONE)
def sign_in_now() -> BaseResponse:
    """A new session. What an earlier one had typed is shown again before it is sent."""
    username, password = clean_line(request.form.get("username", "")), request.form.get("password", "")
    carried = carried_of_form()
    if not username or not password:
        return sign_in_page(carried, status=422, username=username, problem="Hãy nhập tên đăng nhập và mật khẩu.")
    try:
        signed = sign_in(username[:200], password[:1000], asked_at(), runtime().settings.token_hours, origin())
    except DomainError as error:
        if error.code != "wrong_credentials":
            raise
        return sign_in_page(carried, status=401, username=username, problem=f"{error.kind.title}. {error.detail}")
    session.clear()
    session[SESSION_TOKEN] = signed.token
    offer_tours(signed.account.id)
    if carried.fields:
        return resume_page(carried, "Bạn đã đăng nhập lại. Những gì bạn nhập trước đó vẫn còn và chưa được gửi.")
    return redirect(carried.path, 303)


@page.post("/dang-xuat")
@requires(ANYONE)
def sign_out_now() -> BaseResponse:
    """The session ends here and on the server."""
    token = session.get(SESSION_TOKEN)
    session.clear()
    if isinstance(token, str):
        sign_out(token)
    flash("Bạn đã đăng xuất.", "success")
    return redirect("/dang-nhap", 303)
