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
_OF_NO_DOSSIER = frozenset({"guidance", "register", "fee_list", "post_list"})
_LINE = "Bản sao giấy chứng nhận quyền sử dụng đất, quyền sở hữu nhà ở và tài sản khác gắn liền với đất"
_LINES = (
    "Hồ sơ chưa có văn bản thỏa thuận của các thành viên có chung quyền sử dụng đất theo quy định.\n"
    "Đề nghị ông (bà) bổ sung đầy đủ một lần, đúng thành phần nêu trên để cơ quan có cơ sở xem xét, giải quyết."
)
_AGENCIES = (
    "Bộ phận tiếp nhận và trả kết quả Sở Nông nghiệp và Môi trường",
    "Phòng Quản lý đất đai",
    "Văn phòng Đăng ký đất đai tỉnh, chi nhánh khu vực Đông Hà và Nam Đông Hà",
    "Thuế cơ sở 1",
    "Lãnh đạo Sở Nông nghiệp và Môi trường",
)
_PEOPLE = ("Lê Văn Quý", "Trần Thị Mỹ Duyên", "Nguyễn Ngọc Phương Quỳnh", "Hồ Văn Ơn", "Võ Thị Đặng Thùy Trâm")
_VALUES: dict[str, tuple[Any, ...]] = {
    "name": (
        _LINE,
        "Đơn đăng ký biến động đất đai, tài sản gắn liền với đất",
        "Hợp đồng, văn bản về việc chuyển đổi, chuyển nhượng quyền sử dụng đất đã được công chứng hoặc chứng thực",
        "Căn cước công dân",
    ),
    "note": ("Nộp khi nhận kết quả", "", "Đã đối chiếu bản chính"),
    "help_phone": ("0233 3 852 999 (nhánh 12)",),
    "help_address": ("Trung tâm Phục vụ hành chính công tỉnh, https://dichvucong.example.vn",),
    "return_place": ("Quầy số 7, Trung tâm Phục vụ hành chính công tỉnh",),
    "asked_by": ("Ông Trần Văn Đức, người đại diện theo pháp luật của công ty",),
    "asker_agency": ("Văn phòng Đăng ký đất đai tỉnh",),
    "addressee": ("Ủy ban nhân dân phường Nam Đông Hà; Thuế cơ sở 1; Sở Xây dựng",),
    "account": ("1021 0000 456 789, Kho bạc Nhà nước khu vực XIII, đơn vị thụ hưởng: Văn phòng Đăng ký đất đai tỉnh",),
    "payer": ("Trần Văn Đức, đại diện Công ty Trách nhiệm hữu hạn Một thành viên Trường Sơn",),
    "old_appointment": ((_AT + timedelta(days=14, hours=5)).isoformat(),),
    "new_appointment": ((_AT + timedelta(days=24)).isoformat(),),
    "limit_at": ((_AT + timedelta(days=7, hours=8)).isoformat(),),
    "giver_agency": _AGENCIES,
    "giver": _PEOPLE,
    "taker_agency": _AGENCIES[1:] + _AGENCIES[:1],
    "taker": _PEOPLE[1:] + _PEOPLE[:1],
    "year": (2026,),
    "code": (CODE, "H50.12-261121-10000", "000.18.29.H51-261121-0002"),
    "applicant": ("Công ty Trách nhiệm hữu hạn Một thành viên Trường Sơn", "Hồ Văn Ơn", "Nguyễn Thị Thanh Huyền"),
    "address": ("Số 128/15/2 đường Nguyễn Thị Minh Khai, phường Nam Đông Hà, 0912 345 678", "Xã Hướng Hiệp"),
    "procedure": ("Đăng ký biến động quyền sử dụng đất do thay đổi thông tin", "Chứng thực bản sao từ bản chính"),
}
"""Usual values of a field by its name; row after row takes the next one."""

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
        **({"code": "", "lookup_url": ""} if form.kind in _OF_NO_DOSSIER else {}),
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
    if field.name in _VALUES:
        known = _VALUES[field.name]
        return known[row % len(known)]
    return {
        "line": f"{field.label} {row or ''}",
        "lines": _LINES,
        "instant": (_AT + timedelta(days=row, hours=row % 8)).isoformat(),
        "date": _AT.date().isoformat(),
        "money": 50_000 * (row or 25) + 5,
        "number": row or 1,
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
