"""Which agency acts for which (TN-25.2, ST-26.1): giving it under a decision, ending it, those that are past."""

from __future__ import annotations

from collections.abc import Mapping

from flask import flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from app.access.guard import requires
from app.access.request import current_caller
from app.actions.mandates import GIVE, SEE, end_mandate, give_mandate
from app.errors import DomainError
from app.schemas.mandates import MandateBody, mandate_command
from app.schemas.reading import load
from app.store import organisation
from app.store.transaction import reading
from app.views.mandates import mandate_list
from app.web.acting import FormProblem, form_problem, page_context
from app.web.asking import choice
from app.web.blueprint import page

STATES = {"coming": "Sắp tới", "current": "Đang thực hiện thay", "over": "Đã hết hạn", "ended": "Đã kết thúc sớm, hủy"}
_FIELDS = ("agency", "acting", "lead", "from_day", "to_day", "decision_number", "reason")
_LONGEST = 8000


@page.get("/quan-tri/thuc-hien-thay")
@requires(*SEE)
def show_mandates() -> BaseResponse:
    """Those that count or soon will, with `xem=past` those that did; below them the form of who may give one."""
    return _page({})


@page.post("/quan-tri/thuc-hien-thay")
@requires(*GIVE)
def give_mandate_now() -> BaseResponse:
    """Give one; a refusal shows the form as it was filled in."""
    typed = {name: request.form.get(name, "")[:_LONGEST] for name in _FIELDS}
    try:
        given = {name: value for name, value in typed.items() if value}
        give_mandate(mandate_command(load(MandateBody(), given)), page_context())
    except DomainError as error:
        return _page(typed, form_problem(error))
    flash("Đã giao thực hiện thay; người của cơ quan đó thấy việc từ ngày đầu.", "success")
    return redirect(url_for("web.show_mandates"), 303)


@page.post("/quan-tri/thuc-hien-thay/<id:mandate_id>/ket-thuc")
@requires(*GIVE)
def end_mandate_now(mandate_id: int) -> BaseResponse:
    """From now on it counts no more."""
    try:
        end_mandate(mandate_id, page_context())
    except DomainError as error:
        if error.code == "not_found":
            raise
        flash(error.detail, "error")
    else:
        flash("Đã kết thúc: từ bây giờ không ai giữ vị trí theo việc thực hiện thay này nữa.", "success")
    return redirect(url_for("web.show_mandates"), 303)


def _page(typed: Mapping[str, str], problem: FormProblem | None = None) -> BaseResponse:
    caller = current_caller()
    past = choice("xem", ("past",)) is not None
    gives = any(caller.may(name) for name in GIVE)
    with reading() as connection:
        agencies = organisation.agency_names(connection, caller.day) if gives else []
    text = render_template(
        "administration/mandates.html",
        rows=mandate_list(caller, caller.day, past=past),
        past=past,
        states=STATES,
        gives=gives,
        agencies=agencies,
        typed=typed,
        problem=problem,
        today=caller.day.isoformat(),
    )
    return make_response(text, problem.status if problem else 200)
