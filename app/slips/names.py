"""The names that a template may print, each with what it is in words: for those who write templates."""

from __future__ import annotations

from collections.abc import Mapping

from app.slips.forms import FORMS
from app.slips.printed import printed_values
from app.slips.samples import sample_content

WORDS: Mapping[str, str] = {
    "name": "Tên phiếu",
    "number": "Số và ký hiệu",
    "place_and_date": "Nơi và ngày cấp",
    "parent_agency_name": "Cơ quan chủ quản",
    "agency_name": "Cơ quan cấp phiếu",
    "desk_name": "Bộ phận một cửa",
    "code": "Mã hồ sơ",
    "applicant_name": "Tên người nộp",
    "applicant_id_number": "Số định danh, mã số doanh nghiệp",
    "applicant_address": "Địa chỉ",
    "applicant_phone": "Số điện thoại",
    "applicant_email": "Thư điện tử",
    "procedure_name": "Tên thủ tục",
    "issued": "Thời gian cấp phiếu",
    "received": "Thời gian nhận hồ sơ",
    "appointment": "Thời gian hẹn trả kết quả",
    "limit_text": "Thời hạn theo quy định",
    "sets": "Số bộ hồ sơ",
    "place_of_return": "Nơi trả kết quả",
    "fee_text": "Phí, lệ phí",
    "register": "Quyển, số trong sổ theo dõi",
    "components": "Bảng thành phần hồ sơ: name, originals, copies, electronic",
    "notes": "Các ghi chú của thông tư",
    "signer_title": "Chức vụ người ký",
    "signer_signature": "Tên người ký",
    "applicant_signature": "Tên người nộp, dưới chữ ký",
    "receiver_signature": "Tên người tiếp nhận, dưới chữ ký",
    "form_title": "Số mẫu và thông tư",
    "legal_basis": "Nghị định",
    "lookup_page": "Địa chỉ trang tra cứu",
    "demonstration": "Dòng báo dữ liệu trình diễn",
    "mark": "Dòng báo bản in lại",
    "blank": "Dấu chấm để ghi tay",
}
PICTURES: Mapping[str, str] = {"logo": "Logo", "barcode": "Mã vạch", "qr": "Mã QR"}


def names_of(form_key: str) -> list[tuple[str, str]]:
    """(name, words) of all that a template of that form may print. KeyError: there is no such form."""
    printed = printed_values(sample_content(form_key))
    found = [(name, words) for name, words in WORDS.items() if name in printed]
    for field in FORMS[form_key].fields:
        words = field.label
        if field.columns:
            columns = ", ".join(f"{column.name} ({column.label})" for column in field.columns)
            words = f"{field.label}, bảng gồm: {columns}"
        found.append((f"values.{field.name}", words))
        if field.columns:
            found.append((f"values.{field.name}_count", f"{field.label}, số dòng"))
        if field.kind == "money":
            found.append((f"values.{field.name}_in_words", f"{field.label}, bằng chữ"))
        if any(column.kind == "money" for column in field.columns):
            found.append((f"values.{field.name}_total", "Tổng cộng"))
            found.append((f"values.{field.name}_total_in_words", "Tổng cộng, bằng chữ"))
    return found + list(PICTURES.items())
