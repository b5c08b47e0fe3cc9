"""Shapes of calendars: what they may hold, and how bad data is answered."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from app.rules.calendar import CalendarError, WorkCalendar
from tests.rules.calendars import OFFICE, at, shown

ROUND_THE_CLOCK = {"weekly": {"mon-sun": [["00:00", "24:00"]]}}
SUMMER_AND_WINTER = {
    "weekly": {"mon-fri": [["07:00", "11:30"], ["13:30", "17:00"]]},
    "patterns": [
        {"from": "2026-10-16", "to": "2027-04-15", "weekly": {"mon-fri": [["07:30", "11:30"], ["13:00", "17:00"]]}}
    ],
}


def test_a_limit_may_end_with_a_whole_number_of_weeks() -> None:
    calendar = WorkCalendar.from_dict({"weekly": OFFICE["weekly"]})

    assert shown(calendar.due(at("2026-03-20 16:00"), 3600)) == "2026-03-20 17:00"
    assert shown(calendar.due(at("2026-03-20 16:00"), 3600 + 40 * 3600)) == "2026-03-27 17:00"
    assert shown(calendar.counted(at("2026-03-20 17:00:01"))) == "2026-03-23 07:00"


def test_hours_change_inside_a_running_limit() -> None:
    calendar = WorkCalendar.from_dict(SUMMER_AND_WINTER)

    assert shown(calendar.due(at("2026-10-15 16:00"), 3600 + 5 * 3600)) == "2026-10-16 14:00"
    assert shown(calendar.due(at("2027-04-15 16:30"), 3600)) == "2027-04-16 07:30"
    assert calendar.between(at("2026-10-15 00:00"), at("2026-10-17 00:00")) == 2 * 28_800


def test_patterns_may_stand_alone_and_be_open_at_both_ends() -> None:
    calendar = WorkCalendar.from_dict(
        {
            "patterns": [
                {"from": None, "to": "2026-06-30", "weekly": {"mon-fri": [["07:00", "11:00"]]}},
                {"from": "2026-07-01", "to": None, "weekly": {"mon-fri": [["08:00", "12:00"]]}},
            ]
        }
    )

    assert shown(calendar.counted(at("1990-01-01 00:00"))) == "1990-01-01 07:00"
    assert shown(calendar.due(at("2026-06-30 10:00"), 7200)) == "2026-07-01 09:00"
    assert shown(calendar.counted(at("2090-01-01 00:00"))) == "2090-01-02 08:00"


def test_a_desk_that_never_closes_counts_like_a_clock() -> None:
    calendar = WorkCalendar.from_dict(ROUND_THE_CLOCK)
    midnight = at("2026-03-15 00:00")

    assert calendar.counted(midnight) == midnight
    assert calendar.between(at("2026-03-14 10:00"), at("2026-03-16 10:00")) == 2 * 86_400
    assert shown(calendar.due(at("2026-03-14 10:00"), 14 * 3600)) == "2026-03-15 00:00"
    assert shown(calendar.back(at("2026-03-15 10:00"), 34 * 3600)) == "2026-03-14 00:00"


def test_a_session_until_midnight_includes_that_midnight() -> None:
    calendar = WorkCalendar.from_dict({"weekly": {"mon": [["20:00", "24:00"]]}})

    assert shown(calendar.counted(at("2026-03-17 00:00"))) == "2026-03-17 00:00"
    assert shown(calendar.counted(at("2026-03-17 00:00:01"))) == "2026-03-23 20:00"
    assert shown(calendar.next_session(at("2026-03-17 00:00"))) == "2026-03-23 20:00"


def test_touching_sessions_are_two_sessions() -> None:
    calendar = WorkCalendar.from_dict({"weekly": {"mon-fri": [["07:00", "11:30"], ["11:30", "16:00"]]}})

    assert shown(calendar.next_session(at("2026-03-16 10:00"))) == "2026-03-16 11:30"
    assert shown(calendar.next_session(at("2026-03-16 11:30:01"))) == "2026-03-17 07:00"
    assert shown(calendar.due(at("2026-03-16 11:30"), 0)) == "2026-03-16 11:30"


def test_a_worked_rest_day_has_the_first_worked_weekdays_hours_where_mondays_are_free() -> None:
    calendar = WorkCalendar.from_dict(
        {"weekly": {"tue-fri": [["08:00", "12:00"]]}, "working_saturdays": ["2026-03-14"]}
    )

    assert calendar.between(at("2026-03-14 00:00"), at("2026-03-15 00:00")) == 4 * 3600


def test_a_day_may_be_listed_as_free_twice_and_on_a_weekend() -> None:
    data = OFFICE | {
        "holidays": ["2026-03-14", "2026-03-16"],
        "swapped_rest_days": ["2026-03-16"],
        "working_saturdays": [],
    }
    calendar = WorkCalendar.from_dict(data)

    assert shown(calendar.counted(at("2026-03-14 08:00"))) == "2026-03-17 07:00"


def test_a_fixed_offset_may_stand_for_the_zone() -> None:
    calendar = WorkCalendar.from_dict({"tz": "-03:30", "weekly": {"mon-fri": [["09:00", "17:00"]]}})

    assert calendar.due(datetime(2026, 3, 16, 12, 30, tzinfo=UTC), 0) == datetime(2026, 3, 16, 12, 30, tzinfo=UTC)
    assert calendar.local(datetime(2026, 3, 16, 12, 30, tzinfo=UTC)).isoformat() == "2026-03-16T09:00:00-03:30"


def test_the_zone_keeps_its_offset_in_years_in_which_history_had_another() -> None:
    calendar = WorkCalendar.from_dict(OFFICE)

    assert calendar.local(datetime(1960, 1, 4, 0, 0, tzinfo=UTC)).isoformat() == "1960-01-04T07:00:00+07:00"


def test_parts_of_a_second_are_cut() -> None:
    calendar = WorkCalendar.from_dict(OFFICE)
    late = datetime(2026, 3, 16, 4, 30, 0, 999_999, tzinfo=UTC)

    assert shown(calendar.counted(late)) == "2026-03-16 11:30"
    assert calendar.between(late, late.replace(microsecond=0)) == 0


def test_answers_beyond_the_calendar_of_the_computer_are_refused() -> None:
    calendar = WorkCalendar.from_dict(OFFICE)

    with pytest.raises(CalendarError, match="1 đến 9999"):
        calendar.due(at("9999-12-31 16:00"), 7200)
    with pytest.raises(CalendarError, match="trước thời điểm này"):
        calendar.back(at("0001-01-02 16:00"), 10 * 28_800)
    with pytest.raises(CalendarError, match="âm"):
        calendar.due(at("2026-03-16 10:00"), -1)
    with pytest.raises(CalendarError, match="âm"):
        calendar.back(at("2026-03-16 10:00"), -1)


def test_a_calendar_whose_hours_end_says_so() -> None:
    calendar = WorkCalendar.from_dict(
        {"patterns": [{"from": None, "to": "2026-03-16", "weekly": {"mon-fri": [["07:00", "11:00"]]}}]}
    )

    assert shown(calendar.due(at("2026-03-16 10:00"), 3600)) == "2026-03-16 11:00"
    assert calendar.between(at("2026-03-16 10:00"), at("2030-01-01 00:00")) == 3600
    for ask in (lambda: calendar.due(at("2026-03-16 10:00"), 3601), lambda: calendar.counted(at("2026-03-16 12:00"))):
        with pytest.raises(CalendarError, match="không còn giờ làm việc"):
            ask()


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"weekly": {"mon-fri": []}}, "weekly"),
        ({"weekly": {"mon-fri": "07:00"}}, "weekly.mon-fri"),
        ({"weekly": {"mon-fri": [["07:00"]]}}, r"weekly.mon-fri\[0\]"),
        ({"weekly": {"mon-fri": [["11:30", "07:00"]]}}, r"weekly.mon-fri\[0\]"),
        ({"weekly": {"mon-fri": [["07:00", "11:30"], ["11:00", "12:00"]]}}, r"weekly.mon-fri\[1\]"),
        ({"weekly": {"mon-fri": [["7h", "11:30"]]}}, "7h"),
        ({"weekly": {"mon-fri": [["07:00", "24:01"]]}}, "24:01"),
        ({"weekly": {"fri-mon": [["07:00", "11:30"]]}}, "fri-mon"),
        ({"weekly": {"thu2": [["07:00", "11:30"]]}}, "thu2"),
        ({"weekly": {"mon-fri": [["07:00", "11:30"]], "fri": [["07:00", "11:30"]]}}, "weekly.fri"),
        ({"weekly": []}, "weekly"),
        ({"holidays": ["2026-02-30"]}, r"holidays\[0\]"),
        ({"holidays": ["2026-01-01", 20260102]}, r"holidays\[1\]"),
        ({"holidays": "2026-01-01"}, "holidays"),
        ({"working_saturdays": ["2026-09-02"]}, r"working_saturdays\[0\]"),
        ({"minutes_per_day": 0}, "minutes_per_day"),
        ({"minutes_per_day": True}, "minutes_per_day"),
        ({"tz": "Europe/Paris"}, "tz"),
        ({"tz": ["+07:00"]}, "tz"),
        ({"holiday": []}, "holiday"),
        ({"patterns": [{"weekly": {}, "until": None}]}, r"patterns\[0\]"),
        ({"patterns": [{"from": "2026-02-01", "to": "2026-01-01", "weekly": {}}]}, r"patterns\[0\]"),
        ({"patterns": [{"from": None, "weekly": {}}, {"from": "2026-02-01", "weekly": {}}]}, r"patterns\[1\]"),
    ],
)
def test_bad_data_is_refused_naming_its_place(change: dict[str, Any], place: str) -> None:
    with pytest.raises(CalendarError, match=place):
        WorkCalendar.from_dict(OFFICE | change)


@pytest.mark.parametrize("data", [{}, [], "lịch", None, {"weekly": {}}])
def test_what_is_no_calendar_is_refused(data: Any) -> None:
    with pytest.raises(CalendarError):
        WorkCalendar.from_dict(data)
