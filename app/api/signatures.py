"""Signatures of a dossier's files: looked at again, made on the server, on one's own machine, or brought back as a file."""

from __future__ import annotations

import hashlib
from typing import Any, cast

from flask import Response, request

from app.access.guard import SIGNED_IN, open_to_programs, requires
from app.access.request import current_caller
from app.actions.approve_batch import With
from app.actions.look_at_signatures import look_again
from app.actions.runner import Context, Outcome, RequestKey, run
from app.actions.sign import Sign, UploadSigned
from app.actions.sign_batch import sign_batch
from app.actions.sign_outside import CompleteSigning, PrepareSigning, prepare_signing, prepared_file
from app.actions.signing_files import MOST_UPLOADED
from app.api.acting import acting_context, idempotency_key, without_pin
from app.api.attachments import AttachmentSchema
from app.api.blueprint import Blueprint, reply
from app.api.lists import list_schema
from app.api.problems import ProblemSchema
from app.api.stored import disposition
from app.api.uploads import takes_files
from app.errors import DomainError, invalid
from app.rules.permissions import READERS, RIGHTS
from app.runtime import asked_at
from app.schemas.fields import Choice, Flag, Instant, Many, Part, Schema, Text, Whole
from app.schemas.signing import (
    LONGEST_REASON,
    CompleteSigningBody,
    PrepareBody,
    SignBatchBody,
    SignBody,
    box_of,
    made_of,
)
from app.store import attachments
from app.store.attachments import AttachmentRow
from app.views.cursors import whole_answer
from app.views.parts import attachment_of, attachment_view
from app.views.signing import keys_view, waiting_signatures
from app.wording import clean_line

blueprint = Blueprint(
    "signatures",
    __name__,
    url_prefix="/api/v1/dossiers/<code:code>/attachments/<id:attachment_id>",
    description="Ký số",
)
batch_blueprint = Blueprint("sign-batch", __name__, url_prefix="/api/v1", description="Ký số nhiều tệp")
_MAY_SIGN = RIGHTS["sign"].permissions


class SignatureSchema(Schema):
    field = Text(500)
    signer = Text(500)
    organisation = Text(1000)
    serial = Text(200, metadata={"description": "Số chứng thư, thập lục phân"})
    issuer = Text(500)
    signed_at = Text(40, allow_none=True, metadata={"description": "Thời điểm người ký ghi"})
    timestamped_at = Text(40, allow_none=True, metadata={"description": "Thời điểm theo dịch vụ dấu thời gian tin cậy"})
    trusted = Flag()
    intact = Flag(metadata={"description": "Phần đã ký không bị thay đổi"})
    whole_document = Flag(metadata={"description": "Chữ ký bao trùm toàn bộ tệp"})
    valid = Flag(metadata={"description": "Dùng được"})
    problems = Many(Text(2000))


class PreparedSchema(Schema):
    session = Whole(1)
    expires_at = Instant()
    signer = Text(500)
    algorithm = Choice(("sha256", "sha384", "sha512"))
    mechanism = Choice(("rsa-pkcs1v15", "ecdsa"))
    attributes = Text(64_000, metadata={"description": "base64: dữ liệu cần ký (token tự băm)"})
    digest = Text(200, metadata={"description": "base64: mã băm của attributes (khi token chỉ nhận mã băm)"})
    document_digest = Text(200, metadata={"description": "base64: mã băm của phần tài liệu được ký (khi tự tạo CMS)"})
    bytes = Text(500, metadata={"description": "Nơi tải tệp đã chuẩn bị"})


class BatchItemSchema(Schema):
    dossier = Text(64)
    attachment = Whole(1)
    status = Whole(200, 599)
    signed = Part(AttachmentSchema)
    problem = Part(ProblemSchema)


class SignBatchSchema(Schema):
    results = Many(Part(BatchItemSchema))


