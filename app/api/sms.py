"""Where the SMS gateway brings what people ask (ST-17.1): it shows a token that both sides know."""

from __future__ import annotations

import hmac
from typing import Any

from flask import Response, request

from app.access.guard import ANYONE, requires
from app.actions.answer_sms import AnswerSms
from app.api.blueprint import Blueprint, reply
from app.errors import DomainError
from app.messages.sms import folded
from app.runtime import asked_at, runtime
from app.schemas.fields import Schema, Text
from app.store.transaction import transaction

blueprint = Blueprint("public-sms", __name__, url_prefix="/api/v1/public/sms", description="Tra cứu bằng SMS")


class SmsAskedSchema(Schema):
    to = Text(32, metadata={"description": "Số tổng đài nhận tin, nếu cổng có gửi"})
    text = Text(500, lines=True, required=True)
    id = Text(200, least=1, required=True, metadata={"description": "Mã tin của cổng; cùng mã thì trả lời như cũ"})

    class Meta(Schema.Meta):
        include = {"from": Text(32, least=1, required=True)}  # noqa: RUF012 - `from` is no name in Python


class SmsAnswerSchema(Schema):
    text = Text(1000)


@blueprint.post("")
@requires(ANYONE)
@blueprint.arguments(SmsAskedSchema)
@blueprint.response(200, SmsAnswerSchema)
def answer_sms(body: dict[str, Any]) -> Response:
    """Trả lời tin nhắn `HS <mã hồ sơ>`: trạng thái và ngày hẹn. Cổng SMS gửi kèm `Authorization: Bearer <SMS_LOOKUP_TOKEN>`."""
    settings = runtime().settings
    _check_token(settings.sms_lookup_token)
    with transaction() as connection:
        text = AnswerSms(body["from"], body["text"], body["id"]).answer(connection, asked_at())
    return reply({"text": folded(text) if settings.sms_folded else text})


def _check_token(token: str | None) -> None:
    shown = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
    if token is None or not hmac.compare_digest(shown.encode(), token.encode()):
        raise DomainError("unauthenticated", "Cổng SMS phải gửi kèm mã đã thỏa thuận.")
