"""Receipt and appointment (Giấy tiếp nhận hồ sơ và hẹn trả kết quả) of TT 01/2018 and of TT 03/2025/TT-VPCP, A5 PDF.

A dossier has no valid receipt without a code from the system (QT-14.1, ST-6.6). `ReceiptContent` is what was issued;
its `to_dict` is stored, and `render_receipt` prints the same content to the same bytes whenever it is asked for.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from app.slips.forms import FORMS
from app.slips.press import press
from app.slips.symbols import barcode_modules, barcode_svg, code_in_url, qr_svg
from app.wording import clean_line, spoken_date, spoken_instant

BLANK = "................"
DEMONSTRATION = "DỮ LIỆU TRÌNH DIỄN - KHÔNG CÓ GIÁ TRỊ PHÁP LÝ"
OPEN_APPOINTMENT = "theo thông báo của cơ quan giải quyết"
_SIGNATURE_LENGTH = 90
_NEVER_EMPTY = ("applicant_address", "applicant_phone", "applicant_email", "limit_text", "place_of_return")
_INSTANTS = frozenset({"received_at", "appointment_at", "issued_at"})


class ReceiptError(ValueError):
    """The content of a receipt is incomplete or contradicts itself; the message names the field."""


@dataclass(frozen=True, slots=True)
class ReceiptComponent:
    """One paper handed in, with how many of each kind."""

    name: str
    originals: int = 0
    copies: int = 0
    electronic: int = 0

    def __post_init__(self) -> None:
        if not isinstance(self.name, str):
            raise ReceiptError("components: a name must be text")
        object.__setattr__(self, "name", clean_line(self.name))
        for kind in ("originals", "copies", "electronic"):
            _check_count(kind, getattr(self, kind))


@dataclass(frozen=True, slots=True)
class ReceiptContent:
    """What a receipt says. Texts are cleaned to one printable line; instants are aware; a wrong field is ReceiptError.

    `lookup_url` must hold `code` (QT-3.10). `appointment_at` is None for a procedure whose time is not counted.
    `issued_at` is when this slip was made; it dates the slip and the PDF. `demonstration` prints that none of it is
    real. An optional text left empty is printed as dots to fill in by hand, or left out (identity number); the fee is an
    item only of forms that have one. `form` is a key of FORMS.
    """

    agency_name: str
    desk_name: str
    code: str
    applicant_name: str
    procedure_name: str
    components: tuple[ReceiptComponent, ...]
    limit_text: str
    received_at: datetime
    appointment_at: datetime | None
    issued_at: datetime
    place_of_return: str
    receiver_name: str
    lookup_url: str
    sets: int = 1
    applicant_id_number: str = ""
    applicant_address: str = ""
    applicant_phone: str = ""
    applicant_email: str = ""
    fee_text: str = ""
    parent_agency_name: str = ""
    place_name: str = ""
    register_book: str = ""
    register_number: str = ""
    demonstration: bool = False
    form: str = "tt01-2018/01"

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if field.type == "str" and not isinstance(value, str):
                raise ReceiptError(f"{field.name}: must be text")
            if isinstance(value, str):
                object.__setattr__(self, field.name, clean_line(value))
            elif isinstance(value, datetime) and value.utcoffset() is None:
                raise ReceiptError(f"{field.name}: an instant needs an offset")
        if self.form not in FORMS or FORMS[self.form].kind != "receipt":
            raise ReceiptError(f"form: unknown form {self.form!r}")
        _check_count("sets", self.sets)
        try:
            barcode_modules(self.code)
        except ValueError as error:
            raise ReceiptError(f"code: {error}") from error
        if code_in_url(self.lookup_url) != self.code:
            raise ReceiptError("lookup_url: does not hold the dossier's code")

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe, complete: `from_dict` gives an equal content back."""
        data: dict[str, Any] = {field.name: getattr(self, field.name) for field in fields(self)}
        for name in _INSTANTS:
            data[name] = data[name].isoformat() if data[name] is not None else None
        data["components"] = [
            {"name": part.name, "originals": part.originals, "copies": part.copies, "electronic": part.electronic}
            for part in self.components
        ]
        return data

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> ReceiptContent:
        """The content that `to_dict` gave. ReceiptError when a key is unknown, missing or not readable."""
        values = dict(data)
        try:
            for name in _INSTANTS & values.keys():
                if values[name] is not None:
                    values[name] = datetime.fromisoformat(values[name])
            values["components"] = tuple(ReceiptComponent(**part) for part in values["components"])
            return cls(**values)
        except ReceiptError:
            raise
        except (TypeError, KeyError, ValueError) as error:
            raise ReceiptError(f"stored receipt cannot be read: {error}") from error


def render_receipt(content: ReceiptContent, mark: str = "") -> bytes:
    """The receipt as PDF, A5, one page for usual content. Same content, same bytes. Any thread may call this.

    `mark` is printed above it: that it is a copy, of what day and why.
    """
    printed = json.dumps(printed_receipt(content, mark), ensure_ascii=False)
    return press(FORMS[content.form].template, printed, content.issued_at)


def printed_receipt(content: ReceiptContent, mark: str = "") -> dict[str, Any]:
    """What the receipt's template reads: every text as it is printed."""
    form = FORMS[content.form]
    values: dict[str, Any] = {
        field.name: value for field in fields(content) if isinstance(value := getattr(content, field.name), str)
    }
    values |= {name: values[name] or BLANK for name in _NEVER_EMPTY}
    page = urlsplit(content.lookup_url)
    modules = barcode_modules(content.code)
    values |= {
        "kind": form.kind,
        "paper": form.paper,
        "name": form.name,
        "number": "",
        "values": {},
        "labels": {},
        "blank": BLANK,
        "signer_name": content.receiver_name,
        "signer_title": "",
        "title": f"{form.name} {content.code}",
        "form_title": form.title,
        "legal_basis": form.legal_basis,
        "notes": list(form.notes),
        "fee_text": (content.fee_text or BLANK) if form.fee_line else "",
        "components": [
            {"name": part.name}
            | {kind: str(getattr(part, kind) or "") for kind in ("originals", "copies", "electronic")}
            for part in content.components
        ],
        "sets": f"{content.sets:02d}",
        "issued": spoken_instant(content.issued_at),
        "received": spoken_instant(content.received_at),
        "appointment": spoken_instant(content.appointment_at) if content.appointment_at else OPEN_APPOINTMENT,
        "place_and_date": f"{content.place_name or BLANK}, {spoken_date(content.issued_at)}",
        "register": f"{content.register_book or BLANK} Số thứ tự: {content.register_number or BLANK}",
        "applicant_signature": signature_name(content.applicant_name),
        "receiver_signature": signature_name(content.receiver_name),
        "signer_signature": signature_name(content.receiver_name),
        "demonstration": DEMONSTRATION if content.demonstration else "",
        "mark": clean_line(mark),
        "barcode": barcode_svg(content.code),
        "barcode_modules": len(modules),
        "qr": qr_svg(content.lookup_url),
        "lookup_page": f"{page.scheme}://{page.netloc}{page.path}",
    }
    return values


def signature_name(name: str) -> str:
    """A name short enough to stay under its signature; the full name stands in the slip's own field."""
    return name if len(name) <= _SIGNATURE_LENGTH else f"{name[: _SIGNATURE_LENGTH - 1]}…"


def _check_count(name: str, value: object) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= 9999:
        raise ReceiptError(f"{name}: must be a whole number from 0 to 9999")
