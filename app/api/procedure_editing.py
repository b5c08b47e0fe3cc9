"""Procedures as published: created, copied, changed."""

from __future__ import annotations

from typing import Any

from flask import Response

from app.access.guard import requires
from app.access.request import current_caller
from app.actions.edit_procedure import MANAGE, CancelChange, CreateProcedure, EditProcedure
from app.actions.keyed import keyed
from app.api.acting import acting_context, etag, expected_version
from app.api.blueprint import Blueprint, reply
from app.schemas.fields import Anything, Choice, Day, Flag, Instant, Many, Part, Record, Schema, Text, Whole
from app.schemas.procedures import NewProcedureBody, ProcedureChangeBody
from app.views.procedure_editing import edited_procedure

blueprint = Blueprint("procedure-editing", __name__, url_prefix="/api/v1", description="Danh mục thủ tục")


class DataChangeSchema(Schema):
    id = Whole(1)
    state = Choice(("applied", "waiting", "cancelled"))
    effective_from = Day()
    applied_at = Instant(allow_none=True)
    cancelled_at = Instant(allow_none=True)
    decision_number = Text(200, allow_none=True)
    decided_on = Day(allow_none=True)
    reason = Text(2000)
    made_at = Instant()
    made_by = Text(500)
    lines = Many(Anything(), most=10_000, metadata={"description": "[{title, before, after}]: điều khác, bằng lời"})


class EditedProcedureSchema(Schema):
    code = Text(64)
    revision = Whole(1, metadata={"description": "Cũng là ETag; gửi lại ở If-Match"})
    demonstration = Flag()
    data = Record(metadata={"description": "Như `set` của POST /procedures/{code}/changes"})
    agency_names = Record()
    without_account = Many(
        Text(500), most=1000, metadata={"description": "Cơ quan thu phí mà chưa có tài khoản thụ hưởng (HT-9.3)"}
    )
    waiting = Part(DataChangeSchema, allow_none=True)
    changes = Many(Part(DataChangeSchema))
    open_issues = Whole(metadata={"description": "Kiến nghị chưa trả lời (HT-6.3)"})


@blueprint.post("/procedures")
@requires(MANAGE)
@blueprint.arguments(NewProcedureBody)
@blueprint.response(201, EditedProcedureSchema)
def create_procedure(body: dict[str, Any]) -> Response:
    """Thêm thủ tục, mới hoặc chép từ thủ tục khác (`copy_from`), cho các cơ quan nêu tên."""
    values = {name: value for name, value in body.items() if name not in ("code", "copy_from")}
    command, context = CreateProcedure(body["code"], values, body.get("copy_from")), acting_context()
    keyed(context, lambda held: command.make(held, context))
    return _edited(command.code, 201)


@blueprint.get("/procedures/<code:code>/data")
@requires(MANAGE)
@blueprint.response(200, EditedProcedureSchema)
def read_procedure_data(code: str) -> Response:
    """Dữ liệu công bố của thủ tục như quản trị viên sửa, và mọi lần thay đổi."""
    return _edited(code)


@blueprint.post("/procedures/<code:code>/changes")
@requires(MANAGE)
@blueprint.arguments(ProcedureChangeBody)
@blueprint.response(201, EditedProcedureSchema)
def change_procedure(body: dict[str, Any], code: str) -> Response:
    """Thay đổi dữ liệu từ một ngày, theo quyết định; hồ sơ đã tiếp nhận giữ dữ liệu lúc tiếp nhận."""
    head = {name: value for name, value in body.items() if name != "set"}
    command, context = EditProcedure(code, body["set"], seen=expected_version(), **head), acting_context()
    keyed(context, lambda held: command.make(held, context))
    return _edited(code, 201)


@blueprint.post("/procedures/<code:code>/changes/<id:change_id>/cancel")
@requires(MANAGE)
@blueprint.response(200, EditedProcedureSchema)
def cancel_procedure_change(code: str, change_id: int) -> Response:
    """Bỏ một thay đổi còn chờ ngày áp dụng."""
    command, context = CancelChange(code, change_id), acting_context()
    keyed(context, lambda held: command.make(held, context))
    return _edited(code)


def _edited(code: str, status: int = 200) -> Response:
    found = edited_procedure(code, current_caller().day)
    return reply(found, status, headers={"ETag": etag(found["revision"])})
