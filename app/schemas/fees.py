"""What the desk says of a fee that it takes, voids or pays back."""

from __future__ import annotations

from app.schemas.acting import COMMENT, ActionBody
from app.schemas.fields import Choice, Many, Part, Schema, Text, Whole
from app.slips.fields import PAYMENT_METHODS

METHODS = tuple(method for method, _ in PAYMENT_METHODS)
MOST_DONG = 10**12


class FeeLineBody(Schema):
    name = Text(500, required=True, least=1)
    amount = Whole(1, MOST_DONG, required=True, metadata={"description": "Đồng"})


class CollectFeeBody(ActionBody):
    method = Choice(METHODS, load_default="cash")
    payer = Text(500, allow_none=True, metadata={"description": "Người nộp tiền; không ghi: người nộp hồ sơ"})
    lines = Many(
        Part(FeeLineBody),
        most=50,
        allow_none=True,
        load_default=None,
        metadata={"description": "Không ghi: mọi khoản của thủ tục"},
    )


class VoidFeeBody(Schema):
    comment = Text(COMMENT, lines=True, allow_none=True, metadata={"description": "Lý do, bắt buộc"})


class RefundFeeBody(VoidFeeBody):
    method = Choice(METHODS, allow_none=True, metadata={"description": "Không ghi: như khi thu"})
