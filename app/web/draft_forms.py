"""The forms of a draft: the list, a new one, another name, which steps have one, drawing one."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any
from urllib.parse import quote

from flask import Response, flash, jsonify, make_response, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from app.access.guard import requires
from app.actions.diagram_drafts import Saved
from app.actions.draft_forms import (
    add_form,
    bind_form,
    empty_form,
    published_form,
    read_form,
    remove_form,
    rename_form,
    templates,
)
from app.actions.form_check import MOST_CHARACTERS
from app.errors import DomainError, invalid
from app.rules.permissions import DESIGNERS
from app.schemas.json_reading import read_json
from app.store.diagram_drafts import OPEN, DraftFiles, DraftRow
from app.views.diagram_drafts import draft_of, files_of
from app.views.draft_forms import copy_sources, draft_forms, faults_of, form_in, steps_with
from app.web.acting import FormProblem, form_problem, page_context
from app.web.blueprint import drawing, page
from app.web.workbench_frame import framed

_ADDRESS = "/thiet-ke/{}/bieu-mau"
_SEPARATOR = "|"


@page.get("/thiet-ke/<id:draft_id>/bieu-mau")
@requires(*DESIGNERS)
def forms_of_draft(draft_id: int) -> Response:
    """The draft's forms, what is wrong with them, and which steps have them."""
    return _list(draft_id)


@page.post("/thiet-ke/<id:draft_id>/bieu-mau")
@requires(*DESIGNERS)
def add_draft_form(draft_id: int) -> BaseResponse:
    """A new form: empty, or a copy of one that is somewhere."""
    name = request.form.get("name", "").strip()
    try:
        schema = _begun(files_of(draft_id))
        add_form(page_context(), draft_id, _revision(), name, schema)
    except DomainError as error:
        return _refused(draft_id, error)
    flash(f"Đã thêm biểu mẫu {name}.", "success")
    return redirect(f"{_ADDRESS.format(draft_id)}/{quote(name)}", 303)


@page.post("/thiet-ke/<id:draft_id>/bieu-mau/doi-ten")
@requires(*DESIGNERS)
def rename_draft_form(draft_id: int) -> BaseResponse:
    """Another name, and another one in the diagram where that is wanted."""
    old, new = request.form.get("form", ""), request.form.get("new_name", "").strip()
    told = f"Đã đổi tên biểu mẫu {old} thành {new}."

    def change() -> Saved:
        return rename_form(page_context(), draft_id, _revision(), old, new, steps_too="steps" in request.form)

    return _changed(draft_id, change, told)


@page.post("/thiet-ke/<id:draft_id>/bieu-mau/bo")
@requires(*DESIGNERS)
def remove_draft_form(draft_id: int) -> BaseResponse:
    """Take a form away."""
    name = request.form.get("form", "")

    def change() -> Saved:
        return remove_form(page_context(), draft_id, _revision(), name, steps_too="steps" in request.form)

    return _changed(draft_id, change, f"Đã bỏ biểu mẫu {name}; bản trước còn trong lịch sử.")


@page.post("/thiet-ke/<id:draft_id>/bieu-mau/buoc")
@requires(*DESIGNERS)
def bind_draft_form(draft_id: int) -> BaseResponse:
    """Which steps have the form."""
    name = request.form.get("form", "")

    def change() -> Saved:
        return bind_form(page_context(), draft_id, _revision(), name, request.form.getlist("steps"))

    return _changed(draft_id, change, f"Đã ghi các bước dùng biểu mẫu {name}.")


@page.get("/thiet-ke/<id:draft_id>/bieu-mau/<any('doi-ten', 'bo', 'buoc', 'kiem-tra'):_address>")
@requires(*DESIGNERS)
def forms_again(draft_id: int, _address: str) -> BaseResponse:
    """The address of a form that was refused, opened anew."""
    return redirect(_ADDRESS.format(draft_id), 303)


