"""The clock's corners: shared limits, calendar limits, agencies, parallel steps, before acceptance and after the result."""

from __future__ import annotations

import pytest

from app.rules.clock import colour, fold, is_overdue, warnings
from app.rules.events import Event, Holding
from app.rules.limits import Limit
from tests.rules.calendars import at, shown
from tests.rules.histories import RESUMING, RULES, step
from tests.rules.shorthand import FIVE_DAYS, HOUR, accepted, due, moved, run, soon

# Limits of steps -------------------------------------------------------------------------------------------------------


@pytest.mark.rule("QT-20.1b")
def test_a_returned_step_goes_on_with_what_was_left_of_its_limit() -> None:
    state = run(
        accepted("2026-03-16 07:00", step("specialist", "1")),
        moved("forwarded", "2026-03-17 09:00", "1", step("head", "2")),
        moved("returned", "2026-03-17 10:00", "2", step("specialist", "3")),
    )

    assert due(state, "3") == "2026-03-18 08:00"
    assert soon(state, "3") == "2026-03-17 16:00"
    assert state.used["A/specialist"] == 10 * HOUR


@pytest.mark.rule("QT-20.1b", "QT-21c")
def test_a_returned_step_whose_limit_is_used_up_keeps_the_instant_at_which_it_was() -> None:
    state = run(
        accepted("2026-03-16 07:00", step("specialist", "1")),
        moved("forwarded", "2026-03-18 09:00", "1", step("head", "2")),
        moved("returned", "2026-03-18 10:00", "2", step("specialist", "3")),
        moved("forwarded", "2026-03-18 14:00", "3", step("head", "4")),
        moved("returned", "2026-03-19 10:00", "4", step("specialist", "5")),
    )

    assert due(state, "5") == "2026-03-17 17:00"
    assert soon(state, "5") is None
    assert warnings(state, at("2026-03-19 10:00"), RULES, "5") == ("QT-21c",)
    assert colour(state, at("2026-03-19 10:00"), RULES, "5") == "step_late"


@pytest.mark.rule("QT-20.1b")
def test_a_limit_used_up_to_the_second_is_remembered_as_used_up() -> None:
    state = run(
        accepted("2026-03-16 07:00", step("specialist", "1")),
        moved("forwarded", "2026-03-17 17:00", "1", step("head", "2")),
        moved("returned", "2026-03-18 10:00", "2", step("specialist", "3")),
    )

    assert (due(state, "3"), soon(state, "3")) == ("2026-03-17 17:00", None)


def test_a_step_that_comes_back_late_is_announced_when_it_comes() -> None:
    state = run(
        accepted("2026-03-16 07:00", step("specialist", "1")),
        moved("forwarded", "2026-03-17 16:00", "1", step("head", "2")),
        moved("returned", "2026-03-18 10:00", "2", step("specialist", "3")),
    )

    assert (due(state, "3"), soon(state, "3")) == ("2026-03-18 11:00", "2026-03-18 10:00")


@pytest.mark.rule("QT-28.5d", "QT-17.4")
def test_taking_over_a_step_attributes_the_time_and_leaves_its_limit_alone() -> None:
    events = (
        accepted("2026-03-16 07:00", step("specialist", "1")),
        moved("claimed", "2026-03-16 09:00", "1", step("specialist", "1", "lan")),
        moved("handed_off", "2026-03-17 07:00", "1", step("specialist", "1", "minh")),
        moved("released", "2026-03-17 08:00", "1", step("specialist", "1")),
    )
    whole = fold(events, RULES)

    assert [(one.account, one.seconds) for one in whole.segments] == [
        (None, 2 * HOUR),
        ("lan", 6 * HOUR),
        ("minh", HOUR),
    ]
    assert (due(whole.state, "1"), soon(whole.state, "1")) == ("2026-03-17 17:00", "2026-03-17 15:00")


