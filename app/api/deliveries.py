"""Messages that went out or did not: listed, sent again, called off, and calls that were made."""

from __future__ import annotations

from typing import Any

from flask import Response

from app.access.guard import requires
from app.access.request import current_caller
from app.actions.settle_delivery import DESK, MANAGE, CallMade, CancelDelivery, RetryDelivery, retry_many, settle
from app.api.acting import acting_context
from app.api.blueprint import Blueprint, reply
from app.api.lists import PageArgs, list_schema
from app.rules.permissions import READERS
from app.schemas.fields import Anything, Choice, Flag, Instant, Many, Schema, Text, Whole
from app.schemas.messages import CalledBody, CancelBody, RetryBody, RetryManyBody
from app.store.deliveries import CHANNELS, STATES
from app.views.cursors import whole_answer
from app.views.deliveries import (
    DeliveryAsk,
    calls_to_make,
    deliveries_of_dossier,
    delivery_detail,
    delivery_list,
    settled_view,
)

blueprint = Blueprint("deliveries", __name__, url_prefix="/api/v1/deliveries", description="Thông báo đã gửi, chưa gửi")
dossier_blueprint = Blueprint(
    "dossier-deliveries", __name__, url_prefix="/api/v1/dossiers/<code:code>/deliveries", description="Hồ sơ: thông báo"
)


class DeliveryListArgs(PageArgs):
    state = Choice(STATES, metadata={"description": "failed: không gửi được; to_call: chờ gọi điện"})
    channel = Choice(CHANNELS)
    event = Text(64, least=1)
    dossier = Text(64, least=1)


class DeliverySchema(Schema):
    id = Whole(1, allow_none=True, metadata={"description": "null: thông báo trên cổng"})
    event = Text(64)
    title = Text(200)
    to_applicant = Flag()
    channel = Choice(("portal", *CHANNELS))
    channel_title = Text(64)
    to = Text(320, metadata={"description": "Địa chỉ, số điện thoại đã che bớt"})
    state = Choice(STATES)
    words = Text(500)
    created_at = Instant()
    sent_at = Instant(allow_none=True)
    tried_at = Instant(allow_none=True)
    next_try_at = Instant(allow_none=True)
    failed_at = Instant(allow_none=True)
    attempts = Whole()
    error = Text(4000, allow_none=True)
    repeated = Flag(metadata={"description": "Có thể đã gửi hai lần"})
    note = Text(2000, lines=True, allow_none=True)
    reference = Text(500, allow_none=True, metadata={"description": "Mã của cổng gửi tin"})


class ListedDeliverySchema(DeliverySchema):
    dossier = Text(64, allow_none=True)
    agency = Text(64, allow_none=True)
    agency_name = Text(500, allow_none=True)
    settled_by_name = Text(500, allow_none=True)


class DeliveryDetailSchema(ListedDeliverySchema):
    recipient = Text(320)
    subject = Text(500, allow_none=True)
    body = Text(20_000, lines=True, allow_none=True)


class CallSchema(DeliveryDetailSchema):
    applicant = Text(4000)


class DossierDeliverySchema(DeliverySchema):
    may_settle = Flag(metadata={"description": "Người gọi được gửi lại, thôi gửi tin này"})


class RetriedSchema(Schema):
    results = Many(Anything(), metadata={"description": "[{id, status, problem?}]"})


@blueprint.get("")
@requires(MANAGE, DESK)
@blueprint.arguments(DeliveryListArgs, location="query")
@blueprint.response(200, list_schema("DeliveryPage", ListedDeliverySchema))
def list_deliveries(args: dict[str, Any]) -> Response:
    """Các thông báo, mới nhất trước: của hồ sơ cơ quan mình tiếp nhận, hoặc tất cả khi quản lý thông báo."""
    ask = DeliveryAsk(**{"template" if name == "event" else name: value for name, value in args.items()})
    return reply(delivery_list(current_caller(), ask))


@blueprint.get("/calls")
@requires(MANAGE, DESK)
@blueprint.response(200, list_schema("CallPage", CallSchema))
def list_calls() -> Response:
    """Các cuộc gọi đang chờ một cửa: gọi ai, số nào, nói gì (QT-16.4d)."""
    return reply(whole_answer(calls_to_make(current_caller())))


@blueprint.get("/<id:delivery_id>")
@requires(MANAGE, DESK)
@blueprint.response(200, DeliveryDetailSchema)
def read_delivery(delivery_id: int) -> Response:
    """Một thông báo, đủ địa chỉ và nội dung đã gửi."""
    return reply(delivery_detail(current_caller(), delivery_id))


@blueprint.post("/<id:delivery_id>/retry")
@requires(MANAGE, DESK)
@blueprint.arguments(RetryBody)
@blueprint.response(200, ListedDeliverySchema)
def retry_delivery(body: dict[str, Any], delivery_id: int) -> Response:
    """Gửi lại ngay, đến địa chỉ cũ hoặc địa chỉ mới."""
    return reply(settle(RetryDelivery(delivery_id, body.get("address")), acting_context(), settled_view))


@blueprint.post("/retry")
@requires(MANAGE, DESK)
@blueprint.arguments(RetryManyBody)
@blueprint.response(200, RetriedSchema)
def retry_deliveries(body: dict[str, Any]) -> Response:
    """Gửi lại nhiều thông báo, mỗi thông báo một giao dịch riêng."""
    return reply({"results": retry_many(body["ids"], acting_context(), settled_view)})


@blueprint.post("/<id:delivery_id>/cancel")
@requires(MANAGE, DESK)
@blueprint.arguments(CancelBody)
@blueprint.response(200, ListedDeliverySchema)
def cancel_delivery(body: dict[str, Any], delivery_id: int) -> Response:
    """Thôi gửi."""
    return reply(settle(CancelDelivery(delivery_id, body["reason"]), acting_context(), settled_view))


@blueprint.post("/<id:delivery_id>/called")
@requires(MANAGE, DESK)
@blueprint.arguments(CalledBody)
@blueprint.response(200, ListedDeliverySchema)
def call_made(body: dict[str, Any], delivery_id: int) -> Response:
    """Ghi kết quả cuộc gọi cho người nộp (QT-16.4d)."""
    command = CallMade(delivery_id, body["result"], body["reached"])
    return reply(settle(command, acting_context(), settled_view))


@dossier_blueprint.get("")
@requires(*READERS)
@dossier_blueprint.response(200, list_schema("DossierDeliveries", DossierDeliverySchema))
def list_dossier_deliveries(code: str) -> Response:
    """Đã báo cho ai về hồ sơ, bằng cách nào, đến đâu rồi."""
    return reply(whole_answer(deliveries_of_dossier(current_caller(), code)))
