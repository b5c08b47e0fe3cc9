"""How a dossier came, as the registration form asks for it: proxy, post, another system, the desk's help (HT-8.1, LA-19)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

LABELS = {
    "proxy-kind": "Nộp thay với tư cách",
    "proxy-name": "Người được ủy quyền nộp",
    "proxy-id_number": "Số định danh người được ủy quyền",
    "proxy-authority": "Văn bản ủy quyền",
    "post-voucher": "Số chứng từ bưu chính",
    "post-office": "Điểm bưu điện",
    "receipt-by": "Nhận giấy tiếp nhận",
    "own-system": "Hệ thống ngành dọc",
    "own-number": "Mã ở hệ thống ngành dọc",
}
"""The fields by their ids, as the officer reads them."""
FIELD_OF = {
    "intake.proxy.kind": "proxy-kind",
    "intake.proxy.name": "proxy-name",
    "intake.proxy.id_number": "proxy-id_number",
    "intake.proxy.authority": "proxy-authority",
    "intake.post_voucher": "post-voucher",
    "intake.post_office": "post-office",
    "intake.receipt_by": "receipt-by",
    "intake.own_system.system": "own-system",
    "intake.own_system.number": "own-number",
    "fees_paid": "fees_paid",
}
"""The field's id by the member of the body."""
RECEIPTS = {
    "desk": "Tại bộ phận một cửa, xuất trình chứng từ bưu chính",
    "electronic": "Bản điện tử",
    "post": "Qua bưu chính",
}
"""How the receipt of a dossier that came by post is got (LA-19.3)."""
_FLAGS = ("helped", "digitised")
PROXIES = {"person": "Người được ủy quyền", "service": "Dịch vụ nộp hồ sơ"}
"""Who files for the applicant (HT-8.1d)."""


def intake_of(form: Mapping[str, str], *, helped: bool = False, scanned: bool = False) -> dict[str, Any]:
    """The member `intake` of the body: what was filled in; a group of which one field was filled in comes whole.

    `helped`: the desk files it electronically for the applicant; `scanned`: papers were scanned with it.
    """
    proxy = _group(form, {name: f"proxy-{name}" for name in ("name", "id_number", "authority")})
    if proxy and form.get("proxy-kind") == "service":
        proxy["kind"] = "service"
    given: dict[str, Any] = {
        "proxy": proxy,
        "own_system": _group(form, {"system": "own-system", "number": "own-number"}),
        "post_voucher": form.get("post-voucher", "").strip(),
        "post_office": form.get("post-office", "").strip(),
        "helped": helped,
        "digitised": not helped and (scanned or bool(form.get("digitised"))),
    }
    if given["post_voucher"]:
        given["receipt_by"] = form.get("receipt-by", "desk")
    return {name: value for name, value in given.items() if value}


def _group(form: Mapping[str, str], fields: Mapping[str, str]) -> dict[str, str] | None:
    values = {name: form.get(field, "") for name, field in fields.items()}
    return values if any(value.strip() for value in values.values()) else None


def intake_words(intake: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What is known of how a dossier came, label and text, for the dossier's page."""
    proxy, own, received, imported = (
        intake.get(name) or {} for name in ("proxy", "own_system", "received_by", "imported")
    )
    told = [
        (
            "Người nộp thay",
            "; ".join(str(proxy[name]) for name in ("name", "id_number", "authority") if proxy.get(name)),
        ),
        (
            "Chứng từ bưu chính",
            ", ".join(str(intake[key]) for key in ("post_voucher", "post_office") if intake.get(key)),
        ),
        ("Nhận giấy tiếp nhận", RECEIPTS.get(str(intake.get("receipt_by")), "")),
        (
            "Chuyển từ hệ thống cũ",
            ", mã cũ ".join(str(imported[name]) for name in ("source", "old_code") if imported.get(name)),
        ),
        ("Giấy tờ khác ở hệ thống cũ", str(imported.get("papers") or "")),
        ("Mã ở hệ thống ngành dọc", ": ".join(str(own[name]) for name in ("system", "number") if own.get(name))),
        ("Người tiếp nhận", ", ".join(str(received[name]) for name in ("name", "agency") if received.get(name))),
        ("Một cửa hỗ trợ", "; ".join(_HELP[flag] for flag in _FLAGS if intake.get(flag))),
        ("Khoản phải nộp trước", "Đã nộp" if intake.get("fees_paid") else ""),
    ]
    return [(label, text) for label, text in told if text]


_HELP = {"helped": "giúp khai trực tuyến", "digitised": "số hóa giấy tờ"}
