"""Where the five regulations differ, each profile says what its own says; each row reads as its articles do."""

from __future__ import annotations

from datetime import date
from itertools import combinations

import pytest

from app.rules.codes import dossier_code
from app.rules.profile import Profile
from tests.regulation.provinces import HA_TINH, LONG_AN, NATIONAL, PROVINCES, QUANG_TRI, SOC_TRANG, THAI_NGUYEN

# The articles that decide a switch.
ARTICLES = {
    "intake_limit": ("ST-11.2a", "TN-11.3a", "HT-8.1a", "TN-PL.2"),
    "intake_cut_off": ("LA-9.1",),
    "on_time_by": ("QT-18.6", "LA-14.4a"),
    "on_time_against": ("QT-18.6", "LA-14.4a", "TN-11.4b"),
    "label_late": ("LA-14.4c",),
    "label_overdue_open": ("LA-14.4d",),
    "appointment": ("QT-18.3",),
    "supplement_clock": ("QT-19.3a", "ST-16.1b"),
    "apology_window": ("QT-19.1a", "ST-16.1d"),
    "apology_overdue": ("QT-19.1a",),
    "extension": ("ST-14.3e",),
    "closing_bar": ("ST-16.1d",),
    "paper": ("QT-20.1a", "ST-13.3"),
    "receipt_at_once": ("QT-15.1b", "ST-13.1d"),
    "transfer_form": ("QT-20.2b",),
    "publication_limit": ("HT-6.1", "LA-14.3", "TN-7.1", "QT-22.3"),
    "publication_from": ("HT-6.1", "ST-10.3b", "TN-7.1"),
    "publication_review": ("ST-10.3b",),
    "acceptance_channels_mode": ("ST-11.2b", "LA-9.2"),
    "slip_files": ("QT-15.3", "ST-14.3d2"),
    "electronic_result": ("QT-13.4r", "ST-11.4b", "LA-10.2b", "TN-PL.5"),
    "online_papers": ("HT-7.2", "ST-11.2c"),
    "signed_results": ("QT-17.2", "LA-10.1", "TN-PL.3s"),
    "password_age": ("QT-28.5b",),
    "backup_every": ("LA-4.6", "TN-7.5"),
}
# Its value in Quảng Trị, Hà Tĩnh, Sóc Trăng, Long An and Thái Nguyên. A dash: that regulation is silent there, so its
# profile's value is the system's choice and no matter of law.
DIFFER: dict[str, tuple[str, ...]] = {
    "intake_limit": ("none", "PT8H", "PT8H", "none", "PT4H"),
    "intake_cut_off": ("none", "none", "none", "17:00", "none"),
    "on_time_by": ("instant", "-", "-", "date", "-"),
    "on_time_against": ("deadline", "-", "deadline", "appointment", "deadline"),
    "label_late": ("quá hạn", "-", "quá hạn", "trễ hạn", "quá hạn"),
    "label_overdue_open": ("-", "-", "quá hạn", "đang giải quyết quá hạn", "quá hạn"),
    "appointment": ("next_session", "-", "-", "-", "-"),
    "supplement_clock": ("restart", "restart", "resume", "-", "restart"),
    "apology_window": ("before_appointment", "day_before_deadline", "when_overdue", "-", "day_before_deadline"),
    "apology_overdue": ("always", "-", "always", "always", "-"),
    "extension": ("with_apology", "with_apology", "separate", "-", "with_apology"),
    "closing_bar": ("-", "-", "apology", "-", "-"),
    "paper": ("before", "none", "after", "-", "none"),
    "receipt_at_once": ("optional", "optional", "optional", "-", "-"),
    "transfer_form": ("delivered", "-", "-", "-", "-"),
    "publication_limit": ("none", "P3D", "none", "effective", "P5D"),
    "publication_from": ("decision", "decision", "registration", "-", "decision"),
    "publication_review": ("-", "-", "P5D", "-", "-"),
    "acceptance_channels_mode": ("one", "-", "all", "one", "all"),
    "slip_files": ("required", "-", "required", "-", "required"),
    "electronic_result": ("full_service", "-", "full_service", "signed_or_post", "full_service"),
    "online_papers": ("-", "refused", "checked", "-", "checked"),
    "signed_results": ("optional", "-", "-", "required", "required"),
    "password_age": ("P90D", "-", "-", "-", "-"),
    "backup_every": ("-", "-", "-", "week", "hour"),
}
SWITCHES = [pytest.param(switch, id=switch, marks=pytest.mark.rule(*ARTICLES[switch])) for switch in DIFFER]


@pytest.mark.parametrize("switch", SWITCHES)
def test_each_profile_says_what_its_regulation_says(switch: str) -> None:
    said = {name: value for name, value in zip(PROVINCES, DIFFER[switch], strict=True) if value != "-"}

    assert {name: getattr(PROVINCES[name], switch) for name in said} == said


@pytest.mark.parametrize(("first", "second"), list(combinations(PROVINCES, 2)))
def test_no_two_provinces_are_alike(first: str, second: str) -> None:
    """Each pair differs in every switch in which the law itself does."""
    rows = {switch: dict(zip(PROVINCES, row, strict=True)) for switch, row in DIFFER.items()}
    lawful = {
        switch for switch, row in rows.items() if "-" not in (row[first], row[second]) and row[first] != row[second]
    }
    found = {switch for switch in rows if getattr(PROVINCES[first], switch) != getattr(PROVINCES[second], switch)}

    assert lawful
    assert lawful <= found


@pytest.mark.rule("ST-11.2b", "LA-9.2", "QT-16.4")
def test_how_an_acceptance_is_told() -> None:
    assert SOC_TRANG.acceptance_channels == ("portal", "sms", "email")
    assert LONG_AN.acceptance_channels == ("email", "sms", "zalo")
    assert THAI_NGUYEN.acceptance_channels == ("portal", "sms")


def test_each_profile_is_in_force_from_the_day_of_its_decision() -> None:
    """Quảng Trị's and Sóc Trăng's are drafts that leave the day open: the year is all they say."""
    assert {name: profile.valid_from for name, profile in PROVINCES.items()} == {
        "QT": date(2020, 1, 1),
        "HT": date(2024, 11, 15),
        "ST": date(2019, 1, 1),
        "LA": date(2019, 8, 1),
        "TN": date(2020, 5, 28),
    }
    assert NATIONAL.valid_from == date(2025, 7, 1)


@pytest.mark.rule("TN-3.4", "QT-14.3")
@pytest.mark.parametrize(
    ("profile", "code"),
    [
        (QUANG_TRI, "000.00.12.H50-261121-0001"),
        (HA_TINH, "H27.12-261121-0001"),
        (SOC_TRANG, "000.00.12.H51-261121-0001"),
        (LONG_AN, "000.00.12.H39-261121-0001"),
        (THAI_NGUYEN, "000.00.12.H55-261121-0001"),
        (NATIONAL, "H55.12-261121-0001"),
    ],
    ids=lambda value: value.id if isinstance(value, Profile) else None,
)
def test_codes_of_the_provinces(profile: Profile, code: str) -> None:
    identifier = code.split("-")[0]

    assert dossier_code(profile, identifier, date(2026, 11, 21), 1) == code
