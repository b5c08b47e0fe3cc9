"""The receipt of an accepted dossier, filled from what was registered (QT-14.1, QT-15.1)."""

from __future__ import annotations

import re
from typing import Any

from app.actions.arrival import PRESENTED
from app.actions.work import Work
from app.rules.explain import spoken_time
from app.rules.limits import SAME_DAY
from app.slips.forms import receipt_form
from app.slips.receipt import ReceiptComponent, ReceiptContent
from app.slips.symbols import lookup_url
from app.store import dossiers, organisation, slip_books
from app.store.procedure_changes import as_received

_UNITS = {"D": "ngày", "H": "giờ"}
_PLACES = {
    "post": "Qua dịch vụ bưu chính công ích, người nhận trả cước",
    "online": "Trực tuyến, bản điện tử có ký số",
}


def receipt_content(work: Work) -> ReceiptContent:
    """What the receipt says, taken from the dossier as it is now; it is stored and never filled again."""
    dossier = work.dossier
    contents = dossiers.contents(work.connection, dossier.id)
    procedure = as_received(work.connection, dossier.procedure, dossier.received_at)
    desk = organisation.desk_of(work.connection, dossier.agency_id)
    desk_name = desk[1] if desk else dossier.agency_name
    assert procedure is not None  # noqa: S101 - the dossier's foreign key
    agency = organisation.agency_by_id(work.connection, dossier.agency_id)
    entry = slip_books.register_number(work.connection, dossier.id)
    names = {component["code"]: component["name"] for component in procedure.components}
    applicant = contents.applicant
    return ReceiptContent(
        agency_name=dossier.agency_name,
        desk_name=desk_name,
        code=dossier.code,
        applicant_name=contents.applicant_name,
        applicant_id_number=applicant.get("id_number") or "",
        applicant_address=applicant.get("address") or "",
        applicant_phone=applicant.get("phone") or "",
        applicant_email=applicant.get("email") or "",
        procedure_name=dossier.procedure_name,
        components=tuple(_component(part, names) for part in contents.components if part["kind"] != PRESENTED),
        limit_text=limit_text(procedure.limit, procedure.limit_unit),
        received_at=work.now,  # acceptance is the moment of receipt, also of what came online (QT-18.1)
        appointment_at=work.clock.appointment_at,
        issued_at=work.now,
        place_of_return=_place(contents.deliver, desk_name),
        receiver_name=work.caller.name if work.caller else "",
        lookup_url=lookup_url(work.public_url, dossier.code, dossier.token),
        fee_text=fee_text(procedure.fees),
        parent_agency_name=organisation.parent_name(work.connection, agency),
        place_name=work.rules.profile.name,
        register_book=f"01/{entry[0]}" if entry else "",
        register_number=f"{entry[1]:02d}" if entry else "",
        form=receipt_form(work.rules.profile.slip_set, work.today),
        demonstration=procedure.demonstration,
    )


def limit_text(limit: str, unit: str) -> str:
    """A published limit in words: `P10D` is "10 ngày làm việc", `P1DT4H` "1 ngày 4 giờ làm việc"; see `SameDay`."""
    if limit.startswith(SAME_DAY):
        late = spoken_time(limit.removeprefix(SAME_DAY))
        return f"trong ngày làm việc; nếu tiếp nhận sau {late} thì trả trong ngày làm việc tiếp theo"
    parts = [f"{number} {_UNITS[letter]}" for number, letter in re.findall(r"([\d.]+)([DH])", limit)]
    if not parts:
        return ""
    return " ".join(parts).replace(".", ",") + (" làm việc" if unit == "working" else "")


def fee_text(fees: list[Any]) -> str:
    """Fees in words, or that there are none."""
    amounts = [f"{fee['name']}: {int(fee['amount']):,} đồng".replace(",", ".") for fee in fees if fee.get("amount")]
    return "; ".join(amounts) or "Không"


_ORIGINS = {
    "register": "bản sao từ sổ gốc",
    "certified": "bản sao chứng thực điện tử",
    "digitised": "số hóa từ bản giấy",
}
"""How an electronic paper became so (HT-7.3)."""


def _component(part: dict[str, Any], names: dict[str, str]) -> ReceiptComponent:
    count = min(int(part.get("quantity", 1)), 9999)
    kind = part["kind"]
    origin = _ORIGINS.get(part.get("origin", "")) if kind == "electronic" else None
    name = names.get(part["code"], part["code"])
    return ReceiptComponent(
        name=f"{name} ({origin})" if origin else name,
        originals=count if kind == "original" else 0,
        copies=count if kind == "copy" else 0,
        electronic=count if kind == "electronic" else 0,
    )


def _place(deliver: dict[str, Any], desk_name: str) -> str:
    mode = deliver.get("mode", "desk")
    if mode == "post" and deliver.get("address"):
        return f"{_PLACES['post']}: {deliver['address']}"
    return _PLACES.get(mode, desk_name)
