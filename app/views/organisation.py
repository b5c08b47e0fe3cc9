"""Agencies as a tree, one agency with its units and positions, one position with who held it: as administrators see them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from app.access.caller import Caller
from app.actions.administering import everywhere, known_agency, known_position, known_unit, reach
from app.actions.keep_units import KINDS, position_subject, standing, unit_subject
from app.rules.usernames import plain
from app.store import account_keeping, organisation, organisation_edit
from app.store.account_keeping import Holding
from app.store.organisation_edit import AgencyEdit, PositionEdit, UnitEdit
from app.store.transaction import reading
from app.views.changes import changes_view
from app.wording import alphabetical

LEVELS = {1: "Cấp tỉnh", 2: "Sở, ngành", 3: "Cấp xã"}


def agency_tree(caller: Caller, day: date, words: str | None = None, *, closed: bool = False) -> list[dict[str, Any]]:
    """Every agency below the one above it, with how deep it stands; `words` leaves those that are so called, flat."""
    with reading() as connection:
        agencies = organisation_edit.all_agencies(connection)
        counts = organisation_edit.agency_counts(connection, day)
    own = reach(caller)
    shown = [one for one in agencies if closed or standing(one.valid_to, day)]
    if words:
        wanted = plain(words)
        found = [one for one in shown if wanted in plain(f"{one.name} {one.code} {one.identifier}")]
        placed: Iterable[tuple[AgencyEdit, int]] = ((one, 0) for one in found)
    else:
        placed = _placed(shown)
    return [
        agency_view(one, day)
        | dict(zip(("units", "positions", "accounts"), counts.get(one.id, (0, 0, 0)), strict=True))
        | {"depth": depth, "manages": own is None or one.id in own}
        for one, depth in placed
    ]


def _placed(agencies: list[AgencyEdit]) -> Iterator[tuple[AgencyEdit, int]]:
    codes = {one.code for one in agencies}
    below: dict[str | None, list[AgencyEdit]] = {}
    for one in agencies:
        below.setdefault(one.parent if one.parent in codes else None, []).append(one)
    waiting = [(one, 0) for one in _in_order(below.get(None, []))]
    while waiting:
        one, depth = waiting.pop(0)
        yield one, depth
        waiting[:0] = [(child, depth + 1) for child in _in_order(below.get(one.code, []))]


def _in_order(agencies: list[AgencyEdit]) -> list[AgencyEdit]:
    return sorted(agencies, key=lambda one: (one.level, alphabetical(one.name)))


def agency_view(one: AgencyEdit, day: date) -> dict[str, Any]:
    """What an agency is, as lists and forms show it."""
    return {
        "code": one.code,
        "identifier": one.identifier,
        "name": one.name,
        "level": one.level,
        "level_name": LEVELS.get(one.level, str(one.level)),
        "parent": one.parent,
        "calendar": one.calendar,
        "desk_calendar": one.desk_calendar,
        "valid_from": one.valid_from,
        "valid_to": one.valid_to,
        "open": standing(one.valid_to, day) and one.valid_from <= day,
        "version": one.version,
    }


def agency_detail(caller: Caller, code: str, day: date) -> dict[str, Any]:
    """An agency with its units, the positions of each and who holds them. Errors: DomainError not_found, forbidden."""
    with reading() as connection:
        agency = known_agency(connection, caller, code)
        units = organisation_edit.units_of_agency(connection, agency.id)
        positions = organisation_edit.positions_of_agency(connection, agency.id)
        held = organisation_edit.holders_from(connection, [one.id for one in positions], day)
        waiting = organisation_edit.open_tasks_by_position(connection, agency.id)
        names = {one.code: one.name for one in organisation_edit.all_agencies(connection)}
        former = organisation_edit.former_names(connection, agency.id)
        changes = changes_view(connection, f"agency:{agency.code}")
    holders: dict[int, list[str]] = {}
    for position_id, name, first, _ in held:
        holders.setdefault(position_id, []).append(name if first <= day else f"{name} (từ {first:%d/%m/%Y})")
    return agency_view(agency, day) | {
        "parent_name": names.get(agency.parent or ""),
        "former_names": [{"name": name, "until": until} for name, until in former],
        "edits": everywhere(caller),
        "units": [
            unit_view(unit, day)
            | {
                "positions": [
                    position_view(one, unit, day)
                    | {"holders": holders.get(one.id, []), "waiting": waiting.get(one.id, 0)}
                    for one in positions
                    if one.unit_id == unit.id
                ]
            }
            for unit in units
        ],
        "changes": changes,
    }


def unit_view(one: UnitEdit, day: date) -> dict[str, Any]:
    return {
        "code": one.code,
        "name": one.name,
        "kind": one.kind,
        "kind_name": KINDS.get(one.kind, one.kind),
        "valid_to": one.valid_to,
        "open": standing(one.valid_to, day),
        "version": one.version,
    }


def position_view(one: PositionEdit, unit: UnitEdit, day: date) -> dict[str, Any]:
    return {
        "code": one.code,
        "name": one.name,
        "unit": unit.code,
        "unit_name": unit.name,
        "head": one.head,
        "valid_to": one.valid_to,
        "open": standing(one.valid_to, day),
        "version": one.version,
    }


def unit_detail(caller: Caller, code: str, unit: str, day: date) -> dict[str, Any]:
    """A unit, its agency and its changes. Errors: DomainError not_found, forbidden."""
    with reading() as connection:
        agency = known_agency(connection, caller, code)
        found = known_unit(connection, agency, unit)
        changes = changes_view(connection, unit_subject(agency, found.code))
    return unit_view(found, day) | {"agency": agency.code, "agency_name": agency.name, "changes": changes}


def position_detail(caller: Caller, code: str, position: str, day: date) -> dict[str, Any]:
    """A position, who held it when, which diagrams need it, and its changes. Errors: DomainError not_found, forbidden."""
    with reading() as connection:
        agency = known_agency(connection, caller, code)
        found = known_position(connection, agency, position)
        units = organisation_edit.units_of_agency(connection, agency.id)
        holdings = account_keeping.holdings_at(connection, found.id)
        used = organisation_edit.used_by(connection, (agency.id, agency.code), found.code, day)
        waiting = organisation_edit.open_tasks_by_position(connection, agency.id).get(found.id, 0)
        changes = changes_view(connection, position_subject(agency, found.code))
    unit = next(one for one in units if one.id == found.unit_id)
    return position_view(found, unit, day) | {
        "agency": agency.code,
        "agency_name": agency.name,
        "units": [(one.code, one.name) for one in units if standing(one.valid_to, day)],
        "holdings": [holding_view(one, day) for one in holdings],
        "used_by": [
            {"procedure": procedure, "procedure_name": name, "version": number, "step": step}
            for procedure, name, number, step in used
        ],
        "waiting": waiting,
        "vacant": not any(holding_view(one, day)["state"] == "current" for one in holdings),
        "changes": changes,
    }


def holding_view(one: Holding, day: date) -> dict[str, Any]:
    """Who held what from when to when; `state`: coming, current or over."""
    over = one.valid_to is not None and one.valid_to < day
    return {
        "id": one.id,
        "account": one.username,
        "account_name": one.account_name,
        "position": one.position,
        "position_name": one.position_name,
        "unit_name": one.unit_name,
        "agency": one.agency,
        "agency_name": one.agency_name,
        "from_day": one.valid_from,
        "to_day": one.valid_to,
        "state": "over" if over else "coming" if one.valid_from > day else "current",
    }


def calendars() -> list[tuple[str, str]]:
    """Code and name of every calendar."""
    with reading() as connection:
        return organisation.calendar_names(connection)
