"""Approving and signing many results at once, with progress: read, leave out or return, sign and pass on (ST-15.1, QT-17.5)."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from app.access.guard import requires
from app.access.request import current_caller
from app.actions.approve_batch import MOST_ITEMS, Approved, With, approve_batch
from app.actions.batch import BatchState, Results, batch_state, stop_batch
from app.actions.by_name import command_for
from app.actions.runner import run_task
from app.errors import DomainError, invalid
from app.rules.permissions import WORKERS
from app.runtime import asked_at
from app.schemas.approving import ApproveWithBody
from app.schemas.reading import load
from app.views.acting import outcome_view
from app.views.approving import approved_view, approving_keys, awaiting
from app.views.chosen import chosen_tasks
from app.web.acting import PIN, FormProblem, form_key, form_problem, is_key, new_key, page_context
from app.web.blueprint import page

_TYPED = ("key", "comment", PIN)
_LONGEST = 8000


@page.get("/duyet")
@requires(*WORKERS)
def approvals() -> Response:
    """What waits for her approval, with the drafts."""
    return _page()


@page.post("/duyet")
@requires(*WORKERS)
def approve_chosen() -> Response:
    """Each in a transaction of its own; what one is refused does not stop the others."""
    try:
        items = [item for text in request.form.getlist("items") if (item := _item(text)) is not None]
        if not items:
            raise invalid({"items": ["Hãy chọn ít nhất một hồ sơ: đánh dấu vào ô đầu dòng."]})
        typed = {name: request.form[name] for name in _TYPED if request.form.get(name, "").strip()}
        body = load(ApproveWithBody(), typed)
        using = With(body.get("key"), body.get("comment"), body.get("pin"))
        results = approve_batch(items, using, page_context(), approved_view)
    except DomainError as error:
        return _page(form_problem(error))
    return _results(results)


@page.post("/duyet/tra-lai/<id:task_id>")
@requires(*WORKERS)
def return_one(task_id: int) -> BaseResponse:
    """Send one back with what is to be done, typed beside it (ST-15.1a)."""
    field = f"instruction-{task_id}"
    try:
        comment = request.form.get(field, "")[:_LONGEST]
        run_task(command_for("return", task_id, None, {"comment": comment}), page_context(), outcome_view)
    except DomainError as error:
        problem = form_problem(error)
        renamed = tuple((field if name == "comment" else name, text) for name, text in problem.fields)
        return _page(FormProblem(problem.title, problem.detail, problem.status, problem.code, renamed))
    flash("Đã trả lại kèm ý kiến chỉ đạo.", "success")
    return redirect(url_for("web.approvals"), 303)


@page.get("/duyet/<key>")
@requires(*WORKERS)
def see_approving(key: str) -> Response:
    """What came of the approvals whose form had that key, or how far they are."""
    state = _state(key)
    if state.results is not None:
        return _results(state.results)
    return make_response(render_template("approving/working.html", state=state, key=key))


@page.get("/duyet/<key>/tien-do")
@requires(*WORKERS)
def approving_progress(key: str) -> Response:
    """The part of the page that says how far they are, while the form waits for the answer."""
    return make_response(render_template("inbox/batch_progress.html", state=_state(key)))


@page.post("/duyet/<key>/dung")
@requires(*WORKERS)
def stop_approving(key: str) -> BaseResponse:
    """Leave alone what has not begun; what was signed stays signed."""
    if not is_key(key):
        abort(404)
    stop_batch(current_caller(), form_key(key), asked_at())
    return redirect(url_for("web.see_approving", key=key), 303)


def _state(key: str) -> BatchState:
    if not is_key(key):
        abort(404)
    return batch_state(current_caller(), form_key(key))


def _item(text: str) -> Approved | None:
    """`task:version:draft`, as the page wrote it; the draft is empty where nothing is to be signed."""
    parts = text.split(":")
    if len(parts) != 3 or not all(part.isascii() and part.isdigit() and len(part) < 19 for part in parts if part):
        return None
    task, version, draft = parts
    return Approved(int(task), int(draft) if draft else None, int(version)) if task and version else None


def _page(problem: FormProblem | None = None) -> Response:
    caller = current_caller()
    found = awaiting(caller, asked_at())
    ticked = set(request.form.getlist("items")) if problem else set()
    keys = approving_keys(caller)
    text = render_template(
        "approving/list.html",
        found=[one | {"item": _written(one), "ticked": _written(one) in ticked} for one in found],
        keys=keys,
        asks_pin=any(key["ask_pin"] for key in keys),
        key=new_key(),
        most=MOST_ITEMS,
        typed=request.form if problem else {},
        problem=problem,
    )
    return make_response(text, problem.status if problem else 200)


def _written(one: dict[str, Any]) -> str:
    draft = one["draft"]
    return f"{one['id']}:{one['version']}:{'' if draft['signed'] else draft['id']}"


def _results(results: Results) -> Response:
    caller = current_caller()
    chosen = chosen_tasks(caller, [one["id"] for one in results], asked_at())
    refused = [one for one in results if one["status"] != 200]
    again = {one["id"]: one for one in awaiting(caller, asked_at())} if refused else {}
    keys = approving_keys(caller)
    text = render_template(
        "approving/results.html",
        total=len(results),
        done=[one for one in results if one["status"] == 200],
        refused=refused,
        tasks={task_id: one.view for task_id, one in chosen.items()},
        retried=[_written(again[one["id"]]) for one in refused if one["id"] in again],
        keys=keys,
        chosen_key=request.form.get("key"),
        asks_pin=any(key["ask_pin"] for key in keys),
        key=new_key(),
    )
    return make_response(text)
