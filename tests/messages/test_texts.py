from __future__ import annotations

from datetime import datetime

import pytest

from app.messages.texts import TEMPLATES, TO_APPLICANT, NoticeValues, TextError, compose
from tests.messages.examples import values


def test_the_notice_of_receipt_tells_code_procedure_times_and_look_up() -> None:
    letter = compose("receipt_issued", values())

    assert letter.subject == "Đã tiếp nhận hồ sơ 000.00.12.H50-261121-0001"
    assert letter.greeting == "Kính gửi Nguyễn Thị Thanh Huyền,"
    assert letter.facts == (
        ("Mã hồ sơ", "000.00.12.H50-261121-0001"),
        ("Thủ tục", "Chấm dứt việc chăm sóc thay thế cho trẻ em"),
        ("Thời gian nhận hồ sơ", "08 giờ 15 phút, ngày 20/11/2026"),
        ("Thời gian hẹn trả kết quả", "13 giờ 30 phút, ngày 04/12/2026"),
    )
    assert letter.link == ("Tra cứu hồ sơ", values().url)


@pytest.mark.parametrize(
    ("template", "told"),
    [
        ("result_ready", "Trung tâm Phục vụ hành chính công tỉnh"),
        ("deadline_due_soon", "08 giờ 15 phút, ngày 04/12/2026"),
        ("deadline_passed", "08 giờ 15 phút, ngày 04/12/2026"),
        ("appointment_passed", "13 giờ 30 phút, ngày 04/12/2026"),
    ],
)
def test_every_notice_names_the_dossier_and_what_it_is_about(template: str, told: str) -> None:
    letter = compose(template, values())

    assert values().code in letter.subject
    assert ("Mã hồ sơ", values().code) in letter.facts
    assert told in [value for _, value in letter.facts]


def test_officials_are_told_the_step_and_applicants_are_not() -> None:
    told = {name: "Thẩm định hồ sơ" in [value for _, value in compose(name, values()).facts] for name in TEMPLATES}

    assert {name for name, step in told.items() if not step} == TO_APPLICANT


def test_the_desk_learns_whom_to_contact() -> None:
    assert ("Người nộp hồ sơ", "Nguyễn Thị Thanh Huyền") in compose("appointment_passed", values()).facts


def test_a_dossier_without_an_appointment_is_promised_none() -> None:
    letter = compose("receipt_issued", values(appointment_at=None, applicant_name="", url=""))

    assert "Thời gian hẹn trả kết quả" not in [label for label, _ in letter.facts]
    assert letter.greeting == "Kính gửi ông/bà,"
    assert letter.link is None


@pytest.mark.parametrize(
    ("template", "missing"),
    [
        ("receipt_issued", "received_at"),
        ("result_ready", "place_of_return"),
        ("deadline_due_soon", "deadline_at"),
        ("deadline_passed", "deadline_at"),
        ("appointment_passed", "appointment_at"),
    ],
)
def test_a_missing_value_is_named(template: str, missing: str) -> None:
    without = values(**{missing: "" if missing == "place_of_return" else None})

    with pytest.raises(TextError, match=f"^{missing}:"):
        compose(template, without)


def test_an_unknown_template_is_refused() -> None:
    with pytest.raises(TextError, match="apology"):
        compose("apology", values())


def test_an_instant_without_an_offset_is_refused() -> None:
    with pytest.raises(ValueError, match="offset"):
        compose("receipt_issued", values(received_at=datetime(2026, 11, 20, 8, 0)))  # noqa: DTZ001


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "//example.vn", "ftp://example.vn"])
def test_only_web_addresses_become_links(url: str) -> None:
    with pytest.raises(TextError, match=r"^url:"):
        values(url=url)


def test_an_endless_code_gives_a_short_subject() -> None:
    letter = compose("receipt_issued", NoticeValues("x" * 5000, "", "", received_at=values().received_at))

    assert len(letter.subject) == 150
