"""The printed forms of the slips, each known by its name and the circular that has it in force from a day.

A number alone names nothing: TT 03/2025/TT-VPCP gave the 05 and 06 of TT 01/2018/TT-VPCP to other slips. Which set an
installation prints is its profile's `slip_set`; a stored slip names its form, so it prints for ever as it was issued.
What neither circular prescribes is a form of the office itself, `office/<kind>`, without a number in its foot.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from app.slips.fields import FIELDS, Field

Paper = Literal["a5", "a4", "a4-landscape"]

_TT01, _TT03 = "Thông tư số 01/2018/TT-VPCP", "Thông tư số 03/2025/TT-VPCP"
_ND61, _ND118 = "Nghị định số 61/2018/NĐ-CP", "Nghị định số 118/2025/NĐ-CP"
_SINCE_2018 = date(2018, 11, 23)  # the day on which the circular was signed
_SINCE_2025 = date(2025, 9, 15)
_ALWAYS = date(2018, 1, 1)


@dataclass(frozen=True, slots=True)
class SlipForm:
    """One slip of one circular, or of the office itself (`circular` and `number` empty).

    `valid_from` is the first day on which it may be issued, `valid_to` the last one by law; a profile that stays with the
    older set prints it on. `kind` is the stable name of what it is for; `fields` are what is filled in beside the
    dossier's own data. `book`: it has a running number of a book, printed before `number_suffix`. `fee_line`: fees are
    an item of their own. `notes`: what the circular lets the holder know, after the template's own.
    """

    template: str
    name: str
    number: str
    circular: str
    legal_basis: str
    valid_from: date
    fee_line: bool = False
    notes: tuple[str, ...] = ()
    kind: str = "receipt"
    paper: Paper = "a5"
    book: bool = False
    number_suffix: str = ""
    valid_to: date | None = None

    @property
    def title(self) -> str:
        """As the slip's foot shows it; empty for a form of the office itself."""
        return f"{self.number}, {self.circular}" if self.circular else ""

    @property
    def fields(self) -> tuple[Field, ...]:
        return FIELDS[self.kind]


KIND_TITLES: Mapping[str, str] = {
    "receipt": "Giấy tiếp nhận hồ sơ và hẹn trả kết quả",
    "guidance": "Phiếu hướng dẫn chuẩn bị hồ sơ",
    "supplement": "Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ",
    "refusal": "Phiếu từ chối tiếp nhận, giải quyết hồ sơ",
    "apology": "Phiếu xin lỗi và hẹn lại ngày trả kết quả",
    "extension": "Phiếu đề nghị gia hạn thời gian giải quyết",
    "stop_notice": "Thông báo dừng giải quyết hồ sơ",
    "withdrawal": "Đơn đề nghị rút hồ sơ",
    "opinion": "Văn bản xin ý kiến",
    "opinion_reply": "Văn bản trả lời ý kiến",
    "payment_notice": "Thông báo nộp phí, lệ phí",
    "fee_receipt": "Biên lai thu phí, lệ phí",
    "fee_refund": "Phiếu hoàn trả phí, lệ phí",
    "control": "Phiếu kiểm soát quá trình giải quyết hồ sơ",
    "satisfaction": "Phiếu đánh giá mức độ hài lòng",
    "fee_list": "Bảng kê thu phí, lệ phí",
    "post_list": "Bảng kê bưu gửi trả kết quả",
    "register": "Sổ theo dõi hồ sơ",
}
"""Every kind of slip by its everyday name, in the order of a dossier's life."""

_STOP_NOTE = (
    "Khi chưa có kết quả, có thể đề nghị dừng giải quyết hồ sơ tại nơi đã nộp (Nghị định số 118/2025/NĐ-CP, Điều 21)."
)
_SUFFIXES: Mapping[str, str] = {
    "guidance": "/PHD",
    "supplement": "/HDHS",
    "refusal": "/PTC",
    "apology": "/PXL",
    "extension": "/PGH",
    "stop_notice": "/TB-DGQ",
    "opinion": "/LYK",
    "opinion_reply": "/TLYK",
    "payment_notice": "/TB-NT",
    "fee_receipt": "/BL",
    "fee_refund": "/HP",
    "control": "/PKS",
}
"""The numbered kinds and what follows the number."""


def _form(kind: str, name: str, number: str, circular: str, since: date, paper: Paper = "a5") -> SlipForm:
    return SlipForm(
        template="apology_letter.typ" if kind == "apology" and paper == "a4" else f"{kind}.typ",
        name=name,
        number=number and f"Mẫu số {number}",
        circular=circular,
        legal_basis={_TT01: _ND61, _TT03: _ND118}.get(circular, ""),
        valid_from=since,
        valid_to=_SINCE_2025 - timedelta(days=1) if circular == _TT01 else None,
        kind=kind,
        paper=paper,
        book=kind in _SUFFIXES,
        number_suffix=_SUFFIXES.get(kind, ""),
        fee_line=kind == "receipt" and circular == _TT03,
        notes=(_STOP_NOTE,) if kind == "receipt" and circular == _TT03 else (),
    )


