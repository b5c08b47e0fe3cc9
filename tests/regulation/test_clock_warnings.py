"""Requirements group 6 (QT Điều 21): three facts, not one; and the overdue mark beside them (defect 17)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.rules.clock import ClockRules, Facts, colour, facts, warnings
from app.rules.events import Event
from tests.regulation.provinces import QUANG_TRI
from tests.regulation.telling import BY_PROVINCE, WORKING_DAY, act, course, local, passed, received, rules_of
from tests.rules.calendars import at

QT = rules_of(QUANG_TRI)
# Due on Monday the 23rd at 10:00, promised for 13:30; the specialist's step is used up on Wednesday at 10:00.
OPEN = (received("2026-03-16 10:00"), passed("2026-03-16 10:00", "A/desk", "A/specialist", hours=16))
NOTHING = Facts(False, False, False, False, False, False)


@pytest.mark.rule("QT-21", "QT-21a", "QT-21b", "QT-21c", "QT-18.6")
@pytest.mark.parametrize(
    ("now", "said", "shade", "overdue"),
    [
        ("2026-03-18 09:59:59", (), "on_time", False),
        ("2026-03-18 10:00", ("QT-21c",), "step_late", False),  # the step is due
        ("2026-03-20 13:30", ("QT-21c",), "step_late", False),  # exactly one working day to the appointment
        ("2026-03-20 13:30:01", ("QT-21b", "QT-21c"), "due_soon", False),
        ("2026-03-23 10:00", ("QT-21b", "QT-21c"), "due_soon", False),  # at the deadline
        ("2026-03-23 10:00:01", ("QT-21b", "QT-21c"), "due_soon", True),  # overdue, and not yet red
        ("2026-03-23 13:30", ("QT-21b", "QT-21c"), "due_soon", True),  # at the appointment
        ("2026-03-23 13:30:01", ("QT-21a", "QT-21c"), "late", True),
    ],
)
def test_the_course_of_a_dossier_that_nobody_works_on(
    now: str, said: tuple[str, ...], shade: str, overdue: bool
) -> None:
    state = course(QT, *OPEN)

    assert warnings(state, at(now), QT) == said
    assert colour(state, at(now), QT) == shade
    assert facts(state, at(now), QT).overdue == overdue


@pytest.mark.rule("QT-21a")
@pytest.mark.parametrize("rules", BY_PROVINCE)
def test_first_colour_the_appointment_or_the_transfer_limit_of_the_agency_that_has_it_is_passed(
    rules: ClockRules,
) -> None:
    with_limit = (
        received("2026-03-16 10:00", agency_limits={"B": WORKING_DAY}),
        passed("2026-03-16 10:00", "A/desk", "B/desk", "transferred"),
    )
    at_b, at_a = (
        course(rules, *with_limit),
        course(rules, *with_limit, passed("2026-03-17 11:00", "B/desk", "A/head", "sent_back")),
    )
    now = at("2026-03-17 14:00")

    assert facts(at_b, now, rules) == replace(NOTHING, transfer_limit_passed=True)
    assert facts(at_a, now, rules) == NOTHING  # B is late, but A has it now
    assert facts(course(rules, *OPEN), at("2026-03-24 10:00"), rules).appointment_passed


@pytest.mark.rule("QT-21b")
@pytest.mark.parametrize("rules", BY_PROVINCE)
def test_second_colour_less_than_one_working_day_is_left_to_the_appointment(rules: ClockRules) -> None:
    """Working time: from Friday to Monday there is one day, not three."""
    state = course(rules, OPEN[0])
    assert state.due_soon_at is not None

    assert not facts(state, state.due_soon_at, rules).due_soon
    assert rules.calendar.between(state.due_soon_at, state.appointment_at or state.due_soon_at) == WORKING_DAY
    assert facts(state, at("2026-03-20 15:00"), rules) == replace(NOTHING, due_soon=True)


@pytest.mark.rule("QT-21b")
def test_how_near_near_is_belongs_to_the_profile() -> None:
    two_days = rules_of(replace(QUANG_TRI, due_soon="P2D"))
    state = course(two_days, OPEN[0])

    assert local(state.due_soon_at) == "2026-03-19 13:30"
    assert facts(state, at("2026-03-19 14:00"), two_days).due_soon


@pytest.mark.rule("QT-21c")
@pytest.mark.parametrize("rules", BY_PROVINCE)
def test_third_colour_a_step_is_due_or_overdue_whosever_it_is(rules: ClockRules) -> None:
    """Of parallel steps each has its own; a dossier has the gravest of them."""
    both = course(
        rules, *OPEN, Event("forwarded", at("2026-03-16 10:00"), (), passed("2026-03-16 10:00", "-", "A/archive").opens)
    )
    now = at("2026-03-18 10:00")

    assert facts(both, now, rules, "A/specialist") == facts(both, now, rules) == replace(NOTHING, step_late=True)
    assert facts(both, now, rules, "A/archive") == NOTHING


@pytest.mark.rule("QT-21", "QT-19.3a")
@pytest.mark.parametrize("rules", BY_PROVINCE)
def test_while_the_applicant_has_it_nothing_warns_and_the_dossier_says_that_it_waits(rules: ClockRules) -> None:
    waiting = course(rules, *OPEN, act("supplement_requested", "2026-03-18 09:00"))
    overdue = course(rules, *OPEN, act("payment_requested", "2026-03-24 09:00"))
    now = at("2026-06-01 09:00")

    assert facts(waiting, now, rules) == replace(NOTHING, paused=True)
    assert facts(overdue, now, rules) == replace(NOTHING, paused=True, overdue=True)
    assert colour(waiting, now, rules) == "paused"


@pytest.mark.rule("QT-21", "QT-19.1a")
def test_after_an_apology_the_colours_look_at_the_new_date_and_the_mark_stays() -> None:
    promised = course(QT, *OPEN, act("apologised", "2026-03-18 09:00", appointment="2026-04-06 07:00"))

    assert facts(promised, at("2026-03-24 09:00"), QT) == replace(NOTHING, step_late=True, overdue=True)
    assert facts(promised, at("2026-04-06 07:01"), QT).appointment_passed


@pytest.mark.rule("QT-21")
@pytest.mark.parametrize("rules", BY_PROVINCE)
def test_a_dossier_with_its_result_has_no_warning(rules: ClockRules) -> None:
    late = course(rules, *OPEN, act("result_confirmed", "2026-03-24 09:00"))

    assert facts(late, at("2026-06-01 09:00"), rules) == replace(NOTHING, overdue=True)
    assert colour(late, at("2026-06-01 09:00"), rules) == "done"
