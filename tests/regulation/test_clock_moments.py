"""Requirements group 2 (QT Điều 18): when a dossier is received, due, promised, resolved and returned."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.rules.clock import ClockRules, is_overdue
from app.rules.events import Event
from tests.regulation.provinces import LONG_AN, QUANG_TRI
from tests.regulation.telling import (
    BY_PROVINCE,
    act,
    charged,
    course,
    local,
    passed,
    place,
    received,
    refused,
    rules_of,
    rules_told,
    told,
)
from tests.rules.calendars import OFFICE_CALENDAR, at
from tests.rules.lives import DAY_AND_NIGHT, DESK_CALENDAR, PARTNER_OFFICE

QT = rules_of(QUANG_TRI)
MONDAY = "2026-03-16 10:00"

# Khoản 1: thời điểm tiếp nhận -----------------------------------------------------------------------------------------


@pytest.mark.rule("QT-18.1", "ST-11.3b")
@pytest.mark.parametrize("rules", BY_PROVINCE)
def test_the_clock_of_an_online_dossier_starts_when_the_desk_accepts_it_not_when_it_was_sent(rules: ClockRules) -> None:
    sent = Event("registered", at("2026-03-13 16:00"), opens=(place("A/desk"),))
    accepted = Event("accepted", at(MONDAY), ("A/desk",), (place("A/receive"),), {"limit_seconds": 5 * 28_800})
    waiting, running = course(rules, sent), told(rules, sent, accepted)

    assert (waiting.started_at, waiting.deadline_at, waiting.charging) == (None, None, False)
    assert local(running.state.started_at) == MONDAY
    assert local(running.state.deadline_at) == "2026-03-23 10:00"
    assert charged(running) == {}


@pytest.mark.rule("QT-18.1")
@pytest.mark.parametrize("rules", BY_PROVINCE)
def test_what_decides_over_time_needs_an_accepted_dossier(rules: ClockRules) -> None:
    for kind in ("supplement_requested", "apologised", "result_confirmed", "payment_requested", "returned"):
        assert refused(rules, act(kind, MONDAY, appointment="2026-04-01 07:00")) == "QT-18.1"


@pytest.mark.rule("QT-18.1")
def test_a_dossier_is_accepted_once() -> None:
    assert refused(QT, received(MONDAY), received("2026-03-16 11:00")) == "QT-18.1"
    assert refused(QT, received(MONDAY), act("not_accepted", "2026-03-16 11:00")) == "QT-18.1"


@pytest.mark.rule("QT-18.1", "TN-11.3b")
@pytest.mark.parametrize("rules", BY_PROVINCE)
def test_what_the_desk_does_not_accept_is_measured_by_nothing(rules: ClockRules) -> None:
    sent = Event("registered", at("2026-03-13 16:00"), opens=(place("A/desk"),))
    turned_down = Event("not_accepted", at(MONDAY), ("A/desk",))
    ended = told(rules, sent, turned_down)

    assert (ended.state.outcome, ended.state.overdue, ended.state.started_at) == ("not_accepted", False, None)
    assert local(ended.state.result_at) == local(ended.state.delivered_at) == MONDAY
    assert charged(ended) == {}
    assert refused(rules, sent, turned_down, passed("2026-03-17 07:00", "A/desk", "A/specialist")) == "QT-18.5"


# Khoản 2: hạn xử lý ---------------------------------------------------------------------------------------------------


@pytest.mark.rule("QT-18.2", "TN-PL.3")
@pytest.mark.parametrize("rules", BY_PROVINCE)
@pytest.mark.parametrize(
    ("accepted", "deadline"),
    [
        ("2026-03-16 10:00:15", "2026-03-23 10:00:15"),  # to the second
        ("2026-03-16 18:20", "2026-03-23 17:00"),  # after hours: from Tuesday's opening
        ("2026-03-14 09:00", "2026-03-20 17:00"),  # on a Saturday: from Monday's opening
        ("2026-02-13 10:00", "2026-02-27 10:00"),  # over the lunar New Year
    ],
)
def test_five_working_days_are_counted_to_the_second_and_only_in_working_hours(
    rules: ClockRules, accepted: str, deadline: str
) -> None:
    assert local(course(rules, received(accepted)).deadline_at) == deadline


@pytest.mark.rule("QT-18.2")
@pytest.mark.parametrize("rules", BY_PROVINCE)
def test_a_step_done_outside_working_hours_counts_as_done_at_the_next_opening(rules: ClockRules) -> None:
    evening = told(
        rules,
        received("2026-03-16 07:00"),
        passed("2026-03-16 21:30", "A/desk", "A/specialist"),
        passed("2026-03-17 08:00", "A/specialist", "A/head"),
    )
    (line,) = [line for line in evening.lines if line.event == "forwarded" and line.rule == "QT-18.2"]

    assert charged(evening) == {"A/desk": 8.0, "A/specialist": 1.0}
    assert (line.before, line.after) == ("2026-03-16T21:30:00+07:00", "2026-03-17T07:00:00+07:00")


@pytest.mark.rule("QT-18.2")
def test_where_desk_and_office_keep_different_hours_an_act_counts_by_the_hours_of_its_place() -> None:
    """Saturday morning is worked at the desk and not in the office: the desk's act counts then, the specialist's on Monday."""
    rules = ClockRules(OFFICE_CALENDAR, QUANG_TRI, DESK_CALENDAR)
    desk = replace(place("A/desk"), desk=True)
    accepted = Event("accepted", at("2026-03-14 08:00"), opens=(desk,), data={"limit_seconds": 28_800})
    by_desk = told(rules, accepted, passed("2026-03-14 10:00", "A/desk", "A/specialist"))
    by_office = course(
        rules, accepted, passed("2026-03-14 10:00", "A/desk", "A/head"), passed("2026-03-14 11:00", "A/head", "A/clerk")
    )

    assert charged(by_desk) == {"A/desk": 2.0}
    assert local(by_desk.state.counted_at) == "2026-03-14 10:00"
    assert local(by_office.counted_at) == "2026-03-16 07:00"
    assert local(by_desk.state.deadline_at) == "2026-03-16 17:00"  # the office's time, which begins on Monday


@pytest.mark.rule("QT-18.2")
def test_a_procedure_whose_limit_is_in_calendar_days_ends_with_the_working_day_on_which_the_last_falls() -> None:
    weekday = course(QT, received("2026-03-16 10:00", limit_seconds=15 * 86_400, limit_unit="calendar"))
    sunday = course(QT, received("2026-03-16 10:00", limit_seconds=6 * 86_400, limit_unit="calendar"))

    assert local(weekday.deadline_at) == "2026-03-31 17:00"
    assert local(sunday.deadline_at) == "2026-03-23 17:00"
    assert local(weekday.appointment_at) == "2026-04-01 07:00"


@pytest.mark.rule("QT-18.2")
def test_an_urgent_procedure_runs_day_and_night() -> None:
    urgent = ClockRules(DAY_AND_NIGHT, QUANG_TRI, OFFICE_CALENDAR)
    state = course(urgent, received("2026-03-14 20:00", limit_seconds=24 * 3600))

    assert local(state.started_at) == "2026-03-14 20:00"
    assert local(state.deadline_at) == "2026-03-15 20:00"
    assert local(state.appointment_at) == "2026-03-16 07:00"  # a session of the desk, which hands the result over


@pytest.mark.rule("QT-18.2", "QT-18.3")
def test_when_hours_change_the_deadline_is_recounted_and_the_appointment_in_the_applicants_hands_stays() -> None:
    """An office that from now on works seven hours from Monday to Thursday; the receipt says Monday the 23rd, 13:30."""
    history = [received(MONDAY), passed("2026-03-16 11:00", "A/desk", "A/specialist")]
    issued = course(QT, *history)
    changed = ClockRules(PARTNER_OFFICE, QUANG_TRI)
    assert issued.appointment_at is not None
    notice = Event(
        "calendar_changed",
        at("2026-03-17 09:00"),
        data={"appointment": issued.appointment_at.isoformat(), "reason": "Thay đổi giờ làm việc"},
    )
    after = told(changed, *history, notice)

    assert local(after.state.deadline_at) == "2026-03-24 16:00"
    assert after.state.appointment_at == issued.appointment_at
    assert rules_told(after, "calendar_changed") == ["QT-18.2", "QT-18.3"]


# Khoản 3: thời gian hẹn trả -------------------------------------------------------------------------------------------


@pytest.mark.rule("QT-18.3")
@pytest.mark.parametrize(
    ("accepted", "deadline", "appointment"),
    [
        ("2026-03-16 10:00", "2026-03-23 10:00", "2026-03-23 13:30"),  # morning session: that afternoon
        ("2026-03-16 14:00", "2026-03-23 14:00", "2026-03-24 07:00"),  # afternoon session: the next morning
        ("2026-03-13 15:00", "2026-03-20 15:00", "2026-03-23 07:00"),  # Friday afternoon: Monday morning
        ("2026-08-20 15:00", "2026-08-26 15:00", "2026-08-27 07:00"),  # a working Saturday on the way
    ],
)
def test_the_appointment_opens_the_session_after_the_one_in_which_the_deadline_falls(
    accepted: str, deadline: str, appointment: str
) -> None:
    state = course(QT, received(accepted))

    assert (local(state.deadline_at), local(state.appointment_at)) == (deadline, appointment)


@pytest.mark.rule("QT-18.3")
def test_the_session_is_one_of_the_desk_that_hands_over() -> None:
    rules = ClockRules(OFFICE_CALENDAR, QUANG_TRI, DESK_CALENDAR)

    assert local(course(rules, received("2026-03-13 15:00")).appointment_at) == "2026-03-21 07:00"  # Saturday


@pytest.mark.rule("QT-18.3")
def test_other_provinces_appoint_the_deadline_itself() -> None:
    state = course(rules_of(LONG_AN), received(MONDAY))

    assert state.appointment_at == state.deadline_at


# Khoản 4, 5, 6: có kết quả, trả kết quả, đúng hạn ----------------------------------------------------------------------


@pytest.mark.rule("QT-18.4")
@pytest.mark.parametrize("rules", BY_PROVINCE)
def test_the_result_exists_when_the_desk_confirms_it_and_there_the_clock_stops(rules: ClockRules) -> None:
    signed = (
        received(MONDAY),
        passed("2026-03-18 09:00", "A/desk", "A/leader"),
        passed("2026-03-19 09:00", "A/leader", "A/desk"),
    )
    confirmed = told(rules, *signed, act("result_confirmed", "2026-03-19 10:00"))

    assert course(rules, *signed).result_at is None
    assert local(confirmed.state.result_at) == "2026-03-19 10:00"
    assert not confirmed.state.charging
    assert refused(
        rules, *signed, act("result_confirmed", "2026-03-19 10:00"), act("result_confirmed", "2026-03-19 11:00")
    ) == ("QT-18.4")


@pytest.mark.rule("QT-18.4", "QT-19.2")
@pytest.mark.parametrize("rules", BY_PROVINCE)
@pytest.mark.parametrize("outcome", ["refused", "stopped"])
def test_a_confirmed_refusal_with_its_file_is_a_result_and_without_it_is_refused(
    rules: ClockRules, outcome: str
) -> None:
    ended = told(rules, received(MONDAY), act("result_confirmed", "2026-03-17 10:00", outcome=outcome))

    assert (ended.state.outcome, ended.state.overdue) == (outcome, False)
    assert local(ended.state.result_at) == "2026-03-17 10:00"
    assert "QT-19.2" in rules_told(ended, "result_confirmed")
    assert (
        refused(rules, received(MONDAY), act("result_confirmed", "2026-03-17 10:00", outcome=outcome, file=None))
        == "QT-18.4"
    )


@pytest.mark.rule("QT-18.5", "ST-16.3", "ST-16.1c")
@pytest.mark.parametrize("rules", BY_PROVINCE)
@pytest.mark.parametrize("outcome", ["granted", "refused"])
def test_returned_is_when_the_desk_confirms_the_handing_over_at_its_true_time(rules: ClockRules, outcome: str) -> None:
    """Also of a refused dossier, whose papers the applicant collects; on a Saturday it is still that Saturday's event."""
    resolved = (received(MONDAY), act("result_confirmed", "2026-03-17 10:00", outcome=outcome))
    handed_over = Event("delivered", at("2026-03-18 09:30"), ("A/desk",))
    state = course(rules, *resolved, handed_over)

    assert local(state.delivered_at) == local(state.last_at) == "2026-03-18 09:30"
    assert refused(rules, received(MONDAY), act("delivered", "2026-03-18 09:30")) == "QT-18.5"
    assert refused(rules, *resolved, handed_over, act("delivered", "2026-03-18 10:00")) == "QT-18.5"


@pytest.mark.rule("QT-18.6")
@pytest.mark.parametrize("rules", BY_PROVINCE)
def test_waiting_for_the_applicant_to_collect_is_in_nobodys_time(rules: ClockRules) -> None:
    waited = told(
        rules,
        received(MONDAY),
        act("result_confirmed", "2026-03-17 10:00"),
        Event("delivered", at("2026-04-30 09:00"), ("A/desk",)),
    )

    assert charged(waited) == {"A/desk": 8.0}
    assert not waited.state.overdue


@pytest.mark.rule("QT-18.6")
def test_an_open_dossier_is_overdue_after_its_deadline_though_its_appointment_is_still_to_come() -> None:
    state = course(QT, received(MONDAY))

    assert not is_overdue(state, at("2026-03-23 10:00"))
    assert is_overdue(state, at("2026-03-23 10:00:01"))
    assert local(state.appointment_at) == "2026-03-23 13:30"
