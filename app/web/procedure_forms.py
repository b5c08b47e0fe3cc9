"""The forms on which a procedure's data are edited: what each part asks, and what was typed into it as plain values.

Fields are called as the data's members are (`components.2.code`), so that a refusal points at them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from werkzeug.datastructures import MultiDict

from app.store.media_types import SORTS

PARTS: Final[Mapping[str, str]] = {
    "thong-tin": "Thông tin công bố",
    "thanh-phan": "Thành phần hồ sơ, tệp",
    "phi": "Phí, lệ phí",
    "co-quan": "Cơ quan tiếp nhận, tài khoản thụ hưởng",
    "thoi-tiep-nhan": "Thôi tiếp nhận hồ sơ mới",
}
HEAD: Final = ("effective_from", "decision_number", "decided_on", "reason")
PLAIN: Final = ("name", "field", "level", "limit", "limit_unit", "service_level", "result_name")
COMPONENT: Final = ("code", "name", "required", "originals", "copies", "present_only", "types", "database")
FEE: Final = ("name", "amount", "unit", "note", "when")
ACCOUNT: Final = ("holder", "number", "bank")
_TICKS: Final = ("required", "present_only")
_LONGEST = 20_000
MB: Final = 1024 * 1024
BLANKS: Final = 2
"""Empty rows for what is not there yet."""
_ROW = re.compile(r"(components|fees)\.(\d{1,3})\.\w+", re.ASCII)

Typed = dict[str, Any]


def typed_part(part: str, form: MultiDict[str, str]) -> Typed:
    """What was typed, in the shape of the data, every value still text (ticks are truth values, types lists)."""
    if part == "thong-tin":
        return {name: _text(form, name) for name in (*PLAIN, "legal_basis")}
    if part == "thanh-phan":
        return {
            "components": _rows(form, "components", COMPONENT),
            "max_file_mb": _text(form, "max_file_mb"),
            "file_types": form.getlist("file_types"),
        }
    if part == "phi":
        return {"fees": _rows(form, "fees", FEE)}
    if part == "co-quan":
        agencies = [code for code in form.getlist("agencies") if len(code) <= 64]
        accounts = {code: {name: _text(form, f"beneficiaries.{code}.{name}") for name in ACCOUNT} for code in agencies}
        return {"agencies": agencies, "beneficiaries": accounts}
    return {"closed_from": _text(form, "closed_from")}


def shown_part(part: str, data: Mapping[str, Any]) -> Typed:
    """The same of the data as they are, for the form's first showing."""
    if part == "thong-tin":
        shown = {name: str(data.get(name) or "") for name in PLAIN}
        return shown | {"legal_basis": "\n".join(data.get("legal_basis") or ())}
    if part == "thanh-phan":
        size = data.get("max_file_bytes")
        return {
            "components": [{**one, "types": one.get("types") or []} for one in data.get("components") or ()],
            "max_file_mb": f"{size / MB:g}".replace(".", ",") if size else "",
            "file_types": data.get("file_types") or [],
        }
    if part == "phi":
        return {"fees": [dict(one) for one in data.get("fees") or ()]}
    if part == "co-quan":
        return {"agencies": data.get("agencies") or [], "beneficiaries": data.get("beneficiaries") or {}}
    return {"closed_from": data.get("closed_from") or ""}


def values_of(part: str, typed: Mapping[str, Any]) -> dict[str, Any]:
    """What the schema is asked to read: blanks left out, lines as a list, amounts without their dots."""
    if part == "thong-tin":
        basis = [line.strip() for line in typed["legal_basis"].splitlines() if line.strip()]
        return {name: typed[name] for name in PLAIN} | {"legal_basis": basis}
    if part == "thanh-phan":
        return {
            "components": [_component(one) for one in typed["components"]],
            "max_file_bytes": _bytes(typed["max_file_mb"]),
            "file_types": [one for one in typed["file_types"] if one in SORTS] or None,
        }
    if part == "phi":
        return {"fees": [_fee(one) for one in typed["fees"]]}
    if part == "co-quan":
        accounts = {code: one for code, one in typed["beneficiaries"].items() if any(one.values())}
        return {"agencies": list(typed["agencies"]), "beneficiaries": accounts}
    return {"closed_from": typed["closed_from"] or None}


def head_of(form: MultiDict[str, str]) -> dict[str, str]:
    """From which day, under which decision and why, as typed."""
    return {name: _text(form, name) for name in HEAD}


def _rows(form: MultiDict[str, str], kind: str, names: Sequence[str]) -> list[dict[str, Any]]:
    """The rows that were filled in and not struck out, in the order that was asked for."""
    numbers = sorted({int(found[2]) for name in form if (found := _ROW.fullmatch(name)) and found[1] == kind})
    rows: list[tuple[float, int, dict[str, Any]]] = []
    for number in numbers:
        begin = f"{kind}.{number}."
        row: dict[str, Any] = {
            name: f"{begin}{name}" in form
            if name in _TICKS
            else form.getlist(f"{begin}{name}")
            if name == "types"
            else _text(form, f"{begin}{name}")
            for name in names
        }
        empty = not any(row[name] for name in names if name not in (*_TICKS, "when", "originals", "copies"))
        if not empty and f"{begin}gone" not in form:
            place = _text(form, f"{begin}place")
            rows.append((float(place) if place.isascii() and place.isdigit() else number + 1, number, row))
    return [row for _, _, row in sorted(rows, key=lambda one: one[:2])]


def _component(row: Mapping[str, Any]) -> dict[str, Any]:
    found = {name: row[name] for name in ("code", "name", "required", "present_only")}
    found |= {name: row[name] for name in ("originals", "copies") if row[name] != ""}
    found |= {name: row[name] for name in ("types", "database") if row[name]}
    return found


def _fee(row: Mapping[str, Any]) -> dict[str, Any]:
    amount = re.sub(r"[.,\s]|đồng|đ$", "", row["amount"].casefold())
    return {name: amount if name == "amount" else row[name] for name in FEE if row[name] != ""}


def _bytes(text: str) -> int | str | None:
    """Megabytes as typed; what is no number is left to the schema's refusal."""
    if not text:
        return None
    plain = text.replace(",", ".")
    return round(float(plain) * MB) if re.fullmatch(r"\d{1,6}(\.\d{1,3})?", plain, re.ASCII) else text


def _text(form: MultiDict[str, str], name: str) -> str:
    return form.get(name, "")[:_LONGEST].strip()
