"""Numbers, alphabets, placeholders and the texts of every event for every channel."""

from __future__ import annotations

import pytest

from app.messages.phone import PhoneError, masked, normalised
from app.messages.placeholders import PlaceholderError, check, fill
from app.messages.sms import folded, size_of
from app.messages.texts import TO_APPLICANT
from app.messages.writing import EVENTS, letter_data, letter_from, sample_values, starting_text, write
from tests.messages.examples import values

CHANNELS = ("email", "sms", "zalo", "portal", "phone")


@pytest.mark.parametrize(
    "typed", ["0912345678", "0912 345 678", "+84 912 345 678", "84912345678", "0084-912-345-678", "(091) 234.5678"]
)
def test_a_number_is_kept_as_gateways_want_it(typed: str) -> None:
    assert normalised(typed, mobile=True) == "+84912345678"


def test_numbers_of_other_countries_stay_as_they_are() -> None:
    assert normalised("+33 6 12 34 56 78", mobile=True) == "+33612345678"


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("12345", "chỉ ghi chữ số"),
        ("091234567", "thừa hoặc thiếu"),
        ("09123456789", "thừa hoặc thiếu"),
        ("không có", "chỉ ghi chữ số"),
        ("０９１２３４５６７８", "chỉ ghi chữ số"),
        ("0233 3852 123", "không phải số di động"),
        ("+1", "thừa hoặc thiếu"),
        ("", "chỉ ghi chữ số"),
    ],
)
def test_what_is_no_number_is_told_why(typed: str, told: str) -> None:
    with pytest.raises(PhoneError, match=told):
        normalised(typed, mobile=True)


def test_a_fixed_line_can_be_called() -> None:
    assert normalised("0233 3852 123") == "+842333852123"


def test_addresses_are_masked() -> None:
    assert masked("sms", "0912 345 678") == masked("sms", "+84912345678") == "09••••678"
    assert masked("email", "binh.tran@example.org") == "b•••@example.org"
    assert masked("phone", "113") == "••••"


def test_folding_keeps_every_letter_and_only_its_marks_go() -> None:
    assert folded("Đã tiếp nhận hồ sơ “Ủy quyền” – hẹn…") == 'Da tiep nhan ho so "Uy quyen" - hen...'
    assert folded("漢字") == "??"


@pytest.mark.parametrize(
    ("text", "alphabet", "segments"),
    [
        ("a" * 160, "gsm7", 1),
        ("a" * 161, "gsm7", 2),
        ("[" * 81, "gsm7", 2),
        ("ế" * 70, "ucs2", 1),
        ("ế" * 71, "ucs2", 2),
        ("ế" * 135, "ucs2", 3),
        ("😀" * 36, "ucs2", 2),
    ],
)
def test_segments_are_counted_as_networks_count_them(text: str, alphabet: str, segments: int) -> None:
    size = size_of(text)
    assert (size.alphabet, size.segments) == (alphabet, segments)


def test_every_event_has_words_for_every_channel_and_its_starting_text_says_the_same() -> None:
    assert set(EVENTS) == TO_APPLICANT
    sample = sample_values("https://motcua.example.vn")
    for event in EVENTS:
        for channel in CHANNELS:
            built_in = write(event, channel, sample)
            edited = write(event, channel, sample, starting_text(event, channel))
            assert built_in.body, (event, channel)
            assert sample.code in built_in.body, (event, channel)
            assert "{" not in edited.body
            assert "[" not in edited.body
        assert size_of(write(event, "sms", sample, fold=True).body).segments == 1, event
        assert size_of(write(event, "sms", sample).body).segments <= 3, event


def test_an_sms_goes_without_diacritics_only_where_that_is_chosen() -> None:
    assert "đã tiếp nhận" in write("receipt_issued", "sms", values()).body
    assert "da tiep nhan" in write("receipt_issued", "sms", values(), fold=True).body
    assert "đã tiếp nhận" in write("receipt_issued", "zalo", values(), fold=True).body


def test_a_letter_that_was_kept_builds_the_same_mail() -> None:
    letter = write("receipt_issued", "email", values()).letter
    assert letter is not None
    assert letter_from(letter_data(letter)) == letter


# What people write ---------------------------------------------------------------------------------------------------------


def test_placeholders_are_filled_and_nothing_else_is_read() -> None:
    text = "{ma_ho_so}: {{ma_ho_so}} [[x]] {% if 1 %}".replace("{% if 1 %}", "{{% if 1 %}}")
    assert fill(text, values()) == "000.00.12.H50-261121-0001: {ma_ho_so} [x] {% if 1 %}"
    assert fill("{nguoi_nop}", values(applicant_name="{ma_ho_so} [x]")) == "{ma_ho_so} [x]", (
        "values are never read again"
    )


def test_a_part_with_an_empty_value_is_left_out() -> None:
    assert fill("Hồ sơ {ma_ho_so}[, hẹn {hen_tra}].", values(appointment_at=None)) == "Hồ sơ 000.00.12.H50-261121-0001."
    assert fill("[, hẹn {hen_tra}]", values()) == ", hẹn 13:30 04/12/2026"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Hồ sơ\nsố {ma_hoso}", r"Dòng 2, cột 4: không có mục {ma_hoso}"),
        ("Hồ sơ {ma_ho_so", "Dòng 1, cột 7: dấu { không có dấu } đóng"),
        ("a } b", "Dòng 1, cột 3: dấu } không có dấu mở"),
        ("[ {hen_tra}", r"Dòng 1, cột 1: dấu \[ không có dấu \] đóng"),
        ("[a [b] c]", r"dấu \[ nằm trong một phần"),
        ("{values.code.__class__}", "không có mục"),
        ("{ma_ho_so!r}", "không có mục"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_place(text: str, told: str) -> None:
    with pytest.raises(PlaceholderError, match=told):
        check(text)
