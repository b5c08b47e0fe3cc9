"""Handing over everything that somebody has, when she leaves or is away for long (QT-17.4)."""

from __future__ import annotations

from flask import Response, flash, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from app.access.guard import requires
from app.access.request import current_caller
from app.actions.handoff_all import hand_over_all
from app.errors import DomainError
from app.rules.permissions import RIGHTS, WORKERS
from app.schemas.dossier_actions import HandOverBody
from app.schemas.reading import load
from app.store import handlers
from app.store.transaction import reading
from app.views.acting import outcome_view
from app.web.acting import FormProblem, form_problem, page_context
from app.web.action_fields import typed_in
from app.web.blueprint import page

_MAY = RIGHTS["reassign"].permissions


@page.get("/ban-giao")
@requires(*_MAY)
def hand_over_form() -> Response:
    """Whose work goes to whom, and why."""
    return _form()


@page.post("/ban-giao")
@requires(*_MAY)
def hand_over() -> BaseResponse:
    """Each step goes over with an answer of its own; what one is refused does not stop the others."""
    given = {name: request.form.get(name, "").strip() for name in ("to", "reason")}
    try:
        body = load(HandOverBody(), given)
        results = hand_over_all(
            request.form.get("username", "").strip(), body["to"], body["reason"], page_context(), outcome_view
        )
    except DomainError as error:
        return _form(form_problem(error))
    done = sum(one["status"] == 200 for one in results)
    refused = [one["problem"]["detail"] for one in results if one["status"] != 200]
    if not results:
        flash("Người này không giữ bước nào đang mở.", "success")
    elif not refused:
        flash(f"Đã bàn giao {done} bước.", "success")
    else:
        flash(f"Đã bàn giao {done} bước; {len(refused)} bước chưa được: {refused[0]}", "error")
    return redirect("/ban-giao", 303)


def _form(problem: FormProblem | None = None) -> Response:
    caller = current_caller()
    with reading() as connection:
        people = {
            (one.username, one.name)
            for agency in caller.agency_ids
            for one in handlers.staff(connection, agency, caller.day, WORKERS)
        }
    text = render_template(
        "inbox/handing_over.html", people=sorted(people), typed=typed_in(request.form), problem=problem
    )
    return make_response(text, problem.status if problem else 200)
