"""Acting on a task through its form: the same commands and schemas as the API, and words for what came of it."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import Any

from flask import Response, abort, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from app.access.guard import requires
from app.access.request import current_caller
from app.actions.by_name import command_for
from app.actions.drafts import forget_draft, save_draft
from app.actions.late import happened_in
from app.actions.open_task import open_task
from app.actions.runner import run_task
from app.api.uploads import takes_files
from app.errors import DomainError
from app.rules.permissions import READERS
from app.runtime import asked_at
from app.schemas.tasks import read_body
from app.views.acting import outcome_view
from app.web.acting import form_problem, page_context, seen_version
from app.web.action_fields import body_of, form_name, typed_in, typed_on
from app.web.after_acting import after_acting
from app.web.blueprint import page
from app.web.dossier import Refused, overview
from app.web.slip_fields import filled_values, slip_prefix, slip_wanted
from app.web.slips import slip_errors
from app.web.step_form_fields import step_data
from app.web.task_forms import FIELDS, KEEPS_COMMENT, standing_words
from app.web.uploads import uploads_of

_MOVED_ON = ("task_taken", "task_finished", "task_suspended", "stale_version", "not_a_candidate", "wrong_state")
"""Refusals after which a person wants to know how things stand now."""


@page.get("/viec/<id:task_id>/<action>")
@requires(*READERS)
def act_again(task_id: int, action: str) -> BaseResponse:
    """The address of a form that was refused, opened anew: the task as it is now."""
    if action not in (*FIELDS, "nhap"):
        abort(404)
    return redirect(f"/viec/{task_id}", 303)


@page.post("/viec/<id:task_id>/<action>")
@takes_files
@requires(*READERS)
def act(task_id: int, action: str) -> BaseResponse:
    """Do it, say what came of it, and show where the dossier is now; or the same page with why not."""
    if action not in FIELDS:
        abort(404)
    try:
        given = body_of(action, FIELDS[action], request.form)
        if action == "forward" and (data := step_data(request.form)):
            given["data"] = data
        if slip_wanted(action, request.form):
            given["slip"] = _slip(action)
        body = read_body(action, given)
        uploads = uploads_of(action, task_id)
        command = command_for(action, task_id, seen_version(), body, uploads)
        context = page_context(upload.sha256 for upload in uploads)
        told = run_task(command, replace(context, happened=happened_in(body)), outcome_view)
    except DomainError as error:
        return refused_page(task_id, action, error)
    _settle_draft(task_id, action)
    return after_acting(action, task_id, told)


def refused_page(task_id: int, action: str, error: DomainError) -> Response:
    """The page as things stand now, with everything typed. A task that may not be seen is not found."""
    opened = open_task(task_id, current_caller(), asked_at())
    problem = form_problem(error)
    named = tuple((form_name(action, name), text) for name, text in problem.fields if not name.startswith("slip"))
    problem = replace(problem, fields=named + slip_errors(error, slip_prefix(action)))
    typed = typed_in(request.form)
    standing = standing_words(opened) if error.code in _MOVED_ON else None
    return overview(opened.work.dossier.code, task_id, Refused(action, problem, standing, typed))


def _slip(action: str) -> dict[str, Any]:
    """The slip that was filled in beside the action, to be signed where that was ticked."""
    prefix, form = slip_prefix(action), request.form
    signed = {"sign": True, "key": form.get(f"{prefix}key") or None} if f"{prefix}sign" in form else {}
    return {"values": filled_values(form.get(f"{prefix}form", ""), form, prefix), **signed}


def _settle_draft(task_id: int, action: str) -> None:
    """What was typed has been sent; or, where the action takes no comment, it waits for the one that does.

    The action is done: a draft that cannot be kept, too long a one, does not say otherwise.
    """
    if action in KEEPS_COMMENT:
        with suppress(DomainError):
            save_draft(current_caller(), task_id, typed_on(request.form), asked_at())
    else:
        forget_draft(current_caller(), task_id)
