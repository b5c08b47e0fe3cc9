"""Replacing slip templates and logos without code: download, upload, look at a trial print, take into use, withdraw."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from app.access.guard import requires
from app.access.request import current_caller
from app.actions.slip_templates import PERMISSIONS, UploadTemplate, take, upload, withdraw
from app.errors import DomainError, invalid
from app.runtime import runtime
from app.schemas.fields import Day, Schema, Text
from app.schemas.reading import load
from app.slips.names import names_of
from app.slips.render import render_slip
from app.slips.samples import sample_content
from app.store.slip_templates import DOCX, LOGO, TYPST
from app.views.slip_templates import (
    CURRENT,
    DRAFT,
    UPCOMING,
    agencies_of,
    builtin_file,
    form_view,
    forms_in_force,
    preview,
    preview_lines,
    preview_pages,
    template_detail,
    template_file,
    template_list,
)
from app.web.acting import FormProblem, form_problem, page_context
from app.web.action_fields import typed_in
from app.web.blueprint import page
from app.web.shown_files import shown_file

FORMATS = {TYPST: "Mẫu in PDF (typst)", DOCX: "Mẫu Word (DOCX)", LOGO: "Logo"}
ENDINGS = {"typ": TYPST, "docx": DOCX}
MOST_LINES = 200
_LOGO_FORM = {"key": "", "name": "Logo", "title": "", "paper": "", "kind": LOGO}


class UploadFields(Schema):
    agency = Text(64)
    valid_from = Day()
    note = Text(1000, lines=True)


@page.get("/mau-phieu")
@requires(*PERMISSIONS)
def slip_templates() -> str:
    """Every form in force, and whose template stands in the place of the built-in one; the logos."""
    caller = current_caller()
    found = template_list(caller, caller.day)
    standing = [one for one in found if one["state"] in (CURRENT, UPCOMING)]
    return render_template(
        "slip_templates/list.html",
        forms=[
            form | {"standing": [one for one in standing if one["form"] == form["key"]]}
            for form in forms_in_force(runtime().settings.profile, caller.day)
        ],
        logos=[one for one in standing if one["format"] == LOGO],
        formats=FORMATS,
    )


@page.get("/mau-phieu/mau/<path:key>")
@requires(*PERMISSIONS)
def slip_template_form(key: str) -> Response:
    """One form: the built-in template to start from, what replaced it, and the form to upload another."""
    return _form_page(form_view(key), {})


@page.post("/mau-phieu/mau/<path:key>")
@requires(*PERMISSIONS)
def upload_slip_template(key: str) -> BaseResponse:
    """Try the file and show its trial print; or the same page with the line that does not print."""
    return _upload(form_view(key))


@page.get("/mau-phieu/logo")
@requires(*PERMISSIONS)
def slip_logos() -> Response:
    """The logos, and the form to upload one."""
    return _form_page(_LOGO_FORM, {})


@page.post("/mau-phieu/logo")
@requires(*PERMISSIONS)
def upload_slip_logo() -> BaseResponse:
    """Try the picture and show a slip with it; or the same page with why not."""
    return _upload(_LOGO_FORM)


@page.get("/mau-phieu/goc/<path:name>")
@requires(*PERMISSIONS)
def builtin_slip_template(name: str) -> Response:
    """A built-in template to keep and change (`….docx`, `….typ`), or a sample printed with it (`….pdf`)."""
    key, _, ending = name.rpartition(".")
    if ending == "pdf":
        form_view(key)
        return shown_file(
            Response(render_slip(sample_content(key)), mimetype="application/pdf"), "mau-goc.pdf", inline=True
        )
    file_name, content, media_type = builtin_file(name)
    return shown_file(Response(content, mimetype=media_type), file_name, inline=False)


@page.get("/mau-phieu/<id:template_id>")
@requires(*PERMISSIONS)
def slip_template(template_id: int) -> Response:
    """One template or logo with its trial print, to take into use or to withdraw."""
    return _template_page(template_id)


@page.get("/mau-phieu/<id:template_id>/tep")
@requires(*PERMISSIONS)
def slip_template_file(template_id: int) -> Response:
    """The file as it was taken; a logo is shown."""
    name, row = template_file(current_caller(), template_id)
    return shown_file(Response(row.content, mimetype=row.media_type), name, inline=row.format == LOGO)


@page.get("/mau-phieu/<id:template_id>/xem-truoc.<any(pdf, docx):kind>")
@requires(*PERMISSIONS)
def slip_template_preview(template_id: int, kind: str) -> Response:
    """The trial print itself."""
    caller = current_caller()
    made = preview(caller, template_id, caller.day, runtime().settings.profile, kind)
    name, row = template_file(caller, template_id)
    media_type = "application/pdf" if kind == "pdf" else row.media_type
    return shown_file(
        Response(made, mimetype=media_type), f"xem-truoc-{name.rpartition('.')[0]}.{kind}", inline=kind == "pdf"
    )


@page.post("/mau-phieu/<id:template_id>/<any('ap-dung', 'thu-hoi'):what>")
@requires(*PERMISSIONS)
def act_on_slip_template(template_id: int, what: str) -> BaseResponse:
    """Take it into use or out of it; or the same page with why not."""
    shown = template_detail(current_caller(), template_id, current_caller().day)
    try:
        (take if what == "ap-dung" else withdraw)(template_id, page_context())
    except DomainError as error:
        if error.code == "not_found":
            raise
        return _template_page(template_id, form_problem(error))
    discarded = shown["state"] == DRAFT and what == "thu-hoi"
    done = "Đã bỏ, không áp dụng." if discarded else "Đã thu hồi. Phiếu đã cấp vẫn in theo mẫu này."
    flash("Đã áp dụng." if what == "ap-dung" else done, "success")
    return redirect(_home_of(shown["form"]), 303)


@page.get("/mau-phieu/<id:template_id>/<any('ap-dung', 'thu-hoi'):what>")
@requires(*PERMISSIONS)
def act_on_slip_template_again(template_id: int, what: str) -> BaseResponse:
    """The address of a form that was refused, opened anew."""
    return redirect(f"/mau-phieu/{template_id}", 303)


def _upload(form: Mapping[str, str]) -> BaseResponse:
    try:
        told = load(UploadFields(), {name: value for name in UploadFields().fields if (value := _sent(name))})
        file = request.files.get("file")
        if file is None or not file.filename:
            raise invalid({"file": ["Hãy chọn một tệp."]})
        ending = file.filename.rpartition(".")[2].lower()
        kind = LOGO if form["kind"] == LOGO else ENDINGS.get(ending)
        if kind is None:
            raise invalid({"file": ["Hãy chọn tệp .docx (Word) hoặc .typ (typst)."]})
        command = UploadTemplate(kind, file.read(), form["key"] or None, taken=False, **told)
        context = page_context([command.format, hashlib.sha256(command.content).hexdigest()])
        added = upload(command, context)
    except DomainError as error:
        if error.code == "not_found":
            raise
        return _form_page(form, typed_in(request.form), form_problem(error), error.extra.get("problems", ()))
    return redirect(f"/mau-phieu/{added}", 303)


def _sent(name: str) -> str:
    return request.form.get(name, "").strip()


def _form_page(
    form: Mapping[str, str],
    typed: Mapping[str, str],
    problem: FormProblem | None = None,
    problems: Any = (),
) -> Response:
    caller = current_caller()
    found = template_list(caller, caller.day, form["key"] or None, LOGO if form["kind"] == LOGO else None)
    text = render_template(
        "slip_templates/form.html",
        form=form,
        logo=form["kind"] == LOGO,
        found=found,
        formats=FORMATS,
        agencies=agencies_of(caller),
        today=caller.day.isoformat(),
        typed=typed,
        problem=problem,
        problems=problems,
        names=names_of(form["key"]) if form["key"] else (),
        action=_home_of(form["key"]),
    )
    return make_response(text, problem.status if problem else 200)


def _template_page(template_id: int, problem: FormProblem | None = None) -> Response:
    caller = current_caller()
    found = template_detail(caller, template_id, caller.day)
    pages, lines, unprintable = _previewed(template_id, found["format"], caller.day)
    text = render_template(
        "slip_templates/template.html",
        found=found,
        formats=FORMATS,
        pages=pages,
        lines=lines[:MOST_LINES],
        unprintable=unprintable,
        draft=found["state"] == DRAFT,
        home=_home_of(found["form"]),
        problem=problem,
    )
    return make_response(text, problem.status if problem else 200)


def _previewed(template_id: int, kind: str, day: date) -> tuple[list[str], list[str], str]:
    """Pictures as data addresses, lines of text, or why there is neither."""
    caller, profile = current_caller(), runtime().settings.profile
    try:
        if kind == DOCX:
            return [], preview_lines(caller, template_id, day, profile), ""
        pictures = preview_pages(caller, template_id, day, profile)
    except DomainError as error:
        if error.code != "template_rejected":
            raise
        return [], [], error.detail
    return [f"data:image/png;base64,{base64.b64encode(one).decode()}" for one in pictures], [], ""


def _home_of(key: str | None) -> str:
    return url_for("web.slip_template_form", key=key) if key else url_for("web.slip_logos")
