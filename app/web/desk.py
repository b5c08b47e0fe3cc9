"""The desk's day: choosing what to register, and the results that wait for their applicants."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Response, flash, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from app.access.caller import Caller
from app.access.guard import requires
from app.access.request import current_caller
from app.actions.remind_result import RemindResult
from app.actions.runner import run
from app.errors import DomainError
from app.runtime import asked_at, runtime
from app.views.desk import UNCOLLECTED_AFTER, ready_results
from app.views.guidance import guidance_pdf
from app.views.procedures import procedure_list
from app.views.sheet_files import XLSX, xlsx_file
from app.web.acting import page_context
from app.web.asking import choice, words
from app.web.blueprint import page
from app.web.shown_files import shown_file
from app.wording import LOCAL

PAGE_SIZE = 25
MOST_CALLED = 1000
KINDS = (
    # kind, title, what an empty list says
    ("ready", "Chờ trả", "Không có kết quả nào đang chờ trả."),
    ("today", "Hẹn hôm nay", "Hôm nay không có hồ sơ nào đến hẹn."),
    ("soon", "Sắp đến hẹn", "Ba ngày tới không có hồ sơ nào đến hẹn."),
    ("missed", "Quá hẹn chưa nhận", "Không có ai quá hẹn mà chưa đến nhận."),
    ("uncollected", "Lưu giữ lâu", "Không có kết quả nào lưu giữ lâu."),
    ("post", "Trả qua bưu chính", "Không có kết quả nào chờ gửi qua bưu chính."),
    ("waiting", "Chờ xác nhận kết quả", "Không có hồ sơ nào chờ xác nhận kết quả."),
)


def desks_of(caller: Caller) -> dict[int, str]:
    """The agencies at whose desks the caller sits, id to code."""
    return {held.agency_id: held.agency for held in caller.positions if held.unit_kind == "desk"}


@page.get("/tiep-nhan")
@requires("dossier.register")
def choose_procedure() -> BaseResponse:
    """The procedures that the caller's desks receive, found by words; the only one that is found opens at once (`mo`)."""
    q, cursor = words("q"), words("trang", 400)
    desks = sorted(desks_of(current_caller()))
    try:
        found = procedure_list(q, cursor, PAGE_SIZE, desks)
    except DomainError as error:
        if error.code != "invalid":
            raise
        found = procedure_list(q, None, PAGE_SIZE, desks)
    if q and "mo" in request.args and len(found["data"]) == 1 and not found["next"]:
        return redirect(f"/tiep-nhan/{found['data'][0]['code']}", 303)
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
    """What the desk has to hand out, by when it was promised and how long it has been waiting."""
    caller, now = current_caller(), asked_at()
    kind, q, cursor = choice("loai", [name for name, _, _ in KINDS]) or "ready", words("q"), words("trang", 400)
    try:
        found = ready_results(caller, kind, q, cursor, PAGE_SIZE, now)
    except DomainError as error:
        if error.code != "invalid":
            raise
        found = ready_results(caller, kind, q, None, PAGE_SIZE, now)
    more = urlencode({"loai": kind, "q": q or "", "trang": found["next"]}) if found["next"] else None
    text = render_template(
        "desk/results.html",
        found=found,
        kind=kind,
        kinds=KINDS,
        empty=next(empty for name, _, empty in KINDS if name == kind),
        q=q,
        more=more,
        days=UNCOLLECTED_AFTER.days,
    )
    return make_response(text)


@page.get("/tra-ket-qua/goi-dien.xlsx")
@requires("dossier.register")
def call_list() -> BaseResponse:
    """Who did not come at the appointment, with telephone numbers, to be called one after the other."""
    found = ready_results(current_caller(), "missed", None, None, MOST_CALLED, asked_at(), whole=True)
    head = ("Mã hồ sơ", "Người nộp", "Điện thoại", "Thủ tục", "Hẹn trả", "Số ngày quá hẹn", "Kết quả cuộc gọi")
    rows = [
        (
            one["dossier"],
            one["applicant"],
            one["phone"] or "",
            one["procedure_name"],
            f"{one['appointment_at'].astimezone(LOCAL):%H:%M %d/%m/%Y}" if one["appointment_at"] else "",
            one["days"],
            "",
        )
        for one in found["data"]
    ]
    content = xlsx_file("Gọi điện", head, rows, (28, 32, 16, 48, 18, 14, 32))
    name = f"goi-dien-{asked_at().astimezone(LOCAL).date()}.xlsx"
    return shown_file(Response(content, mimetype=XLSX), name, inline=False)


@page.post("/tra-ket-qua/nhac/<code:code>")
@requires("dossier.register")
def remind(code: str) -> BaseResponse:
    """Tell the applicant once more that the result is there, in the ways that were chosen."""
    try:
        run(RemindResult(code), page_context(), lambda outcome: {})
        flash(f"Đã nhắc người nộp hồ sơ {code} đến nhận kết quả.", "success")
    except DomainError as error:
        if error.code == "not_found":
            raise
        flash(error.detail, "error")
    return redirect("/tra-ket-qua?loai=missed", 303)
