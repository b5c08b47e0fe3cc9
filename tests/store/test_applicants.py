"""Finding an applicant again: by words of the name, by the beginning of a number, in the asking agencies alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from app.embedded import Urls
from app.store.applicants import MOST_FOUND, EarlierApplicant, find_applicants
from app.store.dossiers import DossierContents
from app.store.transaction import reading
from tests import factories
from tests.factories import START, Province
from tests.fixtures.application import Writing
from tests.store.test_list_costs import add_closed, touched

Find = Callable[..., list[EarlierApplicant]]
Add = Callable[..., str]


@pytest.fixture
def province(writing: Writing) -> Province:
    with writing() as connection:
        return factories.small_province(connection)


@pytest.fixture
def add(writing: Writing, province: Province) -> Add:
    """A dossier of an applicant; answers its code."""
    days = iter(range(1000))

    def made(agency: int | None = None, **applicant: Any) -> str:
        day = next(days)
        code = f"000.00.12.H50-261123-{day + 1:04d}"
        with writing() as connection:
            found = factories.dossier(
                connection,
                agency or province.health,
                province.procedure,
                province.version,
                code=code,
                applicant=applicant["name"],
                received_at=START + timedelta(days=day),
            )
            rows = DossierContents.__table__
            connection.execute(rows.update().where(rows.c.dossier_id == found).values(applicant=applicant))  # type: ignore[attr-defined]
        return code

    return made


@pytest.fixture
def find(app: Flask, province: Province) -> Find:
    def found(words: str, limit: int = 10, agencies: tuple[int, ...] | None = None) -> list[EarlierApplicant]:
        with app.app_context(), reading() as connection:
            return find_applicants(connection, agencies or (province.health,), words, limit)

    return found


def names(found: list[EarlierApplicant]) -> list[str]:
    return [one.applicant["name"] for one in found]


def test_a_name_is_found_without_diacritics_and_in_any_order(add: Add, find: Find) -> None:
    add(name="Đỗ Thị Ánh", id_number="045100000001")
    add(name="Lê Văn Bình", id_number="045100000002")
    for words in ("do thi anh", "Ánh ĐỖ", "anh", "  ánh  "):
        assert names(find(words)) == ["Đỗ Thị Ánh"], words
    assert find("Đỗ Bình") == []


def test_letters_of_the_code_are_no_name(add: Add, find: Find) -> None:
    add(name="Lê Văn Lâm")
    assert find("h") == []


@pytest.mark.parametrize("words", ["045 185 001 234", "045185001234", "0451", "045.185-001"])
def test_an_identity_number_is_found_by_its_beginning_however_it_is_written(add: Add, find: Find, words: str) -> None:
    add(name="Lê Văn Bình", id_number="045185001234")
    add(name="Đỗ Thị Ánh", id_number="046185001234")
    assert names(find(words)) == ["Lê Văn Bình"]


@pytest.mark.parametrize("words", ["0912345678", "0912 345", "+84 912 345 678", "0912.345.678", "+84912"])
@pytest.mark.parametrize("written", ["0912 345 678", "+84 912-345-678", "0912345678"])
def test_a_telephone_number_is_found_however_it_is_written(add: Add, find: Find, words: str, written: str) -> None:
    add(name="Lê Văn Bình", phone=written)
    add(name="Đỗ Thị Ánh", phone="0987 654 321")
    assert names(find(words)) == ["Lê Văn Bình"]


def test_a_passport_has_letters(add: Add, find: Find) -> None:
    add(name="John Smith", id_number="c1234567")
    assert names(find("C1234567")) == ["John Smith"]
    assert names(find("smith C1234")) == ["John Smith"]
    assert find("brown C1234") == []


@pytest.mark.parametrize("words", ["", " ", "045", "1", "%", "_", "\\", "0%_\\1", "' OR 1=1 --", "٠٤٥١", "x" * 5000])
def test_what_says_nothing_finds_nobody(add: Add, find: Find, words: str) -> None:
    add(name="Lê Văn Bình", id_number="045185001234")
    assert find(words) == []


def test_a_person_is_one_row_with_her_newest_data(add: Add, find: Find) -> None:
    """The same identity number is the same person; without one, the same name and telephone number."""
    add(name="Lê Văn Bình", id_number="045 185 001 234", address="Đông Hà")
    add(name="Lê Bình", phone="0912 345 678")
    add(name="lê  bình", phone="0912345678", email="binh@example.org")
    add(name="Lê Bình", phone="0999 999 999")
    last = add(name="Lê Văn Bình", id_number="045185001234", address="Cam Lộ")
    found = find("lê bình")
    assert [(one.applicant["name"], one.dossiers) for one in found] == [
        ("Lê Văn Bình", 2),
        ("Lê Bình", 1),
        ("lê  bình", 2),
    ]
    assert (found[0].applicant["address"], found[0].code) == ("Cam Lộ", last)
    assert found[2].applicant["email"] == "binh@example.org"
    assert names(find("lê bình", limit=1)) == ["Lê Văn Bình"]


def test_another_agencys_applicants_are_not_shown(add: Add, find: Find, province: Province) -> None:
    add(name="Lê Văn Bình", id_number="045185001234", phone="0912345678", agency=province.office)
    for words in ("Bình", "045185001234", "0912345678"):
        assert find(words) == []
        assert names(find(words, agencies=(province.health, province.office))) == ["Lê Văn Bình"]


def test_looking_costs_the_same_with_six_times_the_dossiers(
    app: Flask, database_urls: Urls, writing: Writing, province: Province, add: Add
) -> None:
    add(name="Đỗ Thị Ánh", id_number="046185001234", phone="0987654321")
    asked = {
        "whole number": "046185001234",
        "telephone": "0987654321",
        "unspecific number": "0451",
        "rare name": "do thi anh",
        "common name": "tran",
        "short word": "an",
    }

    def costs() -> dict[str, int]:
        with app.app_context(), reading() as connection:
            return {
                name: touched(connection, lambda c, words=words: find_applicants(c, (province.health,), words))
                for name, words in asked.items()
            }

    add_closed(writing, database_urls.owner, province, 2_000, 0)
    before = costs()
    add_closed(writing, database_urls.owner, province, 10_000, 2_000)
    after = costs()
    # It looks up each of those and is then enough: in two tables, by an index of three levels and a page of rows.
    assert after.pop("unspecific number") < 2 * 4 * MOST_FOUND
    grown = {name: (before[name], after[name]) for name in after if after[name] > 1.6 * before[name] + 60}
    assert grown == {}
