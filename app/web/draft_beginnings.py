"""Beginning a draft: which procedure, and with what."""

from __future__ import annotations

import hashlib
from typing import Any
from urllib.parse import urlencode

from flask import Response, flash, make_response, redirect, render_template, request
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response as BaseResponse

from app.access.guard import requires
from app.access.request import current_caller
from app.actions.draft_beginnings import KINDS, Beginning, begin
from app.errors import DomainError, invalid
from app.rules.permissions import DESIGNERS
from app.schemas.diagram_drafts import LONGEST_TITLE, given_files
from app.views.draft_lists import beginnings_of, sources_of
from app.views.procedures import procedure_list
from app.web.acting import FormProblem, form_problem, page_context
from app.web.asking import choice, words
from app.web.blueprint import page
from app.wording import clean_line

PAGE_SIZE = 25


@page.get("/thiet-ke/lap")
@requires(*DESIGNERS)
def begin_for() -> str:
    """Which procedure the draft is of."""
    q, cursor, day = words("q"), words("trang", 400), current_caller().day
    try:
        found = procedure_list(q, cursor, PAGE_SIZE, day=day)
    except DomainError:  # a cursor that somebody has edited
        found = procedure_list(q, None, PAGE_SIZE, day=day)
    more = urlencode({"q": q or "", "trang": found["next"]}) if found["next"] else None
    manages = current_caller().may("procedure.manage")
    return render_template("workbench/begin_for.html", found=found, q=q, more=more, manages=manages)


@page.get("/thiet-ke/lap/<code:code>")
@requires(*DESIGNERS)
def begin_with(code: str) -> Response:
    """What the draft begins with. `phien-ban`: a version that was chosen already; `tu`: words of a procedure to copy."""
    return _begin_page(code)


@page.post("/thiet-ke/lap/<code:code>")
@requires(*DESIGNERS)
def begin_draft_now(code: str) -> BaseResponse:
    """Begin it, and open it."""
    typed = {name: clean_line(request.form.get(name, ""))[:LONGEST_TITLE] for name in ("title", "source")}
    try:
        wanted, digests = _wanted(code, typed)
        done = begin(page_context(digests), wanted)
    except DomainError as error:
        if error.code == "not_found":
            raise
        return _begin_page(code, typed, form_problem(error))
    if done["todo"]:
        flash(f"Đã chép; có {done['todo']} điều cần sửa cho phù hợp, ghi thành góp ý ở từng bước.", "warning")
        return redirect(f"/thiet-ke/{done['id']}/gop-y", 303)
    return redirect(f"/thiet-ke/{done['id']}", 303)


def _wanted(code: str, typed: dict[str, str]) -> tuple[Beginning, list[str]]:
    kind = choice("kind", KINDS) or "empty"
    asked = Beginning(code, kind, typed["title"], source=typed["source"] or None)
    if kind in ("version", "copy"):
        return Beginning(code, kind, typed["title"], _number("version"), asked.source), []
    if kind == "draft":
        return Beginning(code, kind, typed["title"], draft=_number("draft"), revision=_number("revision")), []
    if kind == "file":
        diagram = request.files.get("diagram")
        if diagram is None or not diagram.filename:
            raise invalid({"diagram": ["Hãy chọn tệp sơ đồ (.bpmn)."]})
        sent = {name: _sent(name) for name in ("forms", "called", "sides")}
        content = diagram.stream.read()
        files = given_files(content, sent["forms"], sent["called"], sent["sides"])
        contents = [content, *(one for many in sent.values() for _, one in many)]
        digests = [hashlib.sha256(one).hexdigest() for one in contents]
        return Beginning(code, kind, typed["title"], files=files, file_name=_name(diagram)), digests
    return asked, []


def _sent(name: str) -> list[tuple[str, bytes]]:
    return [(_name(file), file.stream.read()) for file in request.files.getlist(name) if file.filename]


def _name(file: FileStorage) -> str:
    bare = (file.filename or "").replace("\\", "/").rsplit("/", 1)[-1]
    return clean_line(bare)[:200] or "so-do.bpmn"


def _number(name: str) -> int | None:
    text = request.values.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def _begin_page(code: str, typed: dict[str, Any] | None = None, problem: FormProblem | None = None) -> Response:
    day, q = current_caller().day, words("tu")
    found = beginnings_of(code, day)
    text = render_template(
        "workbench/begin.html",
        found=found,
        chosen=_number("phien-ban") or found["in_force"],
        q=q,
        sources=sources_of(q, code, day) if q or "tu" in request.args else [],
        searched="tu" in request.args,
        kind=choice("kind", KINDS),
        typed=typed or {},
        problem=problem,
    )
    return make_response(text, problem.status if problem else 200)
