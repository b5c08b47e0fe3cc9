"""What the body of every action has, and the slip that may come with some."""

from __future__ import annotations

from app.schemas.fields import Flag, Instant, Record, Schema, Text

COMMENT = 4000
"""The longest comment, in characters."""


class ActionBody(Schema):
    """What every action takes: when it really happened and why it is entered late (QT-28.5c)."""

    happened_at = Instant(allow_none=True)
    late_reason = Text(COMMENT, lines=True, allow_none=True)


class FilledSlip(Schema):
    """A slip filled in beside an action: issued, signed where asked, attached, all with the action."""

    kind = Text(64, allow_none=True, metadata={"description": "Loại phiếu; mặc định là loại đi cùng thao tác"})
    values = Record(
        allow_none=True, metadata={"description": "Các ô của phiếu; ô không ghi lấy từ hồ sơ và nội dung thao tác"}
    )
    sign = Flag(allow_none=True, metadata={"description": "Ký số trên máy chủ bằng chứng thư của người thực hiện"})
    key = Text(200, allow_none=True, metadata={"description": "Tên chứng thư, khi có nhiều"})
