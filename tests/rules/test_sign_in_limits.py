"""The delays of failed sign-ins, and the age of a password."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.rules.passwords import age_of
from app.rules.sign_in_limits import ADDRESS_FREE, LOCKED_OUT_AFTER, LOCKED_OUT_FOR, OF_ADDRESS, OF_NAME, wait_words

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)


def test_the_wait_grows_until_it_is_the_lock_out() -> None:
    assert list(OF_NAME.waits) == sorted(OF_NAME.waits)
    assert OF_NAME.waits[3] == 0, "a slip of the finger costs nothing"
    assert len(OF_NAME.waits) == LOCKED_OUT_AFTER
    assert OF_NAME.waits[-1] == LOCKED_OUT_FOR.total_seconds()
    assert OF_NAME.forgotten > LOCKED_OUT_FOR, "who waits a lock-out out and fails again waits again"


def test_an_office_may_mistype_for_a_while_before_its_address_waits() -> None:
    assert sum(wait == 0 for wait in OF_ADDRESS.waits) == ADDRESS_FREE - 1


@pytest.mark.parametrize(("seconds", "words"), [(0, "1 giây"), (59, "59 giây"), (60, "1 phút"), (61, "2 phút")])
def test_waits_in_words(seconds: int, words: str) -> None:
    assert wait_words(seconds) == words


@pytest.mark.rule("QT-28.5b")
@pytest.mark.parametrize(
    ("days", "over", "soon"),
    [(0, False, False), (82, False, False), (83, False, True), (89, False, True), (90, True, False)],
)
def test_a_password_ages_and_says_so_before(days: int, over: bool, soon: bool) -> None:
    age = age_of(NOW - timedelta(days=days), "P90D", NOW)
    assert (age.over, age.soon) == (over, soon)


def test_where_nothing_is_said_a_password_is_good_for_ever() -> None:
    assert age_of(NOW - timedelta(days=9999), "none", NOW).ends_at is None
