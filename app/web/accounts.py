"""Accounts: found, made, changed, locked, given permissions and positions over time (HT-4.2, QT-27.5, HT-16.1).

A temporary password is shown by the answer to the form that made it, and never again.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import Response, flash, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from app.access.guard import requires
from app.access.request import current_caller
from app.actions.give_positions import EndPosition, GivePosition, end_position, give_position
from app.actions.keep_accounts import (
    CreateAccount,
    EditAccount,
    OnAccount,
    SetPermissions,
    create_account,
    edit_account,
    let_sign_in,
    lock_account,
    reset_password,
    set_permissions,
    unlock_account,
)
from app.errors import DomainError
from app.rules.administration import ADMINISTRATORS
from app.rules.permissions import PERMISSIONS
from app.runtime import asked_at
from app.schemas.organisation import (
    AccountBody,
    AccountEditBody,
    HoldingBody,
    HoldingEndBody,
    PermissionsBody,
)
from app.schemas.reading import load
from app.store.account_keeping import Wanted
from app.views.accounts import account_detail, account_list, agencies_of, permission_groups, positions_of
from app.views.sign_in_blocks import sign_in_state
from app.web.acting import FormProblem, form_problem, page_context, seen_version
from app.web.asking import choice, words
from app.web.blueprint import page
from app.web.organisation import typed_fields
from app.wording import clean_line

HOME = "/quan-tri/tai-khoan"
STATES = {"khoa": "Đang khóa", "chua-co": "Chưa giữ vị trí nào"}


@page.get("/quan-tri/tai-khoan")
@requires(*ADMINISTRATORS)
def accounts() -> str:
    """The accounts that this person administers, found by words, agency, position, permission and state."""
    caller = current_caller()
    state = choice("tt", STATES)
    asked = {
        "q": words("q"),
        "agency": words("co-quan", 64),
        "position": words("vi-tri"),
        "permission": choice("quyen", PERMISSIONS),
        "state": state,
    }
    wanted = Wanted(asked["q"], None, asked["position"], asked["permission"], state == "khoa", state == "chua-co")
    try:
        found = account_list(caller, wanted, asked["agency"], caller.day, request.args.get("trang"))
    except DomainError:  # an address that somebody edited
        found = account_list(caller, wanted, None, caller.day)
    following = {**request.args.to_dict(), "trang": found["next"]} if found["next"] else None
    return render_template(
        "administration/accounts.html",
        found=found,
        asked=asked,
        states=STATES,
        agencies=agencies_of(caller, caller.day),
        permissions={name: one.title for name, one in PERMISSIONS.items()},
        following=following,
        filtered=any(asked.values()),
    )


@page.get("/quan-tri/lap-tai-khoan")
@requires(*ADMINISTRATORS)
def new_account() -> BaseResponse:
    return _new_account({"agency": words("co-quan", 64) or ""}, ())


@page.post("/quan-tri/lap-tai-khoan")
@requires(*ADMINISTRATORS)
def add_account() -> BaseResponse:
    """Make it and show its temporary password once; or the same form with what is wrong."""
    typed = typed_fields("name", "agency", "username", "email")
    chosen = request.form.getlist("permissions")
    try:
        body = load(AccountBody(), {**_optional(typed, "username", "email"), "permissions": chosen})
        made = create_account(CreateAccount(**{**body, "permissions": tuple(chosen)}), page_context())
    except DomainError as error:
        return _new_account(typed, chosen, form_problem(error))
    return _told(made, "Đã lập tài khoản")


@page.get("/quan-tri/tai-khoan/<code:username>")
@requires(*ADMINISTRATORS)
def account(username: str) -> BaseResponse:
    """One person: positions over time, permissions, signing in, what was changed."""
    return _account_page(username, {})


@page.post("/quan-tri/tai-khoan/<code:username>/sua")
@requires(*ADMINISTRATORS)
def change_account(username: str) -> BaseResponse:
    typed = typed_fields("name", "email", "agency")

    def do() -> None:
        body = load(AccountEditBody(), _optional(typed, "email"))
        edit_account(EditAccount(username, body, seen_version()), page_context())

    return _done(username, do, "Đã sửa tài khoản.", typed)


@page.post("/quan-tri/tai-khoan/<code:username>/quyen")
@requires(*ADMINISTRATORS)
def change_permissions(username: str) -> BaseResponse:
    chosen = request.form.getlist("permissions")

    def do() -> None:
        body = load(PermissionsBody(), {"permissions": chosen})
        set_permissions(SetPermissions(username, tuple(body["permissions"]), seen_version()), page_context())

    return _done(username, do, "Đã đổi quyền; có hiệu lực ngay.", {}, chosen)


@page.post("/quan-tri/tai-khoan/<code:username>/khoa")
@requires(*ADMINISTRATORS)
def lock(username: str) -> BaseResponse:
    def do() -> None:
        lock_account(OnAccount(username, seen_version()), page_context())

    return _done(username, do, "Đã khóa tài khoản; người đang đăng nhập bị thoát ngay.", {})


@page.post("/quan-tri/tai-khoan/<code:username>/mo-khoa")
@requires(*ADMINISTRATORS)
def unlock(username: str) -> BaseResponse:
    def do() -> None:
        unlock_account(OnAccount(username, seen_version()), page_context())

    return _done(username, do, "Đã mở khóa tài khoản.", {})


@page.post("/quan-tri/tai-khoan/<code:username>/bo-tam-khoa")
@requires(*ADMINISTRATORS)
def let_account_in(username: str) -> BaseResponse:
    def do() -> None:
        let_sign_in(OnAccount(username), page_context())

    return _done(username, do, "Tài khoản đăng nhập lại được rồi.", {})


@page.post("/quan-tri/tai-khoan/<code:username>/mat-khau")
@requires(*ADMINISTRATORS)
def give_password(username: str) -> BaseResponse:
    """Another temporary password, shown once."""
    try:
        made = reset_password(OnAccount(username, seen_version()), page_context())
    except DomainError as error:
        return _account_page(username, {}, form_problem(error))
    return _told(made, "Đã đặt mật khẩu tạm")


@page.post("/quan-tri/tai-khoan/<code:username>/vi-tri")
@requires(*ADMINISTRATORS)
def give(username: str) -> BaseResponse:
    """Give a position from a day on; where only the agency was chosen, show its positions."""
    typed = typed_fields("held_agency", "position", "from_day", "to_day")
    if "choose" in request.form:
        return _account_page(username, typed)

    def do() -> None:
        sent = {"agency": typed["held_agency"], **{key: typed[key] for key in ("position", "from_day")}}
        body = load(HoldingBody(), {**sent, "to_day": typed["to_day"] or None})
        give_position(GivePosition(username, **body), page_context())

    return _done(username, do, "Đã giao vị trí.", typed)


@page.post("/quan-tri/tai-khoan/<code:username>/vi-tri/<id:holding_id>/ket-thuc")
@requires(*ADMINISTRATORS)
def end(username: str, holding_id: int) -> BaseResponse:
    def do() -> None:
        body = load(HoldingEndBody(), {"last_day": request.form.get("last_day", "")})
        left = end_position(EndPosition(username, holding_id, body["last_day"]), page_context())
        for one in left:
            waiting = f"; {one.waiting} bước đang chờ sẽ đứng lại" if one.waiting else ""
            flash(
                f"Sau ngày đó không còn ai giữ vị trí “{one.position_name}”{waiting}. Hãy giao cho người khác.",
                "warning",
            )

    return _done(username, do, "Đã ghi ngày thôi giữ vị trí.", {})


# What is asked and shown -------------------------------------------------------------------------------------------------


def _optional(typed: Mapping[str, str], *names: str) -> dict[str, Any]:
    """An empty one of `names` is none."""
    return {key: (None if key in names and not value.strip() else value) for key, value in typed.items()}


def _done(
    username: str,
    do: Callable[[], None],
    said: str,
    typed: Mapping[str, str],
    chosen: Sequence[str] | None = None,
) -> BaseResponse:
    try:
        do()
    except DomainError as error:
        if error.code == "not_found":
            raise
        return _account_page(username, typed, form_problem(error), chosen)
    flash(said, "success")
    return redirect(f"{HOME}/{username}", 303)


def _new_account(typed: Mapping[str, str], chosen: Sequence[str], problem: FormProblem | None = None) -> BaseResponse:
    caller = current_caller()
    text = render_template(
        "administration/account_form.html",
        typed=typed,
        agencies=agencies_of(caller, caller.day),
        groups=permission_groups(caller, chosen),
        problem=problem,
    )
    return make_response(text, problem.status if problem else 200)


def _account_page(
    username: str,
    typed: Mapping[str, str],
    problem: FormProblem | None = None,
    chosen: Sequence[str] | None = None,
) -> BaseResponse:
    caller = current_caller()
    found = account_detail(caller, username, caller.day)
    agencies = agencies_of(caller, caller.day)
    at = clean_line(typed.get("held_agency", "")) or found["agency"]
    try:
        positions = positions_of(caller, at, caller.day)
    except DomainError:
        positions = []
    text = render_template(
        "administration/account.html",
        found=found,
        typed={"name": found["name"], "email": found["email"], "agency": found["agency"]} | dict(typed),
        at=at,
        agencies=agencies,
        positions=positions,
        groups=permission_groups(caller, found["permissions"] if chosen is None else chosen),
        today=caller.day.isoformat(),
        sign_in=sign_in_state(caller, username, asked_at()),
        problem=problem,
    )
    return make_response(text, problem.status if problem else 200)


def _told(made: Mapping[str, Any], title: str) -> Response:
    """The page that shows a temporary password once; sent again under its key it shows none."""
    caller = current_caller()
    found = account_detail(caller, made["username"], caller.day)
    people = []
    if made["temporary_password"] is not None:
        keys = ("username", "name")
        people = [
            {key: found[key] for key in keys}
            | {"agency": found["agency_name"], "temporary_password": made["temporary_password"]}
        ]
    return told_passwords(people, title, found["username"])


def told_passwords(
    people: Sequence[Mapping[str, Any]], title: str, username: str | None = None, **more: Any
) -> Response:
    """Temporary passwords once, with the forms that make files of them: what stands in this page is kept nowhere."""
    text = render_template(
        "administration/passwords_told.html",
        people=people,
        title=title,
        username=username,
        sent=json.dumps(list(people), ensure_ascii=False),
        **more,
    )
    return make_response(text)
