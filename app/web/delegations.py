"""Duties handed to somebody else within limits (TN-25.2, ST-26.1): those given, received and of the agency; giving, ending."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from app.access.guard import requires
from app.access.request import current_caller
from app.actions.delegations import ANYWHERE, OWN_AGENCY, SHARES_OUT, delegate, end_delegation
from app.errors import DomainError
from app.rules.delegation import FORMS
from app.rules.permissions import WORKERS
from app.schemas.delegations import DelegationBody, delegate_command
from app.schemas.reading import load
from app.views.delegations import delegation_list, offered
from app.web.acting import FormProblem, form_problem, page_context
from app.web.asking import choice
from app.web.blueprint import page

STATES = {"coming": "Sắp tới", "current": "Đang hiệu lực", "over": "Đã hết hạn", "ended": "Đã kết thúc sớm, hủy"}
ROLES = {"given": "Tôi ủy quyền", "received": "Tôi được ủy quyền", "other": "Của người khác trong cơ quan"}
_FIELDS = ("delegate", "position", "from_day", "to_day", "decision_number", "reason", "form", "daily_most")
_WHO = (*WORKERS, SHARES_OUT, ANYWHERE, OWN_AGENCY)
_LONGEST = 8000


@page.get("/uy-quyen")
@requires(*_WHO)
def show_delegations() -> BaseResponse:
    """Delegations that count or soon will, with `xem=past` those that did; below them the form of whoever may give one."""
    return _page({})


@page.post("/uy-quyen")
@requires(*WORKERS)
def give_delegation() -> BaseResponse:
    """Give one; a refusal shows the form as it was filled in."""
    form = request.form
    typed: dict[str, Any] = {name: form.get(name, "")[:_LONGEST] for name in _FIELDS}
    typed |= {name: form.getlist(name) for name in ("procedures", "steps")} | {"signs": bool(form.get("signs"))}
    try:
        given = {name: value for name, value in typed.items() if value not in ("", [])}
        delegate(delegate_command(load(DelegationBody(), given)), page_context())
    except DomainError as error:
        return _page(typed, form_problem(error))
    flash("Đã ủy quyền; hai bên đều được báo.", "success")
    return redirect(url_for("web.show_delegations"), 303)


@page.post("/uy-quyen/<id:delegation_id>/ket-thuc")
@requires(*_WHO)
def stop_delegation(delegation_id: int) -> BaseResponse:
    """From now on it counts no more."""
    try:
        end_delegation(delegation_id, page_context())
    except DomainError as error:
        if error.code == "not_found":
            raise
        flash(error.detail, "error")
    else:
        flash("Đã kết thúc ủy quyền: từ bây giờ không ai xử lý được việc theo ủy quyền này.", "success")
    return redirect(url_for("web.show_delegations"), 303)


def _page(typed: Mapping[str, Any], problem: FormProblem | None = None) -> BaseResponse:
    caller = current_caller()
    past = choice("xem", ("past",)) is not None
    rows = delegation_list(caller, caller.day, past=past)
    text = render_template(
        "delegations/list.html",
        groups=[(title, [row for row in rows if row["role"] == role]) for role, title in ROLES.items()],
        rows=rows,
        past=past,
        states=STATES,
        forms=FORMS,
        offered=offered(caller),
        typed=typed,
        problem=problem,
        today=caller.day.isoformat(),
    )
    return make_response(text, problem.status if problem else 200)
