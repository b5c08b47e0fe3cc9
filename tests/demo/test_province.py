"""The demonstration province in the database: complete, the same after a second run, and never mixed with a real one."""

from __future__ import annotations

import hashlib
import json
import stat
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy import Connection, text

from app.access import passwords
from app.access.sign_in import sign_in
from app.config import Settings
from app.demo.content import DEFAULT, content
from app.demo.load import Loaded, load
from app.demo.people import new_password
from app.demo.province import calendar_data
from app.engine.shared import SIDE_PROCESSES
from app.errors import DomainError
from app.lawbook import rules_at
from app.rules.calendar import WorkCalendar
from app.store import accounts, dossiers, organisation, procedures
from app.store.transaction import reading, transaction
from app.wording import LOCAL
from tests import factories
from tests.demo.conftest import DOSSIERS, NOW, Demonstration

TODAY = NOW.astimezone(LOCAL).date()


@pytest.fixture
def settings(app: Flask, tmp_path: Path) -> Settings:
    """Of the suite's empty database, with a data folder of this test's own."""
    found: Settings = app.extensions["motcua"].settings
    return Settings(database_url=found.database_url, database_owner_url=found.database_owner_url, data=tmp_path)


@pytest.fixture(autouse=True)
def cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hundred passwords at a time would take most of a test's time."""
    monkeypatch.setattr(passwords, "_HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


def fingerprint(connection: Connection) -> dict[str, str]:
    """What every table holds, as a hash."""
    names = connection.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).scalars().all()
    held = {}
    for name in sorted(names):
        rows = connection.execute(text(f'SELECT t::text FROM "{name}" t ORDER BY 1')).scalars()  # noqa: S608
        held[name] = hashlib.sha256("\n".join(rows).encode()).hexdigest()
    return held


def entries(settings: Settings) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(settings.accounts_file.read_text(encoding="utf-8"))
    return found


def can_sign_in(entry: Mapping[str, Any]) -> bool:
    try:
        return not sign_in(entry["username"], entry["password"], NOW, 1).account.must_change_password
    except DomainError:
        return False


def test_everything_of_the_files_is_there(reader: Connection) -> None:
    agency_ids = organisation.agency_ids(reader)
    assert set(agency_ids) == {agency["code"] for agency in content("agencies")["agencies"]}
    for agency in content("agencies")["agencies"]:
        row = organisation.find_agency(reader, agency["code"])
        assert row is not None
        assert (row.identifier, row.name, row.level) == (agency["identifier"], agency["name"], agency["level"])
        assert row.parent_id == agency_ids.get(agency.get("parent"))
        assert set(organisation.unit_ids(reader, row.id)) == {unit["code"] for unit in agency["units"]}
        positions = organisation.position_ids(reader, row.id)
        assert set(positions) == {position["code"] for position in agency["positions"]}
        units = list(organisation.unit_ids(reader, row.id).values())
        heads = {positions[position["code"]] for position in agency["positions"] if position.get("head")}
        assert set(organisation.heads_of(reader, units)) == heads


def test_people_hold_their_positions_since_their_day(reader: Connection) -> None:
    held = {account.username: account for account in accounts.accounts_on(reader, TODAY)}
    assert len(held) == len(content("accounts")["accounts"])
    for person in content("accounts")["accounts"]:
        account = held[person["username"]]
        assert (account.name, account.agency, list(account.permissions)) == (
            person["name"],
            person["agency"],
            person["permissions"],
        )
        assert {position.code for position in account.positions} == {p["code"] for p in person["positions"]}
    late = next(person for person in content("accounts")["accounts"] if person["username"] == "cao.thi.thuy.duong")
    before = {a.username: a for a in accounts.accounts_on(reader, late["positions"][0]["from"] - timedelta(days=1))}
    assert before["cao.thi.thuy.duong"].positions == ()


def test_every_procedure_has_a_version_in_force_published_by_who_may(reader: Connection) -> None:
    deployers = {
        account.id for account in accounts.accounts_on(reader, TODAY) if "diagram.deploy" in account.permissions
    }
    for procedure in content("procedures")["procedures"]:
        row = procedures.find_procedure(reader, procedure["code"])
        assert row is not None
        assert row.demonstration
        assert list(procedures.handling_agencies(reader, row.id)) == sorted(procedure["agencies"])
        version = procedures.version_in_force(reader, row.id, TODAY)
        assert version is not None
        assert (version.number, version.decision_number) == (1, procedure["decision"]["number"])
        assert version.steps
        kinds = sorted(kind for kind, _ in procedures.version_files(reader, version.id).values())
        assert kinds == [*["form"] * len(procedure.get("forms", [])), "main", *["side"] * len(SIDE_PROCESSES)]
    publishers = reader.execute(text("SELECT DISTINCT published_by FROM procedure_versions")).scalars().all()
    assert set(publishers) <= deployers


def test_a_desk_may_be_open_when_its_office_is_not(reader: Connection) -> None:
    agency = organisation.find_agency(reader, "SYT")
    assert agency is not None
    rules = rules_at(reader, DEFAULT, agency)
    saturday = datetime(2026, 3, 14, 8, tzinfo=LOCAL)
    assert rules.calendar.counted(saturday) > saturday
    assert rules.calendar_of("SYT", desk=True).counted(saturday) == saturday
    assert rules.calendar_of("UBNDTINH", desk=True).counted(saturday) > saturday


