"""What a template is tried with before it is taken: every field filled, every optional one empty, hostile text, many rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from app.slips.content import clean_values
from app.slips.fields import Field
from app.slips.forms import FORMS
from app.slips.samples import sample_content

MANY = 60
HOSTILE = """<b>&amp; "kép" 'đơn' {{ 7 * 7 }} {% if %} {# #} #panic("x") $a_1$ @b [c] *d* _e_ `f` \\g ~ // ]]> 🏛 """
_LONG = "DàiKhôngCóDấuCách" * 8
_EMPTIED = (
    "parent_agency_name", "desk_name", "place_name", "number", "applicant_id_number", "applicant_address",
    "applicant_phone", "applicant_email", "signer_name", "signer_title", "fee_text", "register_book", "register_number",
)  # fmt: skip
"""Texts of a content that may be missing, in receipts and in other slips."""
_FIXED = frozenset({"form", "code", "lookup_url", "issued_at", "received_at", "appointment_at"})


def trials(form_key: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """(what it tries, in words; a content of that form). Errors: SlipError when there is no such form."""
    full = sample_content(form_key)
    yield "dữ liệu đầy đủ", full
    yield "để trống các mục không bắt buộc", _sparse(full)
    yield "chữ có ký tự đặc biệt", _hostile(full)
    yield f"bảng có {MANY} dòng", _long(full)


def _sparse(full: dict[str, Any]) -> dict[str, Any]:
    form = FORMS[full["form"]]
    emptied = full | {name: "" for name in _EMPTIED if name in full} | {"appointment_at": None, "demonstration": False}
    if form.kind == "receipt":
        return emptied | {"components": []}
    kept = {field.name: full["values"][field.name] for field in form.fields if field.required}
    return emptied | {"code": "", "lookup_url": "", "values": clean_values(full["form"], kept)}


def _hostile(full: dict[str, Any]) -> dict[str, Any]:
    said = {name: HOSTILE + _LONG for name, value in full.items() if isinstance(value, str) and name not in _FIXED}
    form = FORMS[full["form"]]
    if form.kind == "receipt":
        return full | said | {"components": [{**part, "name": HOSTILE + _LONG} for part in full["components"]]}
    values = {field.name: _said(field, full["values"][field.name]) for field in form.fields}
    return full | said | {"values": clean_values(full["form"], values)}


def _said(field: Field, value: Any) -> Any:
    if field.kind == "rows":
        return [{column.name: _said(column, row[column.name]) for column in field.columns} for row in value]
    return {"line": HOSTILE + _LONG, "lines": f"{HOSTILE}\n\n{_LONG}"}.get(field.kind, value)


def _long(full: dict[str, Any]) -> dict[str, Any]:
    form = FORMS[full["form"]]
    if form.kind == "receipt":
        return full | {"components": _times(full["components"], MANY)}
    rows = {
        field.name: _times(full["values"][field.name], min(MANY, field.limit)) for field in form.fields if field.columns
    }
    return full | {"values": full["values"] | rows}


def _times(rows: list[Any], count: int) -> list[Any]:
    return [rows[number % len(rows)] for number in range(count)] if rows else []
