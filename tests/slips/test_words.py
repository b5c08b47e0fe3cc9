from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.slips.words import money_in_words, number_in_words

DIGITS = {
    "không": 0, "một": 1, "mốt": 1, "hai": 2, "ba": 3, "bốn": 4, "năm": 5, "lăm": 5, "sáu": 6, "bảy": 7, "tám": 8, "chín": 9,
}  # fmt: skip


def listened(words: str) -> int:
    """The number that somebody hears."""
    billions, *rest = words.rsplit(" tỷ", 1) if " tỷ" in words else (words,)
    if rest:
        return listened(billions) * 10**9 + (listened(rest[0].strip()) if rest[0].strip() else 0)
    total = group = 0
    for word in words.split():
        if word in DIGITS:
            group += DIGITS[word]
        elif word == "mười":
            group += 10
        elif word == "mươi":
            group += (group % 10) * 9
        elif word == "trăm":
            group *= 100
        elif word in {"nghìn", "triệu"}:
            total += group * {"nghìn": 1000, "triệu": 1_000_000}[word]
            group = 0
        else:
            assert word == "linh"
    return total + group


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "không"),
        (5, "năm"),
        (10, "mười"),
        (11, "mười một"),
        (14, "mười bốn"),
        (15, "mười lăm"),
        (20, "hai mươi"),
        (21, "hai mươi mốt"),
        (24, "hai mươi bốn"),
        (25, "hai mươi lăm"),
        (100, "một trăm"),
        (101, "một trăm linh một"),
        (105, "một trăm linh năm"),
        (110, "một trăm mười"),
        (115, "một trăm mười lăm"),
        (121, "một trăm hai mươi mốt"),
        (1_000, "một nghìn"),
        (1_005, "một nghìn không trăm linh năm"),
        (1_015, "một nghìn không trăm mười lăm"),
        (12_500, "mười hai nghìn năm trăm"),
        (125_000, "một trăm hai mươi lăm nghìn"),
        (1_000_000, "một triệu"),
        (1_000_001, "một triệu không trăm linh một"),
        (1_250_000, "một triệu hai trăm năm mươi nghìn"),
        (21_000_021, "hai mươi mốt triệu không trăm hai mươi mốt"),
        (1_000_000_000, "một tỷ"),
        (5_000_050_000, "năm tỷ không trăm năm mươi nghìn"),
        (1_000_000_000_000_000, "một triệu tỷ"),
    ],
)
def test_numbers_are_read_as_people_read_them(number: int, words: str) -> None:
    assert number_in_words(number) == words


@given(st.integers(0, 10**18))
def test_every_number_is_heard_as_it_was_written(number: int) -> None:
    assert listened(number_in_words(number)) == number


def test_money_is_read_in_dong() -> None:
    assert money_in_words(125_000) == "một trăm hai mươi lăm nghìn đồng"


def test_no_debt_is_read_out() -> None:
    with pytest.raises(ValueError, match="from zero"):
        number_in_words(-1)
