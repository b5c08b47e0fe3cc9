"""Agencies that act for others, as lists and pages show them."""

from __future__ import annotations

from datetime import date
from typing import Any

from app.access.caller import Caller
from app.actions.mandates import GIVE, agencies_seen
from app.errors import DomainError
from app.store import mandates
from app.store.mandates import MandateRow
from app.store.transaction import reading


def mandate_list(caller: Caller, day: date, *, past: bool = False) -> list[dict[str, Any]]:
    """Those that count on `day` or later, or with `past` those that do not any more; an agency's administrators see those on
    either side of which their agency stands."""
    with reading() as connection:
        rows = mandates.list_mandates(connection, day, past=past, agency_ids=agencies_seen(caller))
    return [_view(row, caller, day) for row in rows]


def mandate_detail(caller: Caller, mandate_id: int, day: date) -> dict[str, Any]:
    """One of them. Errors: DomainError not_found."""
    with reading() as connection:
        row = mandates.mandate_by_id(connection, mandate_id)
    seen = agencies_seen(caller)
    if row is None or not (seen is None or {row.agency_id, row.acting_id} & seen):
        raise DomainError("not_found", "Không có lần thực hiện thay này.")
    return _view(row, caller, day)


def _view(row: MandateRow, caller: Caller, day: date) -> dict[str, Any]:
    """`state`: coming, current, over (its last day has passed) or ended (before that)."""
    state = _state(row, day)
    return {
        "id": row.id,
        "agency": row.agency,
        "agency_name": row.agency_name,
        "acting": row.acting,
        "acting_name": row.acting_name,
        "lead": row.lead,
        "lead_name": row.lead_name,
        "from_day": row.from_day,
        "to_day": row.to_day,
        "decision_number": row.decision_number,
        "reason": row.reason,
        "state": state,
        "people": row.people,
        "made_by_name": row.made_by,
        "made_at": row.made_at,
        "ended_by_name": row.ended_by,
        "ended_at": row.ended_at,
        "may_end": state in ("coming", "current") and any(caller.may(name) for name in GIVE),
    }


def _state(row: MandateRow, day: date) -> str:
    if row.ended_at is not None:
        return "ended"
    if row.to_day < day:
        return "over"
    return "current" if row.from_day <= day else "coming"
