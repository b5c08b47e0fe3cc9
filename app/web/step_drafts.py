"""Drafts of whole forms: what a person was typing is there again after a crash or at another machine."""

from __future__ import annotations

from flask import Response, flash, jsonify, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from app.access.guard import requires
from app.access.request import current_caller
from app.actions.drafts import forget_draft, save_draft
from app.errors import DomainError
from app.rules.permissions import READERS, WORKERS
from app.runtime import asked_at
from app.web.action_fields import typed_on
from app.web.blueprint import page
from app.web.list_context import with_list
from app.web.rendering import instant
from app.web.task_posts import refused_page


@page.post("/viec/<id:task_id>/nhap")
@requires(*WORKERS)
def keep_draft(task_id: int) -> BaseResponse:
    """Keep what has been typed so far; the form's own button (`luu`) comes back to the page, a script only wants to know.

    The script is told when this took the place of what another page had kept: {words}.
    """
    caller, now = current_caller(), asked_at()
    try:
        kept = save_draft(caller, task_id, typed_on(request.form), now)
    except DomainError as error:
        if "luu" not in request.form or error.code == "not_found":
            raise
        return refused_page(task_id, "nhap", error)
    if "luu" not in request.form:
        if kept.replaced is None:
            return Response(status=204)
        return jsonify({"words": f"Đã lưu nháp, thay bản nháp ở thẻ hoặc máy khác lúc {instant(kept.replaced)}"})
    flash("Đã lưu nháp những gì bạn đã nhập; chưa có gì được chuyển đi.", "success")
    return redirect(with_list(f"/viec/{task_id}"), 303)


@page.post("/viec/<id:task_id>/nhap/bo")
@requires(*READERS)
def drop_draft(task_id: int) -> BaseResponse:
    """Throw away what was kept: the form is empty again."""
    forget_draft(current_caller(), task_id)
    flash("Đã bỏ bản nháp.", "success")
    return redirect(with_list(f"/viec/{task_id}"), 303)


@page.get("/viec/<id:task_id>/nhap/bo")
@requires(*READERS)
def drop_draft_again(task_id: int) -> BaseResponse:
    """The address of the button, opened anew: the task as it is."""
    return redirect(f"/viec/{task_id}", 303)
