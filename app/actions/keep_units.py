"""Units and positions of an agency: made, changed, moved, closed from a day on (QT-22.2a, QT-22.4).

A position that diagrams refer to may be closed only by who has seen that they do; one where steps wait may not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection

from app.actions.administering import (
    check_version,
    differing,
    everywhere,
    known_agency,
    known_position,
    known_unit,
    log,
    named_agency,
    today,
)
from app.actions.keyed import keyed
from app.actions.runner import Context
from app.errors import DomainError, invalid
from app.store import account_keeping, organisation, organisation_edit
from app.store.organisation_edit import AgencyEdit, UnitEdit
from app.store.transaction import take_turn

KINDS = {"desk": "Bộ phận một cửa", "room": "Phòng chuyên môn", "leadership": "Lãnh đạo", "clerk": "Văn thư"}


@dataclass(frozen=True, slots=True)
class CreateUnit:
    agency: str
    code: str
    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class CreatePosition:
    """`unit` by code; `head`: who holds it heads the unit."""

    agency: str
    unit: str
    code: str
    name: str
    head: bool = False


@dataclass(frozen=True, slots=True)
class Edit:
    """Another unit (`name`, `kind`) or position (`name`, `unit`, `head`): `values` are those that change."""

    agency: str
    code: str
    values: Mapping[str, Any]
    version: int | None = None


@dataclass(frozen=True, slots=True)
class Close:
    """`last_day`: the last day on which there is one; None: it stays. `known`: what diagrams need it for was seen."""

    agency: str
    code: str
    last_day: date | None
    version: int | None = None
    known: bool = False


def standing(last: date | None, day: date) -> bool:
    """Whether something with this last day is there on `day`."""
    return last is None or last >= day


def create_unit(command: CreateUnit, context: Context) -> None:
    """Errors: DomainError invalid, forbidden."""

    def make(connection: Connection) -> dict[str, Any]:
        agency = named_agency(connection, context.caller, command.agency)
        take_turn(connection, "agencies")
        if organisation_edit.unit_edit(connection, agency.id, command.code) is not None:
            raise invalid({"code": ["Cơ quan đã có đơn vị mã này."]})
        organisation.add_unit(connection, agency.id, command.code, command.name, command.kind)
        after = {"name": command.name, "kind": command.kind}
        log(connection, context, "unit_created", unit_subject(agency, command.code), agency.id, {}, after)
        return {"code": command.code}

    keyed(context, make)


def edit_unit(command: Edit, context: Context) -> None:
    """Errors: DomainError not_found, forbidden, invalid, stale_version."""

    def make(connection: Connection) -> dict[str, Any]:
        agency = known_agency(connection, context.caller, command.agency)
        unit = known_unit(connection, agency, command.code, lock=True)
        check_version(command.version, unit.version)
        before, after = differing({"name": unit.name, "kind": unit.kind}, command.values)
        if "kind" in after:
            _not_ones_own(context, any(held.unit_id == unit.id for held in context.caller.positions))
        if after:
            organisation_edit.save_unit(connection, unit.id, after)
            log(connection, context, "unit_changed", unit_subject(agency, unit.code), agency.id, before, after)
        return {"code": unit.code}

    keyed(context, make)


def close_unit(command: Close, context: Context) -> None:
    """Errors: DomainError not_found, forbidden, invalid, stale_version, wrong_state while it has positions."""

    def make(connection: Connection) -> dict[str, Any]:
        agency = known_agency(connection, context.caller, command.agency)
        unit = known_unit(connection, agency, command.code, lock=True)
        check_version(command.version, unit.version)
        _check_last_day(command.last_day, context)
        if command.last_day is not None:
            _check_empty(connection, agency, unit, command.last_day)
        organisation_edit.save_unit(connection, unit.id, {"valid_to": command.last_day})
        before, after = {"valid_to": unit.valid_to}, {"valid_to": command.last_day}
        kind = "unit_closed" if command.last_day else "unit_reopened"
        log(connection, context, kind, unit_subject(agency, unit.code), agency.id, before, after)
        return {"code": unit.code}

    keyed(context, make)


def create_position(command: CreatePosition, context: Context) -> None:
    """Errors: DomainError invalid, forbidden."""

    def make(connection: Connection) -> dict[str, Any]:
        agency = named_agency(connection, context.caller, command.agency)
        take_turn(connection, "agencies")
        if organisation_edit.position_edit(connection, agency.id, command.code) is not None:
            raise invalid({"code": ["Cơ quan đã có vị trí việc làm mã này."]})
        unit = _unit(connection, agency, command.unit, today(context))
        organisation.add_position(connection, agency.id, unit.id, command.code, command.name, head=command.head)
        after = {"name": command.name, "unit": unit.code, "head": command.head}
        log(connection, context, "position_created", position_subject(agency, command.code), agency.id, {}, after)
        return {"code": command.code}

    keyed(context, make)


def edit_position(command: Edit, context: Context) -> None:
    """Errors: DomainError not_found, forbidden, invalid, stale_version."""

    def make(connection: Connection) -> dict[str, Any]:
        agency = known_agency(connection, context.caller, command.agency)
        position = known_position(connection, agency, command.code, lock=True)
        check_version(command.version, position.version)
        units = {one.id: one.code for one in organisation_edit.units_of_agency(connection, agency.id)}
        was = {"name": position.name, "unit": units[position.unit_id], "head": position.head}
        before, after = differing(was, command.values)
        columns = dict(after)
        if "unit" in columns or columns.get("head"):
            _not_ones_own(context, context.caller.holds(position.id))
        if "unit" in columns:
            columns["unit_id"] = _unit(connection, agency, columns.pop("unit"), today(context)).id
        if columns:
            organisation_edit.save_position(connection, position.id, columns)
            subject = position_subject(agency, position.code)
            log(connection, context, "position_changed", subject, agency.id, before, after)
        return {"code": position.code}

    keyed(context, make)


def close_position(command: Close, context: Context) -> None:
    """Nobody holds it after that day. Errors: DomainError not_found, forbidden, invalid, stale_version, wrong_state (why)."""

    def make(connection: Connection) -> dict[str, Any]:
        agency = known_agency(connection, context.caller, command.agency)
        position = known_position(connection, agency, command.code, lock=True)
        check_version(command.version, position.version)
        _check_last_day(command.last_day, context)
        subject = position_subject(agency, position.code)
        ended = []
        if command.last_day is not None:
            _check_unused(connection, agency, position.id, command, today(context))
            ended = account_keeping.end_holdings_at(connection, position.id, command.last_day)
        organisation_edit.save_position(connection, position.id, {"valid_to": command.last_day})
        for one in ended:
            gone = {"position": position.code, "agency": agency.code, "from": one.valid_from, "to": command.last_day}
            log(connection, context, "position_ended", f"account:{one.username}", agency.id, {"to": one.valid_to}, gone)
        before, after = {"valid_to": position.valid_to}, {"valid_to": command.last_day}
        kind = "position_closed" if command.last_day else "position_reopened"
        log(connection, context, kind, subject, agency.id, before, after)
        return {"code": position.code}

    keyed(context, make)


def unit_subject(agency: AgencyEdit, code: str) -> str:
    return f"unit:{agency.code}/{code}"


def position_subject(agency: AgencyEdit, code: str) -> str:
    return f"position:{agency.code}/{code}"


def _not_ones_own(context: Context, own: bool) -> None:
    """Heading a unit, sitting among the leaders is a right: nobody gives it to herself. Errors: DomainError forbidden."""
    if own and not everywhere(context.caller):
        raise DomainError(
            "forbidden",
            "Không tự đặt mình làm phụ trách, không tự chuyển vị trí của mình sang đơn vị khác; hãy nhờ quản trị viên khác.",
        )


def _unit(connection: Connection, agency: AgencyEdit, code: str, day: date) -> UnitEdit:
    unit = organisation_edit.unit_edit(connection, agency.id, code)
    if unit is None or not standing(unit.valid_to, day):
        raise invalid({"unit": ["Cơ quan không có đơn vị này hoặc đơn vị đã đóng."]})
    return unit


def _check_last_day(last_day: date | None, context: Context) -> None:
    if last_day is not None and last_day < today(context) - timedelta(days=1):
        raise invalid({"last_day": ["Ngày cuối không được trước hôm qua."]})


def _check_empty(connection: Connection, agency: AgencyEdit, unit: UnitEdit, last_day: date) -> None:
    """A unit goes after its positions."""
    left = [
        one.name
        for one in organisation_edit.positions_of_agency(connection, agency.id)
        if one.unit_id == unit.id and (one.valid_to is None or one.valid_to > last_day)
    ]
    if left:
        told = ", ".join(f"“{name}”" for name in left[:5]) + (" …" if len(left) > 5 else "")
        raise DomainError(
            "wrong_state",
            f"{unit.name} còn {len(left)} vị trí việc làm: {told}. Hãy chuyển hoặc đóng các vị trí trước.",
        )


def _check_unused(connection: Connection, agency: AgencyEdit, position_id: int, command: Close, day: date) -> None:
    waiting = organisation_edit.open_tasks_by_position(connection, agency.id).get(position_id, 0)
    if waiting:
        raise DomainError(
            "wrong_state",
            f"Còn {waiting} bước đang chờ ở vị trí này; hãy xử lý xong hoặc chuyển hồ sơ trước khi đóng vị trí.",
        )
    used = organisation_edit.used_by(connection, (agency.id, agency.code), command.code, day)
    if used and not command.known:
        told = ", ".join(sorted({f"{code} (phiên bản {number})" for code, _, number, _ in used})[:5])
        raise invalid(
            {"known": [f"Quy trình đang dùng vị trí này: {told}. Hồ sơ đến bước đó sẽ đứng lại; hãy xác nhận đã biết."]}
        )
