"""A form of a draft as its people will see it, by what draws and checks the real ones; nothing that is sent here is kept."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import asdict
from typing import Any

from flask import Response, make_response, request
from werkzeug.datastructures import MultiDict

from app.access.guard import requires
from app.access.request import current_caller
from app.actions.form_samples import sample_data
from app.actions.form_schema import fields_of
from app.actions.form_values import check_form
from app.errors import invalid
from app.rules.permissions import DESIGNERS
from app.views.diagram_drafts import draft_of, files_of
from app.views.draft_forms import form_in, of_applicant, offered, steps_with
from app.views.form_data import labelled
from app.web.acting import FormProblem, form_problem
from app.web.action_fields import form_name
from app.web.asking import choice
from app.web.blueprint import page
from app.web.step_form_fields import drawn_form, step_data
from app.web.workbench_frame import framed

PEOPLE = {"can-bo": "Cán bộ ở bước", "cong-dan": "Người nộp hồ sơ"}
WIDTHS = {"rong": "Máy tính", "hep": "Điện thoại"}
SAMPLE_FILES = {1: "don-de-nghi.pdf", 2: "ban-ve-so-do.pdf", 3: "giay-uy-quyen.pdf"}


@page.get("/thiet-ke/<id:draft_id>/bieu-mau/<code:name>/xem")
@requires(*DESIGNERS)
def preview_form(draft_id: int, name: str) -> Response:
    """`nguoi`: can-bo or cong-dan; `rong`: rong or hep; `mau=1`: with sample data."""
    return _shown(draft_id, name, MultiDict())


@page.post("/thiet-ke/<id:draft_id>/bieu-mau/<code:name>/xem")
@requires(*DESIGNERS)
def try_form(draft_id: int, name: str) -> Response:
    """What the server would say of what was filled in, and how it would be read afterwards."""
    return _shown(draft_id, name, request.form)


def _shown(draft_id: int, name: str, sent: MultiDict[str, str]) -> Response:
    draft, files = draft_of(draft_id), files_of(draft_id)
    day = current_caller().day
    form = offered(deepcopy(form_in(files, name)), day)
    problem, kept = _verdict(form, sent) if sent else (None, None)
    known = sample_data(form, day) if choice("mau", ("1",)) and not sent else {}
    if known and any(field.get("type") == "filepicker" for field in fields_of(form)):
        known |= _files_chosen(form)
    who = choice("nguoi", PEOPLE) or ("cong-dan" if of_applicant(files, name) else "can-bo")
    text = framed(
        "workbench/form_preview.html",
        draft,
        "bieu-mau",
        name=name,
        who=who,
        people=PEOPLE,
        width=choice("rong", WIDTHS) or "rong",
        widths=WIDTHS,
        steps=steps_with(files, name),
        step_form=drawn_form(form, known, sent, SAMPLE_FILES, problem),
        typed={},
        problem=problem,
        kept=None if kept is None else _read(form, kept),
        address=f"/thiet-ke/{draft_id}/bieu-mau",
    )
    return make_response(text, problem.status if problem else 200)


def _verdict(form: Any, sent: MultiDict[str, str]) -> tuple[FormProblem | None, dict[str, Any] | None]:
    """What the step's own check says: a refusal, or the data that it would keep."""
    filled = check_form(form, {}, step_data(sent), current_caller().day, SAMPLE_FILES)
    if not filled.wrong:
        return None, filled.data
    refused = form_problem(invalid(filled.wrong))
    fields = tuple((form_name("forward", field), text) for field, text in refused.fields)
    return FormProblem(**{**asdict(refused), "fields": fields}), None


def _read(form: Any, data: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Label and text, as the dossier's page shows them later."""
    chosen = {
        field["key"]: [SAMPLE_FILES.get(number, number) for number in data.get(field["key"]) or ()]
        for field in fields_of(form)
        if field.get("type") == "filepicker" and isinstance(data.get(str(field.get("key"))), list)
    }
    return labelled(list(fields_of(form)), {**data, **chosen})


def _files_chosen(form: Any) -> dict[str, Any]:
    pickers = [field for field in fields_of(form) if field.get("type") == "filepicker"]
    return {
        str(field["key"]): [1] for field in pickers if isinstance(field.get("key"), str) and "." not in field["key"]
    }
