"""The desk's day: choosing what to register, results to hand out, dossiers that came online."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Response, make_response, render_template
from werkzeug.wrappers import Response as BaseResponse

from app.access.caller import Caller
from app.access.guard import requires
from app.access.request import current_caller
from app.errors import DomainError
from app.runtime import asked_at, runtime
from app.views.desk import UNCOLLECTED_AFTER, ready_results
from app.views.guidance import guidance_pdf
from app.views.procedures import procedure_list
from app.web.asking import choice, words
from app.web.blueprint import page
from app.web.shown_files import shown_file

PAGE_SIZE = 25
KINDS = (
    ("ready", "Chờ trả cho người nộp"),
    ("waiting", "Chờ xác nhận có kết quả"),
    ("intake", "Hồ sơ trực tuyến chờ tiếp nhận"),
    ("uncollected", "Chưa đến nhận"),
)


def desks_of(caller: Caller) -> dict[int, str]:
    """The agencies at whose desks the caller sits, id to code."""
    return {held.agency_id: held.agency for held in caller.positions if held.unit_kind == "desk"}


@page.get("/tiep-nhan")
@requires("dossier.register")
def choose_procedure() -> BaseResponse:
    """The procedures that the caller's desks receive, found by words."""
    q, cursor = words("q"), words("trang", 400)
    desks = sorted(desks_of(current_caller()))
    try:
        found = procedure_list(q, cursor, PAGE_SIZE, desks)
    except DomainError as error:
        if error.code != "invalid":
            raise
        found = procedure_list(q, None, PAGE_SIZE, desks)
    more = urlencode({"q": q or "", "trang": found["next"]}) if found["next"] else None
    return make_response(render_template("desk/procedures.html", found=found, q=q, more=more, at_desk=bool(desks)))


@page.get("/tiep-nhan/<code:code>/huong-dan.pdf")
@requires("dossier.register")
def guidance_file(code: str) -> BaseResponse:
    """What to bring, to be printed for whoever asks."""
    name, pdf = guidance_pdf(current_caller(), code, runtime().settings.profile, asked_at())
    return shown_file(Response(pdf, mimetype="application/pdf"), name, inline=True)


@page.get("/tra-ket-qua")
@requires("dossier.register")
def results() -> BaseResponse:
    """What the desk has before it, longest there first: to hand out, to confirm, to take in, not collected."""
    caller, now = current_caller(), asked_at()
    kind, q, cursor = choice("loai", [name for name, _ in KINDS]) or "ready", words("q"), words("trang", 400)
    try:
        found = ready_results(caller, kind, q, cursor, PAGE_SIZE, now)
    except DomainError as error:
        if error.code != "invalid":
            raise
        found = ready_results(caller, kind, q, None, PAGE_SIZE, now)
    more = urlencode({"loai": kind, "q": q or "", "trang": found["next"]}) if found["next"] else None
    text = render_template(
        "desk/results.html", found=found, kind=kind, kinds=KINDS, q=q, more=more, days=UNCOLLECTED_AFTER.days
    )
    return make_response(text)
