"""What administrators changed, searched."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode

from flask import Response, make_response, render_template, request

from app.access.guard import requires
from app.access.request import current_caller
from app.api.stored import disposition
from app.errors import DomainError
from app.runtime import asked_at
from app.store import organisation
from app.store.transaction import reading
from app.views.audit import GROUPS, KINDS, SEE, AuditAsk, audit_file, audit_list
from app.web.acting import form_problem
from app.web.asking import choice, words
from app.web.blueprint import page
from app.wording import LOCAL

PAGE_SIZE = 25
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_NAMES = {"person": "nguoi", "subject": "ve", "words": "q", "kind": "viec", "group": "loai", "agency": "co-quan"}
"""What an ask's fields are called in addresses; days are `tu` and `den`."""


@page.get("/quan-tri/nhat-ky")
@requires(*SEE)
def audit_log() -> Response:
    """The log, the newest first."""
    caller, now, ask = current_caller(), asked_at(), _ask()
    problem, found = None, None
    try:
        try:
            found = audit_list(caller, ask, words("trang", 400), PAGE_SIZE, now, request.remote_addr)
        except DomainError as error:
            if "cursor" not in (error.errors or {}):
                raise
            found = audit_list(caller, ask, None, PAGE_SIZE, now, request.remote_addr)
    except DomainError as error:
        problem = form_problem(error)
    with reading() as connection:
        agencies = organisation.agency_names(connection, caller.day) if caller.may("audit.view") else []
    text = render_template(
        "administration/audit.html",
        found=found,
        ask=ask,
        problem=problem,
        groups=list(GROUPS.items()),
        kinds=sorted(KINDS.items(), key=lambda one: one[1]),
        agencies=agencies,
        asked=urlencode(_asked(ask)),
        more=urlencode(_asked(ask) | {"trang": found["next"]}) if found and found["next"] else None,
        later=bool(words("trang", 400)),
    )
    return make_response(text, problem.status if problem else 200)


@page.get("/quan-tri/nhat-ky.xlsx")
@requires(*SEE)
def audit_xlsx() -> Response:
    """The same as a workbook."""
    now = asked_at()
    response = Response(audit_file(current_caller(), _ask(), now, request.remote_addr), mimetype=XLSX)
    name = f"nhat-ky-quan-tri-{now.astimezone(LOCAL):%Y%m%d-%H%M}.xlsx"
    response.headers["Content-Disposition"] = disposition(name, inline=False)
    return response


def _ask() -> AuditAsk:
    kind = choice("viec", KINDS)
    return AuditAsk(
        person=words("nguoi"),
        subject=words("ve"),
        words=words("q"),
        kind=kind,
        group=choice("loai", GROUPS) or ("all" if kind or words("ve") else "changes"),
        agency=words("co-quan", 64),
        since=_day("tu"),
        until=_day("den"),
    )


def _day(name: str) -> date | None:
    try:
        day = date.fromisoformat(words(name, 10) or "")
    except ValueError:
        return None
    return day if 1900 <= day.year <= 2200 else None


def _asked(ask: AuditAsk) -> dict[str, Any]:
    """The ask as an address's parameters."""
    told = {shown: getattr(ask, name) for name, shown in _NAMES.items()}
    told |= {"tu": ask.since.isoformat() if ask.since else None, "den": ask.until.isoformat() if ask.until else None}
    return {name: value for name, value in told.items() if value}