def _tt01(kind: str, number: str, name: str, paper: Paper = "a5") -> SlipForm:
    return _form(kind, name, number, _TT01, _SINCE_2018, paper)


def _tt03(kind: str, number: str, name: str, paper: Paper = "a5") -> SlipForm:
    return _form(kind, name, number, _TT03, _SINCE_2025, paper)


def _office(kind: str, paper: Paper = "a5") -> SlipForm:
    return _form(kind, KIND_TITLES[kind], "", "", _ALWAYS, paper)


FORMS: Mapping[str, SlipForm] = {
    "tt01-2018/01": _tt01("receipt", "01", "Giấy tiếp nhận hồ sơ và hẹn trả kết quả"),
    "tt01-2018/02": _tt01("supplement", "02", "Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ"),
    "tt01-2018/03": _tt01("refusal", "03", "Phiếu từ chối tiếp nhận giải quyết hồ sơ"),
    "tt01-2018/04": _tt01("apology", "04", "Phiếu xin lỗi và hẹn lại ngày trả kết quả"),
    "tt01-2018/05": _tt01("control", "05", "Phiếu kiểm soát quá trình giải quyết hồ sơ"),
    "tt01-2018/06": _tt01("register", "06", "Sổ theo dõi hồ sơ", "a4-landscape"),
    "tt03-2025/01": _tt03("receipt", "01", "Giấy tiếp nhận hồ sơ và hẹn trả kết quả"),
    "tt03-2025/02": _tt03("supplement", "02", "Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ"),
    "tt03-2025/03": _tt03("refusal", "03", "Phiếu từ chối tiếp nhận giải quyết hồ sơ"),
    "tt03-2025/04": _tt03("apology", "04", "Văn bản xin lỗi và đề nghị gia hạn thời gian giải quyết", "a4"),
    "tt03-2025/05": _tt03("stop_notice", "05", "Thông báo dừng giải quyết hồ sơ", "a4"),
    "tt03-2025/06": _tt03("control", "06", "Phiếu kiểm soát quá trình giải quyết hồ sơ"),
    "tt03-2025/07": _tt03("register", "07", "Sổ theo dõi hồ sơ", "a4-landscape"),
    "office/guidance": _office("guidance"),
    "office/extension": _office("extension"),
    "office/stop_notice": _office("stop_notice", "a4"),
    "office/withdrawal": _office("withdrawal", "a4"),
    "office/opinion": _office("opinion", "a4"),
    "office/opinion_reply": _office("opinion_reply", "a4"),
    "office/payment_notice": _office("payment_notice", "a4"),
    "office/fee_receipt": _office("fee_receipt"),
    "office/fee_refund": _office("fee_refund"),
    "office/fee_list": _office("fee_list", "a4-landscape"),
    "office/post_list": _office("post_list", "a4-landscape"),
    "office/satisfaction": _office("satisfaction"),
}
"""By the key that a stored slip names."""

_OLDEST_FIRST = ("office", "tt01-2018", "tt03-2025")
_SETS: Mapping[str, tuple[str, ...]] = {"tt_01_2018": _OLDEST_FIRST[:2], "tt_03_2025": _OLDEST_FIRST}


def _keys(slip_set: str, kind: str) -> tuple[str, ...]:
    ranked = [key for prefix in _SETS[slip_set] for key in FORMS if key.startswith(f"{prefix}/")]
    return tuple(key for key in ranked if FORMS[key].kind == kind)


RECEIPTS: Mapping[str, tuple[str, ...]] = {slip_set: _keys(slip_set, "receipt") for slip_set in _SETS}
"""The receipt's forms by a profile's `slip_set`, oldest first: a circular replaces the one before it on a day of its own."""


def form_of(kind: str, slip_set: str, day: date) -> str:
    """The key of the form that this set has in force for a kind on that day; before them all, the oldest.

    What a circular prescribes goes before a form of the office itself. ValueError: there is no such kind or set.
    """
    keys = _keys(slip_set, kind) if slip_set in _SETS else ()
    if not keys:
        raise ValueError(f"the set {slip_set!r} has no slip {kind!r}")
    return next((key for key in reversed(keys) if FORMS[key].valid_from <= day), keys[0])


def kinds(slip_set: str, day: date) -> tuple[str, ...]:
    """Every kind that may be issued under this set on that day, in the order of KIND_TITLES. ValueError: no such set."""
    return tuple(kind for kind in KIND_TITLES if form_of(kind, slip_set, day))


def receipt_form(slip_set: str, day: date) -> str:
    """The key of the receipt's form that this set has in force on that day."""
    return form_of("receipt", slip_set, day)
