"""Delegations as lists and pages show them, and what somebody may delegate to whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.access.caller import Caller
from app.actions.delegations import ANYWHERE, OWN_AGENCY, SHARES_OUT, may_end, own_positions, row_of
from app.rules.permissions import WORKERS
from app.store import delegations
from app.store.delegations import DelegationRow
from app.store.transaction import reading
from app.wording import alphabetical

Choices = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Offered:
    """What a head may delegate: her positions, to whom, and to which procedures and steps it can be limited (code or id and
    name, by name)."""

    positions: Choices
    people: Choices
    procedures: Choices
    steps: Choices


def delegation_list(caller: Caller, day: date, *, past: bool = False) -> list[dict[str, Any]]:
    """Those that count on `day` or later, or with `past` those that do not any more: given by or to the caller, and her
    agency's for whoever shares out its work or administers its accounts."""
    agencies = None if caller.may(ANYWHERE) else _agencies(caller)
    with reading() as connection:
        rows = delegations.list_delegations(connection, day, past=past, about=caller.account_id, agency_ids=agencies)
        names = delegations.procedure_codes(connection, {number for row in rows for number in row.procedures})
    return [delegation_view(row, names, caller, day) for row in rows]


def _agencies(caller: Caller) -> frozenset[int]:
    if caller.may(SHARES_OUT):
        return caller.agency_ids
    return frozenset({caller.agency_id}) if caller.may(OWN_AGENCY) else frozenset()


def delegation_detail(caller: Caller, delegation_id: int, day: date) -> dict[str, Any]:
    """One of them. Errors: DomainError not_found."""
    with reading() as connection:
        row = row_of(connection, caller, delegation_id)
        return delegation_view(row, delegations.procedure_codes(connection, row.procedures), caller, day)


def delegation_view(row: DelegationRow, names: dict[int, tuple[str, str]], caller: Caller, day: date) -> dict[str, Any]:
    """`state`: coming, current, over (its last day has passed) or ended (before that); `role`: given or received by the
    caller, or of somebody else."""
    role = {row.delegator_id: "given", row.delegate_id: "received"}.get(caller.account_id, "other")
    state = _state(row, day)
    return {
        "id": row.id,
        "role": role,
        "delegator": row.delegator,
        "delegator_name": row.delegator_name,
        "delegate": row.delegate,
        "delegate_name": row.delegate_name,
        "position": row.position,
        "position_name": row.position_name,
        "agency": row.agency,
        "from_day": row.from_day,
        "to_day": row.to_day,
        "procedures": [{"code": names[number][0], "name": names[number][1]} for number in row.procedures],
        "steps": list(row.steps),
        "signs": row.signs,
        "form": row.form,
        "daily_most": row.daily_most,
        "decision_number": row.decision_number,
        "reason": row.reason,
        "state": state,
        "worked": row.worked,
        "made_at": row.made_at,
        "ended_by_name": row.ended_by_name,
        "ended_at": row.ended_at,
        "may_end": state in ("coming", "current") and may_end(caller, row),
    }


def _state(row: DelegationRow, day: date) -> str:
    if row.ended_at is not None:
        return "ended"
    if row.to_day < day:
        return "over"
    return "current" if row.from_day <= day else "coming"


def offered(caller: Caller) -> Offered | None:
    """What the form offers; what is sent is checked. None where she has nothing to delegate."""
    own = own_positions(caller)
    if not own:
        return None
    people: dict[str, str] = {}
    procedures: dict[str, str] = {}
    steps: dict[str, str] = {}
    with reading() as connection:
        for agency_id, agency in {held.agency_id: held.agency for held in own}.items():
            people |= dict(delegations.colleagues_of(connection, agency_id, caller.account_id, WORKERS))
            found = delegations.procedures_of(connection, agency_id, agency)
            procedures |= {code: name for _, code, name in found}
            for held in own:
                if held.agency_id == agency_id:
                    ids = [number for number, _, _ in found]
                    steps |= delegations.steps_of_position(connection, held.code, ids, caller.day)
    positions = {held.code: held.name for held in own}
    return Offered(*(_by_name(one.items()) for one in (positions, people, procedures, steps)))


def _by_name(found: Any) -> Choices:
    pairs: Sequence[tuple[str, str]] = list(found)
    return sorted(pairs, key=lambda one: (alphabetical(one[1]), one[0]))
