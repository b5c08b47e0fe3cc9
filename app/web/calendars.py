"""Working calendars: who works by which, a year to read, and announcing a day off, a swapped day or other hours.

An announcement is previewed, confirmed with the same fields, and then followed on the page of the change.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from app.access.guard import SIGNED_IN, requires
from app.access.request import current_caller
from app.actions.change_calendar import ChangeCalendar, change
from app.calendars import with_holidays
from app.errors import DomainError, invalid
from app.rules.calendar_edit import HOURS, KINDS, Announcement, EditError, edited, read_periods
from app.runtime import asked_at
from app.views.calendar_year import FIRST_YEAR, LAST_YEAR, WEEKDAYS, year_view
from app.views.calendars import RESETS, calendar_detail, calendar_list, change_detail, preview_view
from app.web.acting import FormProblem, form_problem, page_context
from app.web.blueprint import page
from app.wording import LOCAL, TextFault, typed_text

TITLES = {
    "holiday": "Nghỉ lễ, nghỉ đột xuất",
    "swap": "Hoán đổi ngày nghỉ, làm bù ngày khác",
    "working": "Làm việc thêm ngày thứ Bảy, ngày nghỉ",
    "usual": "Trở lại như thường lệ (bỏ ngày đã ghi)",
    "hours": "Đổi giờ làm việc (theo mùa)",
    "year": "Thêm ngày nghỉ lễ, tết của một năm",
}
FIELDS = ("kind", "first", "last", "makeup", "weekdays", "saturday", "sunday", "year", "reason", "revision")
LONGEST_REASON = 2000

Typed = Mapping[str, str]


@page.get("/lich-lam-viec")
@requires(SIGNED_IN)
def calendars() -> str:
    """Every calendar and who works by it."""
    return render_template("calendar/list.html", calendars=calendar_list())


@page.get("/lich-lam-viec/<code:code>")
@requires(SIGNED_IN)
def calendar(code: str) -> BaseResponse:
    """A year of the calendar; whoever manages calendars also finds the form."""
    return _year_page(code, {})


@page.post("/lich-lam-viec/<code:code>/xem-truoc")
@requires("calendar.manage")
def preview_calendar(code: str) -> BaseResponse:
    """What the announcement would do to the open dossiers; nothing is written."""
    typed = _typed()
    found = calendar_detail(code)
    try:
        data = _data(found, typed)
        if data == found["data"]:
            raise invalid({"first": ["Lịch đã như thế, không có gì thay đổi."]})
        seen = preview_view(code, data, asked_at())
    except DomainError as error:
        if error.code == "not_found":
            raise
        return _year_page(code, typed, _problem(error))
    text = render_template(
        "calendar/preview.html",
        calendar=found,
        typed=typed | {"revision": str(found["revision"])},
        seen=seen,
        title=TITLES[typed["kind"]],
        days=_days_words(typed),
        resets=RESETS,
    )
    return make_response(text)


@page.post("/lich-lam-viec/<code:code>/thay-doi")
@requires("calendar.manage")
def change_calendar(code: str) -> BaseResponse:
    """Enter the announcement that was previewed, and show how far the dossiers are counted again."""
    typed, context = _typed(), page_context()
    found = calendar_detail(code)
    try:
        seen = int(typed["revision"]) if typed.get("revision", "").isdecimal() else None
        command = ChangeCalendar(code, _data(found, typed), typed["reason"], seen)
        change_id = change(command, context.caller.account_id, context.now, context.key)
    except DomainError as error:
        if error.code == "not_found":
            raise
        return _year_page(code, typed, _problem(error))
    return redirect(url_for("web.calendar_change", code=code, change_id=change_id), 303)


@page.get("/lich-lam-viec/<code:code>/thay-doi/<id:change_id>")
@requires(SIGNED_IN)
def calendar_change(code: str, change_id: int) -> str:
    """A change, how many dossiers have been counted again, and whom to give another date."""
    found = change_detail(current_caller(), code, change_id)
    return render_template("calendar/change.html", change=found, calendar=calendar_detail(code), resets=RESETS)


def _year_page(code: str, typed: Typed, problem: FormProblem | None = None) -> BaseResponse:
    found = calendar_detail(code)
    text = render_template(
        "calendar/year.html",
        calendar=found,
        shown=year_view(found["data"], _year()),
        weekdays=WEEKDAYS,
        typed=typed,
        problem=problem,
        titles=TITLES,
        manages=current_caller().may("calendar.manage"),
    )
    return make_response(text, problem.status if problem else 200)


def _year() -> int:
    asked = request.values.get("nam", "")
    year = int(asked) if asked.isascii() and asked.isdigit() and len(asked) == 4 else 0
    return year if FIRST_YEAR <= year <= LAST_YEAR else asked_at().astimezone(LOCAL).year


def _typed() -> dict[str, str]:
    return {name: request.form.get(name, "")[: 4 * LONGEST_REASON] for name in FIELDS}


def _data(found: Mapping[str, Any], typed: Typed) -> dict[str, Any]:
    """The calendar's data with what was announced. Errors: DomainError invalid, fields named as the form names them."""
    faults: dict[str, list[str]] = {}
    try:
        typed_text(typed["reason"], LONGEST_REASON, lines=True)
    except TextFault as fault:
        faults["reason"] = [str(fault)]
    if not typed["reason"].strip():
        faults["reason"] = ["Phải ghi lý do hoặc số văn bản."]
    data: dict[str, Any] = {}
    try:
        data = _announced(found["data"], typed)
    except EditError as error:
        faults[error.field] = [str(error)]
    if faults:
        raise invalid(faults)
    return data


