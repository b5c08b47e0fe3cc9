"""Requirements group 8: by which ways applicants of each province are told what (QT-16.4, ST-11.2n, ST-14.3n, LA-9.2n, TN)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime

import pytest

from app.rules.profile import Profile, load_profile
from app.rules.sms_lookup import asked_code
from app.rules.telling import Contacts, channels_for, news_of, quiet_until
from app.wording import LOCAL

PROVINCES = {
    name: load_profile(f"profiles/{name}.toml")
    for name in ("quang_tri", "ha_tinh", "soc_trang", "long_an", "thai_nguyen", "national_2025")
}
BOTH = Contacts(email=True, phone=True)


def told(
    province: str, template: str, chosen: Collection[str] = (), contacts: Contacts = BOTH, *, online: bool = False
) -> tuple[str, ...]:
    profile: Profile = PROVINCES[province]
    return channels_for(news_of(template, online=online), chosen, profile, contacts)


@pytest.mark.rule("QT-16.4", "QT-16.6")
@pytest.mark.parametrize("province", PROVINCES)
@pytest.mark.parametrize(
    "template", ["receipt_issued", "result_ready", "supplement_requested", "apology_sent", "dossier_refused"]
)
def test_everything_is_told_on_the_portal_and_as_he_chose(province: str, template: str) -> None:
    found = told(province, template, ["email", "zalo", "phone"])
    assert {"portal", "email", "zalo", "phone"} <= set(found)
    assert found == tuple(name for name in ("portal", "email", "sms", "zalo", "phone") if name in found)


@pytest.mark.rule("QT-16.4")
def test_a_way_that_does_not_reach_him_is_none() -> None:
    assert told("quang_tri", "result_ready", ["email", "sms", "zalo", "phone"], Contacts(email=True)) == (
        "portal",
        "email",
    )
    assert told("quang_tri", "result_ready", ["email", "sms"], Contacts(phone=True)) == ("portal", "sms")


@pytest.mark.rule("ST-11.2n", "ST-11.2b")
def test_in_soc_trang_an_acceptance_online_goes_by_portal_sms_and_mail() -> None:
    assert told("soc_trang", "receipt_issued", online=True) == ("portal", "email", "sms")
    assert told("soc_trang", "receipt_issued") == ("portal",)


@pytest.mark.rule("LA-9.2n")
@pytest.mark.parametrize(
    ("chosen", "contacts", "expected"),
    [
        ((), BOTH, ("portal", "email")),
        ((), Contacts(phone=True), ("portal", "sms")),
        (("zalo",), BOTH, ("portal", "zalo")),
        (("phone",), BOTH, ("portal", "email", "phone")),
        ((), Contacts(), ("portal",)),
    ],
)
def test_in_long_an_an_acceptance_online_goes_by_one_of_mail_sms_zalo(
    chosen: Collection[str], contacts: Contacts, expected: tuple[str, ...]
) -> None:
    assert told("long_an", "receipt_issued", chosen, contacts, online=True) == expected


@pytest.mark.rule("ST-14.3n")
def test_in_soc_trang_a_new_date_goes_by_mail_and_sms() -> None:
    for template in ("apology_sent", "extension_recorded"):
        assert told("soc_trang", template) == ("portal", "email", "sms")
        assert told("quang_tri", template) == ("portal",)


@pytest.mark.rule("TN-11.4c", "TN-11.3b", "TN-11.4g")
def test_in_thai_nguyen_slips_come_with_an_sms() -> None:
    for template in ("supplement_requested", "correction_asked", "not_accepted", "apology_sent"):
        assert "sms" in told("thai_nguyen", template), template
    assert told("thai_nguyen", "receipt_issued", online=True) == ("portal", "sms")


@pytest.mark.rule("TN-11.5c")
def test_in_thai_nguyen_a_result_is_on_the_portal_and_as_he_chose() -> None:
    assert told("thai_nguyen", "result_ready", ["sms", "phone"]) == ("portal", "sms", "phone")


@pytest.mark.rule("QT-16.4")
@pytest.mark.parametrize("template", ["supplement_requested", "dossier_refused", "payment_requested", "visit_planned"])
def test_what_he_must_do_something_about_reaches_him_although_he_chose_nothing(template: str) -> None:
    assert told("quang_tri", template) == ("portal", "email")
    assert told("quang_tri", template, contacts=Contacts(phone=True)) == ("portal", "sms")
    assert told("quang_tri", template, ["phone"]) == ("portal", "phone")
    assert told("quang_tri", template, contacts=Contacts()) == ("portal",)


@pytest.mark.rule("QT-16.4")
def test_no_province_keeps_news_back_at_night() -> None:
    """`ngay` means at once."""
    night = datetime(2026, 11, 23, 16, 30, tzinfo=UTC)
    assert {quiet_until(profile.quiet_hours, night, LOCAL) for profile in PROVINCES.values()} == {None}


@pytest.mark.parametrize(
    ("hours", "at", "until"),
    [
        ("21:00-06:00", "2026-11-23 20:59", None),
        ("21:00-06:00", "2026-11-23 21:00", "2026-11-24 06:00"),
        ("21:00-06:00", "2026-11-24 05:59", "2026-11-24 06:00"),
        ("21:00-06:00", "2026-11-24 06:00", None),
        ("12:00-13:00", "2026-11-24 12:30", "2026-11-24 13:00"),
        ("12:00-13:00", "2026-11-24 13:00", None),
    ],
)
def test_where_a_province_wants_quiet_news_waits_for_its_end(hours: str, at: str, until: str | None) -> None:
    found = quiet_until(hours, datetime.fromisoformat(at).replace(tzinfo=LOCAL), LOCAL)
    assert found == (datetime.fromisoformat(until).replace(tzinfo=LOCAL) if until else None)


@pytest.mark.rule("ST-17.1")
@pytest.mark.parametrize(
    "typed",
    [
        "HS 000.00.12.H50-261123-0001",
        "hs000.00.12.h50-261123-0001",
        "  Hs : 000.00.12.H50 - 261123 - 0001 ",
        "hồ sơ 000.00.12.H50-261123-0001.",
        "000.00.12.H50-261123-0001",
    ],
)
def test_a_question_by_sms_is_read_however_it_was_typed(typed: str) -> None:
    assert asked_code(typed) == "000.00.12.H50-261123-0001"


@pytest.mark.parametrize("typed", ["", "HS", "xin chào", "HS ?", "HS " + "1" * 80, "HS" + " " * 490 + "!"])
def test_a_question_without_a_code_has_none(typed: str) -> None:
    assert asked_code(typed) is None
