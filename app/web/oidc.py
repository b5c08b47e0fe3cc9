"""Signing in and out by way of an OpenID Connect provider (QT-27.2). Passwords go on working beside it, and when it is away."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from flask import flash, redirect, request, session, url_for
from werkzeug.wrappers import Response as BaseResponse

from app.access import oidc
from app.access.guard import ANYONE, requires
from app.access.identities import sign_in_said
from app.access.oidc import Begun
from app.access.request import origin
from app.errors import DomainError
from app.runtime import asked_at, runtime
from app.setting_values import Provider
from app.web.blueprint import page
from app.web.carrying import Carried, carried_of_form, safe_path, sign_in_page
from app.web.entering import BY_PROVIDER, entered, going_on
from app.web.rendering import signed_in

BEGUN: Final = "oidc"
MOST_BEGUN: Final = 3
"""So many sign-ins may be under way in the tabs of a browser; the cookie holds them."""
PATIENCE: Final = timedelta(minutes=10)
MOST_OF_PATH: Final = 500
_TOLD = ("sign_in_refused", "unavailable")
_STRANGE = "Lần đăng nhập này đã quá lâu, đã dùng rồi, hoặc không bắt đầu từ trình duyệt này. Hãy đăng nhập lại."
_STOPPED = "Bạn chưa hoàn tất đăng nhập ở nhà cung cấp định danh."


@page.get("/dang-nhap/dinh-danh")
@requires(ANYONE)
def sign_in_by_provider() -> BaseResponse:
    """To the provider's page."""
    provider = _provider()
    path = safe_path(request.args.get("tiep", "/"))[:MOST_OF_PATH]
    try:
        address, begun = oidc.set_out(provider, _back())
    except DomainError as error:
        return _refused(error, Carried(path))
    kept = [one for one in session.get(BEGUN, []) if _fresh(one)][1 - MOST_BEGUN :]
    at = int(asked_at().timestamp())
    session[BEGUN] = [*kept, {"s": begun.state, "n": begun.nonce, "v": begun.verifier, "p": path, "t": at}]
    return redirect(address, 303)


@page.get("/dang-nhap/dinh-danh/tro-ve")
@requires(ANYONE)
def come_back_from_provider() -> BaseResponse:
    """Back from there, with a code that is good for one sign-in of this browser."""
    provider = _provider()
    found = _taken(request.args.get("state", ""))
    if found is None:
        return sign_in_page(Carried("/"), status=400, problem=_STRANGE)
    carried, code = Carried(safe_path(str(found["p"]))), request.args.get("code", "")
    if not code or len(code) > 2000:
        return sign_in_page(carried, status=401, problem=_STOPPED)
    begun = Begun(found["s"], found["n"], found["v"])
    now, hours = asked_at(), runtime().settings.token_hours
    try:
        said = oidc.finish(provider, _back(), begun, code, request.args.get("iss"), now)
        return entered(sign_in_said(said, provider, now, hours, origin()), carried, by_provider=True)
    except DomainError as error:
        return _refused(error, carried)


@page.get("/dang-xuat/dinh-danh")
@requires(ANYONE)
def sign_out_at_provider() -> BaseResponse:
    """To where one signs out of the provider too."""
    try:
        address = oidc.end_address(_provider(), f"{runtime().settings.public_url}/dang-nhap")
    except DomainError as error:
        return _refused(error, Carried("/"))
    if address is None:
        flash("Nhà cung cấp định danh không có trang đăng xuất; hãy đóng trình duyệt nếu dùng máy chung.", "warning")
        return redirect(url_for("web.sign_in_form"), 303)
    return redirect(address, 303)


@page.post("/dang-nhap/tiep-tuc")
@requires(ANYONE)
def go_on_here() -> BaseResponse:
    """Signed in in another tab: what this one had typed is offered again."""
    carried = carried_of_form()
    if signed_in() is None:
        return sign_in_page(carried, status=401, problem="Chưa thấy bạn đăng nhập ở thẻ khác.")
    return going_on(carried)


def after_sign_out(by_provider: bool) -> str:
    """Where signing out leads."""
    return url_for("web.sign_in_form", ra="1") if by_provider else url_for("web.sign_in_form")


def way_by_provider() -> str | None:
    """How the sign-in page calls the provider; None where there is none."""
    provider = runtime().settings.oidc
    return provider.title if provider else None


def was_by_provider() -> bool:
    return session.get(BY_PROVIDER) is True


def _provider() -> Provider:
    provider = runtime().settings.oidc
    if provider is None:
        raise DomainError("not_found", "Hệ thống này không đăng nhập qua nhà cung cấp định danh.")
    return provider


def _back() -> str:
    """Where the provider sends people back to, as it is registered there."""
    return f"{runtime().settings.public_url}/dang-nhap/dinh-danh/tro-ve"


def _fresh(one: Any) -> bool:
    begun = datetime.fromtimestamp(one["t"], asked_at().tzinfo)
    return asked_at() - begun < PATIENCE


def _taken(state: str) -> dict[str, Any] | None:
    """The sign-in of this browser with that state, which never counts again."""
    kept = [one for one in session.get(BEGUN, []) if _fresh(one)]
    found = next((one for one in kept if one["s"] == state), None)
    session[BEGUN] = [one for one in kept if one is not found]
    return found


def _refused(error: DomainError, carried: Carried) -> BaseResponse:
    if error.code not in _TOLD:
        raise error
    return sign_in_page(carried, status=error.kind.status, problem=error.detail)
