"""What is entered of an absence, by the interface and by the page alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.actions.absences import EnterAbsence
from app.schemas.fields import Day, Schema, Text


class AbsenceBody(Schema):
    account = Text(200, allow_none=True, metadata={"description": "Ai vắng mặt; bỏ trống là chính mình"})
    substitute = Text(200, required=True, least=1, metadata={"description": "Ai làm thay, tên đăng nhập"})
    from_day = Day(required=True, metadata={"description": "Ngày đầu, giờ địa phương"})
    to_day = Day(required=True, metadata={"description": "Ngày cuối, tính cả ngày này"})
    reason = Text(2000, required=True, least=1, lines=True)


def absence_command(body: Mapping[str, Any], username: str) -> EnterAbsence:
    """The command of an AbsenceBody; `username` is the caller's."""
    return EnterAbsence(
        body.get("account") or username, body["substitute"], body["from_day"], body["to_day"], body["reason"]
    )
