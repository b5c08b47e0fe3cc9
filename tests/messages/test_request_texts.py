"""What side processes say to the applicant and to officials."""

from __future__ import annotations

import pytest

from app.messages.request_texts import TO_APPLICANT, TO_OFFICIALS
from app.messages.texts import TEMPLATES, TextError, compose
from tests.messages.examples import values

PROPOSED = "Chờ ý kiến của Sở Xây dựng"


@pytest.mark.parametrize("template", [*TO_APPLICANT, *TO_OFFICIALS])
def test_every_notice_names_the_dossier(template: str) -> None:
    letter = compose(template, values())

    assert values().code in letter.subject
    assert ("Mã hồ sơ", values().code) in letter.facts
    assert letter.facts.count(("Mã hồ sơ", values().code)) == 1


def test_the_words_of_whoever_proposed_it_are_for_officials_unless_the_law_wants_them_told() -> None:
    """An apology says why (NĐ 61/2018 Art. 19(9)); a visit says what is looked at (ST-14.3b)."""
    told = {name for name in TO_APPLICANT if PROPOSED in [value for _, value in compose(name, values()).facts]}

    assert told == {"extension_recorded", "apology_sent", "visit_planned"}


def test_an_apology_says_sorry_why_and_the_new_time() -> None:
    letter = compose("apology_sent", values())

    assert letter.subject == "Xin lỗi và hẹn lại ngày trả kết quả hồ sơ 000.00.12.H50-261121-0001"
    assert "xin lỗi ông/bà" in letter.paragraphs[0]
    assert ("Lý do", PROPOSED) in letter.facts
    assert ("Thời gian hẹn trả kết quả", "13 giờ 30 phút, ngày 04/12/2026") in letter.facts


@pytest.mark.parametrize("template", ["payment_requested", "payment_reminder", "payment_overdue"])
def test_what_is_to_be_paid_is_told_with_its_last_day(template: str) -> None:
    facts = compose(template, values()).facts

    assert ("Số tiền", "1.250.000 đồng") in facts
    assert ("Ngày cuối cùng phải nộp", "17 giờ 00 phút, ngày 01/12/2026") in facts


def test_an_amount_that_nobody_entered_is_not_told_as_nothing() -> None:
    facts = dict(compose("payment_requested", values(amount=None)).facts)

    assert "Số tiền" not in facts
    assert dict(compose("payment_requested", values(amount=0)).facts)["Số tiền"] == "0 đồng"


def test_the_desk_learns_who_has_not_paid() -> None:
    assert ("Người nộp hồ sơ", "Nguyễn Thị Thanh Huyền") in compose("payment_overdue", values()).facts


def test_who_is_asked_learns_what_and_by_when() -> None:
    facts = compose("opinion_asked", values()).facts

    assert ("Nội dung lấy ý kiến", PROPOSED) in facts
    assert ("Thời hạn trả lời", "17 giờ 00 phút, ngày 01/12/2026") in facts


def test_the_applicant_is_asked_to_a_visit_with_time_place_participants_and_content() -> None:
    facts = dict(compose("visit_planned", values()).facts)

    assert (facts["Thời gian"], facts["Địa điểm"]) == ("09 giờ 00 phút, ngày 27/11/2026", "Số 12 đường Hùng Vương")
    assert (facts["Thành phần"], facts["Nội dung"]) == ("Sở Y tế; UBND phường", PROPOSED)


@pytest.mark.parametrize("template", ["dossier_refused", "dossier_stopped"])
def test_whose_dossier_is_not_granted_learns_where_his_papers_are(template: str) -> None:
    assert ("Nơi nhận lại giấy tờ", values().place_of_return) in compose(template, values()).facts


@pytest.mark.parametrize(
    ("template", "missing"),
    [("apology_sent", "appointment_at"), ("extension_recorded", "appointment_at"), ("visit_planned", "visit_at")],
)
def test_a_missing_value_is_named(template: str, missing: str) -> None:
    with pytest.raises(TextError, match=f"^{missing}:"):
        compose(template, values(**{missing: None}))


def test_they_are_templates_like_all_others() -> None:
    assert {*TO_APPLICANT, *TO_OFFICIALS} <= set(TEMPLATES)
