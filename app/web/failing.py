"""What a person sees when a request fails: words, a way on, and everything that she had typed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from flask import Response, g, make_response, redirect, render_template, request
from flask_wtf.csrf import CSRFError  # type: ignore[import-untyped]
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as BaseResponse

from app.access.request import PAGES
from app.api.problems import problem
from app.errors import PROBLEMS, DomainError
from app.failures import Failure, failure_of
from app.runtime import runtime
from app.web.blueprint import page, page_headers
from app.web.carrying import carried_of_form, carried_of_request, resume_page, safe_path, sign_in_page
from app.web.entering import going_on, waiting_address
from app.web.json_asked import wants_json
from app.web.rendering import signed_in
from app.wording import clean_line, size_words

_SIGN_IN = f"{PAGES}.sign_in_now"
PASSWORD_PAGE = "/toi/mat-khau"  # noqa: S105 - an address
_SIGN_OUT = f"{PAGES}.sign_out_now"
_GO_ON = f"{PAGES}.go_on_here"
_STILL_THERE = "Những gì bạn đã nhập vẫn còn: hãy chờ ít giây rồi bấm gửi lại."
_STILL_THERE_LATER = "Những gì bạn đã nhập vẫn còn: hãy để trang này mở, gửi lại khi hệ thống hoạt động."
_STALE = "Trang đã mở từ trước lần đăng nhập này nên chưa có gì được thực hiện. Hãy xem lại rồi bấm gửi."
_STALE_SIGN_IN = "Trang đăng nhập đã mở từ lâu. Hãy nhập lại mật khẩu."
_STALE_SCRIPT = "Trang đã mở từ trước lần đăng nhập này; hãy tải lại trang rồi thực hiện lại."
_NO_PAGE = "Địa chỉ này chỉ nhận biểu mẫu gửi đến. Hãy mở lại trang từ danh mục."
_TOO_LARGE = (
    "Mỗi lần gửi được nhiều nhất {size}, không quá 40 tệp. Hãy nén tệp, chia nhỏ hoặc gửi từng tệp một rồi thử lại."
)


@page.errorhandler(CSRFError)
def stale_form(error: CSRFError) -> BaseResponse:
    """The form was opened before the last sign-in, or by somebody else: nothing is done before the person says so again."""
    if wants_json():
        return problem(failure_of(DomainError("bad_request", _STALE_SCRIPT)))
    if request.endpoint == _SIGN_IN:  # signed in in another tab meanwhile: this one carries words too
        name = clean_line(request.form.get("username", ""))
        return sign_in_page(carried_of_form(), status=400, username=name, problem=_STALE_SIGN_IN)
    if request.endpoint == _GO_ON:  # opened before the sign-in in the other tab, as it is meant to be
        return going_on(carried_of_form()) if signed_in() else sign_in_page(carried_of_form(), status=400)
    if request.endpoint == _SIGN_OUT:  # signed out in another tab already, or about to be asked again
        return redirect("/dang-nhap", 303)
    return resume_page(carried_of_request(), _STALE, status=400)


@page.errorhandler(Exception)
def failed(error: Exception) -> Response:
    """Errors of pages; a session that has ended asks to sign in and keeps what was typed."""
    if isinstance(error, HTTPException) and (error.code or 500) < 400:
        return Response(error.get_body(), error.code, error.get_headers())
    failure = failure_of(error)
    if wants_json():
        return problem(failure)
    if _wants_a_part():
        return make_response(render_template("failed_part.html", failure=failure), failure.status)
    if failure.code == "unauthenticated":
        return sign_in_page(carried_of_request(), status=401)
    if failure.code == "second_factor_required":
        path = safe_path(request.full_path.rstrip("?")) if request.method == "GET" else "/"
        return make_response(redirect(waiting_address(str(failure.extra.get("second_factor")), path), 303))
    if failure.code == "password_change_required":
        return make_response(redirect(PASSWORD_PAGE, 303))
    if failure.code == "too_large" and not failure.errors:  # those of files say it better
        most = request.max_content_length or runtime().settings.max_body_bytes
        failure = replace(failure, detail=_TOO_LARGE.format(size=size_words(most)))
    if failure.code == "method_not_allowed":
        failure = replace(failure, detail=_NO_PAGE)
    if failure.code == "maintenance" and request.method != "POST":
        again = safe_path(request.full_path.rstrip("?"))
        text = render_template(
            "operations/maintenance_refused.html", failure=failure, title=PROBLEMS["maintenance"].title, again=again
        )
        return make_response(text, failure.status, dict(failure.headers))
    if request.method == "POST" and (failure.status >= 500 or failure.status == 429):
        return _not_done(failure)
    text = render_template("error.html", failure=failure, title=PROBLEMS[failure.code].title, request_id=g.request_id)
    response = make_response(text, failure.status)
    response.headers.extend(failure.headers)
    return response


def _not_done(failure: Failure) -> Response:
    """Our own trouble, or too much at once: what was typed waits for a second attempt, under the same key, should the first
    have been done."""
    response = _kept(failure)
    response.headers.extend(failure.headers)
    return response


def _kept(failure: Failure) -> Response:
    why = f"{failure.detail} Mã yêu cầu: {g.request_id}."
    if request.endpoint == _SIGN_IN:
        name = clean_line(request.form.get("username", ""))
        return sign_in_page(carried_of_form(), status=failure.status, username=name, problem=why)
    still = _STILL_THERE_LATER if failure.code == "maintenance" else _STILL_THERE
    return resume_page(carried_of_request(), f"{why} {still}", status=failure.status)


def _wants_a_part() -> bool:
    """Whether a script asked for a part of its page: a whole one, put there, would take what was typed around it away."""
    headers = request.headers
    whole = "HX-Boosted" in headers or "HX-History-Restore-Request" in headers
    return "HX-Request" in headers and not whole


def unknown_page(otherwise: Callable[[HTTPException], Response], error: HTTPException) -> Response:
    """An address that no route has: a page for a browser, else what the API answers."""
    browsing = request.accept_mimetypes.quality("text/html") > request.accept_mimetypes.quality("application/json")
    return page_headers(failed(error)) if browsing and not request.path.startswith("/api/") else otherwise(error)
