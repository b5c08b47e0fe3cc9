"""Backups, and letting a restored place go to work."""

from __future__ import annotations

from datetime import datetime

from flask import Response, flash, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from app.access.guard import requires
from app.actions.keyed import keyed
from app.actions.release_restored import MANAGE, ReleaseRestored
from app.errors import DomainError, invalid
from app.runtime import asked_at, runtime
from app.views.backups import backup_state
from app.web.acting import FormProblem, form_problem, page_context
from app.web.blueprint import page
from app.wording import LOCAL, size_words


@page.get("/quan-tri/sao-luu")
@requires(MANAGE)
def backups_page() -> Response:
    """How old the last one is, those that failed, and what is held back."""
    return _shown()


@page.post("/quan-tri/sao-luu/cho-chay")
@requires(MANAGE)
def release_restored() -> BaseResponse:
    """Let it go."""
    try:
        command, context = ReleaseRestored(_lost_at(), request.form.get("resend") == "1"), page_context()
        keyed(context, lambda held: command.make(held, context))
    except DomainError as error:
        return _shown(form_problem(error))
    flash("Đã cho chạy; tiến trình nền bắt đầu trong vài giây.", "success")
    return redirect("/quan-tri/sao-luu", 303)


def _lost_at() -> datetime | None:
    text = request.form.get("lost_at", "").strip()
    if not text:
        return None
    try:
        return datetime.fromisoformat(text[:40]).replace(tzinfo=LOCAL)
    except ValueError as error:
        raise invalid({"lost_at": ["Ghi ngày và giờ."]}) from error


def _shown(problem: FormProblem | None = None) -> Response:
    shown = render_template(
        "administration/backups.html",
        state=backup_state(runtime().settings, asked_at()),
        problem=problem,
        typed=request.form,
        size=size_words,
    )
    return make_response(shown, problem.status if problem else 200)
