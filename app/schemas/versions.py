"""The bodies of what is done with a procedure's versions."""

from __future__ import annotations

from marshmallow import validate

from app.schemas.acting import COMMENT
from app.schemas.fields import Day, Many, Record, Schema, Text, Whole

MOST_DOSSIERS = 1000
MOST_MAPPED = 500


class RepealBody(Schema):
    decision_number = Text(200, required=True, least=1)
    decided_on = Day(required=True)
    repealed_on = Day(required=True, metadata={"description": "Từ ngày này không tiếp nhận hồ sơ mới theo phiên bản"})
    reason = Text(COMMENT, lines=True, required=True, least=1)


class MoveQuestion(Schema):
    to = Whole(1, required=True, metadata={"description": "Phiên bản chuyển đến"})
    from_version = Whole(1, data_key="from", metadata={"description": "Chỉ hồ sơ đang theo phiên bản này"})
    dossiers = Many(
        Text(64, least=1), most=MOST_DOSSIERS, metadata={"description": "Mã hồ sơ; mặc định mọi hồ sơ chưa kết thúc"}
    )
    mapping = Record(
        keys=Text(128, least=1),
        values=Text(128, least=1),
        validate=validate.Length(max=MOST_MAPPED, error=f"Có quá {MOST_MAPPED} mục."),
        metadata={"description": "{mã phần tử của sơ đồ cũ: mã phần tử của sơ đồ mới}, cho những phần tử đổi mã"},
    )


class MoveBody(MoveQuestion):
    reason = Text(COMMENT, lines=True, required=True, least=1)


class UndoBody(Schema):
    reason = Text(COMMENT, lines=True, required=True, least=1)
