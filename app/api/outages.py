"""Outages: announced, ended, and what anybody is to know of them now (TN-22.1a)."""

from __future__ import annotations

from typing import Any

from flask import Response

from app.access.guard import ANYONE, requires
from app.actions.announce_outage import AnnounceOutage, ChangeOutage, EndOutage
from app.actions.keyed import keyed
from app.api.acting import acting_context
from app.api.blueprint import Blueprint, reply
from app.api.lists import list_schema
from app.runtime import asked_at
from app.schemas.fields import Choice, Instant, Many, Schema, Text, Whole
from app.schemas.messages import OutageBody, OutageChangeBody, OutageEndBody
from app.store.outages import AUDIENCE
from app.views.cursors import whole_answer
from app.views.outages import banners, outage_list, outage_view

PERMISSION = "outage.announce"

blueprint = Blueprint("outages", __name__, url_prefix="/api/v1/outages", description="Thông báo sự cố hệ thống")
public_blueprint = Blueprint(
    "public-outages", __name__, url_prefix="/api/v1/public/outages", description="Sự cố hệ thống: công khai"
)


class BannerSchema(Schema):
    id = Whole(1)
    title = Text(200)
    text = Text(2000, lines=True)
    starts_at = Instant()
    ends_at = Instant(allow_none=True, metadata={"description": "Dự kiến xong"})
    ended_at = Instant(allow_none=True)


class OutageSchema(BannerSchema):
    audience = Many(Choice(AUDIENCE))
    made_at = Instant()
    made_by = Text(500)
    told_at = Instant(allow_none=True, metadata={"description": "Lúc mọi người nhận đều đã có tin trong hàng đợi"})
    end_text = Text(2000, lines=True, allow_none=True)
    end_told_at = Instant(allow_none=True)


@blueprint.get("")
@requires(PERMISSION)
@blueprint.response(200, list_schema("OutagePage", OutageSchema))
def list_outages() -> Response:
    """Các sự cố đã thông báo, mới nhất trước."""
    return reply(whole_answer(outage_list()))


@blueprint.post("")
@requires(PERMISSION)
@blueprint.arguments(OutageBody)
@blueprint.response(201, OutageSchema)
def announce_outage(body: dict[str, Any]) -> Response:
    """Thông báo một sự cố: hiện ngay trên các trang, và gửi tin đến người nộp, lãnh đạo đã chọn."""
    command, context = AnnounceOutage(**{"ends_at": None, **body}), acting_context()
    return reply(keyed(context, lambda held: outage_view(command.announce(held, context.caller, context.now))), 201)


@blueprint.put("/<id:outage_id>")
@requires(PERMISSION)
@blueprint.arguments(OutageChangeBody)
@blueprint.response(200, OutageSchema)
def change_outage(body: dict[str, Any], outage_id: int) -> Response:
    """Sửa lời, thời gian của một sự cố chưa kết thúc; tin đã gửi giữ nguyên."""
    command, context = ChangeOutage(outage_id, **{"ends_at": None, **body}), acting_context()
    return reply(keyed(context, lambda held: outage_view(command.change(held, context))))


@blueprint.post("/<id:outage_id>/end")
@requires(PERMISSION)
@blueprint.arguments(OutageEndBody)
@blueprint.response(200, OutageSchema)
def end_outage(body: dict[str, Any], outage_id: int) -> Response:
    """Báo sự cố đã khắc phục xong."""
    command, context = EndOutage(outage_id, body["text"]), acting_context()
    return reply(keyed(context, lambda held: outage_view(command.end(held, context.caller, context.now))))


@public_blueprint.get("")
@requires(ANYONE)
@public_blueprint.response(200, list_schema("BannerPage", BannerSchema))
def current_outages() -> Response:
    """Sự cố đang có hoặc vừa khắc phục mà người dân cần biết."""
    return reply(whole_answer(banners("citizens", asked_at())))
