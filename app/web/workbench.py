"""The designers' start: every draft that is being worked on, and how to begin one."""

from __future__ import annotations

from flask import render_template

from app.access.guard import requires
from app.rules.permissions import DESIGNERS
from app.web.blueprint import page


@page.get("/thiet-ke")
@requires(*DESIGNERS)
def workbench() -> str:
    """The drafts, the one changed last first."""
    return render_template("workbench/home.html")
