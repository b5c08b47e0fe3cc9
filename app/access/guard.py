"""Every route says who may call it; a route that does not is refused.

`@requires("task.work")` stands on the view, `guard` runs before every request. So a body is not even read for somebody who
may not send it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import current_app, request

from app.access.caller import Caller
from app.access.request import current_caller, opened_by
from app.errors import DomainError
from app.rules.permissions import PERMISSIONS, lacking
from app.rules.routes import ROUTES
from app.store.api_tokens import PROGRAM

ANYONE = "anyone"
SIGNED_IN = "signed_in"
_READS = ("GET", "HEAD")

View = TypeVar("View", bound=Callable[..., Any])


def requires(*permissions: str) -> Callable[[View], View]:
    """Declare who may call a view: ANYONE, SIGNED_IN, or any one of these permissions. ValueError for an unknown name."""
    unknown = set(permissions) - set(PERMISSIONS) - {ANYONE, SIGNED_IN}
    if unknown or not permissions:
        raise ValueError(f"no such permission: {sorted(unknown)}")

    def declare(view: View) -> View:
        view.permissions = permissions  # type: ignore[attr-defined]
        return view

    return declare


def before_password_change(view: View) -> View:
    """Open a view to accounts that still have a temporary password too (ST-26.5)."""
    view.before_password_change = True  # type: ignore[attr-defined]
    return view


def before_second_factor(*waiting: str) -> Callable[[View], View]:
    """Open a view to sessions that still wait for the second factor (`code`) or for its `enrolment`."""

    def declare(view: View) -> View:
        view.before_second_factor = waiting  # type: ignore[attr-defined]
        return view

    return declare


def open_to_programs(*permissions: str) -> Callable[[View], View]:
    """Open a view that asks people for no permission to tokens of programs too; with permissions: to those that have one."""

    def declare(view: View) -> View:
        view.open_to_programs = permissions  # type: ignore[attr-defined]
        return view

    return declare


def declared(view: Callable[..., Any]) -> tuple[str, ...] | None:
    """What `requires` declared on a view, or None."""
    found: tuple[str, ...] | None = getattr(view, "permissions", None)
    return found


def guard() -> None:
    """Let the request in or raise. Errors: DomainError unauthenticated, second_factor_required,
    password_change_required, forbidden."""
    if request.endpoint is None or request.method == "OPTIONS":
        return
    view = current_app.view_functions[request.endpoint]
    permissions = declared(view)
    if permissions is None:
        raise RuntimeError(f"route {request.endpoint} declares no permission")
    if ANYONE in permissions:
        return
    caller = current_caller()
    if caller.must_change_password and not getattr(view, "before_password_change", False):
        raise DomainError(
            "password_change_required", "Mật khẩu hiện tại chỉ dùng tạm; hãy đặt mật khẩu của riêng mình."
        )
    listed = ROUTES.get(request.endpoint, permissions)  # a permission opens only what the table says that it opens
    if SIGNED_IN not in permissions and not any(caller.may(name) for name in permissions if name in listed):
        raise DomainError("forbidden", lacking(permissions))
    if opened_by().way == PROGRAM:
        _check_program(caller, permissions, view)


def _check_program(caller: Caller, permissions: tuple[str, ...], view: Callable[..., Any]) -> None:
    """A token for a program changes nothing when it reads only; and what is its owner's, whatever permissions she has, it
    neither reads nor changes: password, sessions, tokens, notices."""
    if request.method not in _READS and opened_by().reads_only:
        raise DomainError("forbidden", "Thẻ truy cập này chỉ được đọc.")
    if SIGNED_IN not in permissions:
        return
    opening: tuple[str, ...] | None = getattr(view, "open_to_programs", None)
    if opening is None:
        raise DomainError("forbidden", "Việc này chỉ làm được khi đăng nhập bằng mật khẩu, không bằng thẻ truy cập.")
    if opening and not any(caller.may(name) for name in opening):
        raise DomainError("forbidden", lacking(opening))
