"""What is said when one agency is to act for another, by the interface and by the page alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.actions.mandates import GiveMandate
from app.schemas.fields import Day, Schema, Text


class MandateBody(Schema):
    agency = Text(64, required=True, least=1, metadata={"description": "Cơ quan được thực hiện thay"})
    acting = Text(64, required=True, least=1, metadata={"description": "Cơ quan thực hiện thay"})
    lead = Text(
        200,
        required=True,
        least=1,
        metadata={"description": "Người phụ trách ở cơ quan thực hiện thay, giữ mọi vị trí mà ở đó không có"},
    )
    from_day = Day(required=True, metadata={"description": "Ngày đầu, giờ địa phương"})
    to_day = Day(required=True, metadata={"description": "Ngày cuối, tính cả ngày này"})
    decision_number = Text(100, required=True, least=1, metadata={"description": "Số quyết định"})
    reason = Text(2000, required=True, least=1, lines=True)


def mandate_command(body: Mapping[str, Any]) -> GiveMandate:
    """The command of a MandateBody."""
    return GiveMandate(**body)
