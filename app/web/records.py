"""What is written into a dossier beside its steps: the applicant's own changes, a lost slip printed again, corrections."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import Response, abort, flash, make_response, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from app.access.caller import Caller
from app.access.guard import requires
from app.access.request import current_caller
from app.actions.amend import Amend
from app.actions.correct import Correct
from app.actions.late import PERMISSION, happened_in
from app.actions.reprint import Reprint
from app.actions.runner import Outcome, run
from app.errors import DomainError
from app.rules.permissions import READERS, RIGHTS, in_state
from app.runtime import asked_at
from app.schemas.dossier_actions import AmendBody, CorrectBody, ReprintBody
from app.schemas.reading import load
from app.views.dossiers import dossier_detail
from app.views.parts import attachments_of, timeline_of
from app.views.slips import slips_of
from app.web.acting import FormProblem, form_problem, page_context, seen_version
from app.web.action_fields import instant_of, typed_in
from app.web.asking import choice
from app.web.blueprint import page
from app.web.dossier import dossier_page
from app.web.rendering import instant

ACTIONS = ("amend", "reprint", "correct")
_MAY = tuple(sorted({name for action in ACTIONS for name in RIGHTS[action].permissions}))


@page.get("/ho-so/<code:code>/ghi-so")
@requires(*READERS)
def records(code: str) -> Response:
    """The forms that the person may fill in; `dong` is the row of the timeline that is to be put right."""
    return _shown(code, {"seq": request.args.get("dong", "")})


@page.post("/ho-so/<code:code>/ghi-so")
@requires(*_MAY)
def write_record(code: str) -> BaseResponse:
    """Write it, and show where it stands; or the same page with why not."""
    action = choice("viec", ACTIONS) or abort(404)
    try:
        told = _write(action, code)
    except DomainError as error:
        if error.code == "not_found":
            raise
        return _shown(code, typed_in(request.form), action, form_problem(error))
    if action == "reprint":
        return redirect(f"/ho-so/{code}/phieu/{told['slip']}.pdf?copy={told['copy']}", 303)
    flash(
        {"amend": "Đã ghi nhận sửa đổi, bổ sung.", "correct": "Đã đính chính và tính lại thời hạn."}[action], "success"
    )
    return redirect(f"/ho-so/{code}/dien-bien", 303)


def _write(action: str, code: str) -> dict[str, Any]:
    form = request.form
    given: dict[str, Any] = {"reason": form.get("reason", "")}
    context = page_context()
    if action == "correct":
        given |= {name: value for name in ("seq", "at") if (value := form.get(name, "").strip())}
        given |= {"at": instant_of(given["at"])} if "at" in given else {}
        given |= {"void": True} if form.get("void") else {}
        if appointment := form.get("appointment", "").strip():
            given["data"] = {"appointment": instant_of(appointment)}
        body = load(CorrectBody(), given)
        correction = Correct(
            code,
            body["seq"],
            body["reason"],
            at=body.get("at"),
            data=body.get("data") or {},
            void=body["void"],
            seen=seen_version(),
        )
        return run(correction, context, _nothing)
    given |= {
        name: instant_of(value) if name == "happened_at" else value
        for name in ("happened_at", "late_reason")
        if (value := form.get(name, "").strip())
    }
    if action == "reprint":
        body = load(ReprintBody(), given)
        slip = form.get("slip", "")
        number = int(slip) if slip.isascii() and slip.isdigit() and len(slip) < 19 else 0
        return run(
            Reprint(code, number, body["reason"]), replace(context, happened=happened_in(body)), lambda done: done.extra
        )
    files = form.getlist("attachments")
    body = load(AmendBody(), given | ({"attachments": files} if files else {}))
    amended = Amend(code, body["reason"], attachments=tuple(body.get("attachments") or ()))
    return run(amended, replace(context, happened=happened_in(body)), _nothing)


def _nothing(outcome: Outcome) -> dict[str, Any]:
    return {}


def _shown(
    code: str, typed: Mapping[str, str], action: str | None = None, problem: FormProblem | None = None
) -> Response:
    caller = current_caller()
    detail = dossier_detail(caller, code, asked_at())
    timeline = timeline_of(caller, code)
    rows = [
        (str(row["seq"]), f"{row['seq']}. {row['title']}, {instant(row['at'])}")
        for row in timeline
        if row["correctable"]
    ]
    text = dossier_page(
        "records",
        detail,
        "dossier/records.html",
        may=[name for name in ACTIONS if may_write(caller, name, detail["status"]["number"])],
        late=caller.may(PERMISSION),
        rows=rows,
        last=timeline[-1]["seq"] if timeline else 0,
        slips=slips_of(caller, code),
        files=[(str(one["id"]), one["name"]) for one in reversed(attachments_of(caller, code))],
        typed=typed,
        refused=action,
        problem=problem,
    )
    return make_response(text, problem.status if problem else 200)


def may_write(caller: Caller, action: str, status: int) -> bool:
    """Whether the form of that record is for this person, as the dossier is."""
    return any(caller.may(name) for name in RIGHTS[action].permissions) and in_state(action, status)
