"""Deferred work that failed: why, and trying again."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import abort, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response as BaseResponse

from app.access.guard import requires
from app.actions.keyed import keyed
from app.actions.settle_job import MANAGE, SettleJob
from app.errors import DomainError
from app.runtime import asked_at
from app.views.jobs import queue_state, standing_list
from app.web.acting import page_context
from app.web.asking import words
from app.web.blueprint import page

PAGE_SIZE = 25
ACTIONS = {"thu-lai": False, "bo": True}
"""The last part of a form's address, and whether it gives the job up."""


@page.get("/quan-tri/cong-viec")
@requires(MANAGE)
def jobs() -> str:
    """Whether a worker lives, what waits, what failed."""
    cursor = words("trang", 400)
    try:
        found = standing_list(cursor, PAGE_SIZE)
    except DomainError:  # a cursor that somebody has edited
        found = standing_list(None, PAGE_SIZE)
    more = urlencode({"trang": found["next"]}) if found["next"] else None
    return render_template("administration/jobs.html", state=queue_state(asked_at()), found=found, more=more)


@page.post("/quan-tri/cong-viec/<id:job_id>/<what>")
@requires(MANAGE)
def settle_job(job_id: int, what: str) -> BaseResponse:
    """Try it again, or give it up."""
    if what not in ACTIONS:
        abort(404)
    command, context = SettleJob(job_id, ACTIONS[what]), page_context()
    try:
        keyed(context, lambda held: command.make(held, context))
        flash("Đã bỏ công việc." if command.give_up else "Đã cho chạy lại; xem lại sau ít giây.", "success")
    except DomainError as error:
        if error.code not in ("not_found", "key_reused"):
            raise
        flash(error.detail, "error")
    return redirect(url_for("web.jobs"), 303)
