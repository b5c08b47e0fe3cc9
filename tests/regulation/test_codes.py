"""Requirements group 1: dossier codes (QT-14.1, QT-14.3; TT 01/2018/TT-VPCP Art. 19)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.config import PROJECT_ROOT
from app.rules.codes import CodeError, CodeParts, check_template, dossier_code, parse_code
from app.rules.profile import load_profile

QUANG_TRI = load_profile(PROJECT_ROOT / "profiles" / "quang_tri.toml")
SINCE_2020 = replace(QUANG_TRI, code_template="{top_first}-{date}-{number}")
DAY = date(2026, 11, 21)


@pytest.mark.rule("QT-14.3", "TN-3.4")
@pytest.mark.parametrize(
    ("identifier", "code"),
    [
        ("000.00.12.H50", "000.00.12.H50-261121-0001"),
        ("H50.12", "000.00.12.H50-261121-0001"),
        ("H50", "000.00.00.H50-261121-0001"),
        ("H50.29.18", "000.18.29.H50-261121-0001"),
        ("H50.242", "000.00.242.H50-261121-0001"),
    ],
)
def test_the_code_is_agency_day_and_number(identifier: str, code: str) -> None:
    assert dossier_code(QUANG_TRI, identifier, DAY, 1) == code


@pytest.mark.rule("QT-14.3")
@pytest.mark.parametrize(
    ("identifier", "code"),
    [
        ("000.00.12.H50", "H50.12-261121-0001"),
        ("H50.12", "H50.12-261121-0001"),
        ("000.00.00.H50", "H50-261121-0001"),
        ("000.18.29.H50", "H50.29.18-261121-0001"),
        ("000.01.10.H50", "H50.10.01-261121-0001"),
    ],
)
def test_a_profile_may_use_the_identifiers_of_2020(identifier: str, code: str) -> None:
    assert dossier_code(SINCE_2020, identifier, DAY, 1) == code


@pytest.mark.rule("QT-14.3")
def test_a_profile_may_keep_identifiers_as_they_were_registered() -> None:
    as_registered = replace(QUANG_TRI, code_template="{identifier}-{date}-{number}")

    assert dossier_code(as_registered, "H50.12", DAY, 7) == "H50.12-261121-0007"


@pytest.mark.rule("QT-14.3")
@pytest.mark.parametrize(("number", "written"), [(9_999, "9999"), (10_000, "10000"), (1_234_567, "1234567")])
def test_the_ten_thousandth_dossier_of_a_day_still_gets_a_code(number: int, written: str) -> None:
    code = dossier_code(QUANG_TRI, "000.00.12.H50", DAY, number)

    assert code == f"000.00.12.H50-261121-{written}"
    assert parse_code(code).number == number


@given(
    st.from_regex(r"\d{3}\.\d{2}\.\d{2}\.[A-Y]\d{2}", fullmatch=True, alphabet=st.characters(codec="ascii")),
    st.dates(date(2000, 1, 1), date(2099, 12, 31)),
    st.integers(1, 10**9),
)
def test_what_is_written_can_be_read(identifier: str, on: date, number: int) -> None:
    assert parse_code(dossier_code(QUANG_TRI, identifier, on, number)) == CodeParts(identifier, on, number)


def test_codes_are_read_as_people_type_them() -> None:
    assert parse_code(" 000.00.12.h50-200915-0001\n") == CodeParts("000.00.12.H50", date(2020, 9, 15), 1)


@pytest.mark.parametrize(
    "code",
    [
        "",
        "000.00.12.H50",
        "000.00.12.H50-200915-001",
        "000.00.12.H50-200931-0001",
        "000.00.12.H50-200915-0000",
        "000.00.12.H50-200915-00x1",
        "000..12.H50-200915-0001",
        "000.00.12.50-200915-0001",
        "000.00.12.H50-２00915-0001",
        "H50-200915-0001\x00",
        f"{'000.' * 9}H50-200915-0001",
    ],
)
def test_what_is_no_code_is_refused(code: str) -> None:
    with pytest.raises(CodeError):
        parse_code(code)


@pytest.mark.parametrize(
    ("identifier", "on", "number"),
    [
        ("000.00.12.H50", DAY, 0),
        ("000.00.12.H50", date(1999, 12, 31), 1),
        ("000.00.12.H50", date(2100, 1, 1), 1),
        ("", DAY, 1),
        ("000.00.12", DAY, 1),
        ("h50.12", DAY, 1),
        ("H50-12", DAY, 1),
    ],
)
def test_what_cannot_be_a_code_is_not_written(identifier: str, on: date, number: int) -> None:
    with pytest.raises(CodeError):
        dossier_code(QUANG_TRI, identifier, on, number)


@pytest.mark.parametrize(
    "template", ["", "{number}", "{top_first}-{number}-{date}", "{agency}-{date}-{number}", "{0.__class__}"]
)
def test_a_template_whose_codes_could_not_be_read_is_refused(template: str) -> None:
    with pytest.raises(CodeError):
        check_template(template)
