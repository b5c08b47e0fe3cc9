"""What is said of a delegation that is given, by the interface and by the page alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.actions.delegations import Delegate
from app.rules.delegation import FORMS, ON_BEHALF
from app.schemas.fields import Choice, Day, Flag, Many, Schema, Text, Whole


class DelegationBody(Schema):
    delegate = Text(200, required=True, least=1, metadata={"description": "Ai được ủy quyền, tên đăng nhập"})
    position = Text(64, required=True, least=1, metadata={"description": "Mã vị trí của mình"})
    agency = Text(64, allow_none=True, metadata={"description": "Cơ quan của vị trí, khi mã có ở nhiều cơ quan"})
    from_day = Day(required=True, metadata={"description": "Ngày đầu, giờ địa phương"})
    to_day = Day(required=True, metadata={"description": "Ngày cuối, tính cả ngày này"})
    procedures = Many(Text(64, least=1), most=500, metadata={"description": "Mã thủ tục; bỏ trống: mọi thủ tục"})
    steps = Many(Text(130, least=1), most=200, metadata={"description": "Mã bước; bỏ trống: mọi bước của vị trí"})
    signs = Flag(metadata={"description": "Được ký thay"})
    form = Choice(tuple(FORMS), load_default=ON_BEHALF, metadata={"description": "Cách ghi khi ký"})
    daily_most = Whole(1, 10_000, allow_none=True, metadata={"description": "Mỗi ngày nhiều nhất bao nhiêu việc"})
    decision_number = Text(100, required=True, least=1, metadata={"description": "Số quyết định, văn bản ủy quyền"})
    reason = Text(2000, required=True, least=1, lines=True)


def delegate_command(body: Mapping[str, Any]) -> Delegate:
    """The command of a DelegationBody."""
    return Delegate(
        delegate=body["delegate"],
        position=body["position"],
        agency=body.get("agency"),
        from_day=body["from_day"],
        to_day=body["to_day"],
        procedures=tuple(dict.fromkeys(body.get("procedures") or ())),
        steps=tuple(dict.fromkeys(body.get("steps") or ())),
        signs=bool(body.get("signs")),
        form=body["form"],
        daily_most=body.get("daily_most"),
        decision_number=body["decision_number"],
        reason=body["reason"],
    )
