"""Absences: who is away and who stands in; entering one, ending one early."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from app.access.guard import requires
from app.access.request import current_caller
from app.actions.absences import ANYWHERE, IN_AGENCY, end_absence, enter_absence, manages
from app.errors import DomainError
from app.rules.permissions import WORKERS
from app.schemas.absences import AbsenceBody, absence_command
from app.schemas.reading import load
from app.views.absences import absence_list, people
from app.views.absences_ahead import absences_ahead
from app.web.acting import FormProblem, form_problem, page_context
from app.web.asking import choice
from app.web.blueprint import page

FIELDS = ("account", "substitute", "from_day", "to_day", "reason")
STATES = {"coming": "Sắp tới", "current": "Đang vắng mặt", "over": "Đã hết", "ended": "Đã kết thúc sớm, hủy"}
_WHO = (*WORKERS, IN_AGENCY, ANYWHERE)
_LONGEST = 8000


@page.get("/vang-mat")
@requires(*_WHO)
def absences() -> BaseResponse:
    """Who is away now and who soon will be, or with `xem=past` who was; below it the form."""
    return _page({})


@page.post("/vang-mat")
@requires(*_WHO)
def enter_away() -> BaseResponse:
    """Enter an absence; a refusal shows the form as it was filled in."""
    typed = {name: request.form.get(name, "")[:_LONGEST] for name in FIELDS}
    context = page_context()
    try:
        body = load(AbsenceBody(), typed)
        enter_absence(absence_command(body, context.caller.username), context)
    except DomainError as error:
        return _page(typed, form_problem(error))
    flash("Đã ghi kỳ vắng mặt.", "success")
    return redirect(url_for("web.absences"), 303)


@page.post("/vang-mat/<id:absence_id>/ket-thuc")
@requires(*_WHO)
def end_away(absence_id: int) -> BaseResponse:
    """From today on it counts no more."""
    try:
        end_absence(absence_id, page_context())
    except DomainError as error:
        if error.code == "not_found":
            raise
        flash(error.detail, "error")
    else:
        flash("Đã kết thúc kỳ vắng mặt: từ hôm nay mọi việc như trước.", "success")
    return redirect(url_for("web.absences"), 303)


def _page(typed: Mapping[str, Any], problem: FormProblem | None = None) -> BaseResponse:
    caller = current_caller()
    past = choice("xem", ("past",)) is not None
    text = render_template(
        "absences/list.html",
        rows=absence_list(caller, caller.day, past=past),
        past=past,
        states=STATES,
        people=people(caller),
        chooses=manages(caller),
        typed=typed,
        problem=problem,
        today=caller.day.isoformat(),
        ahead=None if past else absences_ahead(caller, caller.day),
    )
    return make_response(text, problem.status if problem else 200)
