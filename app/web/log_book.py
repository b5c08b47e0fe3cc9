"""The log book of outages: the list, an entry with its notes, entering and changing one, the book as a file (TN-22.1d)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import Response, flash, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from app.access.guard import requires
from app.access.request import current_caller
from app.actions.keep_log_book import KINDS, LEVELS, NOTES, SEE, WRITE, ChangeEntry, EnterOutage, NoteOutage
from app.actions.keyed import keyed
from app.api.stored import disposition
from app.errors import DomainError
from app.runtime import asked_at
from app.schemas.operations import LogEntryBody, LogEntryChangeBody, LogNoteBody
from app.schemas.reading import load
from app.views.log_book import FIELDS, entry_detail, entry_view, log_book_file, log_book_list
from app.web.acting import FormProblem, form_problem, page_context, seen_version
from app.web.asking import choice, words
from app.web.blueprint import page
from app.web.local_times import field_instant, typed_instant
from app.wording import LOCAL

PAGE_SIZE = 25
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_INSTANTS = ("began_at", "noticed_at", "ended_at")
_EMPTY_IS_NONE = ("affected", "cause", "remedy")


@page.get("/quan-tri/so-su-co")
@requires(*SEE)
def log_book() -> str:
    """The book, the newest first."""
    kind, year = _asked()
    cursor = words("trang", 400)
    try:
        found = log_book_list(kind, year, cursor, PAGE_SIZE)
    except DomainError:  # a cursor that somebody has edited
        found = log_book_list(kind, year, None, PAGE_SIZE)
    asked = {name: value for name, value in (("loai", kind), ("nam", year)) if value}
    return render_template(
        "operations/log_book.html",
        found=found,
        kind=kind,
        year=year,
        kinds=list(KINDS.items()),
        asked=urlencode(asked),
        more=urlencode(asked | {"trang": found["next"]}) if found["next"] else None,
        later=bool(cursor),
        writes=_writes(),
    )


@page.get("/quan-tri/so-su-co.xlsx")
@requires(*SEE)
def log_book_xlsx() -> Response:
    """The same as a workbook."""
    response = Response(log_book_file(*_asked()), mimetype=XLSX)
    name = f"so-su-co-{asked_at().astimezone(LOCAL):%Y%m%d-%H%M}.xlsx"
    response.headers["Content-Disposition"] = disposition(name, inline=False)
    return response


@page.get("/quan-tri/so-su-co/ghi")
@requires(*WRITE)
def log_entry_form() -> Response:
    """The form of a new entry."""
    return _form(None)


@page.post("/quan-tri/so-su-co/ghi")
@requires(*WRITE)
def enter_outage() -> BaseResponse:
    """Write a new entry."""
    try:
        context = page_context()
        command = EnterOutage(**load(LogEntryBody(), _given()))
        made = keyed(context, lambda held: entry_view(command.enter(held, context)))
    except DomainError as error:
        return _form(None, form_problem(error))
    flash(f"Đã ghi vào sổ, số {made['id']}.", "success")
    return redirect(f"/quan-tri/so-su-co/{made['id']}", 303)


@page.get("/quan-tri/so-su-co/<id:entry_id>")
@requires(*SEE)
def log_entry(entry_id: int) -> Response:
    """An entry and everything that was noted of it."""
    return _entry(entry_id)


@page.get("/quan-tri/so-su-co/<id:entry_id>/sua")
@requires(*WRITE)
def change_log_entry_form(entry_id: int) -> Response:
    """An entry, to be said otherwise or ended."""
    return _form(entry_id)


@page.post("/quan-tri/so-su-co/<id:entry_id>/sua")
@requires(*WRITE)
def change_log_entry(entry_id: int) -> BaseResponse:
    """Say it otherwise; what stood there stays in a note."""
    try:
        context = page_context()
        wanted = load(LogEntryChangeBody(), _given())
        command = ChangeEntry(entry_id, seen_version(), _without_untouched(entry_id, wanted))
        keyed(context, lambda held: entry_view(command.change(held, context)))
    except DomainError as error:
        if error.code == "not_found":
            raise
        return _form(entry_id, form_problem(error))
    flash("Đã ghi thay đổi.", "success")
    return redirect(f"/quan-tri/so-su-co/{entry_id}", 303)


@page.post("/quan-tri/so-su-co/<id:entry_id>")
@requires(*WRITE)
def note_outage(entry_id: int) -> BaseResponse:
    """Add a note."""
    given = {"kind": request.form.get("kind", ""), "words": request.form.get("words", "")}
    try:
        body, context = load(LogNoteBody(), given), page_context()
        command = NoteOutage(entry_id, body["kind"], body["words"])
        keyed(context, lambda held: entry_view(command.write(held, context)))
    except DomainError as error:
        if error.code == "not_found":
            raise
        return _entry(entry_id, form_problem(error))
    flash("Đã thêm vào sổ.", "success")
    return redirect(f"/quan-tri/so-su-co/{entry_id}", 303)


def _asked() -> tuple[str | None, int | None]:
    year = words("nam", 4) or ""
    known = year.isascii() and year.isdigit() and 2000 <= int(year) <= 2200
    return choice("loai", KINDS), int(year) if known else None


def _given() -> dict[str, Any]:
    form = request.form
    given: dict[str, Any] = {name: form.get(name, "") for name in FIELDS}
    given |= {name: typed_instant(name) for name in _INSTANTS}
    return {name: None if value == "" and name in _EMPTY_IS_NONE else value for name, value in given.items()} | (
        {} if given["noticed_at"] else {"noticed_at": given["began_at"]}
    )


def _without_untouched(entry_id: int, wanted: dict[str, Any]) -> dict[str, Any]:
    """Without the instants that the form left as they were: its fields have no seconds."""
    entry = entry_detail(entry_id)
    same = {name for name in _INSTANTS if request.form.get(name, "") == field_instant(entry[name])}
    return {name: value for name, value in wanted.items() if name not in same}


def _writes() -> bool:
    return any(current_caller().may(name) for name in WRITE)


def _entry(entry_id: int, problem: FormProblem | None = None) -> Response:
    typed = request.form.to_dict() if problem is not None else {}
    text = render_template(
        "operations/log_entry.html",
        entry=entry_detail(entry_id),
        fields=FIELDS,
        notes=NOTES,
        typed=typed,
        problem=problem,
        writes=_writes(),
    )
    return make_response(text, problem.status if problem else 200)


def _form(entry_id: int | None, problem: FormProblem | None = None) -> Response:
    entry = None if entry_id is None else entry_detail(entry_id)
    if problem is not None:
        typed: dict[str, Any] = request.form.to_dict()
    elif entry is not None:
        typed = {name: field_instant(entry[name]) if name in _INSTANTS else entry[name] for name in FIELDS}
    else:
        typed = {"kind": "outage", "level": "medium", "began_at": field_instant(asked_at())}
    version = seen_version() if problem is not None else entry and entry["version"]
    text = render_template(
        "operations/log_entry_form.html",
        entry=entry,
        fields=FIELDS,
        kinds=KINDS,
        levels=LEVELS,
        typed=typed,
        version=version,
        problem=problem,
    )
    return make_response(text, problem.status if problem else 200)
