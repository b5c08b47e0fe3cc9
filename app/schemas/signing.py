"""What is said of a signature that is asked for."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from app.errors import invalid
from app.schemas.fields import Many, Part, Schema, Text, Whole

LONGEST_REASON = 200
MOST_POINTS = 14_400
"""As large as a page may be."""


def pin_field() -> Text:
    """What opens a key that asks for it; it is kept nowhere."""
    return Text(200, allow_none=True, load_only=True, metadata={"format": "password", "description": "Mã PIN của khóa"})


class SignBody(Schema):
    pin = pin_field()
    key = Text(200, least=1, allow_none=True, metadata={"description": "Tên khóa; bỏ trống: khóa đầu tiên của bạn"})
    reason = Text(LONGEST_REASON, allow_none=True)
    page = Whole(1, 100_000, allow_none=True, metadata={"description": "Trang đặt chữ ký; bỏ trống: trang cuối"})
    box = Many(
        Whole(0, MOST_POINTS),
        most=4,
        allow_none=True,
        metadata={
            "description": "[trái, dưới, phải, trên], điểm tính từ góc dưới bên trái; bỏ trống: chỗ trống ở cuối"
        },
    )


class PrepareBody(SignBody):
    class Meta(SignBody.Meta):
        exclude = ("key", "pin")

    certificate = Text(64_000, least=1, lines=True, required=True, metadata={"description": "PEM hoặc base64 (DER)"})


class CompleteSigningBody(Schema):
    session = Whole(1, required=True)
    signature = Text(16_000, least=1, lines=True, metadata={"description": "base64, ký trên attributes"})
    cms = Text(64_000, least=1, lines=True, metadata={"description": "base64 của CMS (DER) ký trên bytes"})


class ItemBody(Schema):
    dossier = Text(64, least=1, required=True)
    attachment = Whole(1, required=True)


class SignBatchBody(Schema):
    pin = pin_field()
    items = Many(Part(ItemBody), most=200, required=True)
    key = Text(200, least=1, allow_none=True)
    reason = Text(LONGEST_REASON, allow_none=True)


def box_of(body: Mapping[str, Any]) -> tuple[int, int, int, int] | None:
    """The box of a body. Errors: DomainError invalid."""
    box = body.get("box")
    if box is None:
        return None
    if len(box) != 4 or box[0] >= box[2] or box[1] >= box[3]:
        raise invalid({"box": ["Phải là bốn số: trái, dưới, phải, trên; trái nhỏ hơn phải, dưới nhỏ hơn trên."]})
    return box[0], box[1], box[2], box[3]


def made_of(body: Mapping[str, Any]) -> dict[str, bytes]:
    """The signature or the CMS, exactly one of them. Errors: DomainError invalid."""
    given = {name: body[name] for name in ("signature", "cms") if body.get(name)}
    if len(given) != 1:
        raise invalid({"signature": ["Phải gửi đúng một trong hai: signature hoặc cms."]})
    ((name, text),) = given.items()
    try:
        return {name: base64.b64decode("".join(text.split()), validate=True)}
    except (binascii.Error, ValueError) as error:
        raise invalid({name: ["Phải là base64."]}) from error
