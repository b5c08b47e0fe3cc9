"""What the desk enters of a dossier, and the command that it becomes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.actions.register import Register
from app.errors import invalid
from app.schemas.acting import COMMENT, ActionBody
from app.schemas.components import ComponentBody
from app.schemas.fields import Choice, Flag, Many, Part, Record, Schema, Text

LONG = COMMENT
"""The longest name or address, in characters."""


class ApplicantBody(Schema):
    name = Text(LONG, required=True, least=1)
    id_number = Text(32, allow_none=True)
    phone = Text(32, allow_none=True, pattern=r"[0-9+(). -]{3,32}", expected="số điện thoại")
    email = Text(254, allow_none=True, pattern=r"[^@\s]{1,64}@[^@\s]{1,189}", expected="địa chỉ thư điện tử")
    address = Text(LONG, allow_none=True, lines=True)


class DeliverBody(Schema):
    mode = Choice(("desk", "post", "online"), required=True)
    address = Text(LONG, allow_none=True, lines=True)


class ProxyBody(Schema):
    name = Text(LONG, required=True, least=1)
    id_number = Text(32, allow_none=True)
    authority = Text(LONG, required=True, least=1, metadata={"description": "Giấy ủy quyền, hợp đồng dịch vụ"})
    kind = Choice(("person", "service"), load_default="person")


class OwnSystemBody(Schema):
    system = Text(500, required=True, least=1)
    number = Text(200, required=True, least=1)


class IntakeBody(Schema):
    """How the dossier came (HT-8.1c, HT-8.1d, LA-19.3); who entered it is written down by itself."""

    proxy = Part(ProxyBody)
    post_voucher = Text(64)
    post_office = Text(500, metadata={"description": "Điểm bưu điện đã nhận hồ sơ"})
    receipt_by = Choice(("desk", "electronic", "post"))
    own_system = Part(OwnSystemBody, metadata={"description": "Mã ở hệ thống ngành dọc (QT-28.5d1)"})
    digitised = Flag(metadata={"description": "Một cửa số hóa giấy tờ (HT-8.1c)"})
    helped = Flag(metadata={"description": "Được hướng dẫn nộp điện tử tại quầy"})
    originals_checked = Flag(metadata={"description": "Đã đối chiếu bản chính khi tiếp nhận"})


class RegisterBody(ActionBody):
    """`happened_at` with `late_reason`: when it was really received (QT-28.5c)."""

    procedure = Text(64, required=True, least=1)
    agency = Text(64, allow_none=True)
    applicant = Part(ApplicantBody, required=True)
    channel = Choice(("counter", "online", "post"), load_default="counter")
    components = Many(Part(ComponentBody), load_default=list)
    notify = Many(Choice(("email", "sms", "zalo", "phone")), most=4, load_default=list)
    deliver = Part(DeliverBody, allow_none=True)
    data = Record(allow_none=True)
    at_once = Flag(load_default=False)
    receipt = Flag(allow_none=True)
    fees_paid = Flag(allow_none=True)
    intake = Part(IntakeBody, allow_none=True)


def register_command(body: Mapping[str, Any], profile: str) -> Register:
    """The command of a RegisterBody; `profile` is the province's of today. Errors: DomainError invalid."""
    deliver = body.get("deliver") or {"mode": "desk"}
    if deliver["mode"] == "post" and not deliver.get("address"):
        raise invalid({"deliver.address": ["Trả kết quả qua bưu chính thì phải có địa chỉ nhận (QT-16.6)."]})
    return Register(
        procedure=body["procedure"],
        applicant=body["applicant"],
        profile=profile,
        agency=body.get("agency"),
        channel=body["channel"],
        components=tuple(body["components"]),
        notify=tuple(body["notify"]),
        deliver=deliver,
        data=body.get("data") or {},
        at_once=body["at_once"],
        receipt=body.get("receipt"),
        intake=body.get("intake") or {},
        fees_paid=body.get("fees_paid"),
    )
