"""A notice of receipt as it goes to an applicant; tests change what they are about."""

from __future__ import annotations

from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any

from app.messages.mail import build_mail
from app.messages.texts import NoticeValues, compose


def values(**changes: Any) -> NoticeValues:
    given: dict[str, Any] = {
        "code": "000.00.12.H50-261121-0001",
        "procedure_name": "Chấm dứt việc chăm sóc thay thế cho trẻ em",
        "agency_name": "Sở Y tế",
        "applicant_name": "Nguyễn Thị Thanh Huyền",
        "step_name": "Thẩm định hồ sơ",
        "received_at": datetime(2026, 11, 20, 1, 15, tzinfo=UTC),
        "deadline_at": datetime(2026, 12, 4, 1, 15, tzinfo=UTC),
        "appointment_at": datetime(2026, 12, 4, 6, 30, tzinfo=UTC),
        "place_of_return": "Trung tâm Phục vụ hành chính công tỉnh",
        "reason": "Chờ ý kiến của Sở Xây dựng",
        "limit_at": datetime(2026, 12, 1, 10, 0, tzinfo=UTC),
        "amount": 1_250_000,
        "visit_at": datetime(2026, 11, 27, 2, 0, tzinfo=UTC),
        "place": "Số 12 đường Hùng Vương",
        "participants": "Sở Y tế; UBND phường",
        "url": "https://motcua.example.vn/tra-cuu?code=000.00.12.H50-261121-0001&token=q8Zr3b",
    }
    return NoticeValues(**(given | changes))


def mail(template: str = "receipt_issued", **changes: Any) -> EmailMessage:
    envelope: dict[str, Any] = {
        "delivery_id": "4711",
        "created_at": datetime(2026, 11, 20, 1, 16, tzinfo=UTC),
        "mail_from": "motcua@quangtri.example.vn",
        "sender_name": "Một Cửa Quảng Trị",
        "recipient": "huyen@example.vn",
    }
    given = {name: changes.pop(name) for name in list(changes) if name in envelope}
    return build_mail(compose(template, values(**changes)), **(envelope | given))
