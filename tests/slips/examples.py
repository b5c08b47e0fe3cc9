"""A receipt as a desk of the demonstration province would issue it; tests change what they are about."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from app.slips.receipt import ReceiptComponent, ReceiptContent
from app.slips.symbols import lookup_url

CODE = "000.00.12.H50-261121-0001"
TOKEN = "q8Zr3bX0vYt5mKc2LwPdAg"


def receipt(**changes: Any) -> ReceiptContent:
    values: dict[str, Any] = {
        "agency_name": "Sở Y tế",
        "parent_agency_name": "Ủy ban nhân dân tỉnh Quảng Trị",
        "desk_name": "Bộ phận tiếp nhận và trả kết quả Sở Y tế",
        "code": CODE,
        "applicant_name": "Nguyễn Thị Thanh Huyền",
        "applicant_id_number": "045190001234",
        "applicant_address": "Số 12 đường Trần Hưng Đạo, phường Đông Hà",
        "applicant_phone": "0912 345 678",
        "applicant_email": "huyen@example.vn",
        "procedure_name": "Cấp lại giấy chứng nhận đăng ký thành lập cơ sở trợ giúp xã hội",
        "components": (
            ReceiptComponent("Đơn đề nghị", originals=1),
            ReceiptComponent("Giấy chứng nhận đã cấp", copies=12, electronic=34),
        ),
        "limit_text": "10 ngày làm việc",
        "received_at": datetime(2026, 11, 20, 1, 15, tzinfo=UTC),
        "appointment_at": datetime(2026, 12, 4, 6, 30, tzinfo=UTC),
        "issued_at": datetime(2026, 11, 20, 1, 16, tzinfo=UTC),
        "place_of_return": "Trung tâm Phục vụ hành chính công tỉnh",
        "receiver_name": "Lê Văn Quý",
        "lookup_url": lookup_url("https://motcua.example.vn", changes.get("code", CODE), TOKEN),
        "fee_text": "Không thu",
        "place_name": "Quảng Trị",
    }
    return ReceiptContent(**(values | changes))
