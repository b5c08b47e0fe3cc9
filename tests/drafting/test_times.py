"""What tables say about time."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.drafting.times import decimal, hours_of, iso, read_time


@pytest.mark.parametrize(
    ("text", "limit", "unit"),
    [
        ("0,25 ngày", "PT2H", None),
        ("0.5 ngày làm việc", "PT4H", "working"),
        ("1/2 ngày", "PT4H", None),
        ("½ ngày", "PT4H", None),
        ("1½ ngày", "P1DT4H", None),
        ("¼ ngày", "PT2H", None),
        ("¾ ngày", "PT6H", None),
        ("01 ngày", "P1D", None),
        ("22,25 ngày", "P22DT2H", None),
        ("1 và 1/2 ngày", "P1DT4H", None),
        ("03 NLV", "P3D", "working"),
        ("2 tiếng", "PT2H", "working"),
        ("15'", "PT15M", "working"),
        ("3 ngày làm việc x 08 giờ = 24 giờ", "P3D", "working"),
        ("15 ngày kể từ ngày 01 tháng 7", "P15D", None),
        ("02 giờ làm việc", "PT2H", "working"),
        ("4h", "PT4H", "working"),
        ("2h30", "PT2H30M", "working"),
        ("30 phút", "PT30M", "working"),
        ("01 buổi", "PT4H", "working"),
        ("nửa ngày", "PT4H", None),
        ("1 ngày rưỡi", "P1DT4H", None),
        ("02 (hai) ngày làm việc", "P2D", "working"),
        ("ba ngày", "P3D", None),
        ("không quá 3 ngày", "P3D", None),
        ("Tối đa 05 ngày làm việc", "P5D", "working"),
        ("15 ngày dương lịch", "P15D", "calendar"),
        ("10 ngày (kể cả ngày nghỉ)", "P10D", "calendar"),
        ("10 ngày (không kể ngày nghỉ)", "P10D", "working"),
        ("80 giờ làm việc (10 ngày làm việc)", "PT80H", "working"),
        ("30 ngày làm việc = 240 giờ", "P30D", "working"),
        ("08 giờ làm việc/01 ngày", "PT8H", "working"),
        ("1 ngày 4 giờ", "P1DT4H", "working"),
        ("Không tính thời gian", "none", None),
        ("0 ngày", "none", None),
    ],
)
def test_a_time_that_is_plain(text: str, limit: str, unit: str | None) -> None:
    time = read_time(text)
    assert (time.limit, time.unit, time.certainty) == (limit, unit, "read")


@pytest.mark.parametrize(
    ("text", "limit", "certainty", "code"),
    [
        ("", None, "doubtful", "limit.missing"),
        ("theo quy định", None, "doubtful", "limit.elsewhere"),
        ("1-2 ngày", "P2D", "doubtful", "limit.range"),
        ("từ 3 đến 5 ngày", "P5D", "doubtful", "limit.range"),
        ("1 tháng", "P30D", "doubtful", "limit.long-unit"),
        ("02/01/2026", None, "doubtful", "limit.date"),
        ("3", "P3D", "doubtful", "limit.no-unit"),
        ("5 ngày; trường hợp phức tạp 10 ngày", "P5D", "doubtful", "limit.several"),
        ("10 ngày làm việc (vùng sâu, xa không quá 20 ngày)", "P10D", "doubtful", "limit.several"),
        ("0,5 ngày; 0,5 ngày", "PT4H", "doubtful", "limit.several"),
        ("01 giờ\n01 giờ", "PT1H", "doubtful", "limit.several"),
        ("3 + 1 + 1 ngày", "P1D", "doubtful", "limit.several"),
        ("0,5 ngày x 2", "PT4H", "doubtful", "limit.several"),
        ("1.000 giờ", None, "doubtful", "limit.unreadable"),
        ("1 000 ngày", None, "doubtful", "limit.unreadable"),
        ("15 ngày (không tính vào thời gian)", "none", "doubtful", "limit.contradicts"),
        ("2 ngày (20 giờ)", "P2D", "doubtful", "limit.contradicts"),
        ("99999 ngày", None, "doubtful", "limit.unreadable"),
        ("như trên", None, "doubtful", "limit.unreadable"),
        ("Giờ hành chính", "none", "guessed", "limit.uncounted"),
        ("-", "none", "guessed", "limit.uncounted"),
        ("Theo giấy hẹn", "none", "guessed", "limit.uncounted"),
        ("Trong ngày", "P1D", "guessed", "limit.at-once"),
        ("Ngay sau khi nhận hồ sơ", "P1D", "doubtful", "limit.at-once"),
    ],
)
def test_a_time_that_is_not(text: str, limit: str | None, certainty: str, code: str) -> None:
    time = read_time(text)
    assert (time.limit, time.certainty, time.code) == (limit, certainty, code)
    assert time.why


@pytest.mark.parametrize(
    ("head", "limit"),
    [("thoi gian (gio)", "PT30M"), ("thoi gian thuc hien (ngay lam viec)", "PT4H"), ("so gio", "PT30M")],
)
def test_a_number_alone_has_the_unit_of_its_head(head: str, limit: str) -> None:
    time = read_time("0,5", head)
    assert (time.limit, time.certainty) == (limit, "read")


def test_a_head_of_two_units_leaves_a_number_in_doubt() -> None:
    time = read_time("4", "thoi gian (gio/ngay)")
    assert (time.limit, time.certainty, time.code) == ("PT4H", "doubtful", "limit.no-unit")


def test_a_limit_that_several_share_says_so() -> None:
    assert read_time("07 ngày (chung)").shared
    assert not read_time("07 ngày").shared


@given(quarters=st.integers(1, 4 * 365), word=st.sampled_from(["ngày", "ngày làm việc", "ngày LV"]))
def test_days_come_back_as_they_were_written(quarters: int, word: str) -> None:
    time = read_time(f"{decimal(Fraction(quarters, 4))} {word}")
    assert hours_of(time.limit) == quarters * 2
    assert time.limit == iso(Fraction(quarters * 120), in_days=True)


@given(minutes=st.integers(1, 60 * 500))
def test_hours_and_minutes_come_back_as_they_were_written(minutes: int) -> None:
    hours, rest = divmod(minutes, 60)
    text = " ".join(filter(None, [f"{hours:02} giờ" if hours else "", f"{rest} phút" if rest else ""]))
    assert hours_of(read_time(text).limit) == Fraction(minutes, 60)


@given(st.text(max_size=80))
def test_any_text_has_an_answer(text: str) -> None:
    time = read_time(text, text)
    assert time.certainty in ("read", "guessed", "doubtful")
    assert hours_of(time.limit, time.unit or "working") >= 0
