"""Templates of slips and logos in the place of the built-in ones: listed, uploaded after a trial print, shown, withdrawn."""

from __future__ import annotations

import hashlib
from typing import Any

from flask import Response, request

from app.access.guard import requires
from app.access.request import current_caller
from app.actions.runner import Context, RequestKey
from app.actions.slip_templates import PERMISSIONS, UploadTemplate, upload, withdraw
from app.api.acting import acting_context, idempotency_key
from app.api.blueprint import Blueprint, reply
from app.api.lists import list_schema
from app.api.stored import disposition
from app.errors import invalid
from app.runtime import runtime
from app.schemas.fields import Choice, Day, Flag, Instant, Schema, Text, Whole
from app.schemas.reading import load
from app.store.slip_templates import DOCX, FORMATS
from app.views.cursors import whole_answer
from app.views.slip_templates import STATES, builtin_file, preview, template_detail, template_file, template_list

blueprint = Blueprint("slip_templates", __name__, url_prefix="/api/v1/slip-templates", description="Mẫu phiếu, logo")

_FORM = "Khóa của mẫu, ví dụ tt01-2018/02; xem docs/slips.md"
UPLOAD = {
    "multipart/form-data": {
        "schema": {
            "type": "object",
            "properties": {
                "file": {"type": "string", "format": "binary"},
                "format": {"type": "string", "enum": list(FORMATS)},
                "form": {"type": "string", "description": f"{_FORM}; bỏ trống với logo"},
                "agency": {"type": "string", "description": "Mã cơ quan; bỏ trống: toàn tỉnh"},
                "valid_from": {"type": "string", "format": "date", "description": "Bỏ trống: hôm nay"},
                "note": {"type": "string"},
            },
            "required": ["file", "format"],
        }
    }
}


class ListArgs(Schema):
    form = Text(64, metadata={"description": _FORM})
    format = Choice(FORMATS)
    agency = Text(64)


class UploadForm(Schema):
    format = Choice(FORMATS, required=True)
    form = Text(64)
    agency = Text(64)
    valid_from = Day()
    note = Text(1000, lines=True)


class TemplateSchema(Schema):
    id = Whole(1)
    form = Text(64, allow_none=True, metadata={"description": f"{_FORM}; null với logo"})
    form_name = Text(500, allow_none=True)
    kind_title = Text(500)
    agency = Text(64, allow_none=True, metadata={"description": "null: toàn tỉnh"})
    agency_name = Text(500, allow_none=True)
    format = Choice(FORMATS)
    media_type = Text(200)
    sha256 = Text(64)
    valid_from = Day()
    state = Choice(tuple(STATES))
    state_title = Text(200)
    current = Flag(metadata={"description": "Hôm nay phiếu in theo mẫu này, với cơ quan của nó"})
    uploaded_at = Instant()
    uploaded_by = Text(64)
    uploaded_by_name = Text(500)
    taken_at = Instant(allow_none=True)
    withdrawn_at = Instant(allow_none=True)
    withdrawn_by = Text(64, allow_none=True)
    note = Text(1000, lines=True, allow_none=True)
    manages = Flag(metadata={"description": "Người gọi được thu hồi mẫu này"})


_UPLOAD = UploadForm()


@blueprint.get("")
@requires(*PERMISSIONS)
@blueprint.arguments(ListArgs, location="query")
@blueprint.response(200, list_schema("SlipTemplatePage", TemplateSchema))
def list_templates(args: dict[str, Any]) -> Response:
    """Các mẫu và logo đã thay, mới nhất trước; mẫu nào đang dùng hôm nay."""
    caller = current_caller()
    return reply(
        whole_answer(template_list(caller, caller.day, args.get("form"), args.get("format"), args.get("agency")))
    )


@blueprint.post("")
@requires(*PERMISSIONS)
@blueprint.doc(requestBody={"required": True, "content": UPLOAD})
@blueprint.response(201, TemplateSchema)
def add_template() -> Response:
    """Thay một mẫu (typst, DOCX) hoặc logo (PNG, JPEG) sau khi in thử; 422 template_rejected với `problems`
    [{line, text, message}] khi không in được."""
    told = load(_UPLOAD, {name: value for name, value in request.form.items() if value.strip()})
    file = request.files.get("file")
    if file is None:
        raise invalid({"file": ["Phải gửi tệp ở trường file (multipart/form-data)."]})
    command = UploadTemplate(content=file.read(), **told)
    context = acting_context()
    added = upload(command, Context(context.caller, context.now, _key(command)))
    return reply(template_detail(context.caller, added, context.caller.day), 201)


@blueprint.get("/<id:template_id>")
@requires(*PERMISSIONS)
@blueprint.response(200, content_type="application/octet-stream")
def download_template(template_id: int) -> Response:
    """Tệp của một mẫu hoặc logo, như đã nhận."""
    name, row = template_file(current_caller(), template_id)
    return file_answer(row.content, row.media_type, name)


@blueprint.get("/<id:template_id>/preview.pdf")
@requires(*PERMISSIONS)
@blueprint.response(200, content_type="application/pdf")
def preview_pdf(template_id: int) -> Response:
    """Phiếu in thử với dữ liệu mẫu, của mẫu typst hoặc logo."""
    made = preview(current_caller(), template_id, current_caller().day, runtime().settings.profile, "pdf")
    return file_answer(made, "application/pdf", f"xem-truoc-{template_id}.pdf", inline=True)


@blueprint.get("/<id:template_id>/preview.docx")
@requires(*PERMISSIONS)
@blueprint.response(200, content_type="application/octet-stream")
def preview_docx(template_id: int) -> Response:
    """Phiếu điền thử với dữ liệu mẫu, của mẫu DOCX."""
    made = preview(current_caller(), template_id, current_caller().day, runtime().settings.profile, DOCX)
    name, row = template_file(current_caller(), template_id)
    return file_answer(made, row.media_type, f"xem-truoc-{name}")


@blueprint.post("/<id:template_id>/withdraw")
@requires(*PERMISSIONS)
@blueprint.response(200, TemplateSchema)
def withdraw_template(template_id: int) -> Response:
    """Thu hồi một mẫu hoặc logo: mẫu trước đó, hoặc mẫu gốc, lại được dùng. Phiếu đã cấp vẫn in theo mẫu của nó."""
    context = acting_context()
    withdraw(template_id, context)
    return reply(template_detail(context.caller, template_id, context.caller.day))


@blueprint.get("/builtin/<path:name>")
@requires(*PERMISSIONS)
@blueprint.response(200, content_type="application/octet-stream")
def builtin_template(name: str) -> Response:
    """Mẫu gốc để sửa: `tt01-2018/02.docx`, `tt01-2018/02.typ`; `common.typ` là phần dùng chung của các mẫu typst."""
    file_name, content, media_type = builtin_file(name)
    return file_answer(content, media_type, file_name)


def file_answer(content: bytes, media_type: str, name: str, *, inline: bool = False) -> Response:
    """A file that a browser shows (`inline`) or keeps, and never takes for something else."""
    response = Response(content, mimetype=media_type)
    response.headers["Content-Disposition"] = disposition(name, inline=inline)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _key(command: UploadTemplate) -> RequestKey | None:
    """The request is its content, not its bytes: a client that tries again draws another multipart boundary."""
    key = idempotency_key()
    if key is None:
        return None
    said = (command.format, command.form, command.agency, command.valid_from, command.note)
    digest = hashlib.sha256(repr(said).encode() + hashlib.sha256(command.content).digest())
    return RequestKey(key, digest.digest())
