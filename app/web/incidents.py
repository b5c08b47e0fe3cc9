"""Incidents for an administrator: what stands and why, and the forms to try again, repair and close."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from flask import Response, abort, flash, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from app.access.guard import requires
from app.access.request import current_caller
from app.actions.close_incident import CloseIncident
from app.actions.on_incident import PERMISSION
from app.actions.repair_incident import RepairIncident
from app.actions.retry_incident import retry
from app.actions.runner import run
from app.errors import DomainError
from app.rules.permissions import READERS
from app.runtime import asked_at
from app.schemas.incidents import ReasonBody, RepairBody
from app.schemas.reading import load
from app.views.incidents import KINDS, IncidentAsk, incident_detail, incident_list, resolved_view
from app.web.acting import FormProblem, form_problem, page_context
from app.web.action_fields import typed_in
from app.web.asking import choice, words
from app.web.blueprint import page

PAGE_SIZE = 25
STATES = {"chua": "Chưa giải quyết", "xong": "Đã giải quyết", "tat-ca": "Tất cả"}
_OPEN = {"chua": True, "xong": False, "tat-ca": None}
ACTIONS = {"thuc-hien-lai": "retry", "sua-chua": "repair", "dong": "close"}
"""The last part of a form's address, and what it does."""
_DONE = {
    "retry": "Đã cho thực hiện lại; sự cố đã hết.",
    "repair": "Đã sửa chữa; sự cố đã hết.",
    "close": "Đã đóng sự cố.",
}
_NOT_YET = "Đã ghi các giá trị mới; sự cố còn đến khi bước đi tiếp."
OTHERS = 2
"""Empty rows for names that are not there yet."""


@dataclass(frozen=True, slots=True)
class Value:
    """A field of the repair form: the name of a variable, its value as people type it."""

    field: str
    name: str
    text: str
    simple: bool


@page.get("/su-co")
@requires(PERMISSION)
def incidents() -> str:
    """What stands, the newest first."""
    state = choice("tt", STATES) or "chua"
    ask = IncidentAsk(
        _OPEN[state],
        choice("loai", KINDS),
        words("agency", 64),
        words("procedure", 64),
        PAGE_SIZE,
        words("trang", 400),
    )
    try:
        found = incident_list(ask)
    except DomainError:  # a cursor that somebody has edited
        ask = replace(ask, cursor=None)
        found = incident_list(ask)
    asked = {"tt": state, "loai": ask.kind, "agency": ask.agency, "procedure": ask.procedure}
    return render_template(
        "incidents/list.html",
        found=found,
        ask=ask,
        state=state,
        states=list(STATES.items()),
        kinds=list(KINDS.items()),
        next_url=_address(asked | {"trang": found["next"]}) if found["next"] else None,
        first_url=_address(asked) if ask.cursor else None,
    )


@page.get("/su-co/<id:incident_id>")
@requires(PERMISSION)
def incident(incident_id: int) -> Response:
    """One incident, what its diagram and its dossier hold, and what may be done."""
    return _shown(incident_id, {})


@page.post("/su-co/<id:incident_id>/<what>")
@requires(PERMISSION)
def act_on_incident(incident_id: int, what: str) -> BaseResponse:
    """Do it, and show how the incident stands; or the same page with why not."""
    action = ACTIONS.get(what) or abort(404)
    try:
        told = _act(action, incident_id)
    except DomainError as error:
        if error.code == "not_found":
            raise
        return _shown(incident_id, typed_in(request.form), action, form_problem(error))
    flash(_DONE[action] if told["resolved"] else _NOT_YET, "success")
    return redirect(f"/su-co/{incident_id}", 303)


@page.get("/su-co/<id:incident_id>/<what>")
@requires(PERMISSION)
def act_on_incident_again(incident_id: int, what: str) -> BaseResponse:
    """The address of a form that was refused, opened anew."""
    if what not in ACTIONS:
        abort(404)
    return redirect(f"/su-co/{incident_id}", 303)


def _act(action: str, incident_id: int) -> dict[str, Any]:
    form, context = request.form, page_context()
    given: dict[str, Any] = {"reason": form.get("reason", "")}
    if action == "retry":
        return retry(incident_id, load(ReasonBody(), given)["reason"], context, resolved_view)
    if action == "close":
        return run(CloseIncident(incident_id, load(ReasonBody(), given)["reason"]), context, resolved_view)
    given |= {"set": _changed("set"), "data": _changed("data"), "retry": "retry" in form}
    given |= {"to_step": to_step} if (to_step := form.get("to_step", "")) else {}
    body = load(RepairBody(), given)
    command = RepairIncident(
        incident_id, body["reason"], body["set"], body["data"], body.get("to_step"), retry=body["retry"]
    )
    return run(command, context, resolved_view)


def _changed(kind: str) -> dict[str, Any]:
    """What was typed otherwise than it was shown; a row is `<kind>-<n>` with `-name` and `-was` beside it."""
    form, found = request.form, {}
    for field in form:
        name = form.get(f"{field}-name", "").strip()
        if field.startswith(f"{kind}-") and name and form[field] != form.get(f"{field}-was", ""):
            found[name] = _value(form[field])
    return found


def _value(text: str) -> Any:
    """Numbers, true, false, null, lists and quoted text as JSON has them; everything else is text as it stands."""
    try:
        return json.loads(text, parse_constant=_text_instead)
    except (ValueError, RecursionError):
        return text


def _text_instead(constant: str) -> Any:
    raise ValueError(constant)


def _typed(value: Any) -> str:
    """A value as `_value` reads it."""
    if isinstance(value, str) and _value(value) == value:
        return value
    return json.dumps(value, ensure_ascii=False)


def _values(kind: str, held: Mapping[str, Any]) -> list[Value]:
    return [
        Value(f"{kind}-{number}", name, _typed(value), not isinstance(value, dict | list))
        for number, (name, value) in enumerate(held.items())
    ]


def _shown(
    incident_id: int, typed: Mapping[str, str], action: str | None = None, problem: FormProblem | None = None
) -> Response:
    found = incident_detail(current_caller(), incident_id, asked_at())
    text = render_template(
        "incidents/detail.html",
        found=found,
        variables=_values("set", found["variables"]),
        data=_values("data", found["data"]),
        others=range(OTHERS),
        typed=typed,
        refused=action,
        problem=problem,
        reads=any(current_caller().may(name) for name in READERS),
    )
    return make_response(text, problem.status if problem else 200)


def _address(asked: Mapping[str, Any]) -> str:
    query = urlencode({name: value for name, value in asked.items() if value})
    return f"/su-co?{query}" if query else "/su-co"
