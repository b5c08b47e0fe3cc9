"""Open dossiers from an old system: looked at first, then taken over and followed; withdrawn where it was a mistake."""

from __future__ import annotations

import hashlib
from typing import Any

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response as BaseResponse

from app.access.guard import requires
from app.access.request import current_caller
from app.actions.import_preview import PERMISSION, LookAt, OldFile, preview, remap
from app.actions.import_run import accept_import, drop_import
from app.actions.import_template import COLUMNS
from app.actions.import_withdraw import withdraw_import, withdraw_line
from app.errors import DomainError, invalid
from app.rules.permissions import READERS
from app.runtime import runtime
from app.schemas.fields import Schema, Text
from app.schemas.reading import load
from app.store import imports as kept
from app.views.imports import (
    RESULTS,
    VERDICTS,
    import_detail,
    import_list,
    import_rows,
    remarks_file,
    template_file,
)
from app.views.sheet_files import XLSX
from app.web.acting import FormProblem, form_problem, page_context, seen_version
from app.web.asking import words
from app.web.blueprint import page
from app.wording import clean_line

PAGE_SIZE, ROWS = 20, 50
COLUMN = "cot."
"""Fields that say which heading is a column begin like this."""
_NAMED = 5
"""So many dossiers that could not be withdrawn are named in the note."""


class Reason(Schema):
    reason = Text(2000, lines=True)


@page.get("/quan-tri/chuyen-ho-so")
@requires(PERMISSION)
def dossier_imports() -> Response:
    """The imports so far, and the form for another."""
    return _list_page({})


@page.get("/quan-tri/chuyen-ho-so/mau.xlsx")
@requires(PERMISSION)
def import_template() -> Response:
    """The table to fill in."""
    return _file("mau-chuyen-ho-so.xlsx", template_file())


@page.post("/quan-tri/chuyen-ho-so")
@requires(PERMISSION)
def preview_dossiers() -> BaseResponse:
    """Look at a file; nothing of it is taken over yet."""
    typed = {"source": clean_line(request.form.get("source", ""))[:200]}
    try:
        file, history = _chosen("file"), _chosen("history")
        if file is None:
            raise invalid({"file": ["Hãy chọn tệp bảng hồ sơ."]})
        digests = [hashlib.sha256(one.content).hexdigest() for one in (file, history) if one is not None]
        asked = LookAt(typed["source"], file, history, runtime().settings.profile)
        import_id = preview(asked, page_context(digests))
    except DomainError as error:
        return _list_page(typed, form_problem(error))
    return redirect(url_for("web.dossier_import", import_id=import_id), 303)


@page.get("/quan-tri/chuyen-ho-so/<id:import_id>")
@requires(PERMISSION)
def dossier_import(import_id: int) -> Response:
    """What the file becomes row by row; how far it is; what came of it."""
    return _import_page(import_id)


@page.get("/quan-tri/chuyen-ho-so/<id:import_id>/nhan-xet.xlsx")
@requires(PERMISSION)
def import_remarks(import_id: int) -> Response:
    """The preview, or what came of it, as a table with remarks."""
    return _file(*remarks_file(import_id))


@page.post("/quan-tri/chuyen-ho-so/<id:import_id>/cot")
@requires(PERMISSION)
def map_columns(import_id: int) -> BaseResponse:
    """Other headings for the columns; the file is judged anew."""
    mapping = {column.name: request.form.get(f"{COLUMN}{column.name}", "")[:200] for column in COLUMNS}
    try:
        remap(import_id, mapping, seen_version(), runtime().settings.profile, page_context())
    except DomainError as error:
        return _refused(import_id, error, mapping)
    flash("Đã xem trước lại với các cột vừa chọn; lựa chọn được giữ cho tệp sau.", "done")
    return _back(import_id)


@page.post("/quan-tri/chuyen-ho-so/<id:import_id>/chap-nhan")
@requires(PERMISSION)
def accept_dossiers(import_id: int) -> BaseResponse:
    """Take over precisely what was seen."""
    try:
        accept_import(import_id, seen_version(), page_context())
    except DomainError as error:
        return _refused(import_id, error)
    return _back(import_id)


