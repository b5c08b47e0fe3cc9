"""Incidents: what the engine could not go on with, and what an administrator does about it."""

from __future__ import annotations

from typing import Any

from flask import Response

from app.access.guard import requires
from app.access.request import current_caller
from app.actions.close_incident import CloseIncident
from app.actions.on_incident import PERMISSION
from app.actions.repair_incident import RepairIncident
from app.actions.retry_incident import retry
from app.actions.runner import run
from app.api.acting import acting_context
from app.api.blueprint import Blueprint, reply
from app.api.lists import PageArgs, list_schema
from app.runtime import asked_at
from app.schemas.fields import Anything, Choice, Flag, Instant, Many, Record, Schema, Text, Whole
from app.schemas.incidents import ReasonBody, RepairBody
from app.views.incidents import KINDS, RESOLUTIONS, IncidentAsk, incident_detail, incident_list, resolved_view

blueprint = Blueprint("incidents", __name__, url_prefix="/api/v1/incidents", description="Sự cố quy trình")

_OPEN = {"true": True, "false": False, "all": None}


class IncidentListArgs(PageArgs):
    open = Choice(
        tuple(_OPEN), load_default="true", metadata={"description": "true: chưa giải quyết; false: đã giải quyết"}
    )
    kind = Choice(tuple(KINDS))
    agency = Text(64, least=1, metadata={"description": "Mã cơ quan tiếp nhận hồ sơ, hoặc cơ quan của bước"})
    procedure = Text(64, least=1)


class IncidentSchema(Schema):
    id = Whole(1)
    kind = Choice(tuple(KINDS))
    title = Text(200)
    dossier = Text(64)
    procedure = Text(64)
    procedure_name = Text(2000)
    agency = Text(64, metadata={"description": "Cơ quan tiếp nhận hồ sơ"})
    agency_name = Text(500)
    element = Text(128, allow_none=True, metadata={"description": "Phần tử của sơ đồ"})
    step = Text(128, allow_none=True)
    step_name = Text(500, allow_none=True)
    position_name = Text(500, allow_none=True)
    step_agency = Text(64, allow_none=True)
    message = Text(200, allow_none=True, metadata={"description": "Tên của tin, khi kind là message"})
    action = Text(64, allow_none=True)
    action_title = Text(200, allow_none=True)
    account = Text(64, allow_none=True, metadata={"description": "Người đã thực hiện thao tác"})
    account_name = Text(500, allow_none=True)
    reason = Text(4000)
    attempts = Whole(1)
    opened_at = Instant()
    last_at = Instant(metadata={"description": "Lần thử gần nhất"})
    resolved_at = Instant(allow_none=True)
    resolved_by_name = Text(500, allow_none=True)
    resolution = Choice(tuple(RESOLUTIONS), allow_none=True)
    resolution_title = Text(200, allow_none=True)
    resolution_reason = Text(4000, lines=True, allow_none=True)


class IncidentDetailSchema(IncidentSchema):
    variables = Record(metadata={"description": "Biến của sơ đồ, như đang có"})
    data = Record(metadata={"description": "Dữ liệu biểu mẫu của hồ sơ, như đang có"})
    to_steps = Many(Anything(), most=10_000, metadata={"description": "[{id, name, how: back | jump}]"})
    unreadable = Text(4000, allow_none=True, metadata={"description": "Vì sao không đọc được trạng thái quy trình"})
    may = Record(metadata={"description": "{retry, repair, close: {allowed, why}}"})


class ResolvedSchema(IncidentSchema):
    resolved = Flag(metadata={"description": "Sự cố đã hết; nếu chưa, việc vừa làm chưa đủ"})


@blueprint.get("")
@requires(PERMISSION)
@blueprint.arguments(IncidentListArgs, location="query")
@blueprint.response(200, list_schema("IncidentPage", IncidentSchema))
def list_incidents(args: dict[str, Any]) -> Response:
    """Các sự cố, mới nhất trước; mặc định chỉ những sự cố chưa giải quyết."""
    return reply(incident_list(IncidentAsk(**{**args, "open": _OPEN[args["open"]]})))


@blueprint.get("/<id:incident_id>")
@requires(PERMISSION)
@blueprint.response(200, IncidentDetailSchema)
def read_incident(incident_id: int) -> Response:
    """Một sự cố: biến, dữ liệu như đang có, các bước có thể chuyển đến, và làm được gì."""
    return reply(incident_detail(current_caller(), incident_id, asked_at()))


@blueprint.post("/<id:incident_id>/retry")
@requires(PERMISSION)
@blueprint.arguments(ReasonBody)
@blueprint.response(200, ResolvedSchema)
def retry_incident(body: dict[str, Any], incident_id: int) -> Response:
    """Try again what stood: the official's own action as hers, the timer, or whether somebody holds the position now."""
    return reply(retry(incident_id, body["reason"], acting_context(), resolved_view))


@blueprint.post("/<id:incident_id>/repair")
@requires(PERMISSION)
@blueprint.arguments(RepairBody)
@blueprint.response(200, ResolvedSchema)
def repair_incident(body: dict[str, Any], incident_id: int) -> Response:
    """Set variables or data, or move the dossier to another step; then what stood is tried again, unless `retry` is false."""
    command = RepairIncident(
        incident_id, body["reason"], body["set"], body["data"], body.get("to_step"), retry=body["retry"]
    )
    return reply(run(command, acting_context(), resolved_view))


@blueprint.post("/<id:incident_id>/close")
@requires(PERMISSION)
@blueprint.arguments(ReasonBody)
@blueprint.response(200, ResolvedSchema)
def close_incident(body: dict[str, Any], incident_id: int) -> Response:
    """Nothing more is to be done about it; not where the dossier would stand with nobody knowing."""
    return reply(run(CloseIncident(incident_id, body["reason"]), acting_context(), resolved_view))
