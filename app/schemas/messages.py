"""Bodies about messages: sending again, calling off, calls, outages, what messages say."""

from __future__ import annotations

from app.schemas.fields import Choice, Day, Flag, Instant, Many, Schema, Text, Whole
from app.store.outages import AUDIENCE

REASON = 1000


class RetryBody(Schema):
    address = Text(320, allow_none=True, metadata={"description": "Địa chỉ hoặc số khác, nếu cái cũ sai"})


class CancelBody(Schema):
    reason = Text(REASON, lines=True, required=True, least=1)


class CalledBody(Schema):
    result = Text(REASON, lines=True, required=True, least=1)
    reached = Flag(load_default=True, metadata={"description": "Đã nói chuyện được; nếu chưa, cuộc gọi vẫn chờ"})


class RetryManyBody(Schema):
    ids = Many(Whole(1), most=200, required=True)


class OutageChangeBody(Schema):
    title = Text(200, required=True, least=1)
    text = Text(2000, lines=True, required=True, least=1)
    starts_at = Instant(required=True)
    ends_at = Instant(allow_none=True, metadata={"description": "Dự kiến xong"})


class OutageBody(OutageChangeBody):
    audience = Many(
        Choice(AUDIENCE),
        most=4,
        required=True,
        metadata={"description": "users: cán bộ; citizens: trang của người dân; applicants: tin đến người nộp; heads"},
    )


class OutageEndBody(Schema):
    text = Text(2000, lines=True, load_default="")


class MessageTemplateBody(Schema):
    event = Text(64, required=True, least=1)
    channel = Choice(("email", "sms", "zalo", "portal", "phone"), required=True)
    agency = Text(64, allow_none=True, metadata={"description": "Mã cơ quan; không có: cả tỉnh"})
    subject = Text(200, allow_none=True)
    body = Text(5000, lines=True, allow_none=True, metadata={"description": "null: trở lại văn bản có sẵn"})
    valid_from = Day(allow_none=True)