def test_the_calendar_knows_holidays_and_the_swapped_day(reader: Connection) -> None:
    calendar_id = organisation.calendar_ids(reader)[content("province")["calendar"]["code"]]
    data = organisation.calendar_data(reader, calendar_id)
    assert data == calendar_data()
    calendar = WorkCalendar.from_dict(data)

    def hours(day: date) -> float:
        start = NOW.astimezone(LOCAL).replace(year=day.year, month=day.month, day=day.day, hour=0)
        return calendar.between(start, start + timedelta(hours=23)) / 3600

    assert hours(date(2026, 9, 2)) == hours(date(2027, 4, 30)) == hours(date(2026, 8, 31)) == 0
    assert hours(date(2026, 8, 22)) == hours(date(2026, 11, 25)) == 8
    assert hours(date(2026, 8, 29)) == 0


def test_the_file_says_how_to_sign_in_a_desk_officer_first(demonstration: Demonstration) -> None:
    file = demonstration.settings.accounts_file
    found = entries(demonstration.settings)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(file.parent.glob(".*")) == []
    assert [set(entry) for entry in found] == [
        {"username", "password", "name", "agency", "positions", "permissions"}
    ] * len(content("accounts")["accounts"])
    assert found[0]["positions"] == ["desk_officer"]
    assert len({entry["password"] for entry in found}) == len(found) == demonstration.loaded.passwords
    with demonstration.app.app_context():
        assert all(can_sign_in(entry) for entry in (found[0], found[-1]))
        assert not can_sign_in({"username": found[0]["username"], "password": found[-1]["password"]})


def test_a_second_run_changes_nothing(demonstration: Demonstration) -> None:
    file = demonstration.settings.accounts_file
    with demonstration.app.app_context():
        with reading() as connection:
            before = fingerprint(connection)
        written = file.stat()
        for if_empty in (True, False):
            assert load(demonstration.settings, DOSSIERS, if_empty, NOW + timedelta(days=3)) == Loaded()
        with reading() as connection:
            assert fingerprint(connection) == before
    assert (file.stat().st_mtime_ns, file.stat().st_ino) == (written.st_mtime_ns, written.st_ino)


def test_the_number_of_dossiers_is_brought_up_not_added(app: Flask, settings: Settings) -> None:
    with app.app_context():
        assert load(settings, 3, False, NOW).dossiers == 3
        assert load(settings, 5, True, NOW).dossiers == 0
        assert load(settings, 5, False, NOW).dossiers == 2
        with reading() as connection:
            assert dossiers.count_dossiers(connection) == 5


def test_a_lost_file_means_new_passwords(app: Flask, settings: Settings) -> None:
    with app.app_context():
        load(settings, 0, False, NOW)
        old = entries(settings)[0]
        settings.accounts_file.unlink()
        assert load(settings, 0, True, NOW).passwords == len(content("accounts")["accounts"])
        new = entries(settings)[0]
        assert new["username"] == old["username"]
        assert (can_sign_in(new), can_sign_in(old)) == (True, False)


def test_a_file_of_another_database_is_not_believed(app: Flask, settings: Settings) -> None:
    with app.app_context():
        load(settings, 0, False, NOW)
        foreign = [{**entry, "password": new_password()} for entry in entries(settings)]
        settings.accounts_file.write_text(json.dumps(foreign), encoding="utf-8")
        assert load(settings, 0, True, NOW).passwords == len(foreign)
        assert can_sign_in(entries(settings)[3])


def test_a_damaged_entry_alone_is_replaced(app: Flask, settings: Settings) -> None:
    with app.app_context():
        load(settings, 0, False, NOW)
        kept, lost = entries(settings)[:-1], entries(settings)[-1]
        settings.accounts_file.write_text(json.dumps(kept), encoding="utf-8")
        assert load(settings, 0, True, NOW).passwords == 1
        assert entries(settings)[:-1] == kept
        assert (entries(settings)[-1]["username"], can_sign_in(entries(settings)[-1])) == (lost["username"], True)


def test_a_real_organisation_is_left_alone(app: Flask, settings: Settings) -> None:
    with app.app_context():
        with transaction() as connection:
            factories.agency(connection, "THAT")
        with reading() as connection:
            before = fingerprint(connection)
        assert load(settings, 3, True, NOW) == Loaded(skipped=True)
        with pytest.raises(DomainError) as refused:
            load(settings, 3, False, NOW)
        assert refused.value.code == "wrong_state"
        with reading() as connection:
            assert fingerprint(connection) == before
    assert not settings.accounts_file.exists()


def test_the_same_day_and_seed_give_the_same_dossiers(
    app: Flask, settings: Settings, emptying: Callable[[], None]
) -> None:
    told = text(
        "SELECT d.code, d.status, h.seq, h.at, h.kind, a.username FROM history h JOIN dossiers d ON d.id = h.dossier_id "
        "LEFT JOIN accounts a ON a.id = h.account_id ORDER BY d.code, h.seq"
    )
    runs = []
    for _ in range(2):
        with app.app_context():
            load(settings, 12, False, NOW)
            with reading() as connection:
                runs.append(connection.execute(told).all())
        emptying()
    assert runs[0] == runs[1]
    assert len({row.status for row in runs[0]}) >= 3


def test_before_the_procedures_are_in_force_there_is_nothing_to_make(app: Flask, settings: Settings) -> None:
    with app.app_context(), pytest.raises(DomainError) as refused:
        load(settings, 1, False, NOW - timedelta(days=366))
    assert "01/01/2026" in refused.value.detail


def test_early_in_the_first_year_dossiers_begin_when_the_procedures_do(app: Flask, settings: Settings) -> None:
    early = NOW.replace(month=1, day=9)
    with app.app_context():
        load(settings, 20, False, early)
        with reading() as connection:
            first, last = connection.execute(text("SELECT min(at), max(at) FROM history")).one()
    assert first.astimezone(LOCAL).date() == date(2026, 1, 2)  # the day before is a holiday
    assert last <= early
