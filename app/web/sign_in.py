"""Signing in and out of the pages."""

from __future__ import annotations

from typing import Final, TypeVar

from flask import Response, current_app, flash, redirect, request, session, url_for
from werkzeug.wrappers import Response as BaseResponse

from app.access.attempts import with_mark
from app.access.guard import ANYONE, requires
from app.access.opening import SignedIn
from app.access.request import SESSION_TOKEN, origin
from app.access.sign_in import sign_in, sign_out
from app.errors import DomainError
from app.failures import failure_of
from app.runtime import asked_at, runtime
from app.web.blueprint import page
from app.web.carrying import Carried, carried_of_form, safe_path, sign_in_page
from app.web.entering import entered
from app.web.oidc import after_sign_out, was_by_provider
from app.web.rendering import day, home_of, signed_in
from app.wording import clean_line

T = TypeVar("T", bound=BaseResponse)

DEVICE: Final = "motcua_device"
DEVICE_KEPT: Final = 365 * 24 * 3600
_TOLD: Final = ("wrong_credentials", "too_many_requests")
_TOO_OFTEN: Final = "Tạm dừng đăng nhập"


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
    device = request.cookies.get(DEVICE)
    hours = runtime().settings.token_hours
    try:
        signed = sign_in(username[:200], password[:1000], asked_at(), hours, origin(), device)
    except DomainError as error:
        if error.code not in _TOLD:
            raise
        return _refused(carried, username, error)
    answer = entered(signed, carried)
    _tell_of_age(signed)
    return _remembered(answer, username, device)


def _refused(carried: Carried, username: str, error: DomainError) -> Response:
    kind = error.kind
    title = _TOO_OFTEN if kind.status == 429 else kind.title
    answer = sign_in_page(carried, status=kind.status, username=username, problem=f"{title}. {error.detail}")
    answer.headers.extend(failure_of(error).headers)
    return answer


def _remembered(answer: T, username: str, device: str | None) -> T:
    """The browser keeps that she has signed in there: nobody who tries her name elsewhere keeps her out of it."""
    answer.set_cookie(
        DEVICE,
        with_mark(username, device),
        max_age=DEVICE_KEPT,
        path=url_for("web.sign_in_form"),
        secure=bool(current_app.config["SESSION_COOKIE_SECURE"]),
        httponly=True,
        samesite="Lax",
    )
    return answer


def _tell_of_age(signed: SignedIn) -> None:
    age = signed.password
    if age is not None and age.soon and age.ends_at is not None:
        days = max(1, (age.ends_at - asked_at()).days)
        flash(
            f"Mật khẩu của bạn hết hạn sau {days} ngày nữa, ngày {day(age.ends_at)}. Đổi ở Tài khoản của tôi.",
            "warning",
        )


@page.post("/dang-xuat")
@requires(ANYONE)
def sign_out_now() -> BaseResponse:
    """The session ends here and on the server."""
    token, by_provider = session.get(SESSION_TOKEN), was_by_provider()
    session.clear()
    if isinstance(token, str):
        sign_out(token)
    flash("Bạn đã đăng xuất.", "success")
    return redirect(after_sign_out(by_provider), 303)
