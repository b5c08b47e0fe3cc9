"""Maintenance: planned, begun and ended on one page, announced on all others (LA-4.3, HT-14.2)."""

from __future__ import annotations

from typing import Any

from flask import Flask, Response, flash, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from app.access.guard import requires
from app.access.maintenance import announced, watch
from app.access.request import current_caller
from app.actions.keyed import keyed
from app.actions.maintain import KINDS, MANAGE, MODES, BeginMaintenance, EndMaintenance, Hand
from app.errors import DomainError
from app.runtime import asked_at
from app.schemas.operations import MaintenanceBody, MaintenanceEndBody
from app.schemas.reading import load
from app.views.maintenance import maintenance_state, maintenance_view
from app.web.acting import FormProblem, form_problem, page_context
from app.web.blueprint import page
from app.web.local_times import typed_instant


def install(app: Flask) -> None:
    app.add_template_global(maintenance_note)


def maintenance_note() -> dict[str, Any] | None:
    """What stands above every page while the system is maintained, or will be; read by this process before."""
    row = announced()
    return None if row is None else maintenance_view(row, asked_at())


@page.get("/quan-tri/bao-tri")
@requires(*MANAGE)
def maintenance_page() -> Response:
    """What goes on or is planned, and the form."""
    return _shown()


@page.post("/quan-tri/bao-tri")
@requires(*MANAGE)
def begin_maintenance() -> BaseResponse:
    """Plan or begin one."""
    form = request.form
    given = {
        "kind": form.get("kind", ""),
        "mode": form.get("mode", ""),
        "words": form.get("words", ""),
        "starts_at": typed_instant("starts_at"),
        "ends_at": typed_instant("ends_at"),
        "basis": form.get("basis", "").strip() or None,
    }
    try:
        body, context = load(MaintenanceBody(), given), page_context()
        starts_at = body.pop("starts_at") or context.now
        command = BeginMaintenance(starts_at=starts_at, **body)
        keyed(context, lambda held: maintenance_view(command.plan(held, _hand(), context.now), context.now))
    except DomainError as error:
        return _shown(form_problem(error))
    watch().look()
    flash("Đã ghi; mọi trang báo cho người dùng.", "success")
    return redirect("/quan-tri/bao-tri", 303)


@page.post("/quan-tri/bao-tri/ket-thuc")
@requires(*MANAGE)
def end_maintenance() -> BaseResponse:
    """It is over, or called off."""
    try:
        body, context = load(MaintenanceEndBody(), {"words": request.form.get("done", "")}), page_context()
        command = EndMaintenance(body["words"])
        keyed(context, lambda held: maintenance_view(command.end(held, _hand(), context.now), context.now))
    except DomainError as error:
        return _shown(form_problem(error))
    watch().look()
    flash("Đã kết thúc; hệ thống hoạt động bình thường.", "success")
    return redirect("/quan-tri/bao-tri", 303)


@page.get("/quan-tri/bao-tri/ket-thuc")
@requires(*MANAGE)
def end_maintenance_again() -> BaseResponse:
    """The address of a form that was refused, opened anew."""
    return redirect("/quan-tri/bao-tri", 303)


def _hand() -> Hand:
    return Hand(current_caller().account_id, request.remote_addr)


def _shown(problem: FormProblem | None = None) -> Response:
    typed: dict[str, Any] = {"kind": "maintenance", "mode": "read_only"}
    if problem is not None and "words" in request.form:
        typed = request.form.to_dict()
    text = render_template(
        "operations/maintenance.html",
        state=maintenance_state(asked_at()),
        kinds=KINDS,
        modes=MODES,
        typed=typed,
        problem=problem,
    )
    return make_response(text, problem.status if problem else 200)
