"""The files of a draft: read and saved by the scripts of its pages, taken to the desktop modeller and brought back."""

from __future__ import annotations

from flask import Response, flash, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from app.access.guard import requires
from app.actions.diagram_drafts import save_parts, take_file
from app.errors import DomainError, invalid
from app.rules.permissions import DESIGNERS
from app.schemas.diagram_drafts import MOST_BYTES, DraftSaveBody
from app.views.diagram_drafts import draft_of, files_of, whole_draft
from app.web.acting import page_context
from app.web.blueprint import page
from app.web.json_asked import answer_json, json_body

DRAFT_READERS = (*DESIGNERS, "procedure.review")
"""Who may read a draft and talk about it: who designs, and who will check what comes of it (ST-10.3b)."""
_SAVE = DraftSaveBody()


@page.get("/thiet-ke/<id:draft_id>/ban-ve")
@requires(*DRAFT_READERS)
def draft_data(draft_id: int) -> Response:
    """The draft with its files, for scripts."""
    return answer_json(whole_draft(draft_id))


@page.post("/thiet-ke/<id:draft_id>/ban-ve")
@requires(*DESIGNERS)
def save_draft_data(draft_id: int) -> Response:
    """Keep a new state; 412 with who saved since where somebody did."""
    body = json_body(_SAVE, MOST_BYTES)
    revision, kind, label = body.pop("revision"), body.pop("kind"), body.pop("label") or None
    saved = save_parts(page_context(), draft_id, revision, body, kind, label)
    return answer_json({"revision": saved.revision, "saved_at": saved.saved_at})


@page.get("/thiet-ke/<id:draft_id>/so-do.bpmn")
@requires(*DRAFT_READERS)
def draft_file(draft_id: int) -> Response:
    """The diagram byte for byte; `lan`: of that state."""
    text = request.args.get("lan", "")
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
    draft, files = draft_of(draft_id), files_of(draft_id, number)
    answer = Response(files.diagram, mimetype="application/xml")
    name = f"{draft.procedure}-ban-ve-{draft.id}" + (f"-lan-{number}" if number else "")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.bpmn"'
    return answer


@page.post("/thiet-ke/<id:draft_id>/so-do")
@requires(*DESIGNERS)
def bring_draft_file(draft_id: int) -> BaseResponse:
    """A diagram that was worked on elsewhere, as a new state."""
    text = request.form.get("revision", "")
    revision = int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
    try:
        file = request.files.get("diagram")
        if file is None or not file.filename:
            raise invalid({"diagram": ["Hãy chọn tệp sơ đồ (.bpmn)."]})
        take_file(page_context(), draft_id, revision, file.stream.read(), file.filename)
    except DomainError as error:
        if error.code == "not_found":
            raise
        first = next((str(text) for texts in (error.errors or {}).values() for text in texts), error.detail)
        flash(first, "error")
        return redirect(f"/thiet-ke/{draft_id}/lich-su", 303)
    flash("Đã nhận tệp thành một lần lưu mới; các lần lưu trước vẫn còn trong lịch sử.", "success")
    return redirect(f"/thiet-ke/{draft_id}", 303)


@page.get("/thiet-ke/<id:draft_id>/so-do")
@requires(*DESIGNERS)
def bring_draft_file_again(draft_id: int) -> BaseResponse:
    """The address of the form, opened anew."""
    return redirect(f"/thiet-ke/{draft_id}/lich-su", 303)