class WaitingSchema(Schema):
    dossier = Text(64)
    attachment = Whole(1)
    name = Text(500)
    kind = Text(64)
    kind_title = Text(200)
    size = Whole(0)
    added_at = Instant()
    applicant = Text(500)
    procedure = Text(64)
    procedure_name = Text(1000)
    step_name = Text(1000)
    task = Whole(1)
    due_at = Instant(allow_none=True)
    signatures = Many(Part(SignatureSchema))


class KeySchema(Schema):
    name = Text(200)
    owner = Text(200)
    agency = Text(64, allow_none=True)
    demonstration = Flag()
    ask_pin = Flag(metadata={"description": "Phải nhập mã PIN mỗi lần ký"})


@blueprint.get("/signatures")
@requires(*READERS)
@blueprint.response(200, list_schema("SignatureList", SignatureSchema))
def read_signatures(code: str, attachment_id: int) -> Response:
    """Kiểm tra lại chữ ký số của tệp ngay bây giờ."""
    row = attachment_of(current_caller(), code, attachment_id)
    if row.quarantined:
        raise DomainError("wrong_state", "Tệp đang chờ quét vi-rút hoặc bị cách ly nên chưa xem được chữ ký.")
    return reply(whole_answer(look_again(row, asked_at())))


@blueprint.post("/sign")
@requires(*_MAY_SIGN)
@blueprint.arguments(SignBody)
@blueprint.response(201, AttachmentSchema)
def sign(body: dict[str, Any], code: str, attachment_id: int) -> Response:
    """Ký bằng khóa trên máy chủ; bản đã ký là một tệp mới, tệp gốc giữ nguyên."""
    reason, pin = body.get("reason") or "", body.get("pin")
    command = Sign(code, attachment_id, body.get("key"), reason, body.get("page"), box_of(body), pin)
    return reply(run(command, without_pin(acting_context(), body), signed_view), 201)


@blueprint.post("/sign/prepare")
@requires(*_MAY_SIGN)
@blueprint.arguments(PrepareBody)
@blueprint.response(201, PreparedSchema)
def prepare(body: dict[str, Any], code: str, attachment_id: int) -> Response:
    """Chuẩn bị để ký bằng thiết bị của mình: trả về dữ liệu cần ký, phiên dùng một lần trong 30 phút."""
    ask = PrepareSigning(
        code, attachment_id, body["certificate"], body.get("reason") or "", body.get("page"), box_of(body)
    )
    told = prepare_signing(ask, acting_context())
    place = f"/api/v1/dossiers/{code}/attachments/{attachment_id}/sign/{told['session']}/bytes"
    return reply(told | {"bytes": place}, 201)


@blueprint.get("/sign/<id:session_id>/bytes")
@requires(*_MAY_SIGN)
@blueprint.response(200, {"type": "string", "format": "binary"}, content_type="application/pdf")
def read_prepared(code: str, attachment_id: int, session_id: int) -> Response:
    """Tệp đã chuẩn bị, chỗ chữ ký còn trống."""
    name, content, _ = prepared_file(acting_context(), code, attachment_id, session_id)
    return _download(content, name, "application/pdf")


@blueprint.get("/sign/<id:session_id>/attributes")
@requires(*_MAY_SIGN)
@blueprint.response(200, {"type": "string", "format": "binary"}, content_type="application/octet-stream")
def read_attributes(code: str, attachment_id: int, session_id: int) -> Response:
    """Dữ liệu cần ký, để đưa cho công cụ của thiết bị."""
    name, _, attributes = prepared_file(acting_context(), code, attachment_id, session_id)
    return _download(attributes, f"{name}.attributes.der", "application/octet-stream")


@blueprint.post("/sign/complete")
@requires(*_MAY_SIGN)
@blueprint.arguments(CompleteSigningBody)
@blueprint.response(201, AttachmentSchema)
def complete(body: dict[str, Any], code: str, attachment_id: int) -> Response:
    """Gửi chữ ký mà thiết bị đã tạo; bản đã ký là một tệp mới."""
    command = CompleteSigning(code, attachment_id, body["session"], **made_of(body))
    return reply(run(command, acting_context(), signed_view), 201)


