"""Absences as lists and pages show them, and whom somebody may choose."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from app.access.caller import Caller
from app.actions.absences import ANYWHERE, IN_AGENCY, may_enter_for, row_of
from app.rules.permissions import WORKERS
from app.store import absences, handlers
from app.store.absences import AbsenceRow
from app.store.transaction import reading
from app.wording import alphabetical


@dataclass(frozen=True, slots=True)
class People:
    """User name and name, by name: whose absences the caller may enter, and who may stand in for them."""

    away: list[tuple[str, str]]
    substitutes: list[tuple[str, str]]


def absence_list(caller: Caller, day: date, *, past: bool = False) -> list[dict[str, Any]]:
    """Those that count on `day` or later, or with `past` those that do not any more: the caller's own, those in which she
    stands in, and those that she may end."""
    agencies = None if caller.may(ANYWHERE) else caller.agency_ids if caller.may(IN_AGENCY) else frozenset()
    with reading() as connection:
        rows = absences.list_absences(connection, day, past=past, about=caller.account_id, agency_ids=agencies)
    return [absence_view(row, caller, day) for row in rows]


def absence_detail(caller: Caller, absence_id: int, day: date) -> dict[str, Any]:
    """One of them. Errors: DomainError not_found."""
    with reading() as connection:
        return absence_view(row_of(connection, caller, absence_id), caller, day)


def absence_view(row: AbsenceRow, caller: Caller, day: date) -> dict[str, Any]:
    """`state`: coming, current, over (its last day has passed) or ended (before that)."""
    return {
        "id": row.id,
        "account": row.username,
        "name": row.name,
        "agency": row.agency,
        "substitute": row.substitute,
        "substitute_name": row.substitute_name,
        "from_day": row.from_day,
        "to_day": row.to_day,
        "reason": row.reason,
        "state": _state(row, day),
        "made_by_name": row.made_by_name,
        "made_at": row.made_at,
        "ended_by_name": row.ended_by_name,
        "ended_at": row.ended_at,
        "may_end": _state(row, day) in ("coming", "current") and may_enter_for(caller, row.account_id, row.agency_id),
    }


def _state(row: AbsenceRow, day: date) -> str:
    if row.ended_at is not None:
        return "ended"
    if row.to_day < day:
        return "over"
    return "current" if row.from_day <= day else "coming"


def people(caller: Caller) -> People:
    """Whom the form offers; who is named is checked when it is sent."""
    with reading() as connection:
        if caller.may(ANYWHERE) or caller.may(IN_AGENCY):
            agencies = None if caller.may(ANYWHERE) else caller.agency_ids
            everybody = absences.officials_of(connection, agencies, WORKERS)
            return People(_by_name(everybody), _by_name(everybody))
        units = {held.unit_id for held in caller.positions if held.absent_id is None}
        near = {
            (one.username, one.name)
            for unit in units
            for one in handlers.colleagues(connection, unit, caller.day, WORKERS)
            if one.username != caller.username
        }
    return People([(caller.username, caller.name)], _by_name(near))


def _by_name(found: Any) -> list[tuple[str, str]]:
    return sorted(found, key=lambda one: (alphabetical(one[1]), one[0]))
