"""Procedures as published: what an applicant brings, how long it takes, through which steps it goes."""

from __future__ import annotations

from typing import Any

from flask import Response

from app.access.guard import SIGNED_IN, open_to_programs, requires
from app.access.request import current_caller
from app.api.blueprint import Blueprint, reply
from app.api.lists import PageArgs, list_schema
from app.api.slips import pdf_reply
from app.runtime import asked_at, runtime
from app.schemas.fields import Anything, Choice, Day, Flag, Instant, Many, Part, Record, Schema, Text, Whole
from app.views.guidance import guidance_pdf
from app.views.procedures import procedure_detail, procedure_list

blueprint = Blueprint("procedures", __name__, url_prefix="/api/v1/procedures", description="Thủ tục hành chính")


class ProcedureArgs(PageArgs):
    q = Text(200)


class ProcedureSchema(Schema):
    code = Text(64)
    name = Text(2000)
    field = Text(500)
    level = Whole(1, 3)
    limit = Text(64)
    limit_unit = Choice(("working", "calendar"))
    service_level = Text(64)
    result_name = Text(2000)
    demonstration = Flag()
    closed_from = Day(allow_none=True, metadata={"description": "Từ ngày này không tiếp nhận hồ sơ mới"})
    revision = Whole(1, metadata={"description": "Số lần dữ liệu đã thay đổi; dùng ở If-Match khi sửa"})
    in_force = Flag(metadata={"description": "Đã có quy trình đang áp dụng (ST-26.7); chỉ có trong danh sách"})


class DecisionSchema(Schema):
    number = Text(200)
    decided_on = Day()
    effective_from = Day()


class ProcedureDetailSchema(ProcedureSchema):
    components = Many(
        Anything(), metadata={"description": "[{code, name, required, originals, copies, present_only, database}]"}
    )
    fees = Many(
        Anything(), metadata={"description": "[{name, amount, unit, note, when: submission | processing | collection}]"}
    )
    max_file_bytes = Whole(1, allow_none=True, metadata={"description": "Mỗi tệp không quá; null là mức chung"})
    file_types = Many(Text(16), metadata={"description": "Loại tệp được nhận (thành phần có thể có `types` riêng)"})
    prepaid = Flag(metadata={"description": "Có khoản phải nộp trước khi tiếp nhận (ST-11.2c)"})
    channels = Many(Text(16), metadata={"description": "Các cách nộp theo mức độ dịch vụ công (QT-10.2c)"})
    deliveries = Many(Text(16), metadata={"description": "Các cách nhận kết quả theo mức độ dịch vụ công (QT-13.4)"})
    legal_basis = Many(Anything())
    agencies = Many(Text(64))
    steps = Many(Anything(), metadata={"description": "Các bước của phiên bản đang có hiệu lực"})
    asks_commune = Flag(metadata={"description": "Khi đăng ký phải ghi data.commune: mã xã mà sơ đồ chuyển hồ sơ đến"})
    at_once = Flag(metadata={"description": "Giải quyết ngay khi tiếp nhận (QT-22.2c)"})
    form = Record(allow_none=True, metadata={"description": "Biểu mẫu form-js, hoặc null"})
    version = Whole(1, allow_none=True)
    decision = Part(DecisionSchema, allow_none=True)
    no_process = Text(
        2000,
        allow_none=True,
        metadata={"description": "Vì sao chưa tiếp nhận được hồ sơ mới; null khi có quy trình áp dụng"},
    )
    transactions = Many(
        Anything(), metadata={"description": "[{name, title}]: việc có thể xảy ra trong khi giải quyết (QT-10.2c)"}
    )
    published_at = Instant()
    publish_by = Day(allow_none=True, metadata={"description": "Ngày cuối phải cập nhật; null khi tỉnh không đặt mức"})
    published_late = Flag()


@blueprint.get("")
@requires(SIGNED_IN)
@open_to_programs()
@blueprint.arguments(ProcedureArgs, location="query")
@blueprint.response(200, list_schema("ProcedurePage", ProcedureSchema))
def list_procedures(args: dict[str, Any]) -> Response:
    """Danh mục thủ tục; `q` tìm theo từ, có dấu hoặc không dấu."""
    return reply(procedure_list(args.get("q"), args.get("cursor"), args["page_size"], day=current_caller().day))


@blueprint.get("/<code:code>")
@requires(SIGNED_IN)
@open_to_programs()
@blueprint.response(200, ProcedureDetailSchema)
def read_procedure(code: str) -> Response:
    """Một thủ tục với thành phần hồ sơ, phí, các bước và quyết định công bố đang có hiệu lực."""
    return reply(procedure_detail(code, current_caller().day, runtime().settings.profile))


@blueprint.get("/<code:code>/guidance.pdf")
@requires(SIGNED_IN)
@open_to_programs()
@blueprint.response(200, {"type": "string", "format": "binary"}, content_type="application/pdf")
def guidance(code: str) -> Response:
    """Phiếu hướng dẫn chuẩn bị hồ sơ của thủ tục, để in đưa cho người nộp (QT-15.1a)."""
    return pdf_reply(*guidance_pdf(current_caller(), code, runtime().settings.profile, asked_at()))
