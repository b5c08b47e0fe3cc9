"""Handing a result over in two steps: who is there and what has to be settled, then the act itself (ST-16.1a, LA-8.3)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Response, flash, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from app.access.guard import requires
from app.access.request import current_caller
from app.actions.by_name import command_for
from app.actions.late import happened_in
from app.actions.open_task import OpenedTask, open_task
from app.actions.runner import run_task
from app.errors import DomainError
from app.rules.permissions import WORKERS
from app.runtime import asked_at
from app.schemas.tasks import read_body
from app.views.acting import outcome_view
from app.views.desk import one_of_desk
from app.views.fees import fees_of
from app.web.acting import FormProblem, form_problem, page_context, seen_version
from app.web.action_fields import body_of
from app.web.blueprint import page
from app.web.fees import dong
from app.web.task_forms import FIELDS, done_words

ACTION = "deliver-result"
_FIELDS = ("originals_checked", "fees_paid", "mode", "collector_name", "collector_id_number", "collector_authority",
           "tracking_number", "handed_at", "comment")  # fmt: skip
_OF_OTHERS = (
    (f"{ACTION}-collector_name", "Hãy ghi họ tên người nhận thay."),
    (f"{ACTION}-collector_authority", "Hãy ghi giấy tờ ủy quyền."),
)


@page.get("/tra-ket-qua/<id:task_id>")
@requires(*WORKERS)
def handing_form(task_id: int) -> Response:
    """Who collects, what was shown, what is still to be paid."""
    return _page(task_id)


@page.post("/tra-ket-qua/<id:task_id>")
@requires(*WORKERS)
def deliver(task_id: int) -> BaseResponse:
    """`kiem-tra` shows what will be recorded; the second button records it."""
    try:
        body = read_body(ACTION, _given())
        if "kiem-tra" in request.form:
            if (problem := _unready(task_id)) is not None:
                return _page(task_id, problem)
            return _page(task_id, confirming=True)
        command = command_for(ACTION, task_id, seen_version(), body, ())
        told = run_task(command, replace(page_context(), happened=happened_in(body)), outcome_view)
    except DomainError as error:
        if error.code == "not_found":
            raise
        return _page(task_id, _named(form_problem(error)))
    flash(done_words(ACTION, told), "success")
    return redirect("/tra-ket-qua", 303)


@page.post("/tra-ket-qua/<id:task_id>/sua")
@requires(*WORKERS)
def change_handing(task_id: int) -> Response:
    """Back from the second step to the first, with what was said."""
    return _page(task_id)


@page.get("/tra-ket-qua/<id:task_id>/sua")
@requires(*WORKERS)
def handing_again(task_id: int) -> BaseResponse:
    """The address of the step back, opened anew."""
    return redirect(f"/tra-ket-qua/{task_id}", 303)


def _given() -> dict[str, Any]:
    """The body of the action; the identity of the applicant who came himself is what was compared, kept with the comment."""
    given = body_of(ACTION, FIELDS[ACTION], request.form)
    if request.form.get("who") != "other":
        given.pop("collector", None)
        shown = request.form.get("shown", "").strip()
        if shown:
            given["collector"] = {"who": "self", "id_number": shown}
    return given


def _unready(task_id: int) -> FormProblem | None:
    """What is missing before it may be confirmed: somebody else needs a name and an authority."""
    wrong = []
    if request.form.get("who") == "other":
        wrong = [(field, text) for field, text in _OF_OTHERS if not request.form.get(field, "").strip()]
    if not wrong:
        return None
    return FormProblem("Dữ liệu không hợp lệ", "Hãy sửa các trường được nêu rồi gửi lại.", 422, "invalid", tuple(wrong))


def _named(problem: FormProblem) -> FormProblem:
    fields = tuple(
        (f"{ACTION}-{name.replace('.', '_')}" if name != "comment" else name, text) for name, text in problem.fields
    )
    return replace(problem, fields=fields)


def _page(task_id: int, problem: FormProblem | None = None, *, confirming: bool = False) -> Response:
    caller, now = current_caller(), asked_at()
    opened: OpenedTask = open_task(task_id, caller, now)
    task = one_of_desk(caller, task_id, now)
    offer = next((one for one in opened.offers if one.name == ACTION), None)
    text = render_template(
        "desk/handing.html",
        task=task,
        version=opened.task.version,
        allowed=offer is not None and offer.allowed,
        why=offer.why if offer is not None else None,
        needs=opened.handing,
        money=fees_of(caller, task["dossier"]),
        typed=request.form,
        fields=[f"{ACTION}-{name}" if name != "comment" else name for name in _FIELDS],
        problem=problem,
        confirming=confirming,
        dong=dong,
    )
    return make_response(text, problem.status if problem else 200)
