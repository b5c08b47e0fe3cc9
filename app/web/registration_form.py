"""The registration form's fields: what was typed, and the body that it becomes."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from werkzeug.datastructures import MultiDict

from app.actions.arrival import PRESENTED
from app.rules.services import demanded
from app.schemas.registration import LONG
from app.web import registration_intake
from app.web.action_fields import instant_of
from app.wording import TextFault, typed_text

APPLICANT = ("name", "id_number", "phone", "email", "address")
LABELS = {
    "filing": "Cách nộp tại quầy",
    "applicant-name": "Họ và tên, hoặc tên tổ chức",
    "applicant-id_number": "Số định danh, mã số thuế",
    "applicant-phone": "Điện thoại",
    "applicant-email": "Thư điện tử",
    "applicant-address": "Địa chỉ",
    "request": "Nội dung yêu cầu giải quyết",
    "commune": "Xã, phường, đặc khu giải quyết",
    "components": "Thành phần hồ sơ",
    "channel": "Cách nộp",
    "notify": "Nhận thông báo",
    "deliver-mode": "Nhận kết quả",
    "deliver-address": "Địa chỉ nhận qua bưu chính",
    "agency": "Tiếp nhận tại",
    "how": "Cách giải quyết",
    "happened_at": "Nhận thực tế lúc",
    "late_reason": "Lý do nhập bù",
    **registration_intake.LABELS,
}
"""The fields by their ids, as the officer reads them."""
TYPED = {name: title for name, title in LABELS.items() if name.startswith("applicant-")} | {
    name: LABELS[name] for name in ("request", "deliver-address", *registration_intake.LABELS) if name != "receipt-by"
}
"""Those of them that hold the officer's own words."""
_FIELD_OF = {
    **{f"applicant.{name}": f"applicant-{name}" for name in APPLICANT},
    "deliver.address": "deliver-address",
    "deliver.mode": "deliver-mode",
    "data.request": "request",
    "data.commune": "commune",
    "at_once": "how",
    "receipt": "how",
    "happened_at": "happened_at",
    "late_reason": "late_reason",
    **registration_intake.FIELD_OF,
}
KEPT = "kept-"
"""Before the code of a component: the files that a refused form has kept."""
DIGITISED = "digitised"
"""How a paper that the desk scans becomes electronic; another origin is asked for (HT-7.3)."""
BLANK = "Không được để trống."
_COMPONENT = re.compile(r"components\.(\d{1,4})\.(kind|quantity|attachment)", re.ASCII)

Typed = dict[str, Any]


def typed_of(form: MultiDict[str, str]) -> Typed:
    """Everything that was typed, by field; `notify` is a list, as several may be chosen."""
    typed: Typed = {
        name: value for name, value in form.items() if not name.startswith(("_", KEPT)) and name != "csrf_token"
    }
    typed["notify"] = form.getlist("notify")
    return typed


def field_of(member: str, received: Sequence[str]) -> str:
    """The id of the field that a member of the body was typed into; `received` are the codes of its components, in order."""
    if member.startswith(("has-", "filing")):
        return member
    if member.startswith("files."):
        return f"file-{member.removeprefix('files.')}"
    found = _COMPONENT.fullmatch(member)
    if found is not None and int(found[1]) < len(received):
        return f"{'reuse' if found[2] == 'attachment' else found[2]}-{received[int(found[1])]}"
    return _FIELD_OF.get(member) or _FIELD_OF.get(member.partition(".")[0]) or member.partition(".")[0]


def told(field: str, text: str) -> str:
    """What is wrong, with the name of the field, because the list above the form stands far from it."""
    if field.startswith(("has-", "file-", "filing")):
        return text
    label = LABELS.get(field, "Số lượng" if field.startswith("quantity-") else "Loại giấy tờ")
    if text == BLANK:
        return f"Hãy nhập {label[:1].lower()}{label[1:]}."
    return f"{label}: {text[:1].lower()}{text[1:]}"


def prefilled(applicant: Mapping[str, Any] | None) -> Typed:
    """What is typed already where the applicant is known."""
    return {f"applicant-{name}": applicant.get(name) or "" for name in APPLICANT} if applicant else {}


def received_components(
    procedure: Mapping[str, Any], form: Mapping[str, str], filed: Collection[str] = ()
) -> list[str]:
    """The codes of the components that are ticked, or of which there are files, in the procedure's order."""
    return [part["code"] for part in procedure["components"] if part["code"] in filed or _has(part["code"], form)]


def missing_components(
    procedure: Mapping[str, Any], form: Mapping[str, str], filed: Collection[str] = ()
) -> dict[str, list[str]]:
    """What is wrong with the fields of required components that are not ticked."""
    return {
        f"has-{part['code']}": [f"Chưa đánh dấu giấy tờ bắt buộc “{part['name']}”."]
        for part in procedure["components"]
        if demanded(part) and part["code"] not in filed and not _has(part["code"], form)
    }


