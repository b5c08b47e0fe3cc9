"""Requirements group 2: results of the same day, the next working day after 15:00 (NĐ 23/2015 Art. 7; QT-18.2, QT-19.3a)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from app.rules import clock
from app.rules.calendar import WorkCalendar
from app.rules.clock import Applied, ClockRules, ClockState
from app.rules.events import Event, EventError
from app.rules.limits import SameDay
from tests.rules.calendars import OFFICE_CALENDAR as OFFICE
from tests.rules.calendars import at, shown
from tests.rules.histories import QUANG_TRI, RESUMING, RULES, step

UNTIL_THREE = SameDay("15:00")


def history(start: str, *later: Event) -> list[Event]:
    return [Event("accepted", at(start), opens=(step("desk", "1"),), data={"cut_off": "15:00"}), *later]


def run(start: str, *later: Event, rules: ClockRules = RULES) -> Applied:
    return clock.fold(history(start, *later), rules)


@pytest.mark.rule("QT-18.2")
@pytest.mark.parametrize(
    ("received", "due"),
    [
        ("2026-03-16 08:00", "2026-03-16 17:00"),
        ("2026-03-16 12:00", "2026-03-16 17:00"),
        ("2026-03-16 15:00:00", "2026-03-16 17:00"),
        ("2026-03-16 15:00:01", "2026-03-17 17:00"),
        ("2026-03-16 17:00", "2026-03-17 17:00"),
        ("2026-03-16 17:00:01", "2026-03-17 17:00"),
        ("2026-03-16 23:59", "2026-03-17 17:00"),
        ("2026-03-17 05:00", "2026-03-17 17:00"),
        ("2026-03-20 15:01", "2026-03-23 17:00"),
        ("2026-03-21 09:00", "2026-03-23 17:00"),
        ("2026-02-13 16:00", "2026-02-23 17:00"),
        ("2026-08-21 16:00", "2026-08-22 17:00"),
    ],
)
def test_received_until_three_is_due_that_day_and_later_the_next_working_day(received: str, due: str) -> None:
    state = run(received).state
    assert state.deadline_at is not None
    assert shown(state.deadline_at) == due
    assert state.appointment_at == state.original_deadline_at == state.deadline_at


@pytest.mark.rule("QT-18.2")
def test_a_day_without_time_left_does_not_count() -> None:
    half = {"tz": "Asia/Ho_Chi_Minh", "minutes_per_day": 480, "weekly": {"mon-sat": [["07:00", "11:30"]]}}
    mornings = WorkCalendar.from_dict(half)
    assert shown(UNTIL_THREE.deadline(at("2026-03-16 11:29:59"), mornings)) == "2026-03-16 11:30"
    assert shown(UNTIL_THREE.deadline(at("2026-03-16 11:30"), mornings)) == "2026-03-17 11:30"


@pytest.mark.rule("QT-18.2")
@pytest.mark.parametrize(
    ("received", "says"),
    [("2026-03-16 15:00", "trong ngày làm việc, vì tiếp nhận không sau 15 giờ"), ("2026-03-16 15:30", "sau 15 giờ")],
)
def test_the_explanation_names_the_cut_off(received: str, says: str) -> None:
    lines = run(received).lines
    assert [line.rule for line in lines if says in line.text] == ["QT-18.2"]
    assert any("phải trả kết quả trong ngày" in line.text for line in lines)


@pytest.mark.rule("QT-18.6")
@pytest.mark.parametrize(("result", "overdue"), [("2026-03-16 17:00", False), ("2026-03-17 07:00", True)])
def test_a_result_of_the_next_morning_is_late(result: str, overdue: bool) -> None:
    state = run("2026-03-16 08:00", Event("result_confirmed", at(result))).state
    assert state.overdue is overdue


@pytest.mark.rule("QT-19.3a")
@pytest.mark.parametrize(
    ("received_again", "due"), [("2026-03-18 09:00", "2026-03-18 17:00"), ("2026-03-18 15:30", "2026-03-19 17:00")]
)
def test_after_a_supplement_the_day_is_reckoned_anew(received_again: str, due: str) -> None:
    pause = Event("supplement_requested", at("2026-03-16 10:00"), data={"file": "02.pdf"})
    state = run("2026-03-16 08:00", pause, Event("supplement_received", at(received_again))).state
    assert state.deadline_at is not None
    assert (state.rounds, shown(state.deadline_at)) == (2, due)
    assert state.limit_seconds == OFFICE.between(at(received_again), at(due))


@pytest.mark.rule("QT-19.3a")
def test_where_the_clock_goes_on_it_goes_on_with_what_was_left_of_the_day() -> None:
    pause = Event("supplement_requested", at("2026-03-16 15:00"), data={"file": "02.pdf"})
    resumed = Event("supplement_received", at("2026-03-18 16:00"))
    state = run("2026-03-16 08:00", pause, resumed, rules=RESUMING).state
    assert state.deadline_at is not None
    assert shown(state.deadline_at) == "2026-03-19 08:00"
    assert state.appointment_at == state.deadline_at


def test_one_event_after_the_other_is_the_whole_fold_and_the_state_can_be_kept() -> None:
    pause = Event("supplement_requested", at("2026-03-16 10:00"), data={"file": "02.pdf"})
    events = history("2026-03-16 08:00", pause, Event("supplement_received", at("2026-03-17 15:30")))
    state = clock.EMPTY
    for event in events:
        state = clock.apply(ClockState.from_dict(state.to_dict()), event, RULES).state
    assert state == clock.fold(events, RULES).state
    assert state.to_dict()["cut_off"] == "15:00"


def test_a_state_written_before_there_were_such_limits_is_read() -> None:
    old = clock.fold(
        [Event("accepted", at("2026-03-16 08:00"), opens=(step("desk", "1"),), data={"limit_seconds": 3600})], RULES
    ).state
    assert "cut_off" not in old.to_dict()
    assert ClockState.from_dict(old.to_dict()).cut_off is None


@pytest.mark.parametrize("cut_off", ["", "15h", 15, "25:00", True])
def test_what_is_no_time_of_day_is_no_event(cut_off: object) -> None:
    with pytest.raises(EventError, match="cut_off"):
        clock.apply(clock.EMPTY, Event("accepted", at("2026-03-16 08:00"), data={"cut_off": cut_off}), RULES)


def test_the_profile_does_not_move_the_appointment_of_such_a_limit() -> None:
    by_deadline = ClockRules(OFFICE, replace(QUANG_TRI, appointment="deadline"))
    assert run("2026-03-16 08:00", rules=by_deadline).state == run("2026-03-16 08:00").state


def test_days_are_local_whatever_the_offset_of_the_instant() -> None:
    utc = datetime.fromisoformat("2026-03-16T08:30:00+00:00")  # 15:30 in Viet Nam
    assert shown(UNTIL_THREE.deadline(utc, OFFICE)) == "2026-03-17 17:00"
