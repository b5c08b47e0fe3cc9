"""Remarks inside one agency, presence, related dossiers."""

from __future__ import annotations

from typing import Any

from flask import Response

from app.access.guard import requires
from app.access.request import current_caller
from app.actions.presence import note_presence
from app.actions.remarks import add_remark, correct_remark
from app.api.acting import acting_context, etag, expected_version
from app.api.blueprint import Blueprint, reply
from app.api.lists import PageArgs, list_schema
from app.api.present import StatusSchema
from app.rules.permissions import READERS
from app.runtime import asked_at
from app.schemas.fields import Flag, Instant, Many, Part, Schema, Text, Whole
from app.schemas.remarks import PresenceBody, RemarkBody, RemarkCorrection
from app.views.cursors import whole_answer
from app.views.presence import presence_of
from app.views.related import related_of
from app.views.remarks import RemarkAsk, one_remark, remark_list

blueprint = Blueprint(
    "remarks", __name__, url_prefix="/api/v1/dossiers/<code:code>", description="Hồ sơ: trao đổi trong cơ quan"
)


class EarlierRemarkSchema(Schema):
    text = Text(4000, lines=True)
    replaced_at = Instant()


class RemarkSchema(Schema):
    id = Whole(1)
    text = Text(4000, lines=True)
    author = Text(200)
    author_name = Text(500)
    agency = Text(64)
    agency_name = Text(500)
    mentioned = Many(Text(200))
    created_at = Instant()
    corrected_at = Instant(allow_none=True)
    earlier = Many(Part(EarlierRemarkSchema), metadata={"description": "Nội dung trước khi sửa, cũ nhất trước"})
    version = Whole(1)
    may_correct = Flag(metadata={"description": "Người gọi viết và chưa quá 10 phút"})


class PresentPersonSchema(Schema):
    username = Text(200)
    name = Text(500)
    typing = Flag()
    seen_at = Instant()


class MovedOnSchema(Schema):
    title = Text(500)
    name = Text(500, allow_none=True)
    at = Instant()
    mine = Flag(metadata={"description": "Do chính người gọi"})


class PresenceSchema(Schema):
    people = Many(
        Part(PresentPersonSchema), metadata={"description": "Người khác đang mở trang, trong 60 giây gần nhất"}
    )
    seq = Whole()
    moved = Part(MovedOnSchema, allow_none=True)


class RelatedSchema(Schema):
    code = Text(64)
    procedure_name = Text(2000)
    agency_name = Text(500)
    status = Part(StatusSchema)
    received_at = Instant()
    appointment_at = Instant(allow_none=True)
    closed_at = Instant(allow_none=True)


@blueprint.get("/remarks")
@requires(*READERS)
@blueprint.arguments(PageArgs, location="query")
@blueprint.response(200, list_schema("RemarkPage", RemarkSchema))
def list_remarks(args: dict[str, Any], code: str) -> Response:
    """Trao đổi về hồ sơ trong cơ quan của người gọi, mới nhất trước; cơ quan khác không thấy (QT-17.3)."""
    return reply(remark_list(current_caller(), code, RemarkAsk(**args), asked_at()))


@blueprint.post("/remarks")
@requires(*READERS)
@blueprint.arguments(RemarkBody)
@blueprint.response(201, RemarkSchema)
def add(body: dict[str, Any], code: str) -> Response:
    """Thêm một ý kiến trao đổi; đồng nghiệp được nhắc đến nhận thông báo."""
    made = add_remark(acting_context(), code, body["text"], body.get("mentioned") or ())
    return _told(code, made["id"], 201)


@blueprint.put("/remarks/<id:remark_id>")
@requires(*READERS)
@blueprint.arguments(RemarkCorrection)
@blueprint.response(200, RemarkSchema)
def correct(body: dict[str, Any], code: str, remark_id: int) -> Response:
    """Sửa ý kiến của mình trong 10 phút; nội dung cũ được giữ lại. If-Match là version."""
    made = correct_remark(acting_context(), code, remark_id, body["text"], expected_version())
    return _told(code, made["id"], 200)


@blueprint.get("/presence")
@requires(*READERS)
@blueprint.response(200, PresenceSchema)
def who_is_here(code: str) -> Response:
    """Ai khác đang mở trang của hồ sơ, ai đang nhập."""
    return reply(presence_of(current_caller(), code, asked_at()))


@blueprint.post("/presence")
@requires(*READERS)
@blueprint.arguments(PresenceBody)
@blueprint.response(200, PresenceSchema)
def here(body: dict[str, Any], code: str) -> Response:
    """Báo mình đang mở trang của hồ sơ (lặp lại mỗi 20 giây); trả lời ai khác đang ở đó."""
    caller, now = current_caller(), asked_at()
    note_presence(caller, code, now, typing=body["typing"], leaves=body["leaves"])
    return reply(presence_of(caller, code, now, body.get("since")))


@blueprint.get("/related")
@requires(*READERS)
@blueprint.response(200, list_schema("RelatedDossiers", RelatedSchema))
def related(code: str) -> Response:
    """Hồ sơ khác của cùng người nộp mà người gọi được xem, mới nhất trước; nhiều nhất 20."""
    return reply(whole_answer(related_of(current_caller(), code)))


def _told(code: str, remark_id: int, status: int) -> Response:
    found = one_remark(current_caller(), code, remark_id, asked_at())
    return reply(found, status, headers={"ETag": etag(found["version"])} if found else None)
