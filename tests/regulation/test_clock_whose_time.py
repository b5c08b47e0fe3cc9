"""Requirements group 5 (QT Điều 20): whose time it is, step by step and agency by agency."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.rules.clock import ClockRules, facts, warnings
from app.rules.events import Event, Holding
from app.rules.limits import Limit
from tests.regulation.provinces import QUANG_TRI
from tests.regulation.telling import (
    BY_PROVINCE,
    HOUR,
    WORKING_DAY,
    act,
    charged,
    course,
    local,
    passed,
    place,
    received,
    rules_of,
    rules_told,
    told,
)
from tests.rules.calendars import OFFICE_CALENDAR, at
from tests.rules.lives import DESK_CALENDAR, PARTNER_DESK, PARTNER_OFFICE, PLACES

QT = rules_of(QUANG_TRI)
RECEIVED = received("2026-03-16 07:00")

# Khoản 1: giữa các bước ------------------------------------------------------------------------------------------------


@pytest.mark.rule("QT-20.1")
@pytest.mark.parametrize("rules", BY_PROVINCE)
def test_a_steps_time_runs_from_the_dossiers_arrival_to_its_leaving(rules: ClockRules) -> None:
    applied = told(
        rules,
        RECEIVED,
        passed("2026-03-16 08:00", "A/desk", "A/specialist"),
        passed("2026-03-17 10:00", "A/specialist", "A/head"),
        passed("2026-03-17 11:00", "A/head", "A/desk"),
    )

    assert charged(applied) == {"A/desk": 1.0, "A/specialist": 10.0, "A/head": 1.0}
    assert [(local(one.from_at), local(one.to_at)) for one in applied.segments] == [
        ("2026-03-16 07:00", "2026-03-16 08:00"),
        ("2026-03-16 08:00", "2026-03-17 10:00"),
        ("2026-03-17 10:00", "2026-03-17 11:00"),
    ]


@pytest.mark.rule("QT-20.1b")
@pytest.mark.parametrize("rules", BY_PROVINCE)
def test_when_it_is_sent_back_the_earlier_step_goes_on_with_what_was_left_and_nothing_is_paused(
    rules: ClockRules,
) -> None:
    back = told(
        rules,
        RECEIVED,
        passed("2026-03-16 08:00", "A/desk", "A/specialist", hours=16),
        passed("2026-03-17 10:00", "A/specialist", "A/head"),
        passed("2026-03-17 15:00", "A/head", "A/specialist", "returned", hours=16),
    )
    (held,) = back.state.holdings

    assert charged(back) == {"A/desk": 1.0, "A/specialist": 10.0, "A/head": 3.0}
    assert (back.state.charging, back.state.paused_at) == (True, None)
    assert local(held.due_at) == "2026-03-18 11:00"  # ten of sixteen hours used: six are left
    assert rules_told(back, "returned") == ["QT-20.1b"]


@pytest.mark.rule("QT-20.1")
def test_what_is_called_back_is_the_callers_time_again() -> None:
    back = told(
        QT,
        RECEIVED,
        passed("2026-03-16 08:00", "A/desk", "A/specialist"),
        passed("2026-03-16 08:30", "A/specialist", "A/desk", "recalled"),
        passed("2026-03-16 09:30", "A/desk", "A/specialist"),
    )

    assert charged(back) == {"A/desk": 2.0, "A/specialist": 0.5}


# Khoản 2: giữa các cơ quan -----------------------------------------------------------------------------------------------

SENT = passed("2026-03-16 09:00", "A/desk", "B/desk", "transferred")


@pytest.mark.rule("QT-20.2a")
@pytest.mark.parametrize("rules", BY_PROVINCE)
def test_the_transfer_ends_the_earlier_agencys_time_and_starts_the_next_ones(rules: ClockRules) -> None:
    applied = told(rules, RECEIVED, SENT, passed("2026-03-16 11:00", "B/desk", "B/specialist"))

    assert charged(applied) == {"A/desk": 2.0, "B/desk": 2.0}
    assert applied.state.agencies == ("A", "B")


@pytest.mark.rule("QT-20.2b")
@pytest.mark.parametrize("rules", BY_PROVINCE)
def test_wholly_electronic_the_next_agencys_time_starts_when_the_dossier_has_arrived(rules: ClockRules) -> None:
    """Both instants are kept, the sending and the delivery."""
    applied = told(
        rules,
        RECEIVED,
        Event("transferred", at("2026-03-16 09:00")),
        passed("2026-03-16 09:40", "A/desk", "B/desk", "delivered_to_agency"),
        passed("2026-03-16 11:00", "B/desk", "B/specialist"),
    )

    assert [(one.agency, one.seconds // 60) for one in applied.segments] == [("A", 160), ("B", 80)]
    assert rules_told(applied, "transferred") == rules_told(applied, "delivered_to_agency") == ["QT-20.2b"]


@pytest.mark.rule("QT-20.2c")
@pytest.mark.parametrize("rules", BY_PROVINCE)
def test_the_next_agencys_time_ends_and_the_first_ones_goes_on_when_it_sends_its_result_back(rules: ClockRules) -> None:
    applied = told(
        rules,
        RECEIVED,
        SENT,
        passed("2026-03-17 09:00", "B/desk", "A/specialist", "sent_back"),
        passed("2026-03-17 10:00", "A/specialist", "A/desk"),
    )

    assert charged(applied) == {"A/desk": 2.0, "B/desk": 8.0, "A/specialist": 1.0}
    assert applied.state.charging


@pytest.mark.rule("QT-20.2d")
@pytest.mark.parametrize("rules", BY_PROVINCE)
@pytest.mark.parametrize("kind", ["agency_returned", "agency_supplement_requested"])
def test_when_the_next_agency_returns_it_or_asks_for_more_the_first_ones_time_goes_on(
    rules: ClockRules, kind: str
) -> None:
    applied = told(
        rules,
        RECEIVED,
        SENT,
        passed("2026-03-16 15:00", "B/desk", "A/specialist", kind),
        passed("2026-03-17 15:00", "A/specialist", "A/desk"),
    )

    assert charged(applied) == {"A/desk": 2.0, "B/desk": 4.0, "A/specialist": 8.0}
    assert applied.state.paused_at is None
    assert rules_told(applied, kind) == ["QT-20.2d"]


@pytest.mark.rule("QT-20.2e")
def test_the_agency_that_asks_for_a_new_date_is_charged_with_the_time_it_wins() -> None:
    """Counted in working time from the present date to the new one; without an asking agency it is nobody's."""
    first = act("apologised", "2026-03-18 09:00", appointment="2026-03-25 07:00", agencies=["B"])
    nobody = act("apologised", "2026-03-18 09:00", appointment="2026-03-25 07:00")
    sooner = act("apologised", "2026-03-18 09:00", appointment="2026-03-19 07:00", agencies=["B"])

    assert local(course(QT, RECEIVED).appointment_at) == "2026-03-23 07:00"
    assert course(QT, RECEIVED, SENT, first).extra == {"B": 2 * WORKING_DAY}
    assert course(QT, RECEIVED, SENT, nobody).extra == {}
    assert course(QT, RECEIVED, SENT, sooner).extra == {}


