"""Units and positions of one agency copied to others, which with a hundred communes is how they all get theirs (QT-22.4).

What is there already stays as it is; what was chosen and is missing is made. All agencies in one transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection

from app.access.caller import Caller
from app.actions.administering import known_agency, log, named_agency, today
from app.actions.keep_units import position_subject, standing, unit_subject
from app.actions.keyed import keyed
from app.actions.runner import Context
from app.errors import invalid
from app.store import organisation, organisation_edit
from app.store.organisation_edit import AgencyEdit, PositionEdit, UnitEdit
from app.store.transaction import take_turn

MOST_TARGETS = 300
_SHORTEST = 5
"""Letters of an agency's name that are surely meant as one."""


@dataclass(frozen=True, slots=True)
class CopyPositions:
    """From `source` to `targets` (codes); `positions`: the codes that are copied, with their units; None: all."""

    source: str
    targets: tuple[str, ...]
    positions: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Copied:
    """What a target gets, and what of it is there already."""

    agency: AgencyEdit
    units: tuple[tuple[UnitEdit, str], ...]
    """New ones, each with the name that it will have."""
    positions: tuple[tuple[PositionEdit, str], ...]
    units_there: tuple[UnitEdit, ...]
    positions_there: tuple[PositionEdit, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """What an agency has to be copied, on a day."""

    agency: AgencyEdit
    units: tuple[UnitEdit, ...]
    positions: tuple[PositionEdit, ...]


def source_of(connection: Connection, caller: Caller, code: str, day: date) -> Source:
    """Errors: DomainError invalid (`source`). An agency's own administrator may copy from any: these are no secrets."""
    agency = organisation_edit.agency_edit(connection, code)
    if agency is None:
        raise invalid({"source": ["Không có cơ quan này."]})
    units = tuple(
        one for one in organisation_edit.units_of_agency(connection, agency.id) if standing(one.valid_to, day)
    )
    there = {one.id for one in units}
    positions = organisation_edit.positions_of_agency(connection, agency.id)
    return Source(
        agency, units, tuple(one for one in positions if standing(one.valid_to, day) and one.unit_id in there)
    )


def preview(connection: Connection, caller: Caller, command: CopyPositions, day: date) -> list[Copied]:
    """What `copy_positions` would do, target by target. Errors: DomainError invalid, forbidden."""
    source = source_of(connection, caller, command.source, day)
    if not command.targets:
        raise invalid({"targets": ["Hãy chọn ít nhất một cơ quan nhận."]})
    if len(command.targets) > MOST_TARGETS:
        raise invalid({"targets": [f"Mỗi lần nhiều nhất {MOST_TARGETS} cơ quan."]})
    if source.agency.code in command.targets:
        raise invalid({"targets": [f"{source.agency.name} là cơ quan nguồn, không thể cũng là cơ quan nhận."]})
    chosen = _chosen(source, command.positions)
    return [
        _copied(connection, source, chosen, named_agency(connection, caller, code, "targets"))
        for code in dict.fromkeys(command.targets)
    ]


def copy_positions(command: CopyPositions, context: Context) -> dict[str, Any]:
    """Copy; answers {agencies: [{agency, units, positions}]}, how many were made. Errors: as `preview`, key_reused."""

    def make(connection: Connection) -> dict[str, Any]:
        take_turn(connection, "agencies")
        made = preview(connection, context.caller, command, today(context))
        units = {one.id: one for one in source_of(connection, context.caller, command.source, today(context)).units}
        for one in made:
            _make(connection, context, command.source, units, one)
        return {
            "agencies": [
                {"agency": one.agency.code, "units": len(one.units), "positions": len(one.positions)} for one in made
            ]
        }

    return keyed(context, make)


def _chosen(source: Source, positions: frozenset[str] | None) -> Sequence[PositionEdit]:
    if positions is None:
        return source.positions
    unknown = positions - {one.code for one in source.positions}
    if unknown:
        raise invalid({"positions": [f"Cơ quan nguồn không có vị trí: {', '.join(sorted(unknown))}."]})
    if not positions:
        raise invalid({"positions": ["Hãy chọn ít nhất một vị trí."]})
    return [one for one in source.positions if one.code in positions]


def _copied(connection: Connection, source: Source, chosen: Sequence[PositionEdit], target: AgencyEdit) -> Copied:
    units = {one.code for one in organisation_edit.units_of_agency(connection, target.id)}
    places = {one.code for one in organisation_edit.positions_of_agency(connection, target.id)}
    new = [one for one in chosen if one.code not in places]
    needed = {one.unit_id for one in (new or chosen)}
    wanted = [one for one in source.units if one.id in needed]
    if len(chosen) == len(source.positions):
        wanted = list(source.units)  # the whole agency: its units without positions too
    names = source.agency.name, target.name
    return Copied(
        target,
        tuple((one, renamed(one.name, *names)) for one in wanted if one.code not in units),
        tuple((one, renamed(one.name, *names)) for one in new),
        tuple(one for one in wanted if one.code in units),
        tuple(one for one in chosen if one.code in places),
    )


def renamed(name: str, source: str, target: str) -> str:
    """The name of a unit or position at another agency: its agency's name in it, or what it is usually cut to, becomes the
    other's: `Lãnh đạo Sở Y tế` of `Sở Y tế tỉnh Quảng Trị`, `Văn phòng UBND xã A` of `Ủy ban nhân dân xã A`."""
    for short in (str, _without_province, _place):
        told, other = short(source), short(target)
        if len(told) >= _SHORTEST and other and told in name:
            return name.replace(told, other)
    return name


def _without_province(name: str) -> str:
    return name.partition(" tỉnh ")[0]


def _place(name: str) -> str:
    found = name.partition("Ủy ban nhân dân ")[2] or name.partition("UBND ")[2]
    return _without_province(found)


def _make(connection: Connection, context: Context, source: str, units: dict[int, UnitEdit], one: Copied) -> None:
    agency = known_agency(connection, context.caller, one.agency.code)
    for unit, name in one.units:
        organisation.add_unit(connection, agency.id, unit.code, name, unit.kind)
        after = {"name": name, "kind": unit.kind, "copied_from": source}
        log(connection, context, "unit_created", unit_subject(agency, unit.code), agency.id, {}, after)
    ids = organisation.unit_ids(connection, agency.id)
    for position, name in one.positions:
        unit = units[position.unit_id]
        organisation.add_position(connection, agency.id, ids[unit.code], position.code, name, head=position.head)
        made = {"name": name, "unit": unit.code, "head": position.head, "copied_from": source}
        log(connection, context, "position_created", position_subject(agency, position.code), agency.id, {}, made)
