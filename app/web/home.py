"""Where a person begins, and what the system knows of her."""

from __future__ import annotations

from flask import redirect, render_template
from werkzeug.wrappers import Response as BaseResponse

from app.access.guard import ANYONE, SIGNED_IN, requires
from app.access.request import current_caller
from app.rules.permissions import PERMISSIONS
from app.store import organisation
from app.store.transaction import reading
from app.web.blueprint import page
from app.web.rendering import asset


@page.get("/favicon.ico")
@requires(ANYONE)
def icon() -> BaseResponse:
    """Browsers ask here when they show something of ours that is no page: a slip, a file."""
    return redirect(asset("icon.svg"))


@page.get("/toi")
@requires(SIGNED_IN)
def me() -> str | BaseResponse:
    """My positions, agencies and permissions."""
    caller = current_caller()
    with reading() as connection:
        agencies = [organisation.agency_by_id(connection, agency) for agency in sorted(caller.agency_ids)]
    titles = [PERMISSIONS[name].title for name in sorted(caller.permissions)]
    return render_template("me.html", agencies={agency.code: agency.name for agency in agencies}, titles=titles)
