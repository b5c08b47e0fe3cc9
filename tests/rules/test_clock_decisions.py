"""Appointments, what the regulation refuses, and how the clock explains itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from app.rules.clock import EMPTY, ClockState, apply, fold
from app.rules.events import Event, EventError
from tests.rules.calendars import at, shown
from tests.rules.histories import RESUMING, RULES, step
from tests.rules.shorthand import FIVE_DAYS, HOUR, accepted, moved, refusal, run, switched

# Appointments ----------------------------------------------------------------------------------------------------------


@pytest.mark.rule("QT-18.3")
def test_the_desk_may_set_another_appointment_than_the_default() -> None:
    given = run(accepted("2026-03-16 07:00", step("desk", "1"), **FIVE_DAYS, appointment="2026-03-25T15:00"))

    assert shown(given.appointment_at or at("2026-01-01 00:00")) == "2026-03-25 15:00"
    assert shown(given.due_soon_at or at("2026-01-01 00:00")) == "2026-03-24 15:00"


def test_a_profile_may_appoint_the_deadline_itself() -> None:
    state = run(accepted("2026-03-16 07:00", step("desk", "1")), rules=switched(appointment="deadline"))

    assert state.appointment_at == state.deadline_at


@pytest.mark.rule("QT-19.1a", "QT-19.3a")
def test_a_date_promised_in_an_apology_survives_a_resumed_supplement() -> None:
    events = (
        accepted("2026-03-16 07:00", step("specialist", "1")),
        moved("apologised", "2026-03-17 07:00", "", file="phieu-04.pdf", appointment="2026-04-20T07:00:00+07:00"),
        moved("supplement_requested", "2026-03-18 07:00", "", file="phieu-02.pdf"),
        moved("supplement_received", "2026-03-20 07:00", ""),
    )
    resumed, restarted = run(*events, rules=RESUMING), run(*events)

    assert shown(resumed.appointment_at or at("2026-01-01 00:00")) == "2026-04-20 07:00"
    assert shown(resumed.slip_appointment_at or at("2026-01-01 00:00")) == "2026-03-25 07:00"
    assert shown(restarted.appointment_at or at("2026-01-01 00:00")) == "2026-03-27 07:00"
    assert (resumed.overdue, restarted.overdue, restarted.apologised_at) == (True, True, None)


@pytest.mark.rule("QT-19.3a")
def test_a_limit_used_up_at_the_very_start_of_a_pause_stays_used_up() -> None:
    state = run(
        accepted("2026-03-16 07:00", step("specialist", "1"), limit_seconds=8 * HOUR),
        moved("supplement_requested", "2026-03-16 17:00", "", file="phieu-02.pdf"),
        moved("supplement_received", "2026-03-18 07:00", ""),
        rules=RESUMING,
    )

    assert (state.deadline_at, state.appointment_at) == (at("2026-03-16 17:00"), at("2026-03-17 07:00"))


@pytest.mark.rule("QT-19.3b")
def test_after_a_resumed_supplement_the_next_one_is_measured_at_the_new_appointment() -> None:
    events = (
        accepted("2026-03-16 07:00", step("specialist", "1"), limit_seconds=16 * HOUR),
        moved("supplement_requested", "2026-03-16 11:00", "", file="phieu-02.pdf"),
        moved("supplement_received", "2026-03-19 11:00", ""),
        moved("supplement_requested", "2026-03-20 11:00", "", file="phieu-02.pdf"),
    )
    state = run(*events, rules=switched(supplement_clock="resume", supplement_times="any"))

    assert state.paused_at == at("2026-03-20 11:00")
    assert state.original_appointment_at == at("2026-03-18 07:00")
    assert state.slip_appointment_at == at("2026-03-23 07:00")


@pytest.mark.rule("QT-19.1a")
def test_an_apology_is_late_after_the_slips_appointment_not_after_an_apologys() -> None:
    strict, patient = (switched(late_apology=late, apology_times="any") for late in ("refused", "allowed"))
    first = moved("apologised", "2026-03-17 07:00", "", file="x", appointment="2026-04-20T07:00")
    once = apply(OPEN, first, strict).state
    again = moved("apologised", "2026-03-17 07:00:01", "", file="x", appointment="2026-05-20T07:00")

    assert once.appointment_at == at("2026-04-20 07:00")
    assert refusal(once, again, strict) == "QT-19.1a"
    assert apply(once, again, patient).state.appointment_at == at("2026-05-20 07:00")


# Refusals --------------------------------------------------------------------------------------------------------------

OPEN = run(accepted("2026-03-16 07:00", step("specialist", "1"), limit_seconds=8 * HOUR))
PAUSED = run(
    accepted("2026-03-16 07:00", step("specialist", "1")),
    moved("supplement_requested", "2026-03-16 09:00", "", file="phieu-02.pdf"),
)
RESOLVED = apply(OPEN, moved("result_confirmed", "2026-03-16 10:00", ""), RULES).state
DELIVERED = apply(RESOLVED, moved("delivered", "2026-03-16 11:00", "1"), RULES).state


@pytest.mark.rule("QT-18.1", "QT-18.4", "QT-18.5", "QT-19.3a", "QT-19.3b")
@pytest.mark.parametrize(
    ("state", "event", "rule"),
    [
        (EMPTY, moved("supplement_requested", "2026-03-16 10:00", "", file="x"), "QT-18.1"),
        (EMPTY, moved("result_confirmed", "2026-03-16 10:00", ""), "QT-18.1"),
        (EMPTY, moved("returned", "2026-03-16 10:00", ""), "QT-18.1"),
        (OPEN, accepted("2026-03-16 10:00"), "QT-18.1"),
        (OPEN, moved("registered", "2026-03-16 10:00", ""), "QT-18.1"),
        (OPEN, moved("delivered", "2026-03-16 10:00", "1"), "QT-18.5"),
        (OPEN, moved("supplement_received", "2026-03-16 10:00", ""), "QT-19.3a"),
        (PAUSED, moved("supplement_requested", "2026-03-16 10:00", "", file="x"), "QT-19.3a"),
        (OPEN, moved("supplement_requested", "2026-03-17 07:00:01", "", file="x"), "QT-19.3b"),
        (RESOLVED, moved("returned", "2026-03-16 10:30", "1"), "QT-18.4"),
        (RESOLVED, moved("result_confirmed", "2026-03-16 10:30", ""), "QT-18.4"),
        (RESOLVED, moved("withdrawn", "2026-03-16 10:30", "", file="x"), "QT-18.4"),
        (DELIVERED, moved("delivered", "2026-03-16 12:00", ""), "QT-18.5"),
        (DELIVERED, moved("forwarded", "2026-03-16 12:00", ""), "QT-18.5"),
    ],
)
def test_what_the_rules_forbid_is_refused_with_its_article(state: ClockState, event: Event, rule: str) -> None:
    assert refusal(state, event) == rule


@pytest.mark.rule("QT-19.3b")
def test_a_supplement_at_the_appointment_itself_is_still_allowed() -> None:
    asked = moved("supplement_requested", "2026-03-17 07:00", "", file="phieu-02.pdf")

    assert apply(OPEN, asked, RULES).state.paused_at == at("2026-03-17 07:00")


@pytest.mark.rule("QT-15.3", "QT-18.4", "QT-19.2c")
@pytest.mark.parametrize(
    ("kind", "data", "rule"),
    [
        ("supplement_requested", {}, "QT-15.3"),
        ("apologised", {"appointment": "2026-04-20T07:00"}, "QT-15.3"),
        ("withdrawn", {}, "QT-19.2c"),
        ("result_confirmed", {"outcome": "refused"}, "QT-18.4"),
    ],
)
def test_slips_need_their_file_unless_the_profile_says_otherwise(kind: str, data: dict[str, str], rule: str) -> None:
    event = moved(kind, "2026-03-16 10:00", "", **data)

    assert refusal(OPEN, event) == rule
    assert apply(OPEN, event, switched(slip_files="optional")).state != OPEN


@pytest.mark.rule("QT-19.1a")
def test_an_apology_names_a_time_to_come() -> None:
    past = moved("apologised", "2026-03-16 10:00", "", file="x", appointment="2026-03-16T10:00")

    assert refusal(OPEN, past) == "QT-19.1a"


@pytest.mark.rule("QT-19.2c")
def test_a_dossier_that_was_never_accepted_may_be_withdrawn() -> None:
    registered = run(Event("registered", at("2026-03-16 20:00"), opens=(step("desk", "1"),)))
    state = apply(registered, moved("withdrawn", "2026-03-17 08:00", "1", file="don-rut.pdf"), RULES).state

    assert (state.outcome, state.overdue, state.holdings) == ("withdrawn", False, ())


@pytest.mark.parametrize(
    "event",
    [
        moved("stolen", "2026-03-16 10:00", ""),
        moved("forwarded", "2026-03-16 10:00", "7"),
        moved("forwarded", "2026-03-16 10:00", "", step("desk", "1")),
        moved("forwarded", "2026-03-16 10:00", "", step("desk", "2"), step("desk", "2")),
        moved("result_confirmed", "2026-03-16 10:00", "", outcome="lost"),
        moved("apologised", "2026-03-16 10:00", "", file="x"),
        moved("apologised", "2026-03-16 10:00", "", file="x", appointment="mai"),
    ],
)
def test_what_no_dossier_can_have_is_a_fault_and_not_a_refusal(event: Event) -> None:
    with pytest.raises(EventError):
        apply(OPEN, event, RULES)


@pytest.mark.parametrize("seconds", [0, -1, 1.5, "28800", True])
def test_a_limit_that_is_no_number_of_seconds_is_a_fault(seconds: Any) -> None:
    with pytest.raises(EventError):
        run(accepted("2026-03-16 07:00", limit_seconds=seconds))


# Explanations ----------------------------------------------------------------------------------------------------------


def test_every_move_of_a_deadline_is_explained_with_its_rule() -> None:
    lines = fold(
        (
            accepted("2026-03-14 08:00", step("desk", "1"), limit_seconds=8 * HOUR),
            moved("forwarded", "2026-03-16 08:00", "1", step("specialist", "2", "lan")),
            moved("result_confirmed", "2026-03-16 17:00", "2"),
        ),
        RULES,
    ).lines

    assert [(line.rule, line.before, line.after) for line in lines] == [
        ("QT-18.2", "2026-03-14T08:00:00+07:00", "2026-03-16T07:00:00+07:00"),
        ("QT-18.1", None, "2026-03-16T07:00:00+07:00"),
        ("QT-18.2", None, "2026-03-16T17:00:00+07:00"),
        ("QT-18.3", None, "2026-03-17T07:00:00+07:00"),
        ("QT-20.1", "A/desk", "A/specialist:lan"),
        ("QT-18.4", None, "2026-03-16T17:00:00+07:00"),
        ("QT-18.6", "2026-03-16T17:00:00+07:00", "đúng hạn"),
    ]
    assert lines[2].text == "Hạn xử lý: 8 giờ làm việc kể từ lúc bắt đầu tính"
    assert lines[0].to_dict()["event"] == "accepted"


def test_an_event_may_come_with_any_offset() -> None:
    local = accepted("2026-03-16 07:00", step("desk", "1"))
    elsewhere = replace(local, at=datetime.fromisoformat("2026-03-15T19:00:00-05:00"))

    assert run(local) == run(elsewhere)
