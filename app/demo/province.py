"""A demonstration province: agencies, people, procedures and the diagrams in force, as `data/` describes them.

Only what is missing is added, so a second run changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import Connection

from app.access.caller import Caller
from app.actions.publish_version import PublishVersion, publish
from app.calendars import default_calendar_data
from app.config import PROJECT_ROOT
from app.demo.content import DEFAULT, content, demonstrations, place
from app.errors import DomainError
from app.rules.calendar import WorkCalendar
from app.store import accounts, organisation, procedures
from app.store.transaction import reading
from app.wording import LOCAL

FIRST_YEAR, LAST_YEAR = 2020, 2035
"""The years whose holidays stand in the calendar's row; an administrator adds later ones."""
OFFICES_OPEN = time(8)
PROCEDURE_COLUMNS = (
    "code",
    "name",
    "field",
    "level",
    "limit",
    "limit_unit",
    "service_level",
    "components",
    "fees",
    "legal_basis",
    "result_name",
)


def held(connection: Connection) -> str | None:
    """The profile whose demonstration province this database holds."""
    known = organisation.calendar_ids(connection)
    return next((name for name in demonstrations() if content("province", name)["calendar"]["code"] in known), None)


def add_organisation(connection: Connection, profile: str = DEFAULT) -> None:
    """Add the calendars, agencies with units and positions, and procedures that are missing.

    Errors: DomainError wrong_state in a database with agencies of its own or of another demonstration, which the province
    must not mix with.
    """
    agency_ids = organisation.agency_ids(connection)
    other = held(connection)
    if other is not None and other != profile:
        raise DomainError(
            "wrong_state",
            f"Cơ sở dữ liệu đã có tỉnh trình diễn {place(other)} ({other}); tỉnh {place(profile)} ({profile}) cần cơ sở dữ "
            f"liệu riêng, ví dụ: MOTCUA_PROFILE={profile} MOTCUA_DATA=var-{profile} make run.",
        )
    if agency_ids and other is None:
        raise DomainError(
            "wrong_state",
            "Cơ sở dữ liệu đã có cơ quan thật; tỉnh trình diễn chỉ nạp vào cơ sở dữ liệu trống.",
        )
    calendar_ids = _add_calendars(connection, profile)
    for agency in content("agencies", profile)["agencies"]:
        code = agency["code"]
        if code not in agency_ids:
            agency_ids[code] = organisation.add_agency(
                connection,
                {
                    "parent_id": agency_ids[agency["parent"]] if "parent" in agency else None,
                    "calendar_id": calendar_ids[calendar_code(agency, profile)],
                    "desk_calendar_id": calendar_ids[agency["desk_calendar"]] if "desk_calendar" in agency else None,
                    **{key: agency[key] for key in ("code", "identifier", "name", "level", "valid_from")},
                },
            )
        _add_units(connection, agency_ids[code], agency)
    _add_procedures(connection, agency_ids, profile)


def _calendars(profile: str) -> dict[str, dict[str, Any]]:
    """The province's own calendar first, then those of agencies with other hours, by code."""
    province = content("province", profile)
    return {calendar["code"]: calendar for calendar in (province["calendar"], *province.get("other_calendars", []))}


def calendar_code(agency: Mapping[str, Any], profile: str) -> str:
    """The calendar that an agency of `agencies.toml` works by."""
    code: str = agency.get("calendar", content("province", profile)["calendar"]["code"])
    return code


def _add_calendars(connection: Connection, profile: str) -> dict[str, int]:
    known = dict(organisation.calendar_ids(connection))
    for code, calendar in _calendars(profile).items():
        if code not in known:
            known[code] = organisation.add_calendar(connection, code, calendar["name"], calendar_data(profile, code))
    return known


def calendar_data(profile: str = DEFAULT, code: str | None = None) -> dict[str, Any]:
    """A calendar's own hours and swapped days with the public holidays: a dossier's clock reads nothing but this row.

    Without `code` the province's own.
    """
    calendars = _calendars(profile)
    own = calendars[code or next(iter(calendars))]["data"]
    public = default_calendar_data(FIRST_YEAR, LAST_YEAR)
    merged = dict(own)
    for key in ("holidays", "swapped_rest_days", "working_saturdays"):
        merged[key] = sorted({*own.get(key, []), *public[key]})
    merged["swapped_rest_days"] = [day for day in merged["swapped_rest_days"] if day not in merged["holidays"]]
    WorkCalendar.from_dict(merged)  # refuses contradictions, before a row holds them
    return merged


def _add_units(connection: Connection, agency_id: int, agency: Mapping[str, Any]) -> None:
    unit_ids = organisation.unit_ids(connection, agency_id)
    for unit in agency["units"]:
        if unit["code"] not in unit_ids:
            unit_ids[unit["code"]] = organisation.add_unit(
                connection, agency_id, unit["code"], unit["name"], unit["kind"]
            )
    known = organisation.position_ids(connection, agency_id)
    for position in agency["positions"]:
        if position["code"] not in known:
            organisation.add_position(
                connection,
                agency_id,
                unit_ids[position["unit"]],
                position["code"],
                position["name"],
                head=position.get("head", False),
            )


def _add_procedures(connection: Connection, agency_ids: Mapping[str, int], profile: str) -> None:
    known = procedures.procedure_ids(connection)
    for procedure in content("procedures", profile)["procedures"]:
        if procedure["code"] not in known:
            values = {key: procedure[key] for key in PROCEDURE_COLUMNS}
            handling = [agency_ids[code] for code in procedure["agencies"]]
            procedures.add_procedure(connection, {**values, "demonstration": True}, handling)


def publish_procedures(say: Callable[[str], None]) -> list[str]:
    """Publish the diagram of every procedure that has none in force, through the real gate; answers their codes.

    Each as published by whoever may, on the day it came into effect. `say` hears of each.
    """
    published = []
    for procedure in content("procedures")["procedures"]:
        effective: date = procedure["effective_from"]
        with reading() as connection:
            if _in_force(connection, procedure["code"], effective):
                continue
            publisher = _publisher(connection, effective)
        now = datetime.combine(effective, OFFICES_OPEN, LOCAL)
        command = PublishVersion(
            procedure=procedure["code"],
            diagram=(PROJECT_ROOT / "bpmn" / "procedures" / procedure["diagram"]).read_bytes(),
            file_name=procedure["diagram"],
            decision_number=procedure["decision"]["number"],
            decided_on=procedure["decision"]["decided_on"],
            effective_from=effective,
            forms={
                f"{form}.json": (PROJECT_ROOT / "forms" / f"{form}.json").read_bytes() for form in _forms(procedure)
            },
        )
        say(f"Kiểm tra và ban hành quy trình {procedure['code']}")
        publish(command, publisher.account_id, now)
        published.append(procedure["code"])
    return published


def _forms(procedure: Mapping[str, Any]) -> list[str]:
    forms: list[str] = procedure.get("forms", [])
    return forms


def _in_force(connection: Connection, code: str, day: date) -> bool:
    procedure = procedures.find_procedure(connection, code)
    return procedure is not None and procedures.version_in_force(connection, procedure.id, day) is not None


def _publisher(connection: Connection, day: date) -> Caller:
    people = (Caller.of(account, day) for account in accounts.accounts_on(connection, day))
    return next(caller for caller in people if caller.may("diagram.deploy"))
