"""Tokens for programs at the pages, and what administrators see of and take from the ways into an account."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from app.access.guard import SIGNED_IN, requires
from app.access.request import current_caller
from app.actions.api_tokens import MOST_OF_NAME, MakeApiToken, RevokeApiToken, make_api_token, revoke_api_token
from app.actions.end_sessions import MANAGE
from app.actions.second_factor import reset_second_factor
from app.actions.unlink_identity import unlink_identity
from app.errors import DomainError
from app.rules.permissions import PERMISSIONS
from app.runtime import asked_at, runtime
from app.views.ways_in import own_api_tokens, scopes_of
from app.web.acting import FormProblem, form_problem, page_context
from app.web.asking import ids, words
from app.web.blueprint import page
from app.wording import clean_line

DAYS = 90


@page.get("/toi/the-truy-cap")
@requires(SIGNED_IN)
def api_tokens() -> Response:
    """My tokens for programs."""
    return _page()


@page.post("/toi/the-truy-cap")
@requires(SIGNED_IN)
def make_token() -> Response:
    """Make one and show it, this once; or the form again with what is wrong."""
    name = clean_line(request.form.get("name", ""))
    days = request.form.get("days", "")
    scopes = tuple(dict.fromkeys(one for one in request.form.getlist("scopes") if one in PERMISSIONS))
    reads_only = request.form.get("reads_only") == "1"
    number = int(days) if days.isascii() and days.isdigit() and len(days) < 6 else 0
    try:
        made = make_api_token(
            MakeApiToken(name, scopes, reads_only, number, runtime().settings.api_token_days), page_context()
        )
    except DomainError as error:
        typed = {"name": name[: 2 * MOST_OF_NAME], "days": days[:6], "scopes": scopes, "reads_only": reads_only}
        return _page(form_problem(error), typed)
    return _page(made=made)


@page.post("/toi/the-truy-cap/thu-hoi")
@requires(SIGNED_IN)
def revoke_token() -> BaseResponse:
    number = next(iter(ids("token", 1)), 0)
    try:
        name = revoke_api_token(RevokeApiToken(current_caller().username, number), page_context())
    except DomainError as error:
        return _page(form_problem(error))
    flash(f"Đã thu hồi thẻ “{name}”.", "success")
    return redirect(url_for("web.api_tokens"), 303)


@page.post("/quan-tri/phien/the-truy-cap")
@requires(*MANAGE)
def revoke_token_of_account() -> BaseResponse:
    number = next(iter(ids("token", 1)), 0)

    def revoke(username: str) -> str:
        name = revoke_api_token(RevokeApiToken(username, number), page_context())
        return f"Đã thu hồi thẻ “{name}” của tài khoản {username}."

    return _done(revoke)


@page.post("/quan-tri/phien/xac-thuc-hai-lop")
@requires(*MANAGE)
def reset_factor_of_account() -> BaseResponse:
    def reset(username: str) -> str:
        ended = reset_second_factor(username, page_context())
        return f"Đã bỏ xác thực hai lớp của tài khoản {username}, kết thúc {ended} phiên đăng nhập."

    return _done(reset)


@page.post("/quan-tri/phien/lien-ket")
@requires(*MANAGE)
def unlink_account() -> BaseResponse:
    def unlink(username: str) -> str:
        unlink_identity(username, page_context())
        return f"Đã bỏ liên kết của tài khoản {username} với nhà cung cấp định danh."

    return _done(unlink)


def _done(do: Callable[[str], str]) -> BaseResponse:
    """Do it to the account that the form names, and lead back to the page of its sessions with what came of it."""
    username = words("tai-khoan") or ""
    try:
        flash(do(username), "success")
    except DomainError as error:
        flash(error.detail, "error")
    return redirect(url_for("web.account_sessions") + "?" + urlencode({"tai-khoan": username}), 303)


def _page(
    problem: FormProblem | None = None, typed: dict[str, object] | None = None, made: dict[str, object] | None = None
) -> Response:
    caller = current_caller()
    text = render_template(
        "signing_in/api_tokens.html",
        problem=problem,
        typed=typed or {"name": "", "days": DAYS, "scopes": (), "reads_only": True},
        made=made,
        rows=own_api_tokens(caller, asked_at()),
        scopes=scopes_of(caller),
        most_days=runtime().settings.api_token_days,
        most_of_name=MOST_OF_NAME,
    )
    return make_response(text, problem.status if problem else 200)
