"""What really happened, for tools that mine processes: XES and OCEL."""

from __future__ import annotations

from typing import Any

from flask import Response, request, stream_with_context

from app.access.guard import SIGNED_IN, open_to_programs, requires
from app.access.request import current_caller
from app.api.blueprint import Blueprint, reply
from app.runtime import asked_at
from app.schemas.fields import Anything, Day, Flag, Many, Record, Schema, Text, Whole
from app.views.as_run import Asked, as_run
from app.views.event_logs import FORMATS, event_log

blueprint = Blueprint("event_logs", __name__, url_prefix="/api/v1", description="Quy trình trong thực tế")

_FILE = {"type": "string", "format": "binary"}


class PeriodArgs(Schema):
    first = Day(required=True, metadata={"description": "Hồ sơ tiếp nhận từ ngày này"})
    last = Day(required=True, metadata={"description": "đến hết ngày này"})


class AsRunSchema(Schema):
    procedure = Text(64)
    procedure_name = Text(2000)
    version = Whole(1)
    first = Day()
    last = Day()
    whole = Record()
    steps = Many(Anything(), most=10_000)
    capped = Flag(metadata={"description": "Chỉ tính những hồ sơ mới nhất của kỳ"})
    own_only = Flag(metadata={"description": "Chỉ tính hồ sơ của cơ quan người hỏi"})


@blueprint.get("/procedures/<code:code>/versions/<id:number>/as-run")
@requires(SIGNED_IN)
@open_to_programs("report.view", "control.view")
@blueprint.arguments(PeriodArgs, location="query")
@blueprint.response(200, AsRunSchema)
def version_as_run(args: dict[str, Any], code: str, number: int) -> Response:
    """Thời gian làm việc, trễ hạn, trả lại của từng bước, tính trên hồ sơ tiếp nhận trong kỳ."""
    return reply(as_run(current_caller(), Asked(code, number, **args), asked_at()))


@blueprint.get("/procedures/<code:code>/versions/<id:number>/event-log.xes")
@requires(SIGNED_IN)
@open_to_programs("report.view", "control.view")
@blueprint.arguments(PeriodArgs, location="query")
@blueprint.response(200, _FILE, content_type=FORMATS["xes"])
def version_xes(args: dict[str, Any], code: str, number: int) -> Response:
    """Nhật ký sự kiện của hồ sơ tiếp nhận trong kỳ, dạng XES; cán bộ được đánh số, không nêu tên."""
    return _file(Asked(code, number, **args), "xes")


@blueprint.get("/procedures/<code:code>/versions/<id:number>/event-log.ocel.json")
@requires(SIGNED_IN)
@open_to_programs("report.view", "control.view")
@blueprint.arguments(PeriodArgs, location="query")
@blueprint.response(200, {"type": "object"}, content_type=FORMATS["ocel.json"])
def version_ocel(args: dict[str, Any], code: str, number: int) -> Response:
    """Nhật ký sự kiện của hồ sơ tiếp nhận trong kỳ, dạng OCEL 2.0; cán bộ được đánh số, không nêu tên."""
    return _file(Asked(code, number, **args), "ocel.json")


def _file(asked: Asked, form: str) -> Response:
    pieces = event_log(current_caller(), asked, form, asked_at(), request.remote_addr)
    answer = Response(stream_with_context(pieces), mimetype=FORMATS[form])
    answer.headers["Content-Disposition"] = f'attachment; filename="{asked.code}-{asked.number}.{form}"'
    return answer
