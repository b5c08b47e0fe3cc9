"""The second demonstration: another province, the regime since July 2025, and never both in one database."""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy import Connection, text

from app.access import passwords
from app.config import PROJECT_ROOT, Settings
from app.demo.content import DEFAULT, content, demonstrations
from app.demo.load import Loaded, load
from app.demo.plan import plan
from app.demo.province import calendar_code, calendar_data, held
from app.errors import DomainError
from app.rules.calendar import WorkCalendar
from app.rules.codes import parse_code
from app.slips.receipt import ReceiptContent, render_receipt
from app.store import procedures
from app.store.transaction import reading
from app.wording import LOCAL
from tests.demo.conftest import NOW
from tests.slips.pdf_reading import read_pages, squeeze

NATIONAL = "national_2025"
ADDRESS = re.compile(r"(phường|xã) [^,]+, tỉnh Thái Nguyên")


@pytest.fixture
def settings(app: Flask, tmp_path: Path) -> Settings:
    found: Settings = app.extensions["motcua"].settings
    return Settings(database_url=found.database_url, database_owner_url=found.database_owner_url, data=tmp_path)


@pytest.fixture(autouse=True)
def cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hundred passwords at a time would take most of a test's time."""
    monkeypatch.setattr(passwords, "_HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture
def province(app: Flask, settings: Settings) -> Iterator[Connection]:
    """The loaded province with some dossiers."""
    with app.app_context():
        assert load(settings, 16, False, NOW, profile=NATIONAL).dossiers == 16
        with reading() as connection:
            yield connection


def test_there_are_two_and_each_names_its_profile() -> None:
    assert demonstrations() == (DEFAULT, NATIONAL)
    for name in demonstrations():
        assert content("province", name)["province"]["profile"] == name
        assert (PROJECT_ROOT / "profiles" / f"{name}.toml").is_file()


def test_the_two_share_procedures_and_plan_but_no_person_and_no_agency_code_of_a_commune() -> None:
    first, second = ({a["username"] for a in content("accounts", name)["accounts"]} for name in demonstrations())
    assert len(second) >= 70
    assert not first & second
    applicants = [content("applicants", name)["applicants"] for name in demonstrations()]
    assert not {a["name"] for a in applicants[0]} & {a["name"] for a in applicants[1]}
    for key in ("id_number", "phone", "email", "name"):
        assert len({applicant[key] for applicant in applicants[1]}) == len(applicants[1]), key
    assert all(ADDRESS.search(applicant["address"]) for applicant in applicants[1])
    communes = [{a["code"] for a in content("agencies", n)["agencies"] if a["level"] == 3} for n in demonstrations()]
    assert len(communes[0]) == len(communes[1]) == 3
    assert not communes[0] & communes[1]
    plans = [[(p.procedure, p.goal, p.step) for p in plan(300, name)] for name in demonstrations()]
    assert plans[0] == plans[1]


def test_usernames_are_the_names_without_marks() -> None:
    for account in content("accounts", NATIONAL)["accounts"]:
        plain = unicodedata.normalize("NFD", account["name"].replace("Đ", "D").replace("đ", "d")).lower()
        letters = "".join(letter for letter in plain if not unicodedata.combining(letter))
        assert account["username"] == letters.replace(" ", ".")


def test_nothing_of_the_first_province_is_left_in_the_second() -> None:
    for name in ("agencies", "accounts", "applicants", "procedures", "dossiers"):
        told = str(content(name, NATIONAL))
        for word in ("Quảng Trị", "Đông Hà", "Triệu Phong", "H50", "P.DONGHA", "X.TRIEUPHONG", "quangtri"):
            assert word not in told, (name, word)


def test_every_position_that_a_step_needs_is_held(province: Connection) -> None:
    positions = {
        (position["code"], agency["code"])
        for agency in content("agencies", NATIONAL)["agencies"]
        for position in agency["positions"]
    }
    holders = {
        (entry["code"], account["agency"])
        for account in content("accounts", NATIONAL)["accounts"]
        for entry in account["positions"]
    }
    assert holders == positions
    for procedure in content("procedures", NATIONAL)["procedures"]:
        row = procedures.find_procedure(province, procedure["code"])
        assert row is not None
        version = procedures.version_in_force(province, row.id, NOW.astimezone(LOCAL).date())
        assert version is not None
        for lead in procedure["agencies"]:
            for step in version.steps:
                agency = lead if step["agency"] == "lead" else step["agency"]
                named = [found for position, found in holders if position == step["position"]]
                chosen = named if agency.startswith("=") else [agency]
                assert chosen, (procedure["code"], lead, step["id"])
                assert all((step["position"], one) in holders for one in chosen), (procedure["code"], lead, step["id"])


def test_codes_are_written_from_the_province_down_and_receipts_are_the_new_ones(province: Connection) -> None:
    rows = province.execute(
        text("SELECT d.code, d.profile, s.content FROM dossiers d JOIN slips s ON s.dossier_id = d.id")
    )
    for code, profile, stored in rows.all():
        assert profile == NATIONAL
        assert re.fullmatch(r"H55\.\d{2,3}-\d{6}-\d{4}", code)
        assert parse_code(code).identifier.startswith("H55.")
        assert stored["form"] == "tt03-2025/01"
        assert stored["place_name"] == "Thái Nguyên"
    (page, *_) = read_pages(render_receipt(ReceiptContent.from_dict(stored)))
    for words in ("Thông tư số 03/2025/TT-VPCP", "Nghị định số 118/2025/NĐ-CP", "7. Phí, lệ phí:", "TỈNH THÁI NGUYÊN"):
        assert squeeze(words) in page.text


def test_communes_also_count_saturday_mornings(province: Connection) -> None:
    calendars = {
        agency["code"]: WorkCalendar.from_dict(calendar_data(NATIONAL, calendar_code(agency, NATIONAL)))
        for agency in content("agencies", NATIONAL)["agencies"]
    }
    saturday = NOW.astimezone(LOCAL).replace(month=11, day=28, hour=0)
    worked = {
        code: calendar.between(saturday, saturday + timedelta(hours=23)) / 3600 for code, calendar in calendars.items()
    }
    assert worked == {code: 4 if code.startswith(("P.", "X.")) else 0 for code in calendars}
    stored = province.execute(
        text("SELECT a.code, c.code AS calendar FROM agencies a JOIN calendars c ON c.id = a.calendar_id")
    )
    assert {row.code: row.calendar for row in stored} == {
        agency["code"]: calendar_code(agency, NATIONAL) for agency in content("agencies", NATIONAL)["agencies"]
    }


def test_the_second_is_refused_where_the_first_is_and_the_other_way_round(
    app: Flask, settings: Settings, emptying: Callable[[], None]
) -> None:
    for present, wanted in ((DEFAULT, NATIONAL), (NATIONAL, DEFAULT)):
        with app.app_context():
            load(settings, 0, False, NOW, profile=present)
            written = settings.accounts_file.read_bytes()
            with pytest.raises(DomainError) as refused:
                load(settings, 3, False, NOW, profile=wanted)
            assert refused.value.code == "wrong_state"
            assert f"MOTCUA_PROFILE={wanted}" in refused.value.detail
            assert load(settings, 3, True, NOW, profile=wanted) == Loaded(skipped=True, holds=present)
            with reading() as connection:
                assert held(connection) == present
        assert settings.accounts_file.read_bytes() == written
        emptying()
        settings.accounts_file.unlink()


def test_papers_are_real_files_of_their_kind(province: Connection, settings: Settings) -> None:
    rows = province.execute(text("SELECT sha256, name, media_type, size FROM attachments")).all()
    assert rows
    for row in rows:
        stored = (settings.data / "files" / row.sha256[:2] / row.sha256).read_bytes()
        assert len(stored) == row.size
        kind = {"application/pdf": (b"%PDF-", ".pdf"), "image/png": (b"\x89PNG", ".png")}[row.media_type]
        assert io.BytesIO(stored).read(len(kind[0])) == kind[0]
        assert row.name.endswith(kind[1])
