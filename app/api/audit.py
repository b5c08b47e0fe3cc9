"""What administrators changed."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from app.access.guard import requires
from app.access.request import current_caller
from app.api.blueprint import Blueprint, reply
from app.api.lists import PageArgs, list_schema
from app.api.stored import disposition
from app.runtime import asked_at
from app.schemas.fields import Anything, Choice, Day, Instant, Many, Record, Schema, Text, Whole
from app.views.audit import GROUPS, KINDS, SEE, AuditAsk, audit_file, audit_list

blueprint = Blueprint("audit", __name__, url_prefix="/api/v1", description="Nhật ký quản trị")

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class AuditFilterArgs(Schema):
    person = Text(200, metadata={"description": "Tên đăng nhập, hoặc từ trong họ tên"})
    subject = Text(300, metadata={"description": "Như account:an.nguyen, procedure:1.000001"})
    q = Text(200, metadata={"description": "Mỗi từ phải có trong đối tượng, trước hoặc sau"})
    kind = Choice(tuple(KINDS))
    group = Choice(tuple(GROUPS), load_default="all")
    agency = Text(64)
    since = Day()
    until = Day()


class AuditArgs(PageArgs, AuditFilterArgs):
    pass


class AuditRowSchema(Schema):
    id = Whole(1)
    at = Instant()
    kind = Text(64)
    title = Text(200)
    subject = Text(500)
    subject_title = Text(500)
    username = Text(200, allow_none=True)
    name = Text(500, allow_none=True)
    agency = Text(64, allow_none=True)
    agency_name = Text(500, allow_none=True)
    address = Text(100, allow_none=True)
    before = Record()
    after = Record()
    lines = Many(Anything(), most=10_000, metadata={"description": "[{title, before, after}] bằng lời"})


@blueprint.get("/administration-changes")
@requires(*SEE)
@blueprint.arguments(AuditArgs, location="query")
@blueprint.response(200, list_schema("AuditPage", AuditRowSchema))
def list_administration_changes(args: dict[str, Any]) -> Response:
    """Nhật ký quản trị, mới nhất trước; quản trị viên cơ quan chỉ thấy cơ quan mình. Việc xem cũng được ghi."""
    cursor, size = args.pop("cursor", None), args.pop("page_size")
    return reply(audit_list(current_caller(), _ask(args), cursor, size, asked_at(), request.remote_addr))


@blueprint.get("/administration-changes.xlsx")
@requires(*SEE)
@blueprint.arguments(AuditFilterArgs, location="query")
@blueprint.response(200, {"type": "string", "format": "binary"}, content_type=XLSX)
def export_administration_changes(args: dict[str, Any]) -> Response:
    """Nhật ký quản trị ra bảng tính; việc xuất cũng được ghi."""
    response = Response(audit_file(current_caller(), _ask(args), asked_at(), request.remote_addr), mimetype=XLSX)
    response.headers["Content-Disposition"] = disposition("nhat-ky-quan-tri.xlsx", inline=False)
    return response


def _ask(args: dict[str, Any]) -> AuditAsk:
    words = args.pop("q", None)
    return AuditAsk(words=words, **args)
