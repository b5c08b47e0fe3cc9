"""One action on many tasks of the inbox: look what it would do, do it, see how far it is and what came of each."""

from __future__ import annotations

from flask import Response, abort, flash, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from app.access.guard import requires
from app.access.request import current_caller
from app.actions.batch import MOST_ITEMS, BatchState, Results, batch_state, run_batch
from app.actions.drafts import forget_drafts
from app.actions.open_task import TITLES
from app.errors import DomainError, invalid
from app.rules.permissions import READERS
from app.runtime import asked_at, runtime
from app.schemas.tasks import read_body
from app.views.acting import outcome_view
from app.views.chosen import chosen_tasks
from app.views.inbox import inbox_ids
from app.web.acting import FormProblem, form_key, form_problem, is_key, new_key, page_context
from app.web.asking import choice, ids
from app.web.blueprint import page
from app.web.grouped import GROUPED, Group, group_of
from app.web.inbox import asked_inbox
from app.web.list_context import carried_list, list_address
from app.web.task_forms import KEEPS_COMMENT

_MISSING = {
    "account": "Hãy chọn người nhận bàn giao.",
    "comment": "Hãy ghi ý kiến hoặc lý do.",
    "decision": "Hãy chọn kết quả xử lý.",
}
_BACK = {"press": "/theo-doi/danh-sach"}
"""Whence an action comes that is not chosen in the inbox."""
_LISTED = 50
"""More than so many are folded away under how many wait at which step."""


@page.get("/viec/hang-loat")
@page.get("/viec/hang-loat/xem")
@requires(*READERS)
def choose_again() -> BaseResponse:
    """The address of a batch's page, opened anew or come back to: what was chosen is not in it."""
    return redirect(_back(None), 303)


@page.post("/viec/hang-loat/xem")
@requires(*READERS)
def preview_batch() -> BaseResponse:
    """What would be done to each of the chosen tasks, and what the action still needs."""
    action, chosen = _asked()
    return redirect(_back(None), 303) if not chosen else _form(action, chosen, None)


@page.post("/viec/hang-loat")
@requires(*READERS)
def act_on_batch() -> BaseResponse:
    """Each task in a transaction of its own; what one is refused does not stop the others."""
    action, chosen = _asked()
    if not chosen:
        return redirect(_back(None), 303)
    if request.form.get("all"):  # what a filter finds may change: what is done is what was seen
        return _form(action, chosen, None)
    try:
        typed = {name: request.form[name] for name in GROUPED[action] if request.form.get(name, "").strip()}
        _require(_group(action, chosen), typed)
        results = run_batch(action, chosen, read_body(action, typed), page_context(), outcome_view)
    except DomainError as error:
        return _form(action, chosen, form_problem(error))
    done = [one["id"] for one in results if one["status"] == 200]
    if action not in KEEPS_COMMENT:
        forget_drafts(current_caller(), done)
    if len(done) == len(results):
        flash(f"{TITLES[action]}: đã xong {len(done)} việc.", "success")
        return redirect(_back(action), 303)
    return make_response(_results(TITLES[action], results, action))


@page.get("/viec/hang-loat/<key>")
@requires(*READERS)
def see_batch(key: str) -> Response:
    """What came of the batch whose form had that key, or how far it is."""
    state = _state(key)
    if state.results is not None:
        return make_response(_results("Thao tác hàng loạt", state.results))
    return make_response(render_template("inbox/batch_working.html", state=state))


@page.get("/viec/hang-loat/<key>/tien-do")
@requires(*READERS)
def batch_progress(key: str) -> Response:
    """The part of a page that says how far a batch is, while its form waits for the answer."""
    return make_response(render_template("inbox/batch_progress.html", state=_state(key)))


def _state(key: str) -> BatchState:
    if not is_key(key):
        abort(404)
    return batch_state(current_caller(), form_key(key))


def _back(action: str | None) -> str:
    """The list that the tasks were chosen in."""
    if action in _BACK:
        return _BACK[action]
    ask = carried_list()
    return list_address(ask) if ask is not None else "/viec"


def _results(title: str, results: Results, action: str | None = None) -> str:
    refused = [one for one in results if one["status"] != 200]
    chosen = chosen_tasks(current_caller(), [one["id"] for one in results], asked_at())
    return render_template(
        "inbox/batch_results.html",
        title=title,
        total=len(results),
        refused=refused,
        done=[one for one in results if one["status"] == 200],
        tasks={task_id: one.view for task_id, one in chosen.items()},
        listed=_LISTED,
        action=action,
        actions=[(name, TITLES[name]) for name in GROUPED],
        back=_back(action),
    )


def _asked() -> tuple[str, list[int]]:
    action = choice("other" if request.form.get("action") == "other" else "action", GROUPED)
    if action is None:
        raise invalid({"action": ["Hãy chọn việc cần làm với các hồ sơ."]})
    if request.form.get("all"):
        chosen = inbox_ids(current_caller(), asked_inbox(), asked_at(), runtime().settings.profile, MOST_ITEMS)
    else:
        chosen = ids("ids", MOST_ITEMS)
    if not chosen:
        flash("Bạn chưa chọn hồ sơ nào: hãy đánh dấu vào ô đầu dòng.", "error")
    return action, chosen


def _group(action: str, chosen: list[int]) -> Group:
    return group_of(action, chosen, chosen_tasks(current_caller(), chosen, asked_at()))


def _require(group: Group, typed: dict[str, str]) -> None:
    """A batch says first what is missing for all of it, instead of once an item."""
    missing = {need: [_MISSING[need]] for need in _MISSING if need in group.needs and need not in typed}
    if missing:
        raise invalid(missing)


def _form(action: str, chosen: list[int], problem: FormProblem | None) -> Response:
    tasks = chosen_tasks(current_caller(), chosen, asked_at())
    group = group_of(action, chosen, tasks)
    views = {task_id: one.view for task_id, one in tasks.items()}
    steps: dict[str, int] = {}
    for task_id in group.ready:
        name = str(views[task_id]["step_name"])
        steps[name] = steps.get(name, 0) + 1
    text = render_template(
        "inbox/batch.html",
        action=action,
        title=TITLES[action],
        items=[(task_id, views.get(task_id), group.offers.get(task_id)) for task_id in chosen],
        group=group,
        fields=GROUPED[action],
        steps=steps,
        folded=len(chosen) > _LISTED,
        key=new_key(),
        back=_back(action),
        problem=problem,
        typed=request.form,
    )
    return make_response(text, problem.status if problem else 200)
