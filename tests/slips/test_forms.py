from __future__ import annotations

from datetime import date

import pytest

from app.rules.profile import CHOICES
from app.slips.fields import FIELDS
from app.slips.forms import FORMS, KIND_TITLES, form_of, kinds

BEFORE, SINCE = date(2025, 9, 14), date(2025, 9, 15)


def test_every_kind_has_fields_a_title_and_a_form_in_every_set_of_a_profile() -> None:
    assert set(KIND_TITLES) == set(FIELDS) == {form.kind for form in FORMS.values()}
    for slip_set in CHOICES["slip_set"]:
        for day in (date(2018, 1, 1), BEFORE, SINCE, date(2030, 1, 1)):
            assert kinds(slip_set, day) == tuple(KIND_TITLES)


@pytest.mark.parametrize(
    ("kind", "old", "new"),
    [
        ("receipt", "tt01-2018/01", "tt03-2025/01"),
        ("supplement", "tt01-2018/02", "tt03-2025/02"),
        ("refusal", "tt01-2018/03", "tt03-2025/03"),
        ("apology", "tt01-2018/04", "tt03-2025/04"),
        ("stop_notice", "office/stop_notice", "tt03-2025/05"),
        ("control", "tt01-2018/05", "tt03-2025/06"),
        ("register", "tt01-2018/06", "tt03-2025/07"),
        ("withdrawal", "office/withdrawal", "office/withdrawal"),
    ],
)
def test_a_kind_has_the_form_in_force_on_the_day(kind: str, old: str, new: str) -> None:
    """facts b: TT 03/2025 moved the numbers 05 and 06; there was no stop notice before it."""
    assert form_of(kind, "tt_03_2025", BEFORE) == old
    assert form_of(kind, "tt_03_2025", SINCE) == new
    assert form_of(kind, "tt_01_2018", SINCE) == old


def test_one_number_is_two_slips_so_a_form_is_known_by_its_key() -> None:
    assert FORMS["tt01-2018/05"].kind == "control"
    assert FORMS["tt03-2025/05"].kind == "stop_notice"
    assert FORMS["tt01-2018/05"].number == FORMS["tt03-2025/05"].number == "Mẫu số 05"


@pytest.mark.parametrize(("kind", "slip_set"), [("letter", "tt_01_2018"), ("receipt", "tt_02_2017"), ("", "")])
def test_what_no_set_has_is_refused(kind: str, slip_set: str) -> None:
    with pytest.raises(ValueError, match="has no slip"):
        form_of(kind, slip_set, SINCE)


def test_a_form_of_the_office_claims_no_circular() -> None:
    for key, form in FORMS.items():
        assert bool(form.circular) == bool(form.number) == bool(form.title) == (not key.startswith("office/"))


def test_the_old_circular_ends_on_the_day_before_the_new_one() -> None:
    for key, form in FORMS.items():
        assert form.valid_to == (BEFORE if key.startswith("tt01-2018/") else None)


def test_a_number_is_printed_with_the_suffix_of_its_book() -> None:
    assert FORMS["tt01-2018/02"].number_suffix == "/HDHS"
    assert FORMS["tt01-2018/04"].number_suffix == "/PXL"
    assert all(form.book == bool(form.number_suffix) for form in FORMS.values())
