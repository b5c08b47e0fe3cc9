"""Accounts for the steps of a draft, agency by agency: who is registered, who is missing, registering, asking (QT-22.4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from flask import Response, flash, make_response, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from app.access.guard import requires
from app.access.request import current_caller
from app.actions.administering import everywhere
from app.actions.ask_for_accounts import ask_for_accounts
from app.actions.give_positions import GivePosition, give_position
from app.actions.prepare_publication import confirm_accounts
from app.actions.runner import Context, RequestKey
from app.errors import DomainError, invalid
from app.rules.administration import ADMINISTRATORS, OWN
from app.rules.permissions import DESIGNERS, WORKERS
from app.runtime import runtime
from app.store.step_holders import workers_of
from app.store.transaction import reading
from app.views.publishing import AgencyAccounts, Readiness, readiness
from app.web.acting import FormProblem, form_problem, page_context
from app.web.asking import words
from app.web.blueprint import page
from app.web.workbench_frame import framed

AT_ONCE = 20
"""Agencies on a page."""
MOST_OFFERED = 300
PLACE = "vi-tri."
"""Fields that say who is to hold a position begin like this."""


@page.get("/thiet-ke/<id:draft_id>/ban-hanh/tai-khoan")
@requires(*DESIGNERS)
def draft_accounts(draft_id: int) -> Response:
    """The agencies with their steps, those with a vacancy first; `trang` pages on."""
    return _page(draft_id)


@page.post("/thiet-ke/<id:draft_id>/ban-hanh/tai-khoan/giao")
@requires(*ADMINISTRATORS)
def register_accounts(draft_id: int) -> BaseResponse:
    """Give positions that nobody holds to the accounts that were named, from today on."""
    agency = request.form.get("agency", "")
    chosen = {
        name.removeprefix(PLACE): value.strip()
        for name, value in request.form.items()
        if name.startswith(PLACE) and value.strip() and len(name) < 200
    }
    try:
        if not chosen:
            raise invalid({"agency": ["Hãy ghi tên đăng nhập của ít nhất một người."]})
        context = page_context()
        for number, (position, username) in enumerate(sorted(chosen.items())):
            _give(agency, position, username, _numbered(context, number))
    except DomainError as error:
        if error.code == "not_found" and not chosen:
            raise
        return _page(draft_id, form_problem(error))
    flash(f"Đã giao {len(chosen)} vị trí.", "success")
    return redirect(f"/thiet-ke/{draft_id}/ban-hanh/tai-khoan", 303)


@page.post("/thiet-ke/<id:draft_id>/ban-hanh/tai-khoan/de-nghi")
@requires(*DESIGNERS)
def ask_agency(draft_id: int) -> BaseResponse:
    """Ask the agency's administrators to register who is missing."""
    found = _found(draft_id)
    try:
        one = _agency(found, request.form.get("agency", ""))
        missing = {step.position: step.step_name for step in one.vacant}
        told = ask_for_accounts(draft_id, one.code, missing, found.day, page_context())
    except DomainError as error:
        return _page(draft_id, form_problem(error))
    flash(f"Đã gửi đề nghị cho {told} quản trị viên của {one.name}.", "success")
    return redirect(f"/thiet-ke/{draft_id}/ban-hanh/tai-khoan", 303)


@page.post("/thiet-ke/<id:draft_id>/ban-hanh/tai-khoan/xac-nhan")
@requires(*DESIGNERS)
def confirm_agency(draft_id: int) -> BaseResponse:
    """Note that an agency's accounts were looked through and are the right ones."""
    try:
        one = _agency(_found(draft_id), request.form.get("agency", ""))
        confirm_accounts(draft_id, one.code, page_context())
    except DomainError as error:
        return _page(draft_id, form_problem(error))
    flash(f"Đã xác nhận tài khoản của {one.name}.", "success")
    return redirect(f"/thiet-ke/{draft_id}/ban-hanh/tai-khoan", 303)


def _give(agency: str, position: str, username: str, context: Context) -> None:
    """Errors: DomainError invalid naming the field of the position, forbidden."""
    try:
        give_position(GivePosition(username, agency, position, context.caller.day), context)
    except DomainError as error:
        if error.code not in ("not_found", "invalid"):
            raise
        texts = [str(text) for found in (error.errors or {}).values() for text in found] or [error.detail]
        raise invalid({f"{PLACE}{agency}.{position}": [f"{username}: {text}" for text in texts]}) from error


def _numbered(context: Context, number: int) -> Context:
    """One form may give several positions: each has a key of its own, so that sending it again gives none twice."""
    key = context.key
    return context if key is None else replace(context, key=RequestKey(f"{key.key}.{number}", key.request))


def _found(draft_id: int) -> Readiness:
    return readiness(draft_id, replace(page_context(), key=None), runtime().settings.profile)


def _agency(found: Readiness, code: str) -> AgencyAccounts:
    for one in found.agencies:
        if one.code == code:
            return one
    raise DomainError(
        "invalid", "Quy trình này không có bước ở cơ quan đó.", errors={"agency": ["Cơ quan không đúng."]}
    )


def _page(draft_id: int, problem: FormProblem | None = None) -> Response:
    found, caller = _found(draft_id), current_caller()
    asked = words("trang", 6) or "1"
    last = max(1, -(-len(found.agencies) // AT_ONCE))
    number = min(max(int(asked) if asked.isascii() and asked.isdigit() else 1, 1), last)
    shown = found.agencies[(number - 1) * AT_ONCE : number * AT_ONCE]
    mine = {one.code for one in shown if everywhere(caller) or (caller.may(OWN) and one.code == caller.agency)}
    text = framed(
        "workbench/publish_accounts.html",
        found.draft,
        "ban-hanh",
        found=found,
        agencies=[_shown(one, one.code in mine, found.day) for one in shown],
        number=number,
        last=last,
        prefix=PLACE,
        typed=request.form if request.method == "POST" else {},
        problem=problem,
    )
    return make_response(text, problem.status if problem else 200)


def _shown(one: AgencyAccounts, registers: bool, day: date) -> Mapping[str, Any]:
    """An agency as the page has it: `missing` are the positions that it has and nobody holds, each once."""
    missing: dict[str, list[str]] = {}
    for step in one.vacant:
        if step.declared:
            missing.setdefault(step.position, []).append(step.step_name)
    offered: list[tuple[str, str]] = []
    if registers and missing:
        with reading() as connection:
            offered = workers_of(connection, one.code, WORKERS, MOST_OFFERED)
    return {
        "code": one.code,
        "name": one.name,
        "steps": one.steps,
        "vacant": len(one.vacant),
        "confirmed": one.confirmed,
        "day": day,
        "missing": missing,
        "undeclared": sorted({step.position for step in one.vacant if not step.declared}),
        "registers": registers,
        "offered": offered,
    }
