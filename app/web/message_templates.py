"""What messages say, for whoever may change it: chosen by event and channel, looked at with a sample, then kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, flash, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from app.access.guard import requires
from app.access.request import current_caller
from app.actions.edit_message_template import EditMessageTemplate
from app.actions.keyed import keyed
from app.actions.settle_delivery import MANAGE
from app.errors import DomainError
from app.runtime import asked_at, runtime
from app.schemas.messages import MessageTemplateBody
from app.schemas.reading import load
from app.store import organisation
from app.store.transaction import reading
from app.views.deliveries import CHANNELS
from app.views.message_templates import preview, template_detail, template_list
from app.web.acting import FormProblem, form_problem, page_context
from app.web.asking import words
from app.web.blueprint import page
from app.wording import LOCAL

LOOK, BUILT_IN = "xem", "co-san"


@page.get("/mau-tin")
@requires(MANAGE)
def message_templates() -> str:
    """Every event with its channels, and which of them say something of the province's or an agency's own."""
    rows = template_list(asked_at().astimezone(LOCAL).date())
    events: dict[str, dict[str, Any]] = {}
    for row in rows:
        events.setdefault(row["event"], {"event": row["event"], "title": row["title"], "channels": []})
        events[row["event"]]["channels"].append(row)
    return render_template("messages/templates.html", events=list(events.values()), channels=CHANNELS)


@page.get("/mau-tin/<code:event>/<code:channel>")
@requires(MANAGE)
def message_template(event: str, channel: str) -> Response:
    """One text: as it counts, how it looks, and what it said before."""
    return _shown(event, channel)


@page.post("/mau-tin/<code:event>/<code:channel>")
@requires(MANAGE)
def edit_message_template(event: str, channel: str) -> BaseResponse:
    """Look at it, keep it, or go back to what is built in."""
    form = request.form
    what = form.get("what", LOOK)
    typed = {name: form.get(name, "").replace("\r\n", "\n") for name in ("subject", "body", "valid_from")}
    given: dict[str, Any] = {"event": event, "channel": channel, "agency": words("agency", 64)}
    if what != BUILT_IN:
        given |= {"subject": typed["subject"] or None, "body": typed["body"]}
    if typed["valid_from"] and what != BUILT_IN:
        given["valid_from"] = typed["valid_from"]
    try:
        body = load(MessageTemplateBody(), given)
        if what == LOOK:
            return _shown(event, channel, typed, look=body)
        command, context = EditMessageTemplate(**body), page_context()
        keyed(context, lambda held: {"id": command.keep(held, current_caller(), context.now)})
    except DomainError as error:
        if error.code == "not_found":
            raise
        return _shown(event, channel, typed, problem=form_problem(error))
    flash("Đã dùng lại văn bản có sẵn." if what == BUILT_IN else "Đã lưu mẫu tin.", "success")
    return redirect(_address(event, channel, body.get("agency")), 303)


def _shown(
    event: str,
    channel: str,
    typed: Mapping[str, str] | None = None,
    problem: FormProblem | None = None,
    look: Mapping[str, Any] | None = None,
) -> Response:
    now, settings = asked_at(), runtime().settings
    day = now.astimezone(LOCAL).date()
    try:
        found = template_detail(event, channel, words("agency", 64), day)
    except DomainError as error:
        raise DomainError("not_found", "Không có mẫu tin này.") from error
    text = (look["subject"], look["body"]) if look else (found["subject"], found["body"])
    if look is None and found["built_in"]:
        text = (None, None)
    sample = None
    if problem is None:
        sample = preview(event, channel, *text, settings.public_url, fold=settings.sms_folded)
    with reading() as connection:
        agencies = organisation.agency_names(connection, day)
    shown = render_template(
        "messages/template.html",
        found=found,
        typed=typed or {"subject": found["subject"], "body": found["body"], "valid_from": day.isoformat()},
        problem=problem,
        sample=sample,
        looked=look is not None,
        agencies=agencies,
    )
    return make_response(shown, problem.status if problem else 200)


def _address(event: str, channel: str, agency: str | None) -> str:
    return f"/mau-tin/{event}/{channel}" + (f"?agency={agency}" if agency else "")