def test_steps_of_a_group_share_one_limit() -> None:
    state = run(
        accepted("2026-03-16 07:00", step("head", "1")),
        moved("forwarded", "2026-03-16 10:00", "1", step("director", "2")),
    )

    assert due(state, "2") == "2026-03-16 11:00"
    assert [name for name in state.used if "signing" in name] == ["#signing"]


def test_two_open_steps_of_a_group_use_its_limit_once() -> None:
    state = run(
        accepted("2026-03-16 07:00", step("head", "1")),
        moved("forwarded", "2026-03-16 08:00", "", step("director", "2")),
        moved("forwarded", "2026-03-16 09:00", "1", step("archive", "3")),
    )

    assert due(state, "2") == "2026-03-16 11:00"


def test_a_step_without_a_limit_is_attributed_and_never_due() -> None:
    whole = fold(
        (
            accepted("2026-03-16 07:00", step("archive", "1")),
            moved("forwarded", "2026-03-16 09:00", "1", step("desk", "2")),
        ),
        RULES,
    )

    assert [(one.step, one.seconds, one.charged) for one in whole.segments] == [("archive", 2 * HOUR, True)]
    assert due(run(accepted("2026-03-16 07:00", step("archive", "1"))), "1") is None


def test_a_calendar_limit_runs_day_and_night_and_stands_still_in_a_pause() -> None:
    events = (
        accepted("2026-03-20 08:00", step("posting", "1")),
        moved("supplement_requested", "2026-03-23 08:00", "", file="phieu-02.pdf"),
        moved("supplement_received", "2026-03-25 08:00", ""),
    )

    assert due(run(events[0]), "1") == "2026-03-25 08:00"
    assert soon(run(events[0]), "1") == "2026-03-25 06:00"
    assert due(run(*events, rules=RESUMING), "1") == "2026-03-27 08:00"


def test_a_short_limit_is_announced_at_its_half() -> None:
    short = Holding("1", "A", "stamp", limit=Limit(2 * HOUR))

    assert soon(run(accepted("2026-03-16 07:00", short)), "1") == "2026-03-16 08:00"


def test_a_limit_that_a_new_version_of_the_diagram_changed_counts_what_was_used() -> None:
    longer = Holding("3", "A", "specialist", limit=Limit(20 * HOUR))
    state = run(
        accepted("2026-03-16 07:00", step("specialist", "1")),
        moved("forwarded", "2026-03-17 09:00", "1", longer),
    )

    assert due(state, "3") == "2026-03-18 11:00"
    assert state.used["A/specialist"] == 10 * HOUR


# Agencies --------------------------------------------------------------------------------------------------------------


@pytest.mark.rule("QT-20.2a", "QT-21a")
def test_an_agencys_transfer_limit_counts_its_parallel_steps_once() -> None:
    state = run(
        accepted("2026-03-16 07:00", step("desk", "1"), limit_seconds=40 * HOUR, agency_limits={"B": 10 * HOUR}),
        moved("transferred", "2026-03-16 08:00", "1", step("partner", "2"), step("archive", "3")),
        moved("forwarded", "2026-03-16 09:00", "", step("posting", "4")),
        moved("sent_back", "2026-03-16 10:00", "2", step("desk", "5")),
    )

    assert state.meters["@B"].due_at == at("2026-03-17 10:00")
    assert warnings(state, at("2026-03-17 10:00"), RULES, "4") == ()
    assert warnings(state, at("2026-03-17 10:00:01"), RULES, "4") == ("QT-21a",)
    assert warnings(state, at("2026-03-17 10:00:01"), RULES, "3") == ()
    assert colour(state, at("2026-03-17 10:00:01"), RULES, "4") == "late"


def test_parallel_steps_are_each_charged_to_their_holder() -> None:
    whole = fold(
        (
            accepted("2026-03-16 07:00", step("desk", "1")),
            moved("forwarded", "2026-03-16 08:00", "1", step("specialist", "2"), step("partner", "3")),
            moved("forwarded", "2026-03-16 10:00", "2"),
            moved("forwarded", "2026-03-16 11:00", "3", step("director", "4")),
        ),
        RULES,
    )

    assert [(one.agency, one.step, one.seconds) for one in whole.segments] == [
        ("A", "desk", HOUR),
        ("A", "specialist", 2 * HOUR),
        ("B", "partner", 3 * HOUR),
    ]
    assert [held.step for held in whole.state.holdings] == ["director"]


