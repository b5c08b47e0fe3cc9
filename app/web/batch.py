"""One action on many tasks of the inbox: look what it would do, do it, see what came of each."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from app.access.guard import requires
from app.access.request import current_caller
from app.actions.batch import MOST_ITEMS, run_batch
from app.actions.drafts import forget_draft
from app.actions.open_task import TITLES, OpenedTask, look_at_task
from app.errors import DomainError, invalid
from app.rules.permissions import READERS, WORKERS
from app.runtime import asked_at
from app.schemas.tasks import read_body
from app.views.acting import outcome_view
from app.views.tasks import task_detail
from app.web.acting import FormProblem, form_problem, page_context
from app.web.asking import choice, ids
from app.web.blueprint import page
from app.web.task_forms import KEEPS_COMMENT

ACTIONS = ("forward", "claim", "handoff")


@page.get("/viec/hang-loat")
@page.get("/viec/hang-loat/xem")
@requires(*READERS)
def choose_again() -> BaseResponse:
    """The address of a batch's page, opened anew or come back to: what was chosen is not in it."""
    return redirect("/viec", 303)


@page.post("/viec/hang-loat/xem")
@requires(*WORKERS)
def preview_batch() -> BaseResponse:
    """What would be done to each of the chosen tasks, and what the action still needs."""
    action, chosen = _asked()
    return redirect("/viec", 303) if not chosen else _form(action, chosen, None)


@page.post("/viec/hang-loat")
@requires(*WORKERS)
def act_on_batch() -> BaseResponse:
    """Each task in a transaction of its own; what one is refused does not stop the others."""
    action, chosen = _asked()
    if not chosen:
        return redirect("/viec", 303)
    try:
        typed = {name: request.form[name] for name in _FIELDS[action] if request.form.get(name, "").strip()}
        _require(action, typed, chosen)
        body = read_body(action, typed)
        results = run_batch(action, chosen, body, page_context(), outcome_view)
    except DomainError as error:
        return _form(action, chosen, form_problem(error))
    done = [one for one in results if one["status"] == 200]
    if action not in KEEPS_COMMENT:
        for one in done:
            forget_draft(current_caller(), one["id"])
    if len(done) == len(results):
        flash(f"{TITLES[action]}: đã xong {len(done)} việc.", "success")
        return redirect("/viec", 303)
    opened = {one["id"]: _look(one["id"]) for one in results}
    return make_response(
        render_template("inbox/batch_results.html", title=TITLES[action], results=results, opened=opened, done=done)
    )


_FIELDS = {"forward": ("comment", "decision"), "claim": (), "handoff": ("account", "comment")}


def _require(action: str, typed: dict[str, str], chosen: list[int]) -> None:
    """A batch says first what is missing for all of it, instead of once an item."""
    missing: dict[str, list[str]] = {}
    if action == "handoff":
        if not typed.get("account"):
            missing["account"] = ["Hãy chọn người nhận bàn giao."]
        if not typed.get("comment"):
            missing["comment"] = ["Hãy ghi lý do bàn giao."]
    if action == "forward" and not typed.get("decision") and any(map(_decides, chosen)):
        missing["decision"] = ["Hãy chọn kết quả xử lý."]
    if missing:
        raise invalid(missing)


def _decides(task_id: int) -> bool:
    """Whether the task is the caller's to forward now, and asks for a decision."""
    look = _look(task_id)
    return look is not None and any(
        offer.name == "forward" and offer.allowed and offer.decisions for offer in look.offers
    )


def _asked() -> tuple[str, list[int]]:
    action = choice("action", ACTIONS)
    if action is None:
        raise invalid({"action": ["Hãy chọn việc cần làm với các hồ sơ."]})
    chosen = ids("ids", MOST_ITEMS)
    if not chosen:
        flash("Bạn chưa chọn hồ sơ nào: hãy đánh dấu vào ô đầu dòng.", "error")
    return action, chosen


def _form(action: str, chosen: list[int], problem: FormProblem | None) -> Response:
    opened = [(task_id, _look(task_id)) for task_id in chosen]
    offers = {task_id: next(offer for offer in look.offers if offer.name == action) for task_id, look in opened if look}
    possible = [task_id for task_id, offer in offers.items() if offer.allowed]
    decisions = {offers[task_id].decisions for task_id in possible}
    shared = decisions.pop() if len(decisions) == 1 else ()
    # Where steps ask for different decisions each must be opened: no decision is taken for somebody who did not see it.
    alone = [task_id for task_id in possible if offers[task_id].decisions and not shared]
    ready = [task_id for task_id in possible if task_id not in alone]
    colleagues = [offers[task_id].accounts for task_id in ready]
    common = [one for one in colleagues[0] if all(one in others for others in colleagues)] if colleagues else []
    text = render_template(
        "inbox/batch.html",
        action=action,
        title=TITLES[action],
        items=[(task_id, _view(look), offers.get(task_id)) for task_id, look in opened],
        ready=ready,
        alone=alone,
        decisions=shared,
        colleagues=common,
        problem=problem,
        typed=request.form,
    )
    return make_response(text, problem.status if problem else 200)


def _look(task_id: int) -> OpenedTask | None:
    try:
        return look_at_task(task_id, current_caller(), asked_at())
    except DomainError:
        return None


def _view(look: OpenedTask | None) -> dict[str, Any] | None:
    return task_detail(look, asked_at()) if look else None
