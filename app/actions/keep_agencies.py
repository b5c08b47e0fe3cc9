"""Agencies (cơ quan): made, changed, renamed, closed; a matter of the centre's administrators (QT-27.5).

An agency that is called otherwise from a day on keeps its code, its dossiers and its people; papers keep the name under which
they were issued, and its former names are kept (HT-24.1).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection

from app.access.caller import Caller
from app.actions.administering import check_version, differing, everywhere, known_agency, log, today
from app.actions.keyed import keyed
from app.actions.runner import Context
from app.errors import DomainError, invalid
from app.rules.codes import CodeError, check_identifier
from app.store import organisation, organisation_edit
from app.store.organisation_edit import AgencyEdit
from app.store.transaction import take_turn

FIELDS = ("name", "identifier", "level", "parent", "calendar", "desk_calendar", "valid_from")


@dataclass(frozen=True, slots=True)
class CreateAgency:
    """`parent`, `calendar`, `desk_calendar` by code; without `calendar` that of the agency above."""

    code: str
    identifier: str
    name: str
    level: int
    valid_from: date
    parent: str | None = None
    calendar: str | None = None
    desk_calendar: str | None = None


@dataclass(frozen=True, slots=True)
class EditAgency:
    """`values`: those of FIELDS that change. `named_from`: the first day of another name, today or before."""

    code: str
    values: Mapping[str, Any]
    version: int | None = None
    named_from: date | None = None


@dataclass(frozen=True, slots=True)
class CloseAgency:
    """`last_day`: the last day on which there is such an agency."""

    code: str
    last_day: date
    version: int | None = None


def create_agency(command: CreateAgency, context: Context) -> str:
    """Make an agency; answers its code. Errors: DomainError forbidden, invalid, duplicate."""
    _require_centre(context.caller)

    def make(connection: Connection) -> dict[str, Any]:
        take_turn(connection, "agencies")
        if organisation_edit.agency_edit(connection, command.code) is not None:
            raise invalid({"code": ["Mã này đã có cơ quan dùng."]})
        above = _agency(connection, command.parent, "parent") if command.parent else None
        calendar = command.calendar or (above.calendar if above else None)
        if calendar is None:
            raise invalid({"calendar": ["Hãy chọn lịch làm việc của cơ quan."]})
        values = {
            "code": command.code,
            "name": command.name,
            "identifier": _free_identifier(connection, command.identifier),
            "level": command.level,
            "parent": command.parent,
            "calendar": calendar,
            "desk_calendar": command.desk_calendar,
            "valid_from": command.valid_from,
        }
        agency_id = organisation.add_agency(connection, _columns(connection, values))
        log(connection, context, "agency_created", f"agency:{command.code}", agency_id, {}, values)
        return {"code": command.code}

    code: str = keyed(context, make)["code"]
    return code


def edit_agency(command: EditAgency, context: Context) -> None:
    """Change an agency. Errors: DomainError forbidden, not_found, invalid, stale_version."""
    _require_centre(context.caller)

    def make(connection: Connection) -> dict[str, Any]:
        take_turn(connection, "agencies")
        agency = known_agency(connection, context.caller, command.code, lock=True)
        check_version(command.version, agency.version)
        before, after = differing({name: getattr(agency, name) for name in FIELDS}, command.values)
        changed = {name: command.values[name] for name in after}
        if "identifier" in changed:
            _free_identifier(connection, changed["identifier"], agency.id)
        if "valid_from" in changed:
            _check_first_day(agency, changed["valid_from"], today(context))
        if changed.get("parent"):
            _check_above(connection, agency, changed["parent"])
        if "name" in changed:
            _keep_name(connection, context, agency, command.named_from)
        if changed:
            organisation_edit.save_agency(connection, agency.id, _columns(connection, changed))
            log(connection, context, "agency_changed", f"agency:{agency.code}", agency.id, before, after)
        return {"code": agency.code}

    keyed(context, make)


def close_agency(command: CloseAgency, context: Context) -> None:
    """There is no such agency after a day.

    Errors: DomainError forbidden, not_found, stale_version, invalid, wrong_state (why).
    """
    _require_centre(context.caller)

    def make(connection: Connection) -> dict[str, Any]:
        agency = known_agency(connection, context.caller, command.code, lock=True)
        check_version(command.version, agency.version)
        if command.last_day < agency.valid_from:
            raise invalid({"last_day": ["Ngày cuối không được trước ngày bắt đầu hoạt động."]})
        if command.last_day < today(context) - timedelta(days=1):
            raise invalid({"last_day": ["Ngày cuối không được trước hôm qua: việc đã qua vẫn là của cơ quan."]})
        reasons = hindrances(connection, agency, command.last_day)
        if reasons:
            raise DomainError("wrong_state", f"Chưa đóng được {agency.name}: {'; '.join(reasons)}.")
        organisation_edit.save_agency(connection, agency.id, {"valid_to": command.last_day})
        before, after = {"valid_to": agency.valid_to}, {"valid_to": command.last_day}
        log(connection, context, "agency_closed", f"agency:{agency.code}", agency.id, before, after)
        return {"code": agency.code}

    keyed(context, make)


def hindrances(connection: Connection, agency: AgencyEdit, last_day: date) -> list[str]:
    """Why an agency cannot be closed on that day, in words: how many of what, and where."""
    reasons = []
    dossiers = organisation_edit.open_dossiers(connection, agency.id)
    if dossiers:
        reasons.append(f"còn {dossiers} hồ sơ tiếp nhận tại đây chưa kết thúc")
    positions = {one.id: one for one in organisation_edit.positions_of_agency(connection, agency.id)}
    for position_id, waiting in sorted(organisation_edit.open_tasks_by_position(connection, agency.id).items()):
        reasons.append(f"còn {waiting} bước đang chờ ở vị trí “{positions[position_id].name}”")
    held: dict[int, list[str]] = {}
    for position_id, name, _, last in organisation_edit.holders_from(connection, list(positions), last_day):
        if last is None or last > last_day:
            held.setdefault(position_id, []).append(name)
    for position_id, names in held.items():
        told = ", ".join(names[:3]) + (f" và {len(names) - 3} người khác" if len(names) > 3 else "")
        reasons.append(f"vị trí “{positions[position_id].name}” còn {told} giữ")
    below = organisation_edit.agencies_below(connection, agency.id, last_day + timedelta(days=1))
    if below:
        told = ", ".join(below[:3]) + (f" và {len(below) - 3} cơ quan khác" if len(below) > 3 else "")
        reasons.append(f"còn {len(below)} cơ quan trực thuộc ({told})")
    return reasons


def _require_centre(caller: Caller) -> None:
    if not everywhere(caller):
        raise DomainError("forbidden", "Chỉ quản trị viên của tỉnh lập, sửa, đóng được cơ quan.")


def _agency(connection: Connection, code: str, field: str) -> AgencyEdit:
    found = organisation_edit.agency_edit(connection, code)
    if found is None:
        raise invalid({field: ["Không có cơ quan này."]})
    return found


def _free_identifier(connection: Connection, identifier: str, but: int = 0) -> str:
    try:
        check_identifier(identifier)  # without it the agency could receive no dossier
    except CodeError as error:
        raise invalid({"identifier": [f"{error}."[:1].upper() + f"{error}."[1:]]}) from error
    if organisation_edit.identifier_taken(connection, identifier, but):
        raise invalid({"identifier": ["Mã định danh này đã có cơ quan khác dùng."]})
    return identifier


def _check_above(connection: Connection, agency: AgencyEdit, parent: str) -> None:
    above = _agency(connection, parent, "parent")
    if agency.id in organisation.with_parents(connection, above.id):
        raise invalid({"parent": ["Cơ quan cấp trên không được là chính nó hoặc cơ quan trực thuộc nó."]})


def _check_first_day(agency: AgencyEdit, first: date, day: date) -> None:
    """An agency that is at work does not begin later: that would close it without asking what is open."""
    if first > day >= agency.valid_from:
        raise invalid({"valid_from": ["Cơ quan đang hoạt động: ngày bắt đầu không được sau hôm nay."]})
    if agency.valid_to is not None and first > agency.valid_to:
        raise invalid({"valid_from": ["Ngày bắt đầu không được sau ngày cuối hoạt động."]})


def _keep_name(connection: Connection, context: Context, agency: AgencyEdit, named_from: date | None) -> None:
    day = named_from or today(context)
    if day > today(context):
        raise invalid(
            {"named_from": ["Đổi tên từ hôm nay hoặc một ngày đã qua; ngày sắp tới thì đến ngày đó hãy đổi."]}
        )
    former = organisation_edit.former_names(connection, agency.id)
    if day <= agency.valid_from or (former and day - timedelta(days=1) <= former[0][1]):
        raise invalid({"named_from": ["Ngày này phải sau ngày bắt đầu của tên hiện tại."]})
    organisation_edit.add_former_name(connection, agency.id, agency.name, day - timedelta(days=1))


def _columns(connection: Connection, values: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of these values: what is named by its code becomes its row. Errors: DomainError invalid."""
    columns = {name: value for name, value in values.items() if name not in ("parent", "calendar", "desk_calendar")}
    if "parent" in values:
        code = values["parent"]
        columns["parent_id"] = _agency(connection, code, "parent").id if code else None
    calendars = organisation.calendar_ids(connection)
    for name in ("calendar", "desk_calendar"):
        if name in values:
            code = values[name]
            if (code and code not in calendars) or (not code and name == "calendar"):
                raise invalid({name: ["Không có lịch làm việc này."]})
            columns[f"{name}_id"] = calendars[code] if code else None
    return columns