# Before acceptance, pauses, after the result ---------------------------------------------------------------------------


@pytest.mark.rule("QT-18.1")
def test_the_intake_of_an_online_dossier_is_timed_but_not_charged() -> None:
    events = (
        Event("registered", at("2026-03-16 20:00"), opens=(step("desk", "1"),)),
        moved("accepted", "2026-03-17 09:00", "1", step("desk", "2"), **FIVE_DAYS),
    )
    registered = run(events[0])

    assert due(registered, "1") == "2026-03-17 11:00"
    assert registered.alarms() == {"due_soon_at": None, "deadline_at": None, "appointment_at": None}
    assert colour(registered, at("2026-03-17 08:00"), RULES) == "on_time"
    assert colour(registered, at("2026-03-17 11:00"), RULES, "1") == "step_late"
    assert [(one.seconds, one.charged) for one in fold(events, RULES).segments] == [(2 * HOUR, False)]
    assert due(run(*events), "2") == "2026-03-17 15:00"


@pytest.mark.rule("QT-18.1")
def test_a_task_that_stays_open_over_the_acceptance_is_charged_from_there() -> None:
    whole = fold(
        (
            Event("registered", at("2026-03-16 08:00"), opens=(step("desk", "1"),)),
            accepted("2026-03-16 09:00"),
            moved("forwarded", "2026-03-16 11:00", "1", step("specialist", "2")),
        ),
        RULES,
    )

    assert [(one.seconds, one.charged) for one in whole.segments] == [(HOUR, False), (2 * HOUR, True)]
    assert whole.state.used["A/desk"] == 2 * HOUR


@pytest.mark.rule("QT-21a")
def test_at_the_appointment_itself_a_dossier_is_not_late_yet() -> None:
    state = run(accepted("2026-03-16 07:00", step("archive", "1")))

    assert state.appointment_at == at("2026-03-23 07:00")
    assert colour(state, at("2026-03-23 07:00"), RULES) == "due_soon"
    assert colour(state, at("2026-03-23 07:00:01"), RULES) == "late"


@pytest.mark.rule("QT-19.3a")
def test_while_the_applicant_supplements_nothing_is_due_and_nobody_is_charged() -> None:
    events = (
        accepted("2026-03-16 07:00", step("specialist", "1")),
        moved("supplement_requested", "2026-03-17 09:00", "", file="phieu-02.pdf"),
        moved("supplement_received", "2026-03-19 09:00", ""),
        moved("forwarded", "2026-03-19 10:00", "1", step("desk", "2")),
    )
    paused = run(*events[:2])
    resumed = fold(events, RESUMING)

    assert (paused.running, due(paused, "1"), set(paused.alarms().values())) == (False, None, {None})
    assert colour(paused, at("2027-01-01 00:00"), RULES) == "paused"
    assert not is_overdue(paused, at("2027-01-01 00:00"))
    assert [(one.seconds, one.charged) for one in resumed.segments] == [
        (10 * HOUR, True),
        (16 * HOUR, False),
        (HOUR, True),
    ]


@pytest.mark.rule("QT-19.3a")
def test_a_restart_gives_steps_and_agencies_their_whole_limits_again() -> None:
    events = (
        accepted("2026-03-16 07:00", step("partner", "1"), limit_seconds=40 * HOUR, agency_limits={"B": 16 * HOUR}),
        moved("supplement_requested", "2026-03-17 09:00", "", file="phieu-02.pdf"),
        moved("supplement_received", "2026-03-23 07:00", ""),
    )

    assert run(*events).used == {"@B": 0, "B/partner": 0}
    assert due(run(*events), "1") == "2026-03-25 11:00"
    assert due(run(*events, rules=RESUMING), "1") == "2026-03-24 09:00"
    assert run(*events, rules=RESUMING).used == {"@B": 10 * HOUR, "B/partner": 10 * HOUR}


