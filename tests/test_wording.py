from __future__ import annotations

import unicodedata
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.wording import alphabetical, clean_line, spoken_date, spoken_instant


def test_vietnamese_text_is_composed_and_otherwise_untouched() -> None:
    decomposed = unicodedata.normalize("NFD", "Nguyễn Thị Thanh Huyền, phường Đông Hà")

    assert clean_line(decomposed) == "Nguyễn Thị Thanh Huyền, phường Đông Hà"


def test_line_breaks_and_control_characters_become_one_space() -> None:
    assert clean_line(" Sở\r\n\tY\x00tế\u2028Quảng\x1bTrị ") == "Sở Y tế Quảng Trị"


def test_direction_overrides_and_invisible_characters_are_dropped() -> None:
    assert clean_line("Văn\u202eA\u202c\u200f\u2066 B\ufeff\u00ad") == "VănA B"


def test_emoji_sequences_stay_whole() -> None:
    assert clean_line("👨\u200d👩\u200d👧 Ký") == "👨\u200d👩\u200d👧 Ký"


def test_a_tall_stack_of_marks_is_cut_to_what_fits_a_line() -> None:
    assert clean_line("ế" + "\u0301" * 40) == "ế" + "\u0301" * 3


@given(st.text(st.characters(codec=None)))
def test_any_text_becomes_one_storable_line_and_cleaning_twice_changes_nothing(text: str) -> None:
    line = clean_line(text)

    line.encode()
    assert "\x00" not in line
    assert len(line.splitlines()) <= 1
    assert unicodedata.is_normalized("NFC", line)
    assert clean_line(line) == line


def test_an_instant_is_worded_in_local_time() -> None:
    at = datetime(2026, 11, 21, 7, 30, tzinfo=UTC)

    assert spoken_instant(at) == "14 giờ 30 phút, ngày 21/11/2026"
    assert spoken_date(at) == "ngày 21 tháng 11 năm 2026"


def test_the_local_day_begins_at_local_midnight() -> None:
    assert spoken_instant(datetime(2026, 12, 31, 17, 0, tzinfo=UTC)) == "00 giờ 00 phút, ngày 01/01/2027"


@pytest.mark.parametrize("word", [spoken_instant, spoken_date])
def test_an_instant_without_an_offset_is_refused(word: object) -> None:
    assert callable(word)
    with pytest.raises(ValueError, match="offset"):
        word(datetime(2026, 11, 21, 7, 30))  # noqa: DTZ001


def test_names_stand_in_the_order_of_the_vietnamese_alphabet() -> None:
    names = ["Da", "Đa", "Em", "Êm", "a", "Ắc", "âm", "ba", "bà", "bảo", "8 giờ", "Zen"]
    assert sorted(names, key=alphabetical) == [
        "8 giờ", "a", "Ắc", "âm", "ba", "bà", "bảo", "Da", "Đa", "Em", "Êm", "Zen",
    ]  # fmt: skip
    assert sorted(["tả lợn", "tá mèo", "ta gà"], key=alphabetical) == ["ta gà", "tả lợn", "tá mèo"]
