"""What goes back by post: results to be sent, labels, and the list that is handed over to the post (LA-19, TN-11.8)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from app.access.caller import Caller
from app.errors import DomainError
from app.store import organisation
from app.store.desk import sent_by_post
from app.store.transaction import reading
from app.views.desk import ready_results
from app.views.office_slips import print_office_slip
from app.views.registers import Span

MOST_SENT = 200


def to_send(caller: Caller, now: datetime) -> list[dict[str, Any]]:
    """The results that are ready to go by post, longest there first."""
    found: list[dict[str, Any]] = ready_results(caller, "post", None, None, MOST_SENT, now, whole=True)["data"]
    return found


def sent_on(caller: Caller, span: Span) -> list[dict[str, Any]]:
    """What was handed over to the post on those days at the caller's desks: `{dossier, applicant, address, phone,
    tracking_number, at}`."""
    with reading() as connection:
        return _sent(connection, caller, span)


def post_list_pdf(caller: Caller, span: Span, post_office: str, profile: str, now: datetime) -> tuple[str, bytes]:
    """File name and the list to be signed by the post. Errors: DomainError not_found where nothing was sent."""
    with reading() as connection:
        rows = _sent(connection, caller, span)
        if not rows:
            raise DomainError("not_found", "Không có bưu gửi nào được bàn giao trong những ngày ấy.")
        agency = organisation.agency_by_id(connection, _desk(caller))
        values = {"day": f"{span.begin:%d/%m/%Y}", "post_office": post_office, "items": _items(rows)}
        pdf = print_office_slip(connection, caller, agency, profile, now, "post_list", values)
    return f"bang-ke-buu-gui-{span.begin}.pdf", pdf


def _items(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [
        {
            "code": row["dossier"],
            "applicant": row["applicant"][:500],
            "address": " ".join((row["address"] or "").split())[:500],
            "phone": row["phone"] or "",
            "tracking_number": row["tracking_number"] or "",
            "note": "",
        }
        for row in rows
    ]


def _sent(connection: Connection, caller: Caller, span: Span) -> list[dict[str, Any]]:
    desks = sorted({held.agency_id for held in caller.positions if held.unit_kind == "desk"})
    return [
        {
            "dossier": row.code,
            "applicant": row.applicant_name,
            "address": row.deliver.get("address") or row.applicant.get("address"),
            "phone": row.applicant.get("phone"),
            "tracking_number": row.details.get("tracking_number"),
            "at": row.at,
        }
        for row in sent_by_post(connection, desks, span.begins_at, span.ends_at)
    ]


def _desk(caller: Caller) -> int:
    """The agency whose desk hands over. Errors: DomainError forbidden."""
    desks = [held.agency_id for held in caller.positions if held.unit_kind == "desk"]
    if not desks:
        raise DomainError("forbidden", "Chỉ cán bộ của bộ phận một cửa mới bàn giao cho bưu chính.")
    return desks[0]