@pytest.mark.rule("QT-18.6")
def test_a_dossier_paused_after_its_deadline_is_measured_where_it_stopped() -> None:
    late = (
        accepted("2026-03-16 07:00", step("specialist", "1"), limit_seconds=HOUR),
        moved("supplement_requested", "2026-03-16 09:00", "", file="phieu-02.pdf"),
    )
    result = moved("result_confirmed", "2026-03-20 09:00", "1", outcome="refused", file="phieu-03.pdf")
    in_time = (late[0], moved("supplement_requested", "2026-03-16 07:30", "", file="phieu-02.pdf"), result)

    assert is_overdue(run(*late), at("2026-03-16 09:00"))
    assert run(*late, result).overdue
    assert not run(*in_time).overdue


@pytest.mark.rule("QT-18.4", "QT-18.5", "QT-18.6")
def test_waiting_for_the_applicant_to_collect_is_charged_to_nobody() -> None:
    whole = fold(
        (
            accepted("2026-03-16 07:00", step("desk", "1")),
            moved("result_confirmed", "2026-03-16 09:00", ""),
            moved("claimed", "2026-03-17 07:00", "1", step("desk", "1", "lan")),
            moved("delivered", "2026-03-20 09:00", "1"),
        ),
        RULES,
    )

    assert [(one.seconds, one.charged, one.account) for one in whole.segments] == [
        (2 * HOUR, True, None),
        (6 * HOUR, False, None),
        (26 * HOUR, False, "lan"),
    ]
    assert (whole.state.outcome, whole.state.overdue) == ("granted", False)
    assert colour(whole.state, at("2027-01-01 00:00"), RULES) == "done"
    assert shown(whole.state.delivered_at or at("2026-01-01 00:00")) == "2026-03-20 09:00"


def test_with_the_result_no_step_is_due_any_longer() -> None:
    state = run(accepted("2026-03-16 07:00", step("desk", "1")), moved("result_confirmed", "2026-03-16 09:00", ""))

    assert (due(state, "1"), soon(state, "1"), set(state.alarms().values())) == (None, None, {None})


def test_a_dossier_without_a_limit_has_neither_deadline_nor_warning() -> None:
    state = run(accepted("2026-03-16 07:00", step("archive", "1"), limit_seconds=None))

    assert (state.deadline_at, state.appointment_at) == (None, None)
    assert colour(state, at("2030-01-01 00:00"), RULES) == "on_time"
    assert not is_overdue(state, at("2030-01-01 00:00"))


@pytest.mark.rule("QT-18.6")
def test_an_open_dossier_is_overdue_after_its_deadline_and_not_at_it() -> None:
    state = run(accepted("2026-03-16 07:00", step("desk", "1"), limit_seconds=8 * HOUR))

    assert not is_overdue(state, at("2026-03-16 17:00"))
    assert is_overdue(state, at("2026-03-16 17:00:01"))
    assert colour(state, at("2026-03-16 17:00:01"), RULES) == "due_soon"


@pytest.mark.rule("QT-18.2")
def test_the_next_action_after_one_on_a_saturday_is_not_pushed_to_monday() -> None:
    """Only what counts is moved; the raw instant is what a machine's clock is compared with."""
    state = run(
        accepted("2026-03-13 10:00", step("desk", "1")),
        moved("forwarded", "2026-03-14 09:00", "1", step("specialist", "2")),
    )

    assert state.last_at == at("2026-03-14 09:00")
    assert shown(state.holdings[0].since) == "2026-03-16 07:00"


def test_a_clock_that_is_set_back_does_not_turn_time_around() -> None:
    whole = fold(
        (
            accepted("2026-03-16 10:00", step("desk", "1")),
            moved("forwarded", "2026-03-16 09:59:58", "1", step("specialist", "2")),
        ),
        RULES,
    )

    assert whole.segments == ()
    assert shown(whole.state.holdings[0].since) == "2026-03-16 10:00"
