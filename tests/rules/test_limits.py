"""Limits as diagrams and profiles write them."""

from __future__ import annotations

import pytest

from app.rules.limits import Limit, LimitError, SameDay, parse_limit, parse_published


@pytest.mark.parametrize(
    ("text", "unit", "seconds"),
    [
        ("PT4H", "working", 14_400),
        ("PT30M", "working", 1_800),
        ("PT1H30M15S", "working", 5_415),
        ("P1D", "working", 28_800),
        ("P0.5D", "working", 14_400),
        ("P2DT4H", "working", 72_000),
        ("PT0,25H", "working", 900),
        (" P15D ", "calendar", 15 * 86_400),
        ("P2W", "calendar", 14 * 86_400),
        ("PT1H", "calendar", 3_600),
    ],
)
def test_iso_durations_become_seconds_of_their_unit(text: str, unit: str, seconds: int) -> None:
    assert parse_limit(text, unit) == Limit(seconds, "calendar" if unit == "calendar" else "working")


def test_a_working_day_is_the_calendars() -> None:
    assert parse_limit("P1.5D", "working", 27_000) == Limit(40_500)
    assert parse_limit("P1D", "calendar", 27_000) == Limit(86_400, "calendar")


def test_none_is_no_limit() -> None:
    assert parse_limit("none") is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "P",
        "PT",
        "P1DT",
        "4H",
        "PT4",
        "P1M",
        "P1Y",
        "P1W",
        "PT0S",
        "P0D",
        "-PT1H",
        "PT-1H",
        "PT0.0001S",
        "P1H",
        "pt4h",
        "PT4H\x00",
        "P99999999D",
        "PT999999999H",
    ],
)
def test_what_is_no_limit_is_refused_quoting_it(text: str) -> None:
    with pytest.raises(LimitError, match="thời hạn"):
        parse_limit(text)


def test_the_unit_is_checked_too() -> None:
    with pytest.raises(LimitError, match="hours"):
        parse_limit("PT4H", "hours")


def test_a_limit_survives_storing() -> None:
    assert Limit.from_list(Limit(60, "calendar").to_list()) == Limit(60, "calendar")
    assert Limit.from_list(None) is None


def test_a_whole_procedure_may_have_to_be_done_the_same_day() -> None:
    assert parse_published("same_day/15:00") == SameDay("15:00")
    assert parse_published("P10D") == Limit(288_000)
    assert parse_published("none") is None


def test_a_step_may_not() -> None:
    with pytest.raises(LimitError, match="same_day"):
        parse_limit("same_day/15:00")


@pytest.mark.parametrize(
    "text", ["same_day", "same_day/", "same_day/3pm", "same_day/24:00", "same_day/15:60", "same_day/15:00:0"]
)
def test_a_cut_off_is_a_time_of_day(text: str) -> None:
    with pytest.raises(LimitError):
        parse_published(text)