@page.post("/quan-tri/chuyen-ho-so/<id:import_id>/bo")
@requires(PERMISSION)
def drop_dossiers(import_id: int) -> BaseResponse:
    """Give the preview up."""
    try:
        drop_import(import_id, seen_version(), page_context())
    except DomainError as error:
        return _refused(import_id, error)
    flash("Đã bỏ bản xem trước; chưa hồ sơ nào được nhập.", "done")
    return redirect(url_for("web.dossier_imports"), 303)


@page.post("/quan-tri/chuyen-ho-so/<id:import_id>/rut")
@requires(PERMISSION)
def withdraw_dossiers(import_id: int) -> BaseResponse:
    """Withdraw one row's dossier, or all of the import that nobody has worked on."""
    reason, line = request.form.get("reason", "")[:4000].strip(), _line(request.form.get("dong"))
    try:
        reason = load(Reason(), {"reason": reason})["reason"]
        if line:
            flash(f"Đã rút hồ sơ {withdraw_line(import_id, line, reason, page_context())}.", "done")
        else:
            _tell(withdraw_import(import_id, reason, page_context()))
    except DomainError as error:
        return _refused(import_id, error, typed={"reason": reason, "line": line})
    return _back(import_id)


def _tell(done: dict[str, Any]) -> None:
    refused = done["refused"]
    told = f"Đã rút {done['withdrawn']} hồ sơ."
    if refused:
        named = "; ".join(f"{one['dossier']}: {one['why']}" for one in refused[:_NAMED])
        more = f" và {len(refused) - _NAMED} hồ sơ khác" if len(refused) > _NAMED else ""
        told += f" {len(refused)} hồ sơ không rút được: {named}{more}"
    flash(told, "error" if refused else "done")


def _back(import_id: int) -> BaseResponse:
    return redirect(url_for("web.dossier_import", import_id=import_id), 303)


def _refused(
    import_id: int, error: DomainError, mapping: dict[str, str] | None = None, typed: dict[str, Any] | None = None
) -> Response:
    if error.code == "not_found":
        raise error
    problem = form_problem(error)
    fields = tuple((name.replace("mapping.", COLUMN), text) for name, text in problem.fields)
    shown = FormProblem(problem.title, problem.detail, problem.status, problem.code, fields)
    return _import_page(import_id, shown, mapping, typed)


def _list_page(typed: dict[str, str], problem: FormProblem | None = None) -> Response:
    cursor = words("trang", 400)
    try:
        found = import_list(cursor, PAGE_SIZE)
    except DomainError:  # a cursor that somebody has edited
        found = import_list(None, PAGE_SIZE)
    text = render_template("administration/dossier_imports.html", found=found, typed=typed, problem=problem)
    return make_response(text, problem.status if problem else 200)


def _import_page(
    import_id: int,
    problem: FormProblem | None = None,
    mapping: dict[str, str] | None = None,
    typed: dict[str, Any] | None = None,
) -> Response:
    found = import_detail(import_id)
    which = words("xem")
    shown = which if which in (*VERDICTS, *RESULTS) else None
    said = typed or {"reason": "", "line": _line(request.args.get("rut"))}
    text = render_template(
        "administration/dossier_import.html",
        found=found,
        rows=import_rows(import_id, shown, _line(request.args.get("sau")), ROWS),
        shown=shown,
        filters=_filters(found),
        mapping=mapping,
        typed=said,
        problem=problem,
        prefix=COLUMN,
        reads=any(current_caller().may(name) for name in READERS),
    )
    return make_response(text, problem.status if problem else 200)


def _filters(found: dict[str, Any]) -> list[tuple[str, str, int]]:
    """What the rows can be narrowed to: value, title, how many."""
    if found["state"] == kept.PREVIEW:
        names: dict[str, str] = VERDICTS
    else:
        names = {name: RESULTS[name] for name in (kept.IMPORTED, kept.FAILED, kept.WITHDRAWN)} | {
            "refused": VERDICTS["refused"]
        }
    return [(name, title, found[name]) for name, title in names.items() if found[name]]


def _line(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else 0


def _chosen(name: str) -> OldFile | None:
    file: FileStorage | None = request.files.get(name)
    if file is None or not file.filename:
        return None
    return OldFile(clean_line(file.filename)[:200] or "ho-so", file.stream.read())


def _file(name: str, content: bytes) -> Response:
    response = make_response(content)
    response.mimetype = XLSX
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
