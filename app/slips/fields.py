"""What each kind of slip says beyond the dossier's own data: its fields, in the order in which the form prints them.

A field of kind `rows` holds a list of rows by its columns; `app.slips.content` says how each kind is written.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Kind = Literal["line", "lines", "instant", "date", "money", "number", "choice", "rows"]


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a slip or one column of its rows.

    `label` is printed and shown (Vietnamese). `choices`: (value, text) of a choice. `columns`: of rows; `most` is how many
    rows, or characters of a text, it takes.
    """

    name: str
    label: str
    kind: Kind
    required: bool = False
    hint: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    columns: tuple[Field, ...] = ()
    most: int = 0

    @property
    def limit(self) -> int:
        """How many rows, or characters of a text, it takes."""
        return self.most or {"line": 500, "lines": 4000, "rows": 200}.get(self.kind, 0)


COPY_KINDS = (
    ("original", "Bản chính"),
    ("certified", "Bản sao chứng thực"),
    ("copy", "Bản sao"),
    ("electronic", "Bản điện tử"),
)
"""How a component is handed in."""

HAND_OVER_RESULTS = (("early", "Trước hạn"), ("on_time", "Đúng hạn"), ("late", "Quá hạn"))
"""How a step ended, on the control slip."""

PAYMENT_METHODS = (
    ("cash", "Tiền mặt"),
    ("card", "Thẻ"),
    ("transfer", "Chuyển khoản"),
    ("online", "Trực tuyến"),
    ("post", "Qua dịch vụ bưu chính"),
)
"""How a fee was paid (NĐ 61/2018, Art. 22)."""

_REASON = Field("reason", "Lý do", "lines", required=True)
_OLD_APPOINTMENT = Field("old_appointment", "Thời gian trả kết quả đã hẹn", "instant", required=True)
_NEW_APPOINTMENT = Field("new_appointment", "Thời gian hẹn trả kết quả mới", "instant", required=True)
_ADDRESSEE = Field("addressee", "Kính gửi", "line", required=True)

