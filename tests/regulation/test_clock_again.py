"""Requirements group 4 (QT Điều 19, ST-14.3đ, ST-16.1b): how time is determined anew."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.rules.clock import ClockRules, ClockState, is_overdue
from app.rules.decisions_promise import proposed
from app.rules.events import Event
from tests.regulation.provinces import HA_TINH, LONG_AN, NATIONAL, QUANG_TRI, SOC_TRANG, THAI_NGUYEN
from tests.regulation.telling import (
    BY_PROVINCE,
    WORKING_DAY,
    act,
    charged,
    course,
    local,
    passed,
    received,
    refused,
    rules_of,
    rules_told,
    told,
)
from tests.rules.calendars import at

QT, ST, LA, TN, HT = (rules_of(profile) for profile in (QUANG_TRI, SOC_TRANG, LONG_AN, THAI_NGUYEN, HA_TINH))
# Five working days from Monday the 16th, 10:00: due on the 23rd at 10:00; in Quảng Trị promised for 13:30 that day.
RECEIVED = received("2026-03-16 10:00")
WORKED_ON = passed("2026-03-16 11:00", "A/desk", "A/specialist")


def restarting(rules: ClockRules) -> ClockRules:
    return replace(rules, profile=replace(rules.profile, supplement_clock="restart"))


def resuming(rules: ClockRules) -> ClockRules:
    return replace(rules, profile=replace(rules.profile, supplement_clock="resume"))


# Khoản 1: xin lỗi và hẹn lại -------------------------------------------------------------------------------------------


@pytest.mark.rule("QT-19.1a")
def test_an_apology_before_the_appointment_moves_it_and_marks_the_dossier_overdue_for_good() -> None:
    apology = act("apologised", "2026-03-20 15:00", appointment="2026-03-30 07:00")
    promised = course(QT, RECEIVED, apology)
    resolved = course(QT, RECEIVED, apology, act("result_confirmed", "2026-03-20 16:00"))

    assert (local(promised.appointment_at), local(promised.deadline_at)) == ("2026-03-30 07:00", "2026-03-23 10:00")
    assert (promised.overdue, promised.apologies) == (True, 1)
    assert resolved.overdue  # although its result came before the deadline


@pytest.mark.rule("QT-19.1a", "QT-15.3")
@pytest.mark.parametrize("rules", BY_PROVINCE)
def test_an_apology_is_nothing_without_its_file_and_a_time_to_come(rules: ClockRules) -> None:
    late = "2026-03-25 10:00"  # so that it is time for one in every province

    assert refused(rules, RECEIVED, act("apologised", late, file=None, appointment="2026-03-30 07:00")) == "QT-15.3"
    assert refused(rules, RECEIVED, act("apologised", late, appointment="2026-03-25 10:00")) == "QT-19.1a"


@pytest.mark.rule("QT-19.1a")
@pytest.mark.parametrize(
    ("rules", "when", "marked_late"),
    [
        (QT, "2026-03-23 13:30", False),  # at the appointment itself
        (QT, "2026-03-23 13:31", True),
        (HT, "2026-03-20 10:00", False),  # a working day before the deadline: NĐ 61 Điều 19 khoản 9
        (HT, "2026-03-20 10:01", True),
        (TN, "2026-03-20 10:01", True),
        (LA, "2026-03-20 10:01", True),
        (ST, "2026-03-23 10:01", False),  # once it is overdue: ST-14.3đ
    ],
)
def test_every_province_has_its_time_for_an_apology_and_tells_one_that_comes_later(
    rules: ClockRules, when: str, marked_late: bool
) -> None:
    applied = told(rules, RECEIVED, act("apologised", when, appointment="2026-03-30 07:00"))

    assert applied.state.apologised_at is not None
    assert [line.after for line in applied.lines if "sau thời điểm quy định" in line.text] == ["muộn"] * marked_late


@pytest.mark.rule("QT-19.1a", "ST-14.3e")
def test_in_soc_trang_a_new_date_is_only_for_what_is_overdue() -> None:
    early = act("apologised", "2026-03-23 10:00", appointment="2026-03-30 07:00")

    assert refused(ST, RECEIVED, early) == "ST-14.3e"
    assert refused(ST, RECEIVED, replace(early, kind="extended")) == "ST-14.3e"


@pytest.mark.rule("QT-19.1a")
def test_where_a_profile_refuses_late_apologies_the_article_of_its_window_says_so() -> None:
    strict = replace(QUANG_TRI, late_apology="refused")
    late = act("apologised", "2026-03-23 13:31", appointment="2026-03-30 07:00")
    not_a_day_before = act("apologised", "2026-03-20 10:01", appointment="2026-03-30 07:00")

    assert refused(rules_of(strict), RECEIVED, late) == "QT-19.1a"
    assert refused(rules_of(NATIONAL), RECEIVED, not_a_day_before) == "ND61-19.9"
    assert course(rules_of(NATIONAL), RECEIVED, replace(not_a_day_before, at=at("2026-03-20 10:00"))).apologies == 1


@pytest.mark.rule("QT-19.1a")
@pytest.mark.parametrize("rules", BY_PROVINCE)
def test_the_date_is_set_again_once_and_any_number_of_times_only_where_a_profile_says_so(rules: ClockRules) -> None:
    first = act("apologised", "2026-03-24 10:00", appointment="2026-03-30 07:00")
    second = act("apologised", "2026-03-25 10:00", appointment="2026-04-06 07:00")
    any_number = replace(rules, profile=replace(rules.profile, apology_times="any"))

    assert refused(rules, RECEIVED, first, second) == "ND61-19.9"
    assert local(course(any_number, RECEIVED, first, second).appointment_at) == "2026-04-06 07:00"


@pytest.mark.rule("QT-19.1a")
@pytest.mark.parametrize(("rules", "overdue"), [(QT, True), (LA, True), (HT, False), (TN, False)])
def test_whether_an_apology_alone_makes_overdue_is_the_provinces_choice(rules: ClockRules, overdue: bool) -> None:
    apology = act("apologised", "2026-03-20 09:00", appointment="2026-03-30 07:00")

    assert course(rules, RECEIVED, apology, act("result_confirmed", "2026-03-20 16:00")).overdue == overdue
    assert course(rules_of(HA_TINH), RECEIVED, apology, act("result_confirmed", "2026-03-24 10:00")).overdue


@pytest.mark.rule("QT-19.1b")
def test_the_new_date_is_proposed_in_working_time_and_taken_as_it_was_changed() -> None:
    state = course(QT, RECEIVED)

    assert local(proposed(state, at("2026-03-20 15:00"), 2 * WORKING_DAY, QT)) == "2026-03-25 11:30"
    assert local(proposed(state, at("2026-03-24 20:00"), 2 * WORKING_DAY, QT)) == "2026-03-26 17:00"
    changed = act("apologised", "2026-03-20 15:00", appointment="2026-03-26 09:15")
    assert local(course(QT, RECEIVED, changed).appointment_at) == "2026-03-26 09:15"


@pytest.mark.rule("QT-19.1c", "QT-20.2e")
def test_several_agencies_extension_slips_become_one_apology_and_each_is_charged_with_the_extra_time() -> None:
    merged = act("apologised", "2026-03-20 15:00", appointment="2026-03-25 13:30", agencies=["B", "C"])
    applied = told(QT, RECEIVED, merged)

    assert applied.state.apologies == 1
    assert applied.state.extra == {"B": 2 * WORKING_DAY, "C": 2 * WORKING_DAY}
    assert rules_told(applied, "apologised") == ["QT-19.1a", "QT-19.1a", "QT-19.1c", "QT-20.2e"]
    assert applied.lines[-1].text == "Thời gian kéo dài 16 giờ làm việc tính cho cơ quan xin hẹn lại"


@pytest.mark.rule("QT-19.1c")
def test_where_extension_and_apology_are_one_act_there_is_no_extension_of_its_own() -> None:
    extension = act("extended", "2026-03-24 15:00", appointment="2026-03-30 07:00", agency="A")

    for rules in (QT, LA, TN, HT, rules_of(NATIONAL)):
        assert refused(rules, RECEIVED, extension) == "QT-19.1c"


# Sóc Trăng 14.3đ: gia hạn là một việc riêng ------------------------------------------------------------------------------


@pytest.mark.rule("ST-14.3e", "QT-20.2e")
def test_in_soc_trang_the_desk_moves_the_date_of_an_overdue_dossier_on_the_agencys_written_proposal() -> None:
    extension = act("extended", "2026-03-24 08:00", appointment="2026-03-30 07:00", agency="A")
    extended = told(ST, RECEIVED, extension)
    state = extended.state

    assert (local(state.appointment_at), local(state.deadline_at)) == ("2026-03-30 07:00", "2026-03-23 10:00")
    assert (state.overdue, state.apologies) == (False, 0)  # the act itself marks nothing …
    assert is_overdue(state, at("2026-03-24 08:00"))  # … the deadline that has passed does
    assert state.extra["A"] == 37 * 3600
    assert refused(ST, RECEIVED, replace(extension, data={**extension.data, "file": None})) == "ST-14.3e"
    assert (
        refused(ST, RECEIVED, extension, act("extended", "2026-03-25 08:00", appointment="2026-04-06 07:00"))
        == "ND61-19.9"
    )


@pytest.mark.rule("ST-14.3e")
def test_the_apology_that_follows_an_extension_takes_over_its_date() -> None:
    extension = act("extended", "2026-03-24 08:00", appointment="2026-03-30 07:00", agency="A")
    apology = act("apologised", "2026-03-24 09:00")
    state = course(ST, RECEIVED, extension, apology)

    assert (local(state.appointment_at), state.overdue, state.apologies) == ("2026-03-30 07:00", True, 1)
    assert state.extra == course(ST, RECEIVED, extension).extra


# Khoản 2: trả lại, từ chối, rút ------------------------------------------------------------------------------------------


@pytest.mark.rule("QT-19.2")
@pytest.mark.parametrize("rules", BY_PROVINCE)
def test_a_dossier_returned_for_the_applicants_fault_is_resolved_and_its_moment_is_the_confirmation(
    rules: ClockRules,
) -> None:
    """Unlike a request for a supplement, which only pauses (defect 15)."""
    state = course(rules, RECEIVED, act("result_confirmed", "2026-03-18 09:00", outcome="refused"))

    assert (local(state.result_at), state.overdue, state.paused_at) == ("2026-03-18 09:00", False, None)


@pytest.mark.rule("QT-19.2a")
@pytest.mark.parametrize("rules", BY_PROVINCE)
def test_what_is_handed_in_again_is_a_new_dossier_counted_from_its_own_acceptance(rules: ClockRules) -> None:
    returned = act("result_confirmed", "2026-03-18 09:00", outcome="refused")
    again = course(rules, received("2026-03-25 10:00"))

    assert refused(rules, RECEIVED, returned, received("2026-03-25 10:00")) in ("QT-18.1", "QT-18.4")
    assert (local(again.deadline_at), again.rounds, again.apologies, again.supplements) == ("2026-04-01 10:00", 1, 0, 0)


@pytest.mark.rule("QT-19.2b")
def test_several_agencies_refusals_become_one_result_of_the_lead_agency() -> None:
    refused_by_all = told(
        QT,
        RECEIVED,
        passed("2026-03-16 14:00", "A/desk", "B/desk", "transferred"),
        passed("2026-03-17 14:00", "B/desk", "A/specialist", "agency_returned"),
        act("result_confirmed", "2026-03-18 09:00", outcome="refused", agencies=["B", "C"]),
    )

    assert rules_told(refused_by_all, "agency_returned") == ["QT-20.2d"]
    assert "QT-19.2b" in rules_told(refused_by_all, "result_confirmed")
    assert refused_by_all.lines[-1].after == "B, C"


@pytest.mark.rule("QT-19.2c")
@pytest.mark.parametrize("rules", BY_PROVINCE)
def test_a_withdrawal_needs_the_written_request_and_ends_the_dossier_where_it_is_confirmed(rules: ClockRules) -> None:
    confirmed = act("withdrawn", "2026-03-18 09:00")
    ended = told(rules, RECEIVED, WORKED_ON, confirmed)

    assert refused(rules, RECEIVED, act("withdrawn", "2026-03-18 09:00", file=None)) == "QT-19.2c"
    assert (ended.state.outcome, ended.state.overdue) == ("withdrawn", False)
    assert charged(ended) == {"A/desk": 1.0, "A/specialist": 14.0}
    assert refused(rules, RECEIVED, confirmed, act("supplement_requested", "2026-03-18 10:00")) == "QT-18.4"


# Khoản 3: bổ sung --------------------------------------------------------------------------------------------------------

ASKED = act("supplement_requested", "2026-03-18 10:00")
BROUGHT = act("supplement_received", "2026-03-25 08:00")


@pytest.mark.rule("QT-19.3a", "QT-15.3")
@pytest.mark.parametrize("rules", BY_PROVINCE)
def test_from_the_request_with_its_file_on_the_clock_stands_still(rules: ClockRules) -> None:
    waiting = told(rules, RECEIVED, WORKED_ON, ASKED)

    assert (waiting.state.paused_for, local(waiting.state.paused_at)) == ("supplement", "2026-03-18 10:00")
    assert set(waiting.state.alarms().values()) == {None}
    assert not is_overdue(waiting.state, at("2027-01-04 10:00"))
    assert charged(waiting) == {"A/desk": 1.0, "A/specialist": 15.0}
    assert refused(rules, RECEIVED, act("supplement_requested", "2026-03-18 10:00", file=None)) == "QT-15.3"
    assert refused(rules, RECEIVED, BROUGHT) == refused(rules, RECEIVED, ASKED, ASKED) == "QT-19.3a"


@pytest.mark.rule("QT-19.3a")
@pytest.mark.parametrize("rules", [QT, HT, LA, TN])
def test_what_was_handed_in_again_is_counted_from_zero_like_a_new_dossier(rules: ClockRules) -> None:
    anew = told(rules, RECEIVED, WORKED_ON, ASKED, BROUGHT, passed("2026-03-25 10:00", "A/specialist", "A/desk"))
    state = anew.state

    assert (local(state.started_at), local(state.deadline_at), state.rounds) == (
        "2026-03-25 08:00",
        "2026-04-01 08:00",
        2,
    )
    assert charged(anew) == {"A/desk": 1.0, "A/specialist": 17.0}  # who had it before is not forgotten
    assert "ST-16.1b" not in rules_told(anew, "supplement_received")


@pytest.mark.rule("ST-16.1b", "QT-19.3a")
def test_in_soc_trang_the_room_goes_on_with_what_was_left_of_the_time() -> None:
    on = told(ST, RECEIVED, WORKED_ON, ASKED, BROUGHT)
    state = on.state

    assert (local(state.started_at), local(state.deadline_at), state.rounds) == (
        "2026-03-16 10:00",
        "2026-03-30 08:00",
        1,
    )
    assert [held.step for held in state.holdings] == ["specialist"]
    assert rules_told(on, "supplement_received") == ["ST-16.1b", "QT-18.3"]


@pytest.mark.rule("QT-19.3a")
@pytest.mark.parametrize("rules", BY_PROVINCE)
def test_a_supplement_is_asked_for_once_in_full(rules: ClockRules) -> None:
    again = act("supplement_requested", "2026-03-25 10:00")
    often = replace(rules, profile=replace(rules.profile, supplement_times="any"))

    assert refused(rules, RECEIVED, ASKED, BROUGHT, again) == "ND61-17.2"
    assert course(often, RECEIVED, ASKED, BROUGHT, again).supplements == 2


@pytest.mark.rule("QT-19.3b")
@pytest.mark.parametrize("rules", BY_PROVINCE)
@pytest.mark.parametrize("policy", [restarting, resuming], ids=["restart", "resume"])
def test_after_the_appointment_a_supplement_needs_a_recorded_apology_and_the_dossier_is_overdue(
    rules: ClockRules, policy: object
) -> None:
    under = policy(rules)  # type: ignore[operator]
    late = act("supplement_requested", "2026-03-24 10:00")
    apology = act("apologised", "2026-03-24 09:00", appointment="2026-04-06 07:00")
    allowed = course(under, RECEIVED, apology, late)

    assert refused(under, RECEIVED, late) == "QT-19.3b"
    assert allowed.paused_for == "supplement"
    assert is_overdue(allowed, at("2026-03-24 10:00"))


@pytest.mark.rule("QT-19.3b")
def test_between_deadline_and_appointment_a_late_dossier_may_still_be_supplemented() -> None:
    """And after the appointment means the original one, not the date that an apology set (defects 2, 13)."""
    state = course(QT, RECEIVED, act("supplement_requested", "2026-03-23 13:30"))
    apology = act("apologised", "2026-03-20 09:00", appointment="2026-04-06 07:00")
    again = course(QT, RECEIVED, apology, act("supplement_requested", "2026-03-25 09:00"))

    assert is_overdue(state, at("2026-03-23 13:30"))
    assert again.paused_for == "supplement"
    assert local(again.slip_appointment_at) == "2026-03-23 13:30"


@pytest.mark.rule("QT-19.1a", "QT-19.3a", "QT-19.3b")
def test_the_overdue_mark_of_an_apology_survives_a_restart_and_its_date_does_not() -> None:
    apology = act("apologised", "2026-03-18 09:00", appointment="2026-04-20 07:00")
    anew = course(QT, RECEIVED, apology, ASKED, BROUGHT)
    on = course(resuming(QT), RECEIVED, apology, ASKED, BROUGHT)

    assert (anew.overdue, anew.apologies, local(anew.appointment_at)) == (True, 0, "2026-04-01 13:30")
    assert (on.overdue, on.apologies, local(on.appointment_at)) == (True, 1, "2026-04-20 07:00")


@pytest.mark.rule("ST-14.3d2")
@pytest.mark.parametrize("rules", BY_PROVINCE)
def test_a_notice_of_what_is_missing_that_comes_late_is_marked_with_the_time_it_missed(rules: ClockRules) -> None:
    """Three working days from acceptance (NĐ 61 Điều 19 khoản 4), in any case within the processing time."""
    often = replace(rules, profile=replace(rules.profile, supplement_times="any"))
    in_time = told(often, RECEIVED, act("supplement_requested", "2026-03-19 10:00"))
    late = told(often, RECEIVED, act("supplement_requested", "2026-03-19 10:01"))
    refusal = told(often, RECEIVED, act("result_confirmed", "2026-03-23 11:00", outcome="refused"))

    assert local(in_time.state.notice_due_at) == "2026-03-19 10:00"
    assert (in_time.state.late_notices, late.state.late_notices, refusal.state.late_notices) == (0, 1, 1)
    assert "ND61-19.4" in rules_told(late, "supplement_requested")
    assert "ST-14.3d2" in rules_told(refusal, "result_confirmed")


@pytest.mark.rule("ST-14.3d2")
def test_a_profile_may_refuse_late_notices_or_know_no_limit_but_the_processing_time() -> None:
    strict = rules_of(replace(SOC_TRANG, supplement_late_notice="refuse"))
    unlimited = rules_of(replace(QUANG_TRI, supplement_notice="none"))
    late = act("supplement_requested", "2026-03-19 10:01")
    past_deadline = told(unlimited, RECEIVED, act("supplement_requested", "2026-03-23 10:01"))

    assert refused(strict, RECEIVED, late) == "ND61-19.4"
    assert course(unlimited, RECEIVED, late).late_notices == 0
    assert (past_deadline.state.late_notices, rules_told(past_deadline, "supplement_requested")[-1]) == (1, "ST-14.3d2")


@pytest.mark.rule("QT-19.3d", "QT-20.2d")
def test_a_participants_request_stops_its_own_clock_and_the_lead_agencys_merged_slip_stops_everything() -> None:
    history = (
        RECEIVED,
        passed("2026-03-16 14:00", "A/desk", "B/specialist", "transferred"),
        passed("2026-03-17 14:00", "B/specialist", "A/specialist", "agency_supplement_requested"),
    )
    merged = act("supplement_requested", "2026-03-18 10:00", agencies=["B", "C"])
    asked, sent = course(QT, *history), told(QT, *history, merged)

    assert asked.charging
    assert charged(sent) == {"A/desk": 2.0, "B/specialist": 8.0, "A/specialist": 6.0}
    assert rules_told(sent, "supplement_requested") == ["QT-19.3a", "QT-19.3d"]
    assert sent.lines[-1].after == "B, C"


# Khoản 3, tên khoản: nghĩa vụ tài chính ------------------------------------------------------------------------------------

TO_PAY = act("payment_requested", "2026-03-18 10:00")
PAID = act("payment_received", "2026-03-25 08:00")


@pytest.mark.rule("QT-19.3t")
@pytest.mark.parametrize("rules", BY_PROVINCE)
@pytest.mark.parametrize("policy", [restarting, resuming], ids=["restart", "resume"])
def test_a_payment_stops_the_clock_until_it_is_made_and_never_starts_it_anew(rules: ClockRules, policy: object) -> None:
    under = policy(rules)  # type: ignore[operator]
    owing, paid = course(under, RECEIVED, TO_PAY), course(under, RECEIVED, TO_PAY, PAID)

    assert (owing.paused_for, local(owing.paused_at), owing.charging) == ("payment", "2026-03-18 10:00", False)
    assert (paid.paused_for, paid.rounds, local(paid.started_at)) == (None, 1, "2026-03-16 10:00")
    assert local(paid.deadline_at) == "2026-03-30 08:00"


@pytest.mark.rule("QT-19.3t")
def test_where_a_profile_lets_the_clock_run_the_dossier_waits_and_its_time_goes_on() -> None:
    running = rules_of(replace(QUANG_TRI, payment_clock="run"))
    owing = course(running, RECEIVED, TO_PAY)
    paid = course(running, RECEIVED, TO_PAY, PAID)

    assert (owing.paused_for, owing.paused_at, owing.charging) == ("payment", None, True)
    assert (paid.paused_for, local(paid.deadline_at)) == (None, "2026-03-23 10:00")


@pytest.mark.rule("QT-19.3t")
@pytest.mark.parametrize("rules", BY_PROVINCE)
def test_a_payment_is_asked_for_with_its_notice_at_any_time_and_one_wait_ends_before_another_begins(
    rules: ClockRules,
) -> None:
    assert refused(rules, RECEIVED, act("payment_requested", "2026-03-18 10:00", file=None)) == "QT-19.3t"
    assert refused(rules, RECEIVED, PAID) == refused(rules, RECEIVED, ASKED, PAID) == "QT-19.3t"
    assert refused(rules, RECEIVED, TO_PAY, act("supplement_requested", "2026-03-18 11:00")) == "QT-19.3a"
    assert refused(rules, RECEIVED, ASKED, act("payment_requested", "2026-03-18 11:00")) == "QT-19.3t"
    late: ClockState = course(rules, RECEIVED, act("payment_requested", "2026-03-25 10:00"))
    assert late.paused_for == "payment"


@pytest.mark.rule("QT-19.3t", "QT-18.6")
def test_a_dossier_that_is_never_paid_for_may_be_ended_while_it_waits() -> None:
    ended = course(QT, RECEIVED, TO_PAY, act("result_confirmed", "2026-06-18 10:00", outcome="stopped"))

    assert (ended.outcome, ended.overdue, ended.paused_at, ended.paused_for) == ("stopped", False, None, None)


# Ai giữ hồ sơ trong lúc xét đề nghị -----------------------------------------------------------------------------------------


@pytest.mark.rule("QT-17.4", "QT-20.1")
def test_a_request_takes_the_dossier_from_its_step_and_gives_it_back_with_what_was_left_of_the_steps_limit() -> None:
    started = passed("2026-03-16 11:00", "A/desk", "A/specialist", hours=16)
    asked = replace(
        passed("2026-03-17 11:00", "A/specialist", "A/head"), kind="side_started", data={"process": "supplement"}
    )
    turned_down = Event(
        "side_ended", at("2026-03-18 11:00"), ("A/head",), passed("2026-03-18 11:00", "-", "A/specialist", hours=16).opens,
        {"process": "supplement"},
    )  # fmt: skip
    back = told(QT, RECEIVED, started, asked, turned_down)
    (held,) = back.state.holdings

    assert charged(back) == {"A/desk": 1.0, "A/specialist": 8.0, "A/head": 8.0}
    assert (held.step, local(held.due_at)) == ("specialist", "2026-03-19 11:00")
    assert [line.rule for line in back.lines[-2:]] == ["QT-19.3a", "QT-19.3a"]
    assert back.lines[-1].text.startswith("Yêu cầu bổ sung hồ sơ.")
