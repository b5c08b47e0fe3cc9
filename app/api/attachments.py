"""Attachments of a dossier. What was handed in is only ever given back as a download."""

from __future__ import annotations

import hashlib
from typing import Any, cast

from flask import Response, request
from werkzeug.datastructures import FileStorage

from app.access.guard import requires
from app.access.request import current_caller
from app.actions.attach import check_may_add, received
from app.actions.open_file import note_opened, page_picture, thumbnail
from app.actions.reuse_paper import ReusePaper
from app.actions.runner import Context, Outcome, RequestKey, run
from app.actions.taking_files import LONGEST_NAME
from app.api.acting import acting_context, idempotency_key
from app.api.blueprint import Blueprint, reply
from app.api.lists import PageArgs, list_schema
from app.api.stored import disposition, picture_reply, stored_reply
from app.api.uploads import takes_files
from app.errors import DomainError, invalid
from app.papers.pages import USUAL, WIDTHS
from app.rules.permissions import READERS, RIGHTS
from app.runtime import asked_at, runtime
from app.schemas.attachments import AboutFile, read_about
from app.schemas.components import ORIGINS
from app.schemas.fields import Anything, Choice, Flag, Instant, Many, Record, Schema, Text, Whole
from app.store import attachments
from app.store.attachments import KINDS, PAPER, AttachmentRow
from app.store.file_accesses import ACCESSES, DOWNLOAD, PAGE, THUMBNAIL
from app.store.file_facts import SCANS
from app.store.files import file_store
from app.views.cursors import whole_answer
from app.views.parts import SEE_ACCESSES, accesses_of, attachment_of, attachment_view, attachments_of
from app.wording import clean_line

blueprint = Blueprint(
    "attachments", __name__, url_prefix="/api/v1/dossiers/<code:code>/attachments", description="Tệp đính kèm"
)

UPLOAD = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {"type": "string", "format": "binary"},
                        "kind": {"type": "string", "enum": list(KINDS), "default": PAPER},
                        "component": {"type": "string", "maxLength": 64},
                        "origin": {"type": "string", "enum": list(ORIGINS)},
                    },
                }
            }
        },
    }
}


PNG = {"type": "string", "format": "binary"}


class AttachmentSchema(Schema):
    id = Whole(1)
    sha256 = Text(64)
    name = Text(LONGEST_NAME)
    size = Whole(1)
    media_type = Text(200)
    kind = Choice(KINDS, metadata={"description": "Giấy tờ, dự thảo kết quả, kết quả"})
    component = Text(64, allow_none=True)
    origin = Choice(ORIGINS, allow_none=True)
    added_at = Instant()
    signatures = Many(Anything())
    signed_from = Whole(1, allow_none=True, metadata={"description": "Tệp mà đây là bản đã ký"})
    reused_from = Whole(1, allow_none=True, metadata={"description": "Tệp của hồ sơ trước được dùng lại (TN-21.7)"})
    scan = Choice(SCANS, metadata={"description": "waiting, infected: đang cách ly, không tải được"})
    scan_result = Text(500, allow_none=True)
    pages = Whole(1, allow_none=True, metadata={"description": "null khi chưa xem nội dung, hoặc không đọc được"})
    has_javascript = Flag(allow_none=True, metadata={"description": "PDF có mã thực thi; null: không biết được"})
    encrypted = Flag(allow_none=True)
    readable = Flag(allow_none=True, metadata={"description": "Xem được từng trang"})
    conversion = Record(allow_none=True, metadata={"description": "Kết quả số hóa từ bản giấy (HT-8.3b)"})


class ReuseBody(Schema):
    attachment = Whole(1, required=True, metadata={"description": "Tệp của hồ sơ trước (/applicants/papers)"})
    component = Text(64, least=1)


class WidthArgs(Schema):
    width = Whole(1, WIDTHS[-1], load_default=USUAL)


class AccessSchema(Schema):
    at = Instant()
    what = Choice(ACCESSES)
    page = Whole(1, allow_none=True)
    account = Text(64, allow_none=True, metadata={"description": "null: người nộp, bằng mã bí mật trên phiếu"})
    name = Text(500, allow_none=True)
    address = Text(64, allow_none=True)


@blueprint.post("")
@requires(*RIGHTS["attach"].permissions)
@blueprint.response(201, AttachmentSchema)
@blueprint.doc(**UPLOAD)
@takes_files
def add(code: str) -> Response:
    """Thêm một tệp (multipart, trường `file`; `kind`, `component`, `origin` nói tệp là gì)."""
    check_may_add(code, current_caller())
    upload, about = _uploaded(), read_about(request.form)
    command = received(code, file_store(runtime().settings), upload.stream, upload.filename or "", **about)
    told = " ".join([command.name, *(f"{key}={value}" for key, value in sorted(about.items()))])
    return reply(run(command, _context(command.sha256, told), _added), 201)


