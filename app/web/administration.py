"""The administrators' start: every page of theirs with what it is for."""

from __future__ import annotations

from flask import render_template

from app.access.guard import SIGNED_IN, requires
from app.access.request import current_caller
from app.errors import DomainError
from app.web.blueprint import page
from app.web.rendering import administration_lines


@page.get("/quan-tri")
@requires(SIGNED_IN)
def administration() -> str:
    """The pages that this person administers. Errors: DomainError forbidden for somebody with none."""
    lines = administration_lines(current_caller())
    if not lines:
        raise DomainError("forbidden", "Tài khoản chưa được giao việc quản trị nào; quyền do quản trị viên cấp.")
    return render_template("administration/hub.html", lines=lines)
