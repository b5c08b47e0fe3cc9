"""What messages say: read, looked at with a sample, changed, and gone back to what is built in."""

from __future__ import annotations

from typing import Any

from flask import Response

from app.access.guard import requires
from app.actions.edit_message_template import CHANNELS, EditMessageTemplate
from app.actions.keyed import keyed
from app.actions.settle_delivery import MANAGE
from app.api.acting import acting_context
from app.api.blueprint import Blueprint, reply
from app.api.lists import list_schema
from app.runtime import asked_at, runtime
from app.schemas.fields import Anything, Choice, Day, Flag, Instant, Many, Part, Schema, Text, Whole
from app.schemas.messages import MessageTemplateBody
from app.views.cursors import whole_answer
from app.views.message_templates import preview, template_detail, template_list
from app.wording import LOCAL

blueprint = Blueprint(
    "message-templates", __name__, url_prefix="/api/v1/message-templates", description="Mẫu tin gửi người nộp"
)


class MessageTemplateLineSchema(Schema):
    event = Text(64)
    title = Text(200)
    channel = Choice(CHANNELS)
    channel_title = Text(64)
    changed = Flag(metadata={"description": "Tỉnh đã thay văn bản có sẵn"})
    agencies = Whole(metadata={"description": "Số cơ quan có văn bản riêng"})


class MessageTemplateRowSchema(Schema):
    id = Whole(1)
    agency = Text(64, allow_none=True)
    agency_name = Text(500, allow_none=True)
    subject = Text(200, allow_none=True)
    body = Text(5000, lines=True, allow_none=True)
    built_in = Flag(metadata={"description": "Trở lại văn bản có sẵn"})
    valid_from = Day()
    made_at = Instant()
    made_by = Text(500)


class MessageTemplateSchema(Schema):
    event = Text(64)
    title = Text(200)
    channel = Choice(CHANNELS)
    channel_title = Text(64)
    titled = Flag(metadata={"description": "Kênh có tiêu đề"})
    agency = Text(64, allow_none=True)
    built_in = Flag()
    subject = Text(500, allow_none=True)
    body = Text(5000, lines=True)
    built_in_subject = Text(500, allow_none=True)
    built_in_body = Text(5000, lines=True)
    placeholders = Many(Anything(), metadata={"description": "[{name, title}]: ghi {name} trong văn bản"})
    history = Many(Part(MessageTemplateRowSchema))


class MessagePreviewSchema(Schema):
    subject = Text(500, allow_none=True)
    body = Text(20_000, lines=True)
    segments = Whole(1, allow_none=True, metadata={"description": "Số tin SMS"})
    characters = Whole()
    alphabet = Choice(("gsm7", "ucs2"), allow_none=True)


class AgencyArgs(Schema):
    agency = Text(64, least=1)


class MessagePreviewBody(Schema):
    subject = Text(200, allow_none=True)
    body = Text(5000, lines=True, allow_none=True)


@blueprint.get("")
@requires(MANAGE)
@blueprint.response(200, list_schema("MessageTemplates", MessageTemplateLineSchema))
def list_templates() -> Response:
    """Các mẫu tin theo sự kiện và kênh."""
    return reply(whole_answer(template_list(asked_at().astimezone(LOCAL).date())))


@blueprint.get("/<code:event>/<code:channel>")
@requires(MANAGE)
@blueprint.arguments(AgencyArgs, location="query")
@blueprint.response(200, MessageTemplateSchema)
def read_template(args: dict[str, Any], event: str, channel: str) -> Response:
    """Văn bản đang dùng của một mẫu, các mục điền được và các lần thay đổi."""
    return reply(template_detail(event, channel, args.get("agency"), asked_at().astimezone(LOCAL).date()))


@blueprint.post("/<code:event>/<code:channel>/preview")
@requires(MANAGE)
@blueprint.arguments(MessagePreviewBody)
@blueprint.response(200, MessagePreviewSchema)
def preview_template(body: dict[str, Any], event: str, channel: str) -> Response:
    """Văn bản với dữ liệu mẫu, trước khi lưu."""
    settings = runtime().settings
    return reply(
        preview(event, channel, body.get("subject"), body.get("body"), settings.public_url, fold=settings.sms_folded)
    )


@blueprint.post("")
@requires(MANAGE)
@blueprint.arguments(MessageTemplateBody)
@blueprint.response(201, MessageTemplateSchema)
def save_template(body: dict[str, Any]) -> Response:
    """Lưu văn bản mới, áp dụng từ ngày `valid_from`; `body` null: trở lại văn bản có sẵn."""
    command, context = EditMessageTemplate(**body), acting_context()
    keyed(context, lambda held: {"id": command.keep(held, context.caller, context.now)})
    day = asked_at().astimezone(LOCAL).date()
    return reply(template_detail(command.event, command.channel, command.agency, day), 201)
