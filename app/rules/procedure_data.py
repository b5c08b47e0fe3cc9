"""What the published data of a procedure must be to be received under (QT-3.3, HT-9.3, TN-PL.6)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from app.rules.limits import LimitError, parse_published

NEEDED: Final = ("name", "field", "level", "limit", "limit_unit", "service_level", "result_name", "agencies")
"""What a procedure cannot be without."""


def faults_of(data: Mapping[str, Any]) -> dict[str, list[str]]:
    """What is wrong, by member (`components.2.code`); empty when nothing is."""
    faults: dict[str, list[str]] = {}
    for name in NEEDED:
        if not data.get(name):
            faults[name] = ["Chọn ít nhất một cơ quan." if name == "agencies" else "Phải có trường này."]
    if data.get("limit"):
        try:
            parse_published(data["limit"], data.get("limit_unit") or "working")
        except LimitError as error:
            faults["limit"] = [f"{error}."[:1].upper() + f"{error}."[1:]]
    faults |= _components(data.get("components") or ())
    names = [fee["name"].casefold() for fee in data.get("fees") or ()]
    for number, name in enumerate(names):
        if name in names[:number]:
            faults[f"fees.{number}.name"] = ["Khoản này đã có ở trên."]
    without = sorted(set(data.get("beneficiaries") or {}) - set(data.get("agencies") or ()))
    if without:
        faults["beneficiaries"] = [f"Cơ quan không tiếp nhận thủ tục: {', '.join(without)}."]
    return faults


def _components(components: Iterable[Mapping[str, Any]]) -> dict[str, list[str]]:
    faults: dict[str, list[str]] = {}
    seen: set[str] = set()
    for number, one in enumerate(components):
        if one["code"] in seen:
            faults[f"components.{number}.code"] = ["Mã này đã có ở trên."]
        seen.add(one["code"])
        handed_in = not one.get("present_only") and not one.get("database")
        if handed_in and one.get("required") and not one.get("originals") and not one.get("copies"):
            faults[f"components.{number}.originals"] = ["Giấy tờ phải nộp thì cần ít nhất một bản chính hoặc bản sao."]
    return faults


def without_account(data: Mapping[str, Any]) -> list[str]:
    """Codes of the agencies that collect a fee without a beneficiary account (HT-9.3)."""
    if not any(fee.get("amount") for fee in data.get("fees") or ()):
        return []
    known = data.get("beneficiaries") or {}
    return [code for code in data.get("agencies") or () if not known.get(code)]