@blueprint.post("/sign/upload")
@requires(*_MAY_SIGN)
@takes_files
@blueprint.response(201, AttachmentSchema)
@blueprint.doc(
    requestBody={
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {"type": "string", "format": "binary"},
                        "reason": {"type": "string", "maxLength": LONGEST_REASON},
                    },
                }
            }
        },
    }
)
def upload(code: str, attachment_id: int) -> Response:
    """Tải lên bản đã ký bằng công cụ trên máy: phải là đúng tệp gốc cộng thêm chữ ký hợp lệ."""
    content, reason = _uploaded()
    digest = hashlib.sha256(f"{request.path}\n{reason}\n".encode() + content).digest()
    key = idempotency_key()
    context = _plain_context(RequestKey(key, digest) if key is not None else None)
    return reply(run(UploadSigned(code, attachment_id, content, reason), context, signed_view), 201)


@batch_blueprint.post("/dossiers/sign-batch")
@requires(*_MAY_SIGN)
@batch_blueprint.arguments(SignBatchBody)
@batch_blueprint.response(200, SignBatchSchema)
def sign_many(body: dict[str, Any]) -> Response:
    """Ký nhiều tệp: mỗi tệp một giao dịch riêng, trả lời riêng."""
    items = [(one["dossier"], one["attachment"]) for one in body["items"]]
    using = With(body.get("key"), body.get("reason"), body.get("pin"))
    results = sign_batch(items, using, without_pin(acting_context(), body), signed_view)
    return reply({"results": results})


@batch_blueprint.get("/signing/waiting")
@requires(*_MAY_SIGN)
@batch_blueprint.response(200, list_schema("WaitingSignatures", WaitingSchema))
def read_waiting() -> Response:
    """Các tệp đang chờ bạn ký."""
    return reply(whole_answer(waiting_signatures(current_caller())))


@batch_blueprint.get("/signing/keys")
@requires(SIGNED_IN)
@open_to_programs("task.work")
@batch_blueprint.response(200, list_schema("SigningKeys", KeySchema))
def read_keys() -> Response:
    """Các khóa trên máy chủ mà bạn được dùng để ký."""
    return reply(whole_answer(keys_view(current_caller())))


def signed_view(outcome: Outcome) -> dict[str, Any]:
    """The signed version as an attachment."""
    row = attachments.find_attachment(outcome.work.connection, outcome.work.dossier.id, outcome.extra["attachment"])
    return attachment_view(cast(AttachmentRow, row))


def _plain_context(key: RequestKey | None) -> Context:
    """The request is its content, not its bytes: a client that tries again draws another multipart boundary."""
    from app.runtime import runtime

    return Context(current_caller(), asked_at(), key, runtime().settings.public_url)


def _uploaded() -> tuple[bytes, str]:
    if request.mimetype != "multipart/form-data":
        raise DomainError("unsupported_media_type", "Hãy gửi tệp bằng multipart/form-data, trường `file`.")
    unknown = (set(request.files) - {"file"}) | (set(request.form) - {"reason"})
    if unknown:
        raise invalid({clean_line(name)[:64]: ["Không có trường này."] for name in unknown})
    found = request.files.getlist("file")
    if len(found) != 1:
        raise invalid({"file": ["Phải có đúng một tệp."]})
    content = found[0].stream.read(MOST_UPLOADED + 1)
    if len(content) > MOST_UPLOADED:
        raise DomainError("too_large", f"Tệp đã ký lớn hơn {MOST_UPLOADED // 1024 // 1024} MB.")
    return content, clean_line(request.form.get("reason", ""))[:LONGEST_REASON]


def _download(content: bytes, name: str, media_type: str) -> Response:
    return Response(
        content,
        content_type=media_type,
        headers={
            "Content-Disposition": disposition(name, inline=False),
            "Content-Security-Policy": "sandbox; default-src 'none'",
            "Cache-Control": "private, no-store",
        },
    )