@pytest.mark.rule("QT-20.2a", "QT-21a")
def test_an_agencys_transfer_limit_is_used_up_over_all_its_stretches() -> None:
    """Two days for B: six hours before it returned the dossier, ten are left when it comes again."""
    history = (
        received("2026-03-16 07:00", agency_limits={"B": 2 * WORKING_DAY}),
        passed("2026-03-16 09:00", "A/desk", "B/desk", "transferred"),
        passed("2026-03-17 07:00", "B/desk", "A/desk", "agency_returned"),
        passed("2026-03-18 07:00", "A/desk", "B/desk", "transferred"),
    )
    state = course(QT, *history)

    assert local(state.meters["@B"].due_at) == "2026-03-19 09:00"
    assert not facts(state, at("2026-03-19 09:00"), QT).transfer_limit_passed
    assert warnings(state, at("2026-03-19 09:00:01"), QT) == ("QT-21a",)


@pytest.mark.rule("QT-20.1", "QT-18.2")
def test_each_agency_works_by_its_own_hours_the_whole_dossier_by_the_lead_agencys() -> None:
    """B's office: Monday to Thursday 08:00-12:00, 13:00-16:00. Its step has seven hours of these: one of its days."""
    rules = ClockRules(OFFICE_CALENDAR, QUANG_TRI, DESK_CALENDAR, PLACES)
    to_b = passed("2026-03-19 10:00", "A/desk", "B/specialist", "transferred", hours=7)
    state = course(rules, RECEIVED, to_b)
    done = told(rules, RECEIVED, to_b, passed("2026-03-20 10:00", "B/specialist", "A/specialist", "sent_back"))

    assert local(state.holdings[0].due_at) == "2026-03-23 10:00"
    assert local(state.deadline_at) == "2026-03-20 17:00"
    assert charged(done) == {"A/desk": 27.0, "B/specialist": 5.0}
    assert local(done.state.counted_at) == "2026-03-23 08:00"  # B does nothing on a Friday: it counts on Monday


