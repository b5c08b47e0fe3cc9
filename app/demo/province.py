"""The demonstration province: agencies, people, procedures and the diagrams in force, as `data/` describes them.

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
from app.demo.content import content
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


def exists(connection: Connection) -> bool:
    """Whether this database holds the demonstration province."""
    return content("province")["calendar"]["code"] in organisation.calendar_ids(connection)


def add_organisation(connection: Connection) -> None:
    """Add the calendar, agencies with units and positions, and procedures that are missing.

    Errors: DomainError wrong_state in a database with agencies of its own, which the province must not mix with.
    """
    agency_ids = organisation.agency_ids(connection)
    if agency_ids and not exists(connection):
        raise DomainError(
            "wrong_state",
            "Cơ sở dữ liệu đã có cơ quan thật; tỉnh trình diễn chỉ nạp vào cơ sở dữ liệu trống.",
        )
    calendar_id = _add_calendar(connection)
    for agency in content("agencies")["agencies"]:
        code = agency["code"]
        if code not in agency_ids:
            agency_ids[code] = organisation.add_agency(
                connection,
                {
                    "parent_id": agency_ids[agency["parent"]] if "parent" in agency else None,
                    "calendar_id": calendar_id,
                    **{key: agency[key] for key in ("code", "identifier", "name", "level", "valid_from")},
                },
            )
        _add_units(connection, agency_ids[code], agency)
    _add_procedures(connection, agency_ids)


def _add_calendar(connection: Connection) -> int:
    calendar = content("province")["calendar"]
    known = organisation.calendar_ids(connection).get(calendar["code"])
    if known is not None:
        return known
    return organisation.add_calendar(connection, calendar["code"], calendar["name"], calendar_data())


def calendar_data() -> dict[str, Any]:
    """The province's own hours and swapped days with the public holidays: a dossier's clock reads nothing but this row."""
    own, public = content("province")["calendar"]["data"], default_calendar_data(FIRST_YEAR, LAST_YEAR)
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


def _add_procedures(connection: Connection, agency_ids: Mapping[str, int]) -> None:
    known = procedures.procedure_ids(connection)
    for procedure in content("procedures")["procedures"]:
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
        )
        say(f"Kiểm tra và ban hành quy trình {procedure['code']}")
        publish(command, publisher.account_id, now)
        published.append(procedure["code"])
    return published


def _in_force(connection: Connection, code: str, day: date) -> bool:
    procedure = procedures.find_procedure(connection, code)
    return procedure is not None and procedures.version_in_force(connection, procedure.id, day) is not None


def _publisher(connection: Connection, day: date) -> Caller:
    people = (Caller.of(account, day) for account in accounts.accounts_on(connection, day))
    return next(caller for caller in people if caller.may("diagram.deploy"))
