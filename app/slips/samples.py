"""Contents to try a form or a template with: long names, many rows, every field filled; nothing in them is real."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from app.slips.content import SlipError, clean_values
from app.slips.fields import Field
from app.slips.forms import FORMS
from app.slips.receipt import ReceiptComponent, ReceiptContent
from app.slips.symbols import lookup_url

CODE = "000.00.12.H50-261121-0001"
_AT = datetime(2026, 11, 20, 1, 15, tzinfo=UTC)
_URL = lookup_url("https://motcua.example.vn", CODE, "q8Zr3bX0vYt5mKc2LwPdAg")
_ROWS = 12
_LINE = "Bản sao giấy chứng nhận quyền sử dụng đất, quyền sở hữu nhà ở và tài sản khác gắn liền với đất"
_LINES = (
    "Hồ sơ chưa có văn bản thỏa thuận của các thành viên có chung quyền sử dụng đất theo quy định.\n"
    "Đề nghị ông (bà) bổ sung đầy đủ một lần, đúng thành phần nêu trên để cơ quan có cơ sở xem xét, giải quyết."
)
_HEAD: dict[str, Any] = {
    "parent_agency_name": "Ủy ban nhân dân tỉnh Quảng Trị",
    "agency_name": "Sở Nông nghiệp và Môi trường",
    "desk_name": "Bộ phận tiếp nhận và trả kết quả Sở Nông nghiệp và Môi trường",
    "place_name": "Quảng Trị",
    "applicant_name": "Công ty Trách nhiệm hữu hạn Một thành viên Đầu tư Phát triển Nông nghiệp sạch Trường Sơn",
    "applicant_id_number": "3200123456-001",
    "applicant_address": "Số 128/15/2 đường Nguyễn Thị Minh Khai, khu phố 5, phường Nam Đông Hà, tỉnh Quảng Trị",
    "applicant_phone": "0912 345 678",
    "applicant_email": "truongson@example.vn",
    "procedure_name": "Đăng ký biến động quyền sử dụng đất, quyền sở hữu tài sản gắn liền với đất do thay đổi thông tin",
    "code": CODE,
    "lookup_url": _URL,
    "demonstration": True,
}


def sample_content(form_key: str) -> dict[str, Any]:
    """A content of the form as it would be stored, of its own kind's shape. Errors: SlipError when there is no such form."""
    if form_key not in FORMS:
        raise SlipError({"form": ["Không có mẫu phiếu này."]})
    form = FORMS[form_key]
    if form.kind == "receipt":
        return _receipt(form_key).to_dict()
    return {
        "form": form_key,
        **_HEAD,
        **({"code": "", "lookup_url": ""} if form.kind in {"guidance", "register"} else {}),
        "number": "127" if form.book else "",
        "issued_at": _AT.isoformat(),
        "received_at": _AT.isoformat(),
        "appointment_at": (_AT + timedelta(days=14, hours=5)).isoformat(),
        "signer_name": "Nguyễn Thị Thanh Huyền",
        "signer_title": "Giám đốc",
        "values": clean_values(form_key, {field.name: _sample(field, 0) for field in form.fields}),
    }


def _sample(field: Field, row: int) -> Any:
    if field.kind == "rows":
        return [{column.name: _sample(column, number) for column in field.columns} for number in range(1, _ROWS + 1)]
    return {
        "line": f"{_LINE} {row}" if row else _LINE,
        "lines": _LINES,
        "instant": (_AT + timedelta(days=row)).isoformat(),
        "date": _AT.date().isoformat(),
        "money": 1_250_000 + row,
        "number": 2026 if field.name == "year" else row or 1,
        "choice": field.choices[row % len(field.choices)][0] if field.choices else "",
    }[field.kind]


def _receipt(form_key: str) -> ReceiptContent:
    head = {name: value for name, value in _HEAD.items() if name != "signer_name"}
    return ReceiptContent(
        **head,
        form=form_key,
        components=tuple(ReceiptComponent(f"{_LINE} {number}", originals=1) for number in range(1, _ROWS + 1)),
        limit_text="30 ngày làm việc",
        received_at=_AT,
        appointment_at=_AT + timedelta(days=14, hours=5),
        issued_at=_AT,
        place_of_return=_HEAD["desk_name"],
        receiver_name="Lê Văn Quý",
        fee_text="Lệ phí đăng ký biến động: 50.000 đồng",
    )