def helps(form: Mapping[str, str]) -> bool:
    """Whether the desk helps the applicant to file electronically: the first way at the counter (HT-8.1c)."""
    return form.get("filing") == "electronic" and form.get("channel", "counter") == "counter"


def filing_faults(
    procedure: Mapping[str, Any], form: Mapping[str, str], filed: Collection[str]
) -> dict[str, list[str]]:
    """What is wrong with filing electronically when nothing electronic is there."""
    asked = [part for part in procedure["components"] if not part.get("present_only")]
    there = any(part["code"] in filed or _reused(part["code"], form) for part in asked)
    if not helps(form) or there or not asked:
        return {}
    return {
        "filing": [
            "Nộp điện tử thì phải có tệp của ít nhất một giấy tờ: hãy quét, chọn tệp, hoặc chọn “Nhận bản giấy”."
        ]
    }


def ticked(procedure: Mapping[str, Any], typed: Typed) -> Typed:
    """What was typed, with every paper that has to be handed in or shown ticked."""
    return typed | {f"has-{part['code']}": "1" for part in procedure["components"] if part["required"]}


def request_faults(form: Mapping[str, str]) -> dict[str, list[str]]:
    """What is wrong with the request in the applicant's words."""
    try:
        typed_text(form.get("request", ""), LONG)
    except TextFault as fault:
        return {"data.request": [str(fault)]}
    return {}


def commune_faults(
    procedure: Mapping[str, Any], form: Mapping[str, str], communes: Sequence[tuple[str, str]]
) -> dict[str, list[str]]:
    """What is wrong with the commune, where the procedure asks for it."""
    if not procedure["asks_commune"] or form.get("commune") in dict(communes):
        return {}
    return {"data.commune": ["Hãy chọn xã, phường, đặc khu mà hồ sơ phải chuyển đến."]}


def body_of(
    code: str, procedure: Mapping[str, Any], form: MultiDict[str, str], filed: Collection[str] = ()
) -> dict[str, Any]:
    """The body of the registration as the interface has it; the schema says what is wrong with it."""
    request = "" if request_faults(form) else typed_text(form.get("request", ""), LONG)
    commune = form.get("commune", "") if procedure["asks_commune"] else ""
    body: dict[str, Any] = {
        "procedure": code,
        "applicant": {name: form.get(f"applicant-{name}", "") for name in APPLICANT},
        "channel": form.get("channel", "counter"),
        "components": [
            _component(part, form, filed)
            for part in procedure["components"]
            if part["code"] in filed or _has(part["code"], form)
        ],
        "notify": form.getlist("notify"),
        "deliver": {"mode": form.get("deliver-mode", "desk"), "address": form.get("deliver-address") or None},
        "data": {name: value for name, value in (("request", request), ("commune", commune)) if value},
    }
    if intake := registration_intake.intake_of(form, helped=helps(form), scanned=bool(filed)):
        body["intake"] = intake
    for name in ("happened_at", "late_reason"):
        if form.get(name, "").strip():
            body[name] = instant_of(form[name].strip()) if name == "happened_at" else form[name]
    if form.get("fees_paid"):
        body["fees_paid"] = True
    if form.get("agency"):
        body["agency"] = form["agency"]
    if form.get("how") == "at_once":
        body["at_once"] = True
        if form.get("receipt"):
            body["receipt"] = True
    return body


def _has(code: str, form: Mapping[str, str]) -> bool:
    """Whether a paper is there: ticked, or one of an earlier dossier is used again (TN-21.7)."""
    return bool(form.get(f"has-{code}") or _reused(code, form))


def _reused(code: str, form: Mapping[str, str]) -> int | None:
    """The file of an earlier dossier that is to be used again as that paper."""
    chosen = form.get(f"reuse-{code}", "")
    return int(chosen) if chosen.isascii() and chosen.isdigit() and len(chosen) < 19 else None


def _component(part: Mapping[str, Any], form: Mapping[str, str], filed: Collection[str]) -> dict[str, Any]:
    """A paper with files is electronic where the dossier is filed so, and a paper with its scan elsewhere."""
    code = part["code"]
    if part.get("present_only"):
        return {"code": code, "kind": PRESENTED}
    if reused := _reused(code, form):
        return {"code": code, "kind": "electronic", "quantity": 1, "attachment": reused}
    if code in filed and (helps(form) or form.get("channel") == "online"):
        return {"code": code, "kind": "electronic", "quantity": 1, "origin": form.get(f"origin-{code}") or DIGITISED}
    return {"code": code, "kind": form.get(f"kind-{code}", "original"), "quantity": form.get(f"quantity-{code}") or 1}
