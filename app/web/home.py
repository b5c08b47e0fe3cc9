"""Where a person begins, and what the system knows of her."""

from __future__ import annotations

from flask import redirect, render_template
from werkzeug.wrappers import Response as BaseResponse

from app.access.guard import ANYONE, SIGNED_IN, requires
from app.access.request import current_caller
from app.rules.permissions import PERMISSIONS
from app.runtime import asked_at, runtime
from app.store import accounts, organisation
from app.store.transaction import reading
from app.views.notices import switches
from app.views.sign_in_blocks import own_password
from app.web.blueprint import page
from app.web.notices import MODE_WORDS, ON_SCREEN
from app.web.rendering import asset


@page.get("/favicon.ico")
@requires(ANYONE)
def icon() -> BaseResponse:
    """Browsers ask here when they show something of ours that is no page: a slip, a file."""
    return redirect(asset("icon.svg"))


@page.get("/toi")
@requires(SIGNED_IN)
def me() -> str | BaseResponse:
    """My positions, agencies and permissions, and how I want to be told."""
    caller = current_caller()
    with reading() as connection:
        agencies = [organisation.agency_by_id(connection, agency) for agency in sorted(caller.agency_ids)]
        account = accounts.account_by_id(connection, caller.account_id, caller.day)
    titles = [PERMISSIONS[name].title for name in sorted(caller.permissions)]
    return render_template(
        "me.html",
        agencies={agency.code: agency.name for agency in agencies},
        titles=titles,
        password=own_password(caller, runtime().settings.profile, asked_at()),
        email=account.email if account else None,
        switches=switches(caller)["data"],
        mode_words=MODE_WORDS,
        on_screen=ON_SCREEN,
    )
