"""What is typed of agencies, units, positions and accounts, by the interface and by the pages alike."""

from __future__ import annotations

from typing import Any

from app.actions.administering import CODE, CODE_EXPECTED
from app.actions.keep_units import KINDS
from app.rules.permissions import PERMISSIONS
from app.rules.usernames import USERNAME
from app.schemas.fields import Choice, Day, Flag, Many, Schema, Text, Whole

MAILBOX = r"[^@\s]+@[^@\s]+\.[^@\s]+"


def code_field(what: str) -> Text:
    return Text(64, required=True, least=1, pattern=CODE, expected=CODE_EXPECTED, metadata={"description": what})


def _reference(**options: Any) -> Text:
    return Text(64, allow_none=True, **options)


class AgencyEditBody(Schema):
    identifier = Text(
        40, least=1, pattern=r"[0-9A-Z][0-9A-Z.]*", expected="chữ số, chữ hoa, dấu chấm như 000.00.12.H50"
    )
    name = Text(300, least=1)
    level = Whole(1, 3, metadata={"description": "1 cấp tỉnh, 2 sở ngành, 3 cấp xã"})
    parent = _reference(metadata={"description": "Mã cơ quan cấp trên; null: không có"})
    calendar = Text(64, least=1, metadata={"description": "Mã lịch làm việc"})
    desk_calendar = _reference(metadata={"description": "Lịch của bộ phận một cửa, nếu khác"})
    valid_from = Day()
    named_from = Day(metadata={"description": "Ngày đầu của tên mới; bỏ trống: hôm nay"})


class AgencyBody(Schema):
    code = code_field("Mã ngắn, không đổi, dùng trong sơ đồ và API")
    identifier = Text(
        40,
        required=True,
        least=1,
        pattern=r"[0-9A-Z][0-9A-Z.]*",
        expected="chữ số, chữ hoa, dấu chấm như 000.00.12.H50",
        metadata={"description": "Mã định danh trong mã hồ sơ"},
    )
    name = Text(300, required=True, least=1)
    level = Whole(1, 3, required=True, metadata={"description": "1 cấp tỉnh, 2 sở ngành, 3 cấp xã"})
    parent = _reference(metadata={"description": "Mã cơ quan cấp trên"})
    calendar = _reference(metadata={"description": "Mã lịch làm việc; bỏ trống: như cơ quan cấp trên"})
    desk_calendar = _reference(metadata={"description": "Lịch của bộ phận một cửa, nếu khác"})
    valid_from = Day(required=True)


class ClosingBody(Schema):
    last_day = Day(required=True, metadata={"description": "Ngày cuối còn có"})


class UnitClosingBody(Schema):
    last_day = Day(required=True, allow_none=True, metadata={"description": "Ngày cuối còn có; null: mở lại"})


class PositionClosingBody(UnitClosingBody):
    known = Flag(load_default=False, metadata={"description": "Đã biết quy trình nào đang dùng vị trí này"})


class UnitBody(Schema):
    agency = Text(64, required=True, least=1)
    code = code_field("Mã đơn vị trong cơ quan")
    name = Text(300, required=True, least=1)
    kind = Choice(tuple(KINDS), required=True)


class UnitEditBody(Schema):
    name = Text(300, least=1)
    kind = Choice(tuple(KINDS))


class PositionBody(Schema):
    agency = Text(64, required=True, least=1)
    unit = Text(64, required=True, least=1, metadata={"description": "Mã đơn vị"})
    code = code_field("Mã vị trí, như sơ đồ gọi")
    name = Text(300, required=True, least=1)
    head = Flag(load_default=False, metadata={"description": "Phụ trách đơn vị"})


class PositionEditBody(Schema):
    name = Text(300, least=1)
    unit = Text(64, least=1, metadata={"description": "Chuyển sang đơn vị này"})
    head = Flag()


class CopyBody(Schema):
    source = Text(64, required=True, least=1, metadata={"description": "Mã cơ quan nguồn"})
    targets = Many(Text(64), required=True, most=300, metadata={"description": "Mã các cơ quan nhận"})
    positions = Many(Text(64), allow_none=True, metadata={"description": "Mã các vị trí; bỏ trống: tất cả"})


class AccountBody(Schema):
    name = Text(200, required=True, least=1)
    agency = Text(64, required=True, least=1)
    username = Text(
        50,
        allow_none=True,
        pattern=USERNAME,
        expected="chữ thường không dấu, chữ số, dấu . _ -",
        metadata={"description": "Bỏ trống: đặt theo hộp thư, họ tên"},
    )
    email = Text(254, allow_none=True, pattern=MAILBOX, expected="địa chỉ thư điện tử")
    permissions = Many(Choice(tuple(PERMISSIONS)), load_default=())


class AccountEditBody(Schema):
    name = Text(200, least=1)
    email = Text(254, allow_none=True, pattern=MAILBOX, expected="địa chỉ thư điện tử")
    agency = Text(64, least=1)


class PermissionsBody(Schema):
    permissions = Many(Choice(tuple(PERMISSIONS)), required=True)


class HoldingBody(Schema):
    agency = Text(64, required=True, least=1)
    position = Text(64, required=True, least=1)
    from_day = Day(required=True)
    to_day = Day(allow_none=True)


class HoldingEndBody(Schema):
    last_day = Day(required=True, metadata={"description": "Ngày cuối còn giữ"})


class AcceptImportBody(Schema):
    good_only = Flag(load_default=False, metadata={"description": "Bỏ qua các dòng sai"})
    seen = Text(64, allow_none=True, metadata={"description": "digest của lần xem; khác thì 412"})
