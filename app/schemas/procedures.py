"""A procedure as published, and a change of it: what pages and API send (ST-8.2, QT-3.3, QT-10.2c, TN-PL.6, HT-9.3)."""

from __future__ import annotations

from typing import Final

from app.rules.limits import LIMIT_UNITS
from app.schemas.fields import Choice, Day, Flag, Many, Part, Record, Schema, Text, Whole
from app.store.media_types import SORTS

CODE: Final = r"[0-9A-Za-z][0-9A-Za-z._-]{0,63}"
CODE_EXPECTED: Final = "chữ cái không dấu, chữ số, dấu . _ - và bắt đầu bằng chữ hoặc số"
SERVICE_LEVELS: Final = ("full", "partial", "none")
WHEN: Final = ("submission", "processing", "collection")
MOST_COMPONENTS, MOST_FEES = 100, 50
LARGEST_FILE: Final = 2**31 - 1


class ProcedureComponentBody(Schema):
    code = Text(64, required=True, least=1, pattern=CODE, expected=CODE_EXPECTED)
    name = Text(2000, required=True, least=1)
    required = Flag(load_default=True)
    originals = Whole(0, 1000, load_default=1)
    copies = Whole(0, 1000, load_default=0)
    present_only = Flag(load_default=False, metadata={"description": "Chỉ xuất trình, không nộp (QT-3.3)"})
    types = Many(Choice(tuple(SORTS)), metadata={"description": "Loại tệp riêng của thành phần"})
    database = Text(200, metadata={"description": "Cơ sở dữ liệu thay cho giấy tờ (QT-10.2c)"})


class FeeBody(Schema):
    name = Text(500, required=True, least=1)
    amount = Whole(0, 10**12, required=True, metadata={"description": "Đồng"})
    unit = Text(100)
    note = Text(1000)
    when = Choice(WHEN, required=True, metadata={"description": "Thời điểm nộp (TN-PL.6)"})


class BeneficiaryBody(Schema):
    holder = Text(200, required=True, least=1)
    number = Text(50, required=True, least=4, pattern=r"[0-9A-Za-z .-]+", expected="chữ số, chữ cái không dấu")
    bank = Text(200, required=True, least=1)


class ProcedureValues(Schema):
    """What may be changed; each member on its own."""

    name = Text(2000, least=1, metadata={"description": "Như tên đã công bố (ST-8.3)"})
    field = Text(500, least=1)
    level = Whole(1, 3)
    limit = Text(64, least=1, metadata={"description": "ISO 8601 (P10D, PT4H), same_day/15:00, none"})
    limit_unit = Choice(LIMIT_UNITS)
    service_level = Choice(SERVICE_LEVELS)
    result_name = Text(2000, least=1)
    components = Many(Part(ProcedureComponentBody), most=MOST_COMPONENTS)
    fees = Many(Part(FeeBody), most=MOST_FEES)
    legal_basis = Many(Text(1000, least=1), most=100)
    max_file_bytes = Whole(1024, LARGEST_FILE, allow_none=True)
    file_types = Many(Choice(tuple(SORTS)), allow_none=True)
    agencies = Many(Text(64, least=1), most=1000, metadata={"description": "Mã các cơ quan tiếp nhận"})
    beneficiaries = Record(
        keys=Text(64, least=1),
        values=Part(BeneficiaryBody),
        metadata={"description": "{mã cơ quan: {holder, number, bank}} tài khoản thụ hưởng phí, lệ phí (HT-9.3)"},
    )
    closed_from = Day(allow_none=True, metadata={"description": "Từ ngày này không tiếp nhận hồ sơ mới"})


class NewProcedureBody(ProcedureValues):
    code = Text(64, required=True, least=1, pattern=CODE, expected=CODE_EXPECTED)
    copy_from = Text(
        64, least=1, metadata={"description": "Chép dữ liệu của thủ tục này; trường gửi kèm thay dữ liệu chép"}
    )


class ChangeHead(Schema):
    """From which day, under which decision and why."""

    effective_from = Day(metadata={"description": "Mặc định hôm nay; ngày sau: chờ đến ngày đó"})
    decision_number = Text(200)
    decided_on = Day()
    reason = Text(2000, required=True, least=1, lines=True)


class ProcedureChangeBody(ChangeHead):
    set = Part(ProcedureValues, required=True, metadata={"description": "Chỉ các trường thay đổi"})