FIELDS: Mapping[str, tuple[Field, ...]] = {
    "receipt": (),  # filled from the dossier alone: app.slips.receipt
    "supplement": (
        Field(
            "items", "Thành phần cần bổ sung, hoàn thiện", "rows", required=True,
            columns=(
                Field("name", "Tên thành phần hồ sơ", "line", required=True),
                Field("quantity", "Số lượng", "number"),
                Field("kind", "Loại bản", "choice", choices=COPY_KINDS),
            ),
        ),
        _REASON,
        Field("help_phone", "Điện thoại hỗ trợ", "line"),
        Field("help_address", "Địa chỉ, trang thông tin hỗ trợ", "line"),
    ),
    "refusal": (_REASON, Field("return_place", "Nơi nhận lại hồ sơ", "line")),
    "apology": (_OLD_APPOINTMENT, _REASON, _NEW_APPOINTMENT),
    "stop_notice": (
        _REASON,
        Field("asked_by", "Người đề nghị dừng", "line", hint="Để trống nếu là người nộp hồ sơ."),
    ),
    "extension": (
        Field("asker_agency", "Cơ quan, đơn vị đề nghị", "line", required=True),
        _OLD_APPOINTMENT,
        _REASON,
        _NEW_APPOINTMENT,
    ),
    "withdrawal": (_REASON,),
    "opinion": (
        _ADDRESSEE,
        Field("content", "Nội dung xin ý kiến", "lines", required=True),
        Field("limit_at", "Trả lời trước", "instant", required=True),
    ),
    "opinion_reply": (_ADDRESSEE, Field("content", "Nội dung trả lời", "lines", required=True)),
    "payment_notice": (
        Field("amount", "Số tiền phải nộp", "money", required=True),
        _REASON,
        Field("limit_at", "Nộp trước", "instant"),
        Field("account", "Tài khoản nhận tiền", "line"),
    ),
    "fee_receipt": (
        Field("payer", "Người nộp tiền", "line", required=True),
        Field(
            "fees", "Phí, lệ phí", "rows", required=True,
            columns=(
                Field("name", "Tên phí, lệ phí", "line", required=True),
                Field("amount", "Số tiền", "money", required=True),
            ),
        ),
        Field("method", "Hình thức nộp", "choice", required=True, choices=PAYMENT_METHODS),
        Field("paid_at", "Thời gian nộp", "instant", required=True),
    ),
    "fee_refund": (
        Field("payer", "Người nhận lại tiền", "line", required=True),
        Field("receipt_number", "Biên lai đã cấp số", "line", required=True),
        Field(
            "fees", "Phí, lệ phí hoàn trả", "rows", required=True,
            columns=(
                Field("name", "Tên phí, lệ phí", "line", required=True),
                Field("amount", "Số tiền", "money", required=True),
            ),
        ),
        _REASON,
        Field("method", "Hình thức trả lại", "choice", required=True, choices=PAYMENT_METHODS),
        Field("paid_at", "Thời gian trả lại", "instant", required=True),
    ),
    "fee_list": (
        Field("days", "Ngày thu", "line", required=True),
        Field("collector", "Người thu tiền", "line", required=True),
        Field(
            "entries", "Các biên lai", "rows", most=5_000,
            columns=(
                Field("receipt_number", "Số biên lai", "line", required=True),
                Field("code", "Mã hồ sơ", "line", required=True),
                Field("payer", "Người nộp tiền", "line"),
                Field("collector", "Người thu", "line"),
                Field("method", "Hình thức", "choice", choices=PAYMENT_METHODS),
                Field("paid_at", "Thời gian thu", "instant"),
                Field("amount", "Số tiền", "money"),
                Field("note", "Ghi chú", "line"),
            ),
        ),
        Field(
            "methods", "Tổng theo hình thức", "rows",
            columns=(Field("name", "Hình thức", "line", required=True), Field("amount", "Số tiền", "money")),
        ),
        Field("taken_out", "Đã hủy của ngày trước, đã hoàn trả", "money"),
        Field("left", "Còn phải nộp", "money"),
    ),
    "post_list": (
        Field("day", "Ngày bàn giao", "line", required=True),
        Field("post_office", "Đơn vị bưu chính nhận", "line"),
        Field(
            "items", "Bưu gửi", "rows", most=2_000,
            columns=(
                Field("code", "Mã hồ sơ", "line", required=True),
                Field("applicant", "Người nhận", "line"),
                Field("address", "Địa chỉ nhận", "line"),
                Field("phone", "Điện thoại", "line"),
                Field("tracking_number", "Số hiệu bưu gửi", "line"),
                Field("note", "Ghi chú", "line"),
            ),
        ),
    ),
    "guidance": (
        Field(
            "items", "Thành phần hồ sơ cần chuẩn bị", "rows",
            columns=(
                Field("name", "Tên thành phần hồ sơ", "line", required=True),
                Field("originals", "Bản chính", "number"),
                Field("copies", "Bản sao", "number"),
                Field("note", "Ghi chú", "line"),
            ),
        ),
        Field("instructions", "Nội dung hướng dẫn", "lines"),
    ),
    "satisfaction": (),
    "control": (
        Field(
            "hand_overs", "Các lần giao nhận", "rows", required=True,
            columns=(
                Field("giver_agency", "Cơ quan, bộ phận giao", "line", required=True),
                Field("giver", "Người giao", "line"),
                Field("taker_agency", "Cơ quan, bộ phận nhận", "line", required=True),
                Field("taker", "Người nhận", "line"),
                Field("handed_at", "Thời gian giao, nhận", "instant"),
                Field("result", "Kết quả giải quyết", "choice", choices=HAND_OVER_RESULTS),
                Field("note", "Ghi chú", "line"),
            ),
        ),
    ),
    "register": (
        Field("year", "Năm", "number", required=True),
        Field(
            "dossiers", "Hồ sơ", "rows", most=20_000,
            columns=(
                Field("number", "Số thứ tự", "number", required=True, most=9_999_999),
                Field("code", "Mã hồ sơ", "line", required=True),
                Field("applicant", "Tên tổ chức, cá nhân", "line"),
                Field("address", "Địa chỉ, số điện thoại", "line"),
                Field("procedure", "Tên thủ tục hành chính", "line"),
                Field("received_at", "Thời gian nhận hồ sơ", "instant"),
                Field("appointment_at", "Thời gian hẹn trả kết quả", "instant"),
                Field("result_at", "Thời gian có kết quả", "instant"),
                Field("delivered_at", "Thời gian trả kết quả", "instant"),
                Field("note", "Ghi chú", "line"),
            ),
        ),
    ),
}  # fmt: skip
"""By kind of slip."""
