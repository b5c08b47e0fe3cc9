"""The bodies of actions on a dossier as a whole, and of handing over everything that somebody has."""

from __future__ import annotations

from app.schemas.acting import COMMENT, ActionBody
from app.schemas.fields import Flag, Instant, Many, Part, Record, Schema, Text, Whole
from app.schemas.tasks import ContentsBody


class AmendBody(ContentsBody):
    """`reason` (or `comment`): what the applicant changes and why."""


class ReprintBody(ActionBody):
    reason = Text(COMMENT, lines=True, required=True, least=1)


class CorrectedDataBody(Schema):
    appointment = Instant(metadata={"description": "Thời gian hẹn trả đúng"})
    file = Whole(1, metadata={"description": "Tệp đính kèm đúng"})


class CorrectBody(Schema):
    seq = Whole(1, required=True, metadata={"description": "Số thứ tự trong diễn biến"})
    at = Instant(allow_none=True)
    data = Part(CorrectedDataBody, allow_none=True)
    void = Flag(load_default=False)
    reason = Text(COMMENT, lines=True, required=True, least=1)


class MessageBody(Schema):
    name = Text(200, required=True, least=1, metadata={"description": "Tên của tin như trong sơ đồ quy trình"})
    data = Record(allow_none=True, metadata={"description": "Nội dung tin, nhiều nhất 4096 byte JSON"})
    attachments = Many(Whole(1), allow_none=True, metadata={"description": "Tệp của hồ sơ đi kèm tin"})


class HandOverBody(Schema):
    to = Text(64, required=True, least=1)
    reason = Text(COMMENT, lines=True, required=True, least=1)
