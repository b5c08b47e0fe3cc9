"""Maintenance and suspension of the system (LA-4.3, HT-14.2)."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from app.access.guard import requires
from app.access.maintenance import watch
from app.access.request import current_caller
from app.actions.keep_log_book import SEE
from app.actions.keyed import keyed
from app.actions.maintain import KINDS, MANAGE, MODES, BeginMaintenance, EndMaintenance, Hand
from app.api.acting import acting_context
from app.api.blueprint import Blueprint, reply
from app.runtime import asked_at
from app.schemas.fields import Choice, Flag, Instant, Many, Part, Schema, Text, Whole
from app.schemas.operations import MaintenanceBody, MaintenanceEndBody
from app.views.maintenance import maintenance_state, maintenance_view

blueprint = Blueprint("maintenance", __name__, url_prefix="/api/v1/maintenance", description="Bảo trì, tạm dừng")


class MaintenanceSchema(Schema):
    id = Whole(1)
    kind = Choice(tuple(KINDS))
    kind_title = Text(200)
    mode = Choice(tuple(MODES))
    mode_title = Text(200)
    words = Text(1000, lines=True)
    basis = Text(500, allow_none=True)
    starts_at = Instant()
    ends_at = Instant(allow_none=True)
    made_at = Instant()
    made_by = Text(500, allow_none=True, metadata={"description": "null: từ dòng lệnh của máy chủ"})
    ended_at = Instant(allow_none=True)
    entry_id = Whole(1, allow_none=True, metadata={"description": "Dòng trong sổ sự cố"})
    in_force = Flag()


class MaintenanceStateSchema(Schema):
    current = Part(MaintenanceSchema, allow_none=True)
    past = Many(Part(MaintenanceSchema))


@blueprint.get("")
@requires(*SEE)
@blueprint.response(200, MaintenanceStateSchema)
def read_maintenance() -> Response:
    """Lần bảo trì đang diễn ra hoặc đã hẹn, và những lần trước."""
    return reply(maintenance_state(asked_at()))


@blueprint.post("")
@requires(*MANAGE)
@blueprint.arguments(MaintenanceBody)
@blueprint.response(201, MaintenanceSchema)
def begin_maintenance(body: dict[str, Any]) -> Response:
    """Hẹn hoặc bắt đầu bảo trì, tạm dừng. Chưa đến giờ thì chỉ báo trước trên mọi trang."""
    context = acting_context()
    starts_at = body.pop("starts_at", None) or context.now
    command = BeginMaintenance(starts_at=starts_at, ends_at=body.pop("ends_at", None), **body)
    made = keyed(context, lambda held: maintenance_view(command.plan(held, _hand(), context.now), context.now))
    watch().look()
    return reply(made, 201)


@blueprint.post("/end")
@requires(*MANAGE)
@blueprint.arguments(MaintenanceEndBody)
@blueprint.response(200, MaintenanceSchema)
def end_maintenance(body: dict[str, Any]) -> Response:
    """Kết thúc, hoặc bỏ lần đã hẹn; ghi vào sổ sự cố."""
    context, command = acting_context(), EndMaintenance(body["words"])
    made = keyed(context, lambda held: maintenance_view(command.end(held, _hand(), context.now), context.now))
    watch().look()
    return reply(made)


def _hand() -> Hand:
    return Hand(current_caller().account_id, request.remote_addr)
