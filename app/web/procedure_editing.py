"""A procedure's name, components, fees, limits and agencies, as published (HT-9.3): looked at, changed, copied, closed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from flask import Response, abort, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from app.access.guard import requires
from app.access.request import current_caller
from app.actions.edit_procedure import MANAGE, CancelChange, CreateProcedure, EditProcedure
from app.actions.keyed import keyed
from app.errors import DomainError
from app.rules.limits import SameDay, parse_published
from app.rules.permissions import DESIGNERS
from app.schemas.procedures import SERVICE_LEVELS, WHEN, ChangeHead, NewProcedureBody, ProcedureValues
from app.schemas.reading import load
from app.store import organisation
from app.store.media_types import SORTS
from app.store.transaction import reading
from app.views.differences import WORDS
from app.views.procedure_editing import edited_procedure
from app.views.procedures import procedure_list
from app.web.acting import FormProblem, form_problem, page_context, seen_version
from app.web.asking import words
from app.web.blueprint import page
from app.web.dossier_words import limit_words
from app.web.procedure_forms import BLANKS, PARTS, head_of, shown_part, typed_part, values_of

PAGE_SIZE = 25
_LEVELS = {"1": "Cấp tỉnh", "2": "Cấp sở, ngành", "3": "Cấp xã"}


@page.get("/quan-tri/thu-tuc")
@requires(MANAGE)
def edited_procedures() -> str:
    """Every procedure of the list."""
    q, cursor, day = words("q"), words("trang", 400), current_caller().day
    try:
        found = procedure_list(q, cursor, PAGE_SIZE, day=day)
    except DomainError:  # a cursor that somebody has edited
        found = procedure_list(q, None, PAGE_SIZE, day=day)
    more = urlencode({"q": q or "", "trang": found["next"]}) if found["next"] else None
    return render_template("administration/procedures.html", found=found, q=q, more=more, words=WORDS)


@page.get("/quan-tri/thu-tuc-moi")
@requires(MANAGE)
def new_procedure() -> Response:
    """The form of a new procedure; `?tu=` copies another one."""
    return _new({"copy_from": words("tu", 64) or ""})


@page.post("/quan-tri/thu-tuc-moi")
@requires(MANAGE)
def create_procedure() -> BaseResponse:
    """Make it and go on with its parts."""
    form = request.form
    typed: dict[str, Any] = {"code": form.get("code", "").strip(), "copy_from": form.get("copy_from", "").strip()}
    typed |= typed_part("thong-tin", form) | {"agencies": form.getlist("agencies")}
    given = {name: value for name, value in typed.items() if value and name != "legal_basis"}
    if typed["legal_basis"]:
        given["legal_basis"] = values_of("thong-tin", typed)["legal_basis"]
    try:
        body = load(NewProcedureBody(), given)
        values = {name: value for name, value in body.items() if name not in ("code", "copy_from")}
        command = CreateProcedure(body["code"], values, body.get("copy_from"))
        context = page_context()
        keyed(context, lambda held: command.make(held, context))
    except DomainError as error:
        return _new(typed, form_problem(error))
    flash("Đã thêm thủ tục. Hãy xem lại thành phần hồ sơ, phí, tài khoản thụ hưởng rồi ban hành quy trình.", "success")
    return redirect(url_for("web.edited_procedure_page", code=command.code), 303)


@page.get("/quan-tri/thu-tuc/<code:code>")
@requires(MANAGE)
def edited_procedure_page(code: str) -> Response:
    """What holds, what waits, and what was changed."""
    return _overview(code)


@page.post("/quan-tri/thu-tuc/<code:code>/bo-thay-doi/<id:change_id>")
@requires(MANAGE)
def cancel_procedure_change(code: str, change_id: int) -> BaseResponse:
    """Take back a change that waits."""
    context, command = page_context(), CancelChange(code, change_id)
    try:
        keyed(context, lambda held: command.make(held, context))
    except DomainError as error:
        if error.code == "not_found":
            raise
        return _overview(code, form_problem(error))
    flash("Đã bỏ thay đổi đang chờ.", "success")
    return redirect(url_for("web.edited_procedure_page", code=code), 303)


@page.get("/quan-tri/thu-tuc/<code:code>/sua/<part>")
@requires(MANAGE)
def procedure_part(code: str, part: str) -> Response:
    """The form of one part of the data."""
    return _part(code, part if part in PARTS else abort(404))


@page.post("/quan-tri/thu-tuc/<code:code>/sua/<part>")
@requires(MANAGE)
def change_procedure(code: str, part: str) -> BaseResponse:
    """Change that part from the day that is given on; or the form again, with another empty row or with why not."""
    if part not in PARTS:
        abort(404)
    typed, head = typed_part(part, request.form), head_of(request.form)
    if request.form.get("what") == "rows":
        return _part(code, part, typed, head, more=BLANKS)
    try:
        given = load(ProcedureValues(), values_of(part, typed))
        body = load(ChangeHead(), {name: value for name, value in head.items() if value})
        context = page_context()
        command = EditProcedure(code, given, seen=seen_version(), **body)
        done = keyed(context, lambda held: command.make(held, context))
    except DomainError as error:
        if error.code == "not_found":
            raise
        return _part(code, part, typed, head, problem=_named(error))
    flash("Đã lưu." if done["applied"] else "Đã lưu; thay đổi chờ đến ngày áp dụng.", "success")
    return redirect(url_for("web.edited_procedure_page", code=code), 303)


def _limit_words(data: Mapping[str, Any]) -> str:
    limit = parse_published(data["limit"], data["limit_unit"])
    if isinstance(limit, SameDay):
        return f"Trong ngày làm việc; tiếp nhận sau {limit.cut_off} thì ngày làm việc tiếp theo"
    return limit_words(data["limit"], data["limit_unit"]) if limit else "Không quy định"


def _named(error: DomainError) -> FormProblem:
    """The refusal with the fields of the form."""
    problem = form_problem(error)
    fields = tuple(("max_file_mb" if name == "max_file_bytes" else name, text) for name, text in problem.fields)
    return replace(problem, fields=fields)


def _overview(code: str, problem: FormProblem | None = None) -> Response:
    found = edited_procedure(code, current_caller().day)
    data = found["data"]
    text = render_template(
        "administration/procedure.html",
        found=found,
        data=data,
        parts=PARTS,
        levels=_LEVELS,
        words=WORDS,
        sorts=SORTS,
        limit=_limit_words(data),
        publishes=any(current_caller().may(name) for name in ("diagram.deploy", "procedure.review")),
        designs=any(current_caller().may(name) for name in DESIGNERS),
        problem=problem,
    )
    return make_response(text, problem.status if problem else 200)


def _part(
    code: str,
    part: str,
    typed: Mapping[str, Any] | None = None,
    head: Mapping[str, str] | None = None,
    *,
    problem: FormProblem | None = None,
    more: int = 0,
) -> Response:
    day = current_caller().day
    found = edited_procedure(code, day)
    text = render_template(
        "administration/procedure_part.html",
        found=found,
        part=part,
        parts=PARTS,
        typed=typed if typed is not None else shown_part(part, found["data"]),
        head=head or {"effective_from": day.isoformat()},
        blanks=BLANKS + more,
        problem=problem,
        agencies=_agencies(found["data"]["agencies"]),
        **_choices(),
    )
    return make_response(text, problem.status if problem else 200)


def _new(typed: Mapping[str, Any], problem: FormProblem | None = None) -> Response:
    text = render_template(
        "administration/procedure_new.html", typed=typed, problem=problem, agencies=_agencies(()), **_choices()
    )
    return make_response(text, problem.status if problem else 200)


def _agencies(receiving: Any) -> list[tuple[str, str]]:
    """Code and name, those that receive it first."""
    with reading() as connection:
        every = organisation.agency_names(connection, current_caller().day)
    return sorted(every, key=lambda one: one[0] not in receiving)


def _choices() -> dict[str, Any]:
    return {
        "levels": list(_LEVELS.items()),
        "units": list(WORDS["limit_unit"].items()),
        "services": [(name, WORDS["service_level"][name]) for name in SERVICE_LEVELS],
        "whens": [(name, WORDS["when"][name]) for name in WHEN],
        "sorts": SORTS,
    }
