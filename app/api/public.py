"""Look-up without signing in (QT-14.2, ST-17.3, LA-15.1).

What is shown to whom stands in `app.views.public`.
"""

from __future__ import annotations

from typing import Any

from flask import Response

from app.access.guard import ANYONE, requires
from app.access.limits import looked_up, missed
from app.api.attachments import file_reply
from app.api.blueprint import Blueprint, reply
from app.api.present import StatusSchema
from app.api.slips import SlipSchema, print_reply
from app.rules.outcome import STANDINGS
from app.runtime import asked_at
from app.schemas.fields import Anything, Choice, Flag, Instant, Many, Part, Schema, Text
from app.views.public import public_dossier, public_result, public_slip_pdf

blueprint = Blueprint("public", __name__, url_prefix="/api/v1/public/dossiers", description="Tra cứu công khai")


class TokenArgs(Schema):
    token = Text(200)


class PublicDossierSchema(Schema):
    code = Text(64)
    status = Part(StatusSchema)
    received_at = Instant()
    appointment_at = Instant(allow_none=True)
    result_at = Instant(allow_none=True)
    delivered_at = Instant(allow_none=True)
    overdue = Flag()
    standing = Choice(STANDINGS, allow_none=True)
    outcome_label = Text(200, allow_none=True, metadata={"description": "standing, theo cách gọi của tỉnh"})
    applicant = Text(4000, metadata={"description": "Chỉ khi có mã bí mật trên phiếu"})
    procedure = Text(64)
    procedure_name = Text(2000)
    agency_name = Text(500)
    steps = Many(Anything(), metadata={"description": "[{step_name, position_name, entered_at, finished_at, state}]"})
    slips = Many(Part(SlipSchema))
    notices = Many(Anything(), metadata={"description": "[{title, text, at}]: thông báo trên cổng"})
    messages = Many(Anything(), metadata={"description": "[{channel, at, to, text}]: tin đã gửi, số đã che bớt"})
    results = Many(Anything(), metadata={"description": "[{id, name, size, added_at, url}], khi đã có kết quả"})


@blueprint.get("/<code:code>")
@requires(ANYONE)
@blueprint.arguments(TokenArgs, location="query")
@blueprint.response(200, PublicDossierSchema)
def look_up(args: dict[str, Any], code: str) -> Response:
    """Trạng thái và ngày hẹn theo mã hồ sơ; thêm tên, các bước và phiếu khi có `token` trên phiếu."""
    token = args.get("token")
    answer = looked_up(lambda: public_dossier(code, token, asked_at()))
    for slip in answer.get("slips", ()):
        slip["pdf"] = f"/api/v1/public/dossiers/{code}/slips/{slip['id']}.pdf?token={token}"
    for one in answer.get("results", ()):
        one["url"] = f"/api/v1/public/dossiers/{code}/results/{one['id']}?token={token}"
    return reply(answer)


@blueprint.get("/<code:code>/slips/<id:slip_id>.pdf")
@requires(ANYONE)
@blueprint.arguments(TokenArgs, location="query")
@blueprint.response(200, {"type": "string", "format": "binary"}, content_type="application/pdf")
def read_slip(args: dict[str, Any], code: str, slip_id: int) -> Response:
    """Phiếu in, cho người có mã bí mật trên phiếu."""
    return print_reply(missed(lambda: public_slip_pdf(code, args.get("token"), slip_id)), None)


@blueprint.get("/<code:code>/results/<id:attachment_id>")
@requires(ANYONE)
@blueprint.arguments(TokenArgs, location="query")
@blueprint.response(200, {"type": "string", "format": "binary"}, content_type="*/*")
def read_result(args: dict[str, Any], code: str, attachment_id: int) -> Response:
    """Kết quả bản điện tử, cho người có mã bí mật trên phiếu, sau khi một cửa xác nhận có kết quả (TN-PL.5)."""
    return file_reply(missed(lambda: public_result(code, args.get("token"), attachment_id)), None)
