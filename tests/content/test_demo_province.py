"""The demonstration province: everything that the diagrams refer to exists, and what is invented says so."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections import Counter
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

import pytest

from app.demo.course import ENDS_OF_INTAKE, REQUESTS
from app.rules.calendar import WorkCalendar
from app.rules.codes import parse_code
from app.rules.limits import Limit, parse_published
from app.rules.roles import Asker, position_for
from tests.content.diagram_reading import PROCEDURES, ROOT, DrawnStep, read_diagram, shared_diagrams
from tests.content.published import TABLES

DATA = ROOT / "app" / "demo" / "data"
IN_FORCE = date(2026, 3, 2)
PERMISSIONS = {"dossier.register", "task.work", "report.view", "control.view"}
PERMISSIONS |= {
    "diagram.deploy",
    "diagram.design",
    "procedure.review",
    "account.manage",
    "calendar.manage",
    "incident.manage",
}
PERMISSIONS |= {"message.manage", "outage.announce", "system.suspend", "dossier.disclose"}
PERMISSIONS |= {
    "task.assign",
    "dossier.late_entry",
    "dossier.correct",
    "dossier.message",
    "slip.manage",
    "slip.manage_own",
    "account.manage_own",
    "procedure.manage",
    "audit.view",
    "dossier.import",
    "document.sign",
}
GOALS = {"submitted", "held", "result", "delivered", *ENDS_OF_INTAKE, *REQUESTS}


@cache
def data(name: str) -> dict[str, Any]:
    return tomllib.loads((DATA / f"{name}.toml").read_text(encoding="utf-8"))


AGENCIES: dict[str, Any] = {agency["code"]: agency for agency in data("agencies")["agencies"]}
ACCOUNTS: list[Any] = data("accounts")["accounts"]
PROCEDURE: dict[str, Any] = {procedure["code"]: procedure for procedure in data("procedures")["procedures"]}
APPLICANTS: list[Any] = data("applicants")["applicants"]
DOSSIERS: list[Any] = data("dossiers")["dossiers"]


SIDE_STEPS = [step for path in shared_diagrams() for step in read_diagram(path).steps.values()]
ROLE_STEPS = list(
    {(step.position, step.properties["agency"]): step for step in SIDE_STEPS if "@" in step.position}.values()
)


@dataclass(frozen=True, slots=True)
class Staffed:
    code: str
    unit_id: int
    unit_kind: str
    head: bool


def staff_of(agency: str) -> list[Staffed]:
    units = {unit["code"]: (number, unit["kind"]) for number, unit in enumerate(AGENCIES[agency]["units"])}
    return [
        Staffed(position["code"], *units[position["unit"]], position.get("head", False))
        for position in AGENCIES[agency]["positions"]
    ]


def holders(on: date) -> set[tuple[str, str]]:
    """(position, agency) of every account that works on tasks."""
    return {
        (held["code"], account["agency"])
        for account in ACCOUNTS
        if "task.work" in account["permissions"]
        for held in account["positions"]
        if held["from"] <= on and held.get("to", on) >= on
    }


@pytest.mark.parametrize("name", ["province", "agencies", "accounts", "procedures", "applicants", "dossiers"])
def test_every_file_says_that_it_is_demonstration_data(name: str) -> None:
    text = (DATA / f"{name}.toml").read_text(encoding="utf-8")
    comment = text[: re.search(r"^[^#]", text, re.MULTILINE).start()]  # type: ignore[union-attr]
    assert "DỮ LIỆU TRÌNH DIỄN" in comment
    assert unicodedata.is_normalized("NFC", text)


def test_the_province_tells_its_users_too() -> None:
    province = data("province")
    assert province["demonstration"] is True
    assert "trình diễn" in province["notice"]
    assert (ROOT / "profiles" / f"{province['province']['profile']}.toml").is_file()


def test_the_calendar_can_be_used() -> None:
    calendar = WorkCalendar.from_dict(data("province")["calendar"]["data"])
    assert calendar.seconds_per_day == 8 * 3600


def test_agencies_stand_on_three_levels_below_the_province() -> None:
    assert Counter(agency["level"] for agency in AGENCIES.values()) == {1: 1, 2: 9, 3: 3}
    for agency in AGENCIES.values():
        above = AGENCIES[agency["parent"]]["level"] if agency["level"] > 1 else 0
        assert above < agency["level"], agency["code"]


def test_identifiers_make_readable_dossier_codes() -> None:
    identifiers = [agency["identifier"] for agency in AGENCIES.values()]
    assert len(set(identifiers)) == len(identifiers) == len(AGENCIES)
    for identifier in identifiers:
        assert re.fullmatch(r"\d{3}\.\d{2}\.\d{2}\.H50", identifier)
        assert parse_code(f"{identifier}-260302-0001").identifier == identifier


def test_positions_sit_in_units_of_their_agency_and_each_unit_has_at_most_one_head() -> None:
    for agency in AGENCIES.values():
        units = {unit["code"]: unit["kind"] for unit in agency["units"]}
        assert len(units) == len(agency["units"])
        assert set(units.values()) <= {"desk", "room", "leadership", "clerk"}
        codes = [position["code"] for position in agency["positions"]]
        assert len(codes) == len(set(codes)), agency["code"]
        assert {position["unit"] for position in agency["positions"]} == set(units)
        heads = Counter(position["unit"] for position in agency["positions"] if position.get("head"))
        assert set(heads.values()) == {1}
        assert {unit for unit, kind in units.items() if kind != "clerk"} == set(heads), agency["code"]


def test_about_a_hundred_accounts_with_names_of_their_own() -> None:
    assert 95 <= len(ACCOUNTS) <= 110
    usernames = [account["username"] for account in ACCOUNTS]
    assert len(set(usernames)) == len(usernames)
    assert [name for name in usernames if not re.fullmatch(r"[a-z]+(\.[a-z]+)+", name)] == []
    for account in ACCOUNTS:
        plain = unicodedata.normalize("NFD", account["name"].replace("Đ", "D").replace("đ", "d")).lower()
        letters = "".join(letter for letter in plain if not unicodedata.combining(letter))
        assert account["username"] == letters.replace(" ", ".")


def test_accounts_hold_positions_that_exist_and_permissions_that_are_known() -> None:
    positions = {(position["code"], agency["code"]) for agency in AGENCIES.values() for position in agency["positions"]}
    for account in ACCOUNTS:
        held = [(entry["code"], account["agency"]) for entry in account["positions"]]
        assert bool(held) == (account["permissions"] != ["dossier.message"]), "other systems hold no position"
        assert len(set(held)) == len(held), account["username"]
        assert set(held) <= positions, account["username"]
        assert set(account["permissions"]) <= PERMISSIONS, account["username"]
    assert {permission for account in ACCOUNTS for permission in account["permissions"]} == PERMISSIONS


def test_no_position_is_vacant_several_are_shared_and_some_people_hold_two() -> None:
    positions = {(position["code"], agency["code"]) for agency in AGENCIES.values() for position in agency["positions"]}
    held = Counter((entry["code"], account["agency"]) for account in ACCOUNTS for entry in account["positions"])
    assert set(held) == positions
    assert sum(count > 1 for count in held.values()) >= 10
    assert sum(len(account["positions"]) > 1 for account in ACCOUNTS) >= 10


def test_only_desk_officers_register() -> None:
    for account in ACCOUNTS:
        at_desk = any(entry["code"] == "desk_officer" for entry in account["positions"])
        assert at_desk == ("dossier.register" in account["permissions"]), account["username"]


@pytest.mark.parametrize("code", PROCEDURE)
def test_every_position_of_a_diagram_is_held_in_every_agency_that_handles_the_procedure(code: str) -> None:
    procedure = PROCEDURE[code]
    held = holders(max(IN_FORCE, procedure["effective_from"]))
    side = [step for step in SIDE_STEPS if not step.position.startswith("@")]
    for lead in procedure["agencies"]:
        for step in [*read_diagram(PROCEDURES / procedure["diagram"]).steps.values(), *side]:
            for agency in _agencies(step.properties["agency"], lead):
                assert (step.position, agency) in held, (lead, step.id)
        assert any(unit["kind"] == "desk" for unit in AGENCIES[lead]["units"])


def _agencies(drawn: str, lead: str) -> list[str]:
    """Where the step may be: an agency that data names is one of those that its form offers, or the table asks."""
    if drawn.startswith("="):
        communes = [code for code, agency in AGENCIES.items() if agency["level"] == 3]
        asked = TABLES["approve_investment_policy"].data["asked_agencies"]
        return {"=commune": communes, "=item": asked}[drawn]
    return [lead if drawn == "lead" else drawn]


@pytest.mark.parametrize("step", ROLE_STEPS, ids=lambda step: f"{step.id} {step.position}")
def test_every_role_of_a_side_process_is_filled_wherever_it_may_be_asked(step: DrawnStep) -> None:
    leads = {lead for procedure in PROCEDURE.values() for lead in procedure["agencies"]}
    for code in leads if step.properties["agency"] == "lead" else AGENCIES:
        staff = staff_of(code)
        for asker in staff:
            found = position_for(step.position, staff, Asker(asker.code, asker.unit_id))
            assert found in {position.code for position in staff}, (code, asker.code)


def test_procedures_are_those_of_the_published_tables() -> None:
    assert {procedure["diagram"].removesuffix(".bpmn"): code for code, procedure in PROCEDURE.items()} == {
        process: table.code for process, table in TABLES.items()
    }
    for procedure in PROCEDURE.values():
        table = TABLES[procedure["diagram"].removesuffix(".bpmn")]
        limit = parse_published(procedure["limit"], procedure["limit_unit"])
        printed = None if table.total_hours is None else Limit(round(table.total_hours * 3600))
        assert limit == (parse_published(table.limit) if table.limit else printed)
        assert procedure["decision"]["number"] == table.decision
        assert procedure["decision"]["decided_on"] < procedure["effective_from"] <= date(2026, 1, 1)
        process = read_diagram(PROCEDURES / procedure["diagram"]).find("bpmn:process")[0]
        assert procedure["name"] == process.get("name")


@pytest.mark.parametrize("code", PROCEDURE)
def test_components_are_either_handed_in_or_only_shown(code: str) -> None:
    components = PROCEDURE[code]["components"]
    assert len({component["code"] for component in components}) == len(components) >= 3
    for component in components:
        assert set(component) == {"code", "name", "required", "originals", "copies", "present_only"}
        assert component["present_only"] == (component["originals"] + component["copies"] == 0)
    assert any(component["required"] and not component["present_only"] for component in components)


def test_applicants_cannot_be_mistaken_for_real_people() -> None:
    assert len(APPLICANTS) >= 30
    for key in ("id_number", "phone", "email", "name"):
        assert len({applicant[key] for applicant in APPLICANTS}) == len(APPLICANTS), key
    for applicant in APPLICANTS:
        assert applicant["email"].endswith(".example")
        assert applicant["phone"].startswith("090000")
        assert applicant["address"].endswith("tỉnh Quảng Trị")
    assert data("accounts")["email_domain"].endswith(".example")


def test_three_hundred_dossiers_of_every_procedure_are_planned_towards_every_goal() -> None:
    assert sum(row["count"] for row in DOSSIERS) == 300
    assert {row["procedure"] for row in DOSSIERS} == set(PROCEDURE) == set(data("dossiers")["requests"])
    assert {row["goal"] for row in DOSSIERS} == GOALS
    assert {row["channel"] for row in DOSSIERS} == {"counter", "online", "post"}


@pytest.mark.parametrize("row", DOSSIERS, ids=lambda row: f"{row['procedure']}-{row['goal']}-{row['age'][0]}")
def test_a_planned_dossier_can_be_made(row: dict[str, Any]) -> None:
    procedure = PROCEDURE[row["procedure"]]
    steps = list(read_diagram(PROCEDURES / procedure["diagram"]).steps)
    assert row["agency"] in procedure["agencies"]
    assert row["applicants"] in {applicant["kind"] for applicant in APPLICANTS}
    assert row["count"] >= 1
    assert row["age"][0] >= row["age"][1] > 0
    assert row["pace"] > 0
    assert (row["goal"] == "held" or row["goal"] in REQUESTS) == ("step" in row)
    assert row.get("step", steps[0]) in steps
    assert row.get("returned", steps[1]) in steps[1:]
    if row["goal"] in ("submitted", *ENDS_OF_INTAKE):
        assert row["channel"] == "online"