@page.post("/thiet-ke/<id:draft_id>/bieu-mau/kiem-tra")
@requires(*DESIGNERS)
def check_draft_form(draft_id: int) -> Response:
    """JSON {schema, name?} -> {problems: [{code, severity, message, field, key}]}; nothing is kept."""
    try:
        body = read_json(request.get_data(cache=False), 5 * MOST_CHARACTERS)
        if not isinstance(body, dict) or "schema" not in body:
            raise invalid({"schema": ["Phải có trường này."]})
        name = body.get("name")
        faults = faults_of(files_of(draft_id), name if isinstance(name, str) else "", body["schema"])
    except DomainError as error:
        return make_response(jsonify({"detail": error.detail, "errors": error.errors}), error.kind.status)
    return jsonify({"problems": [asdict(fault) for fault in faults]})


@page.get("/thiet-ke/<id:draft_id>/bieu-mau/<code:name>")
@requires(*DESIGNERS)
@drawing
def edit_draft_form(draft_id: int, name: str) -> str:
    """The editor of a form."""
    draft, files = draft_of(draft_id), files_of(draft_id)
    form = form_in(files, name)
    return framed(
        "workbench/form_editor.html",
        draft,
        "bieu-mau",
        name=name,
        open=draft.state == OPEN,
        steps=steps_with(files, name),
        forms=_forms_for_script(draft, files),
        faults=faults_of(files, name, form),
        address=_ADDRESS.format(draft_id),
    )


@page.get("/thiet-ke/<id:draft_id>/bieu-mau/<code:name>/tai-ve")
@requires(*DESIGNERS)
def download_draft_form(draft_id: int, name: str) -> Response:
    """The form as a form-js file."""
    text = json.dumps(form_in(files_of(draft_id), name), ensure_ascii=False, indent=2)
    answer = Response(text, mimetype="application/json")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.json"'
    return answer


def _forms_for_script(draft: DraftRow, files: DraftFiles) -> dict[str, Any]:
    return {"url": f"/thiet-ke/{draft.id}/ban-ve", "revision": draft.revision, "forms": dict(files.forms)}


def _begun(files: DraftFiles) -> Mapping[str, Any]:
    """What the new form begins with. Errors: DomainError invalid."""
    source, chosen = request.form.get("source", "empty"), request.form.get("from", "")
    if source == "empty":
        return empty_form()
    if source == "file":
        file = request.files.get("file")
        if file is None or not file.filename:
            raise invalid({"file": ["Hãy chọn tệp biểu mẫu (.json)."]})
        return read_form(file.stream.read(4 * MOST_CHARACTERS + 1))
    kind, _, rest = chosen.partition(_SEPARATOR)
    if source == "copy" and kind == "draft":
        return form_in(files, rest)
    if source == "copy" and kind == "template" and rest in (ours := templates()):
        found: Mapping[str, Any] = ours[rest]
        return found
    procedure, _, rest = rest.partition(_SEPARATOR)
    version, _, name = rest.partition(_SEPARATOR)
    if source == "copy" and kind == "version" and version.isascii() and version.isdigit() and len(version) < 10:
        return published_form(procedure, int(version), name)
    raise invalid({"from": ["Hãy chọn biểu mẫu để chép."]})


def _revision() -> int:
    text = request.form.get("revision", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _changed(draft_id: int, change: Callable[[], Saved], told: str) -> BaseResponse:
    try:
        change()
    except DomainError as error:
        return _refused(draft_id, error)
    flash(told, "success")
    return redirect(_ADDRESS.format(draft_id), 303)


def _refused(draft_id: int, error: DomainError) -> Response:
    draft_of(draft_id)
    return _list(draft_id, form_problem(error))


def _list(draft_id: int, problem: FormProblem | None = None) -> Response:
    draft, files = draft_of(draft_id), files_of(draft_id)
    published, ours = copy_sources()
    text = framed(
        "workbench/forms.html",
        draft,
        "bieu-mau",
        found=draft_forms(files),
        open=draft.state == OPEN,
        published=published,
        ours=ours,
        typed=request.form,
        problem=problem,
        address=_ADDRESS.format(draft_id),
    )
    return make_response(text, problem.status if problem else 200)