def _announced(data: Mapping[str, Any], typed: Typed) -> dict[str, Any]:
    kind = typed["kind"]
    if kind == "year":
        year = int(typed["year"]) if typed["year"].isascii() and typed["year"].isdigit() else 0
        if not FIRST_YEAR <= year <= LAST_YEAR:
            raise EditError("year", f"Năm phải từ {FIRST_YEAR} đến {LAST_YEAR}.")
        return with_holidays(data, year)
    if kind not in KINDS:
        raise EditError("kind", "Hãy chọn điều cần thông báo.")
    first = _day(typed["first"], "first")
    if first is None:
        raise EditError("first", "Phải ghi ngày.")
    weekly = None
    if kind == HOURS:
        named = {"weekdays": "mon-fri", "saturday": "sat", "sunday": "sun"}
        weekly = {days: read_periods(typed[field], field) for field, days in named.items() if typed[field].strip()}
        if not weekly:
            raise EditError("weekdays", "Phải ghi giờ làm việc, ví dụ 07:00-11:30, 13:30-17:00.")
    return edited(data, Announcement(kind, first, _day(typed["last"], "last"), _day(typed["makeup"], "makeup"), weekly))


def _day(text: str, field: str) -> date | None:
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise EditError(field, "Phải là ngày, ví dụ 2026-12-24.") from None


def _days_words(typed: Typed) -> str:
    if typed["kind"] == "year":
        return f"năm {typed['year']}"
    first, last, makeup = (_day(typed[name], name) for name in ("first", "last", "makeup"))
    told = f"{first:%d/%m/%Y}" if first else ""
    if last and last != first:
        told += f" – {last:%d/%m/%Y}"
    elif typed["kind"] == HOURS and not last:
        told = f"từ {told} trở đi"
    return told + (f", làm bù {makeup:%d/%m/%Y}" if makeup and typed["kind"] == "swap" else "")


def _problem(error: DomainError) -> FormProblem:
    """The refusal with fields of the form; what only the data knows (`data.…`) is told beside the days."""
    problem = form_problem(error)
    fields = tuple((name if name in FIELDS else "first", text) for name, text in problem.fields)
    return FormProblem(problem.title, problem.detail, problem.status, problem.code, fields)