@blueprint.post("/reuse")
@requires(*RIGHTS["attach"].permissions)
@blueprint.arguments(ReuseBody)
@blueprint.response(201, AttachmentSchema)
def reuse(body: dict[str, Any], code: str) -> Response:
    """Dùng lại một giấy tờ của hồ sơ trước của cùng người nộp (TN-21.7); nội dung không phải gửi lại."""
    command = ReusePaper(code, body["attachment"], body.get("component"))
    return reply(run(command, acting_context(), _added), 201)


@blueprint.get("")
@requires(*READERS)
@blueprint.response(200, list_schema("AttachmentList", AttachmentSchema))
def list_attachments(code: str) -> Response:
    """Các tệp của hồ sơ."""
    return reply(whole_answer(attachments_of(current_caller(), code)))


@blueprint.get("/<id:attachment_id>")
@requires(*READERS)
@blueprint.response(200, {"type": "string", "format": "binary"}, content_type="*/*")
def download(code: str, attachment_id: int) -> Response:
    """Tải một tệp về."""
    caller = current_caller()
    return file_reply(attachment_of(caller, code, attachment_id), caller.account_id)


@blueprint.get("/<id:attachment_id>/pages/<id:number>.png")
@requires(*READERS)
@blueprint.arguments(WidthArgs, location="query")
@blueprint.response(200, PNG, content_type="image/png")
def page_of_file(args: dict[str, Any], code: str, attachment_id: int, number: int) -> Response:
    """Một trang của PDF hoặc ảnh, vẽ thành hình; không mã nào trong tệp được chạy."""
    caller = current_caller()
    row = attachment_of(caller, code, attachment_id)
    picture = page_picture(row, number, args["width"], runtime().settings)
    note_opened(row, caller.account_id, PAGE, asked_at(), page=number, address=request.remote_addr)
    return picture_reply(picture)


@blueprint.get("/<id:attachment_id>/thumbnail.png")
@requires(*READERS)
@blueprint.response(200, PNG, content_type="image/png")
def thumbnail_of_file(code: str, attachment_id: int) -> Response:
    """Hình nhỏ của trang đầu."""
    caller = current_caller()
    row = attachment_of(caller, code, attachment_id)
    picture = thumbnail(row, runtime().settings)
    note_opened(row, caller.account_id, THUMBNAIL, asked_at(), address=request.remote_addr)
    return picture_reply(picture)


@blueprint.get("/<id:attachment_id>/accesses")
@requires(*SEE_ACCESSES)
@blueprint.arguments(PageArgs, location="query")
@blueprint.response(200, list_schema("FileAccessPage", AccessSchema))
def list_accesses(args: dict[str, Any], code: str, attachment_id: int) -> Response:
    """Ai đã mở, tải tệp, lúc nào; mới nhất trước."""
    return reply(accesses_of(current_caller(), code, attachment_id, args.get("cursor"), args["page_size"]))


def file_reply(row: AttachmentRow, account_id: int | None) -> Response:
    """A stored file as a download that no browser runs, written down first. `account_id` None: an applicant with her token.

    Errors: DomainError quarantined, unavailable.
    """
    note_opened(row, account_id, DOWNLOAD, asked_at(), address=request.remote_addr)
    response = stored_reply(row.sha256, row.media_type)
    response.headers["Content-Disposition"] = disposition(row.name, inline=False)
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def _added(outcome: Outcome) -> dict[str, Any]:
    row = attachments.find_attachment(outcome.work.connection, outcome.work.dossier.id, outcome.extra["attachment"])
    return attachment_view(cast(AttachmentRow, row))


def _uploaded() -> FileStorage:
    if request.mimetype != "multipart/form-data":
        raise DomainError("unsupported_media_type", "Hãy gửi tệp bằng multipart/form-data, trường `file`.")
    unknown = (set(request.files) - {"file"}) | (set(request.form) - set(AboutFile().fields))
    if unknown:
        raise invalid({clean_line(name)[:64]: ["Không có trường này."] for name in unknown})
    found = request.files.getlist("file")
    if len(found) != 1:
        raise invalid({"file": ["Phải có đúng một tệp."]})
    return found[0]


def _context(sha256: str, name: str) -> Context:
    """The request is its content, not its bytes: a client that tries again draws another multipart boundary."""
    key = idempotency_key()
    digest = hashlib.sha256(f"{request.method} {request.path}\n{sha256} {name}".encode()).digest()
    held = RequestKey(key, digest) if key is not None else None
    return Context(current_caller(), asked_at(), held, runtime().settings.public_url)
