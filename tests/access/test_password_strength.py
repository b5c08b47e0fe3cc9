"""Passwords that people here choose, judged as a guesser from here would."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from app.access.password_strength import MOST_LOOKED_AT, Chooser, weakness
from app.rules.passwords import fault_of

AN = Chooser.of("an.nguyen", "Nguyễn Thị An", "SYT", "Sở Y tế tỉnh Quảng Trị")


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("1234567890", "dễ đoán"),
        ("Matkhau2026!", "từ hay dùng"),
        ("Mật khẩu 2026", "từ hay dùng"),
        ("m4tkh4u2026", "từ hay dùng"),
        ("Anhyeuem1990", "từ hay dùng"),
        ("QuangTri@2026", "Quá dễ đoán"),
        ("NgocAnh@1992", "tên người"),
        ("Trantuan1988!", "tên người"),
        ("Soyte2026@", "cơ quan của bạn"),
        ("sytsytsyt1", "Quá dễ đoán"),
        ("1qaz2wsx3edc", "Quá dễ đoán"),
        ("aaaaaaaaaaaa1", "lặp lại"),
        ("P@ssw0rd2026", "Quá dễ đoán"),
        ("ă" * 200, "lặp lại"),
    ],
)
def test_what_is_guessed_first_is_refused_with_the_reason(password: str, why: str) -> None:
    assert why in (weakness(password, AN) or "")


@pytest.mark.parametrize(
    "password",
    ["con trâu bên dòng sông", "đèn pin giá sách ống nước", "bam-ke-tun-482", "tủ lạnh bàn ghế", "kX9-tre-wq7-lụa"],
)
def test_words_that_have_nothing_to_do_with_each_other_are_good(password: str) -> None:
    assert weakness(password, AN) is None
    assert fault_of(password, "an.nguyen", "Nguyễn Thị An") is None


def test_ones_own_words_are_weak_for_oneself_only() -> None:
    others = Chooser.of("binh", "Trần Bình")
    own = Chooser.of("zorvex", "Zorvex Quillan")
    assert weakness("zorvexquillan1", own) is not None
    assert weakness("zorvexquillan1", others) is None


def test_choosers_at_the_same_time_do_not_get_each_others_words() -> None:
    """The library keeps one person's words in a dictionary of the process."""
    choosers = [Chooser.of(f"zorvex{number}quill", "Ai Đó") for number in range(8)]

    def judged(number: int) -> bool:
        return weakness(f"zorvex{number % 8}quill7", choosers[number % 8]) is not None

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(judged, range(64)))


def test_what_is_very_long_is_judged_by_its_beginning() -> None:
    assert weakness("con trâu bên dòng sông" * 9, AN) is None
    assert weakness("1" * MOST_LOOKED_AT + "con trâu bên dòng sông", AN) is not None
