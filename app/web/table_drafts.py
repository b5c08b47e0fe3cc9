"""A published table that becomes a diagram: the file, what was read of it, and its correction side by side."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from flask import Response, flash, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from app.access.guard import requires
from app.access.request import current_caller
from app.actions.table_drafts import LARGEST_FILE, accept_table, change_table, discard_table, take_table
from app.drafting import correcting
from app.drafting.correcting import STAGES, UNITS
from app.drafting.model import Remark, TableDraft
from app.drafting.totals import sum_of
from app.errors import DomainError, invalid
from app.rules.administration import ADMINISTRATORS
from app.rules.permissions import DESIGNERS
from app.views.table_drafts import gate_problems, open_tables, table_diagram, table_page, table_row
from app.web.acting import FormProblem, form_problem, page_context, seen_version
from app.web.blueprint import drawing, page
from app.web.json_asked import answer_json
from app.web.table_fields import acceptance, head_of, steps_of

HOME = "/thiet-ke/bang"
_OPERATIONS: dict[str, Callable[[TableDraft, str], TableDraft]] = {
    "remove": correcting.removed,
    "split": correcting.split,
    "merge": correcting.merged,
    "add": correcting.added,
    "up": lambda draft, key: correcting.moved(draft, key, -1),
    "down": lambda draft, key: correcting.moved(draft, key, 1),
}


@page.get(HOME)
@requires(*DESIGNERS)
def table_drafts_home() -> Response:
    """Bring a table; and those that are being corrected."""
    return _home()


@page.post(HOME)
@requires(*DESIGNERS)
def bring_table() -> BaseResponse:
    """Read a file or a text that was pasted."""
    typed = request.form.get("text", "")
    try:
        file = request.files.get("file")
        if file is not None and file.filename:
            content, name = file.stream.read(LARGEST_FILE + 1), file.filename
        elif typed.strip():
            content, name = typed.encode("utf-8", "replace"), "bang-dan-vao.md"
        else:
            raise invalid({"file": ["Hãy chọn tệp có bảng các bước, hoặc dán bảng vào ô bên dưới."]})
        found = take_table(page_context([hashlib.sha256(content).hexdigest()]), content, name)
    except DomainError as error:
        return _home(typed, form_problem(error))
    if len(found) > 1:
        flash(f"Tìm thấy {len(found)} thủ tục trong tệp; mở từng thủ tục để đối chiếu.", "success")
        return redirect(HOME, 303)
    return redirect(f"{HOME}/{found[0]}", 303)


@page.get(f"{HOME}/<id:table_id>")
@requires(*DESIGNERS)
@drawing
def table_draft(table_id: int) -> BaseResponse:
    """The table as it stands beside the steps that were read from it."""
    row = table_row(table_id)
    if row.diagram_draft_id is not None:
        return redirect(f"/thiet-ke/{row.diagram_draft_id}", 303)
    return _page(table_id)


@page.post(f"{HOME}/<id:table_id>")
@requires(*DESIGNERS)
@drawing
def correct_table(table_id: int) -> BaseResponse:
    """Keep what was changed, and do what the button says: save, settle a doubt, take a step apart …"""
    operation, _, about = request.form.get("do", "save").partition(":")
    settle = [about] if operation == "settle" else []

    def make(draft: TableDraft, _settled: list[str]) -> tuple[TableDraft, list[Remark]]:
        said = steps_of(draft, request.form)
        made, answered = correcting.changed(draft, head_of(draft, request.form), said)
        if operation in _OPERATIONS:
            made = _OPERATIONS[operation](made, about)
            answered += [
                one for one in draft.remarks if operation == "split" and one.step == about and one.field == "position"
            ]
        if sum_of(made).agrees:
            answered += [one for one in draft.remarks if one.code == "total.differs"]
        return made, answered

    agencies = request.form.getlist("agencies")[:200] if "agencies_shown" in request.form else None
    try:
        change_table(page_context(), table_id, seen_version(), make, settle, agencies)
    except DomainError as error:
        if error.code == "not_found":
            raise
        return _page(table_id, form_problem(error))
    flash("Đã lưu.", "success")
    anchor = f"#buoc-{about}" if operation in _OPERATIONS and operation != "remove" else ("#nhan-xet" if settle else "")
    return redirect(f"{HOME}/{table_id}{anchor}", 303)


@page.get(f"{HOME}/<id:table_id>/so-do")
@requires(*DESIGNERS)
def table_draft_diagram(table_id: int) -> Response:
    """The diagram as it would be accepted now, for the viewer."""
    return answer_json(table_diagram(table_id))


@page.post(f"{HOME}/<id:table_id>/nhan")
@requires(*DESIGNERS)
@drawing
def accept_table_draft(table_id: int) -> BaseResponse:
    """Begin a draft of a diagram with it."""
    try:
        draft = TableDraft.from_dict(table_row(table_id).draft)
        begun = accept_table(acceptance(table_id, draft, request.form, seen_version()), page_context())
    except DomainError as error:
        if error.code == "not_found":
            raise
        return _page(table_id, form_problem(error))
    flash("Đã lập bản vẽ từ bảng; xem lại sơ đồ rồi thử trước khi ban hành.", "success")
    return redirect(f"/thiet-ke/{begun}", 303)


@page.post(f"{HOME}/<id:table_id>/bo")
@requires(*DESIGNERS)
@drawing
def discard_table_draft(table_id: int) -> BaseResponse:
    """Put the table away."""
    try:
        discard_table(page_context(), table_id, seen_version())
    except DomainError as error:
        if error.code == "not_found":
            raise
        return _page(table_id, form_problem(error))
    flash("Đã bỏ bảng này; tệp vẫn tải lên lại được.", "success")
    return redirect(HOME, 303)


@page.get(f"{HOME}/<id:table_id>/nhan")
@requires(*DESIGNERS)
def accept_table_again(table_id: int) -> BaseResponse:
    """The address of a form that was refused, opened anew."""
    return redirect(f"{HOME}/{table_id}", 303)


@page.get(f"{HOME}/<id:table_id>/bo")
@requires(*DESIGNERS)
def discard_table_again(table_id: int) -> BaseResponse:
    """The address of the button, opened anew."""
    return redirect(f"{HOME}/{table_id}", 303)


def _home(typed: str = "", problem: FormProblem | None = None) -> Response:
    text = render_template("workbench/tables.html", found=open_tables(), typed=typed, problem=problem)
    return make_response(text, problem.status if problem else 200)


def _page(table_id: int, problem: FormProblem | None = None) -> Response:
    caller = current_caller()
    shown = table_page(table_id, caller)
    text = render_template(
        "workbench/table.html",
        shown=shown,
        draft=shown.draft,
        here=f"{HOME}/{table_id}",
        stages=STAGES,
        units=UNITS,
        total_fields=lambda draft: correcting.amount_of(draft.total, draft.total_unit),
        problems=gate_problems(shown.draft),
        problem=problem,
        typed=request.form if problem else {},
        manages=caller.may("procedure.manage"),
        administers=any(caller.may(name) for name in ADMINISTRATORS),
    )
    return make_response(text, problem.status if problem else 200)
