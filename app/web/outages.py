"""Outages: announced and ended on one page, shown on all others while they last (TN-22.1a)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Flask, Response, flash, make_response, redirect, render_template, request
from sqlalchemy.exc import OperationalError
from werkzeug.wrappers import Response as BaseResponse

from app.access.guard import requires
from app.actions.announce_outage import AnnounceOutage, ChangeOutage, EndOutage
from app.actions.keyed import keyed
from app.errors import DomainError
from app.runtime import asked_at
from app.schemas.messages import OutageBody, OutageChangeBody, OutageEndBody
from app.schemas.reading import load
from app.views.outages import AUDIENCES, banners, outage_list, outage_view
from app.web.acting import FormProblem, form_problem, page_context
from app.web.blueprint import page
from app.wording import LOCAL

PERMISSION = "outage.announce"


def install(app: Flask) -> None:
    app.add_template_global(outage_banners)


def outage_banners(audience: str) -> list[dict[str, Any]]:
    """What stands above every page for `users` or `citizens`; nothing when it cannot be read, for it is only a remark."""
    try:
        return banners(audience, asked_at())
    except (DomainError, OperationalError):
        return []


@page.get("/gian-doan")
@requires(PERMISSION)
def outages() -> Response:
    """The form and what was announced."""
    return _shown()


@page.post("/gian-doan")
@requires(PERMISSION)
def announce_outage() -> BaseResponse:
    """Announce one."""
    form = request.form
    given = {
        "title": form.get("title", ""),
        "text": form.get("text", ""),
        "starts_at": _instant("starts_at") or asked_at().isoformat(),
        "ends_at": _instant("ends_at"),
        "audience": [name for name in form.getlist("audience") if name in AUDIENCES],
    }
    try:
        command, context = AnnounceOutage(**load(OutageBody(), given)), page_context()
        keyed(context, lambda held: outage_view(command.announce(held, context.caller, context.now)))
    except DomainError as error:
        return _shown(form_problem(error))
    flash("Đã thông báo sự cố.", "success")
    return redirect("/gian-doan", 303)


@page.get("/gian-doan/<id:outage_id>/sua")
@requires(PERMISSION)
def outage_form(outage_id: int) -> Response:
    """What is said of one that is not over, to be said otherwise."""
    return _edited(outage_id)


@page.post("/gian-doan/<id:outage_id>/sua")
@requires(PERMISSION)
def change_outage(outage_id: int) -> BaseResponse:
    """Say it otherwise from now on."""
    form = request.form
    given = {
        "title": form.get("title", ""),
        "text": form.get("text", ""),
        "starts_at": _instant("starts_at"),
        "ends_at": _instant("ends_at"),
    }
    try:
        command, context = ChangeOutage(outage_id, **load(OutageChangeBody(), given)), page_context()
        keyed(context, lambda held: outage_view(command.change(held, context)))
    except DomainError as error:
        if error.code == "not_found":
            raise
        return _edited(outage_id, form_problem(error))
    flash("Đã sửa thông báo sự cố.", "success")
    return redirect("/gian-doan", 303)


@page.post("/gian-doan/<id:outage_id>/ket-thuc")
@requires(PERMISSION)
def end_outage(outage_id: int) -> BaseResponse:
    """It is over."""
    try:
        body = load(OutageEndBody(), {"text": request.form.get("text", "")})
        command, context = EndOutage(outage_id, body["text"]), page_context()
        keyed(context, lambda held: outage_view(command.end(held, context.caller, context.now)))
    except DomainError as error:
        if error.code == "not_found":
            raise
        return _shown(form_problem(error))
    flash("Đã báo kết thúc sự cố.", "success")
    return redirect("/gian-doan", 303)


@page.get("/gian-doan/<id:outage_id>/ket-thuc")
@requires(PERMISSION)
def end_outage_again(outage_id: int) -> BaseResponse:
    """The address of a form that was refused, opened anew."""
    return redirect("/gian-doan", 303)


def _instant(name: str) -> str | None:
    """A local date and time of a form as ISO text; what cannot be read is left to the schema's refusal."""
    text = request.form.get(name, "").strip()
    if not text:
        return None
    try:
        return datetime.fromisoformat(text).replace(tzinfo=LOCAL).isoformat()
    except ValueError:
        return text


def _edited(outage_id: int, problem: FormProblem | None = None) -> Response:
    found = next((one for one in outage_list() if one["id"] == outage_id), None)
    if found is None:
        raise DomainError("not_found", "Không có thông báo sự cố này.")
    typed: dict[str, Any] = dict(found)
    for name in ("starts_at", "ends_at"):
        at = found[name]
        typed[name] = f"{at.astimezone(LOCAL):%Y-%m-%dT%H:%M}" if at is not None else ""
    if problem is not None:
        typed |= request.form.to_dict()
    text = render_template("messages/outage.html", found=found, problem=problem, typed=typed)
    return make_response(text, problem.status if problem else 200)


def _shown(problem: FormProblem | None = None) -> Response:
    now = asked_at().astimezone(LOCAL)
    typed: dict[str, Any] = {"starts_at": f"{now:%Y-%m-%dT%H:%M}", "audience": ["users", "citizens"]}
    if problem is not None:
        typed = {**request.form.to_dict(), "audience": request.form.getlist("audience")}
    text = render_template(
        "messages/outages.html", found=outage_list(), audiences=AUDIENCES, problem=problem, typed=typed
    )
    return make_response(text, problem.status if problem else 200)
