"""A slip's content as its template reads it: every text ready to print, nothing left to work out (docs/slips.md).

The same values fill a PDF and a DOCX. A text left empty is dots to fill in by hand; an empty cell of a table stays empty.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit

from app.slips.content import SlipError, clean_lines
from app.slips.fields import Field
from app.slips.forms import FORMS, SlipForm
from app.slips.receipt import (
    BLANK,
    DEMONSTRATION,
    OPEN_APPOINTMENT,
    ReceiptContent,
    printed_receipt,
    signature_name,
)
from app.slips.symbols import barcode_modules, barcode_svg, qr_svg
from app.slips.words import money_in_words
from app.wording import LOCAL, clean_line, spoken_date, spoken_instant

_HEAD = (
    "parent_agency_name", "agency_name", "desk_name", "applicant_name", "applicant_id_number", "applicant_address",
    "applicant_phone", "applicant_email", "procedure_name", "signer_name", "signer_title",
)  # fmt: skip
_MAY_BE_MISSING = frozenset({"parent_agency_name", "desk_name", "applicant_id_number", "signer_name", "signer_title"})
"""Left out when empty; the others are printed as dots."""


def printed_values(content: Mapping[str, Any], mark: str = "") -> dict[str, Any]:
    """The values of `content`, of any kind. `mark`: that this is a copy, of what day and why.

    Errors: SlipError (ReceiptError of a receipt) when the content cannot be read.
    """
    form = FORMS.get(str(content.get("form", "")))
    if form is None:
        raise SlipError({"form": ["Không có mẫu phiếu này."]})
    if form.kind == "receipt":
        return printed_receipt(ReceiptContent.from_dict(content), mark)
    try:
        return _common(content, form, clean_line(mark)) | {
            "values": _values(form.fields, content["values"]),
            "labels": {field.name: field.label for field in form.fields},
        }
    except (KeyError, TypeError, AttributeError) as error:
        raise SlipError({"content": [f"Nội dung phiếu đã lưu không đọc được: {error}"]}) from error


def _common(content: Mapping[str, Any], form: SlipForm, mark: str) -> dict[str, Any]:
    head = {name: clean_line(content.get(name) or "") for name in _HEAD}
    code = content.get("code") or ""
    url = content.get("lookup_url") or ""
    number = clean_line(content.get("number") or "")
    page = urlsplit(url)
    return {
        **{name: text or ("" if name in _MAY_BE_MISSING else BLANK) for name, text in head.items()},
        "kind": form.kind,
        "paper": form.paper,
        "name": form.name,
        "title": f"{form.name} {code or number}".strip(),
        "form_title": form.title,
        "legal_basis": form.legal_basis,
        "number": f"{number or '........'}{form.number_suffix}" if form.book else "",
        "place_and_date": f"{clean_line(content.get('place_name') or '') or BLANK}, {spoken_date(_at(content['issued_at']))}",
        "issued": spoken_instant(_at(content["issued_at"])),
        "received": spoken_instant(_at(content["received_at"])) if content.get("received_at") else BLANK,
        "appointment": spoken_instant(_at(content["appointment_at"]))
        if content.get("appointment_at")
        else OPEN_APPOINTMENT,
        "signer_signature": signature_name(head["signer_name"]),
        "applicant_signature": signature_name(head["applicant_name"]),
        "demonstration": DEMONSTRATION if content.get("demonstration") else "",
        "mark": mark,
        "blank": BLANK,
        "code": code,
        "barcode": barcode_svg(code) if code else "",
        "barcode_modules": len(barcode_modules(code)) if code else 0,
        "qr": qr_svg(url) if url else "",
        "lookup_page": f"{page.scheme}://{page.netloc}{page.path}" if url else "",
    }


def _values(fields: tuple[Field, ...], values: Mapping[str, Any], *, cells: bool = False) -> dict[str, Any]:
    """`cells`: of a row, where what is empty stays empty and an instant is written short."""
    blank = "" if cells else BLANK
    found: dict[str, Any] = {}
    for field in fields:
        value = values.get(field.name)
        if field.kind == "rows":
            rows = value or []
            found[field.name] = [_values(field.columns, row, cells=True) for row in rows]
            found[f"{field.name}_count"] = str(len(rows))
            for column in field.columns:
                if column.kind == "money":
                    found |= _money(f"{field.name}_total", sum(row.get(column.name) or 0 for row in rows))
        elif field.kind == "money":
            found |= (
                _money(field.name, value) if value is not None else {field.name: blank, f"{field.name}_in_words": blank}
            )
        else:
            found[field.name] = _text(field, value, short=cells) or blank
    return found


def _money(name: str, amount: int) -> dict[str, str]:
    words = money_in_words(amount)
    return {name: f"{amount:,} đồng".replace(",", "."), f"{name}_in_words": words[:1].upper() + words[1:]}


def _text(field: Field, value: Any, *, short: bool) -> str:
    if value is None or value == "":
        return ""
    if field.kind == "instant":
        return f"{_at(value).astimezone(LOCAL):%H:%M, %d/%m/%Y}" if short else spoken_instant(_at(value))
    if field.kind == "date":
        return f"{date.fromisoformat(value):%d/%m/%Y}"
    if field.kind == "choice":
        return dict(field.choices).get(value, "")
    return clean_lines(value) if field.kind == "lines" else clean_line(str(value))


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text)
