"""What is said when many results are approved and signed."""

from __future__ import annotations

from app.schemas.fields import Many, Part, Schema, Text, Whole
from app.schemas.signing import pin_field


class ApproveWithBody(Schema):
    key = Text(200, least=1, allow_none=True, metadata={"description": "Tên khóa; bỏ trống: khóa đầu tiên của bạn"})
    pin = pin_field()
    comment = Text(2000, allow_none=True, lines=True, metadata={"description": "Ý kiến, gửi kèm cho bước sau"})


class ApprovalItemBody(Schema):
    task = Whole(1, required=True)
    version = Whole(1, allow_none=True, metadata={"description": "Phiên bản của bước như đã xem"})
    draft = Whole(1, allow_none=True, metadata={"description": "Tệp dự thảo để ký; bỏ trống: duyệt mà không ký"})


class ApproveBody(ApproveWithBody):
    items = Many(Part(ApprovalItemBody), most=200, required=True)
