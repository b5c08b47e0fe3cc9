"""What was submitted online and waits for the check, the oldest limit first, the limit ticking (HT-8.1a, TN-11.3a)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from flask import Response, abort, flash, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from app.access.guard import requires
from app.access.request import current_caller
from app.actions.by_name import command_for
from app.actions.late import happened_in
from app.actions.open_task import open_task
from app.actions.runner import run_task
from app.api.uploads import takes_files
from app.errors import DomainError
from app.runtime import asked_at
from app.schemas.tasks import read_body
from app.views.acting import outcome_view
from app.views.desk import due_today, one_of_desk, ready_results
from app.views.dossiers import dossier_detail
from app.views.fees import fees_of
from app.views.parts import attachments_of
from app.views.procedures import procedure_detail
from app.web.acting import FormProblem, form_problem, page_context, seen_version
from app.web.action_fields import body_of
from app.web.asking import choice, words
from app.web.blueprint import page
from app.web.fees import dong
from app.web.files import component_rows
from app.web.task_forms import FIELDS, done_words
from app.web.uploads import uploads_of
from app.wording import LOCAL

PAGE_SIZE = 25
QUEUE = "/tiep-nhan/truc-tuyen"
LISTS = (("intake", "Chờ kiểm tra"), ("correction", "Chờ người nộp sửa, bổ sung"))
ACTIONS = ("accept", "ask-correction", "refuse-intake", "receive-correction")
SOON_SECONDS = 3600
"""A limit with less working time left than this is told as near."""


@page.get(QUEUE)
@requires("dossier.register")
def intake_queue() -> Response:
    """The queue; those that wait for their applicants stand apart."""
    caller, now = current_caller(), asked_at()
    kind, q, cursor = choice("loai", [name for name, _ in LISTS]) or "intake", words("q"), words("trang", 400)
    try:
        found = ready_results(caller, kind, q, cursor, PAGE_SIZE, now)
    except DomainError as error:
        if error.code != "invalid":
            raise
        found = ready_results(caller, kind, q, None, PAGE_SIZE, now)
    more = urlencode({"loai": kind, "q": q or "", "trang": found["next"]}) if found["next"] else None
    text = render_template(
        "desk/queue.html",
        found=found,
        kind=kind,
        lists=LISTS,
        q=q,
        more=more,
        today=due_today(caller, now),
        ticks={one["id"]: ticking(one, now) for one in found["data"]},
    )
    return make_response(text)


@page.get(f"{QUEUE}/<id:task_id>")
@requires("dossier.register")
def check_online(task_id: int) -> Response:
    """One of them: what was sent, and the three things that may be done with it."""
    return _page(task_id)


@page.post(f"{QUEUE}/<id:task_id>/<action>")
@takes_files
@requires("dossier.register")
def decide_online(task_id: int, action: str) -> BaseResponse:
    """Accept, ask for a correction or refuse, and on to the next one of the queue."""
    if action not in ACTIONS:
        abort(404)
    try:
        given = body_of(action, FIELDS[action], request.form)
        if action == "refuse-intake" and "slip" in request.form:
            given["slip"] = {}
        body = read_body(action, given)
        uploads = uploads_of(action, task_id)
        command = command_for(action, task_id, seen_version(), body, uploads)
        context = page_context(upload.sha256 for upload in uploads)
        told = run_task(command, replace(context, happened=happened_in(body)), outcome_view)
    except DomainError as error:
        if error.code == "not_found":
            raise
        return _page(task_id, form_problem(error), action)
    flash(done_words(action, told), "success")
    return redirect(_next(task_id), 303)


@page.get(f"{QUEUE}/<id:task_id>/<action>")
@requires("dossier.register")
def decide_again(task_id: int, action: str) -> BaseResponse:
    """The address of a decision that was refused, opened anew."""
    return redirect(f"{QUEUE}/{task_id}", 303)


def ticking(one: dict[str, Any], now: datetime) -> dict[str, Any]:
    """A limit as the page shows it: words and colour now, and what the script needs to count down in working hours."""
    left = one["remaining"]
    if left is None:
        return {"words": "Không tính hạn", "state": "none", "left": "", "hours": ""}
    state = "late" if left <= 0 else "soon" if left < SOON_SECONDS else "time"
    return {
        "words": tick_words(left),
        "state": state,
        "left": left,
        "hours": ",".join(
            f"{int((a - now).total_seconds())}-{int((b - now).total_seconds())}" for a, b in one["hours"]
        ),
    }


def tick_words(left: int) -> str:
    """`còn 3 giờ 05 phút`, `quá hạn 20 phút`; the script says the same."""
    minutes = abs(left) // 60
    shown = f"{minutes // 60} giờ {minutes % 60:02d} phút" if minutes >= 60 else f"{minutes} phút"
    return f"còn {shown}" if left > 0 else f"quá hạn {shown}"


def _next(task_id: int) -> str:
    """The next one of the queue while there is one; its order is by the limit, so it is the first."""
    found = ready_results(current_caller(), "intake", None, None, 2, asked_at())["data"]
    following = next((one["id"] for one in found if one["id"] != task_id), None)
    return f"{QUEUE}/{following}" if following and "tiep" in request.form else QUEUE


def _page(task_id: int, problem: FormProblem | None = None, refused: str | None = None) -> Response:
    caller, now = current_caller(), asked_at()
    opened = open_task(task_id, caller, now)
    task = one_of_desk(caller, task_id, now)
    dossier = dossier_detail(caller, task["dossier"], now)
    procedure = procedure_detail(dossier["procedure"], now.astimezone(LOCAL).date())
    text = render_template(
        "desk/check.html",
        task=task,
        dossier=dossier,
        version=opened.task.version,
        tick=ticking(task, now),
        offers={offer.name: offer for offer in opened.offers if offer.name in ACTIONS},
        rows=component_rows(procedure["components"], dossier["components"]),
        files=attachments_of(caller, task["dossier"]),
        money=fees_of(caller, task["dossier"]),
        typed=request.form,
        refused=refused,
        problem=problem,
        dong=dong,
    )
    return make_response(text, problem.status if problem else 200)