@pytest.mark.rule("QT-20.1b")
def test_a_limit_that_two_places_share_runs_by_the_hours_of_whoever_has_it() -> None:
    rules = ClockRules(OFFICE_CALENDAR, QUANG_TRI, None, {"B": (PARTNER_OFFICE, PARTNER_DESK)})
    head = Holding("h", "A", "head", limit=Limit(10 * HOUR), group="signing")
    stamp = Holding("s", "B", "stamp", limit=Limit(10 * HOUR), group="signing")
    start = Event("accepted", at("2026-03-16 07:00"), opens=(head, stamp), data={"limit_seconds": 5 * WORKING_DAY})
    both = course(rules, start)
    alone = course(rules, start, Event("forwarded", at("2026-03-16 11:30"), ("h",)))

    assert {local(held.due_at) for held in both.holdings} == {"2026-03-17 09:00"}  # by A's hours, who has it first
    assert alone.used["#signing"] == 4.5 * HOUR
    assert local(alone.holdings[0].due_at) == "2026-03-17 10:00"  # by B's: 3.5 hours today, two tomorrow


# Điều 28 khoản 5 điểm d: từng người ---------------------------------------------------------------------------------------


@pytest.mark.rule("QT-28.5d")
@pytest.mark.parametrize("rules", BY_PROVINCE)
def test_time_is_a_persons_from_taking_the_step_on_and_before_that_the_positions(rules: ClockRules) -> None:
    step = place("A/specialist", hours=4)
    by = {name: replace(step, account=name) for name in ("lan", "minh")}
    applied = told(
        rules,
        RECEIVED,
        replace(passed("2026-03-16 08:00", "A/desk", "A/specialist"), opens=(step,)),
        Event("claimed", at("2026-03-16 09:00"), (step.key,), (by["lan"],)),
        Event("handed_off", at("2026-03-16 11:00"), (step.key,), (by["minh"],)),
        passed("2026-03-16 15:00", "A/specialist", "A/head"),
    )
    late = course(
        rules,
        RECEIVED,
        replace(passed("2026-03-16 08:00", "A/desk", "A/specialist"), opens=(step,)),
        Event("claimed", at("2026-03-16 09:00"), (step.key,), (by["lan"],)),
    )
    (held,) = late.holdings

    assert [(one.account, one.seconds // 60) for one in applied.segments if one.step == "specialist"] == [
        (None, 60),
        ("lan", 120),
        ("minh", 120),
    ]
    assert (held.account, local(held.due_at)) == ("lan", "2026-03-16 14:00")
    assert facts(late, at("2026-03-16 14:00"), rules, held.key).step_late
