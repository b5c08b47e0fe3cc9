"""Another version of the procedure: what was used stays used, open steps stay due, agencies have the new limits; and which
version is in force on which day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules import events, versions
from app.rules.clock import EMPTY, apply, fold
from app.rules.events import Event, Holding
from app.rules.limits import Limit
from app.rules.publication import APPROVED, PENDING, RETURNED, UNCHECKED
from app.rules.versions import IN_FORCE, REPEALED, REPLACED, UPCOMING, Version, in_force, latest, state_of
from tests.rules.calendars import at
from tests.rules.histories import RULES

HOUR = 3600
ACCEPTED = Event(
    events.ACCEPTED,
    at("2026-08-17 07:00"),
    opens=(Holding("t1", "A", "review", limit=Limit(16 * HOUR)),),
    data={"limit_seconds": 80 * HOUR, "agency_limits": {"A": 24 * HOUR, "B": 8 * HOUR}},
)


def moved(**data: object) -> Event:
    return Event(events.VERSION_MOVED, at("2026-08-17 09:00"), data={"from_version": 1, "to_version": 2, **data})


def test_without_a_change_for_the_clock_nothing_moves() -> None:
    before = fold([ACCEPTED], RULES).state
    after = apply(before, moved(agency_limits={"A": 24 * HOUR, "B": 8 * HOUR}), RULES)
    assert (after.state.holdings, after.state.meters, after.segments) == (before.holdings, before.meters, ())
    assert after.state.deadline_at == before.deadline_at
    (line,) = after.lines
    assert (line.rule, line.before, line.after) == ("QT-22.3", "phiên bản 1", "phiên bản 2")


def test_a_step_that_is_called_otherwise_keeps_its_due_time_and_what_it_has_used() -> None:
    before = fold([ACCEPTED], RULES).state
    after = apply(before, moved(renamed={"review": "check"}), RULES).state
    (held,) = after.holdings
    assert (held.step, held.due_at, held.since) == ("check", before.holdings[0].due_at, before.holdings[0].since)
    forwarded = Event(events.FORWARDED, at("2026-08-17 10:00"), ("t1",), (Holding("t2", "A", "sign"),))
    back = Holding("t1", "A", "check", limit=Limit(16 * HOUR))
    returned = Event(events.RETURNED, at("2026-08-17 11:00"), ("t2",), (back,))
    again = fold([ACCEPTED, moved(renamed={"review": "check"}), forwarded, returned], RULES).state
    assert again.meters["A/check"].used == 3 * HOUR, "what it had used under the former name counts"


@pytest.mark.rule("QT-21a")
def test_an_agency_has_used_of_its_new_limit_what_it_has_used_of_the_former() -> None:
    before = fold([ACCEPTED], RULES).state
    after = apply(before, moved(agency_limits={"A": 4 * HOUR, "C": 2 * HOUR}), RULES).state
    own = after.meters["@A"]
    assert (own.limit, own.used) == (Limit(4 * HOUR), 2 * HOUR)
    assert own.due_at == at("2026-08-17 11:00")
    assert after.meters["@C"].limit == Limit(2 * HOUR)
    assert "@B" not in after.meters
    undone = Event(
        events.VERSION_MOVE_UNDONE, at("2026-08-17 09:00"), data={"agency_limits": {"A": 24 * HOUR, "B": 8 * HOUR}}
    )
    former = apply(after, undone, RULES).state
    assert former.meters["@A"].due_at == before.meters["@A"].due_at


def test_before_the_acceptance_and_after_the_result_a_dossier_may_be_moved_too() -> None:
    registered = Event(events.REGISTERED, at("2026-08-17 07:00"), opens=(Holding("t1", "A", "receive"),))
    assert apply(fold([registered], RULES).state, moved(), RULES).state.holdings
    confirmed = Event(events.RESULT_CONFIRMED, at("2026-08-17 08:00"))
    assert apply(fold([ACCEPTED, confirmed], RULES).state, moved(), RULES).state.result_at is not None
    assert EMPTY.holdings == ()


# Which version is in force ---------------------------------------------------------------------------------------------

DAY = date(2026, 11, 23)
NEVER, TODAY, TOMORROW = None, DAY, DAY + timedelta(days=1)


@pytest.mark.rule("QT-22.3")
@pytest.mark.rule("ST-26.7")
def test_the_latest_day_that_has_come_is_in_force_and_of_one_day_the_later_published() -> None:
    first, second = Version(1, DAY - timedelta(days=9), UNCHECKED), Version(2, DAY, UNCHECKED)
    twin, later = Version(3, DAY, APPROVED), Version(4, TOMORROW, UNCHECKED)
    every = [first, second, twin, later]
    assert in_force(every, DAY) == twin
    assert [state_of(one, every, DAY) for one in every] == [REPLACED, REPLACED, IN_FORCE, UPCOMING]
    assert in_force(every, TOMORROW) == later
    assert in_force(every, DAY - timedelta(days=1)) == first
    assert in_force(every, DAY - timedelta(days=10)) is None


@pytest.mark.rule("ST-10.3b")
def test_who_waits_for_the_check_or_was_returned_replaces_nobody() -> None:
    first, waits, back = Version(1, DAY, UNCHECKED), Version(2, DAY, PENDING), Version(3, DAY, RETURNED)
    every = [first, waits, back]
    assert in_force(every, DAY) == first
    assert [state_of(one, every, DAY) for one in every] == [IN_FORCE, PENDING, RETURNED]


def test_a_repealed_version_is_followed_until_its_last_day_and_brings_nothing_back() -> None:
    first = Version(1, DAY - timedelta(days=9), UNCHECKED)
    second = Version(2, DAY - timedelta(days=3), UNCHECKED, TOMORROW)
    every = [first, second]
    assert in_force(every, DAY) == second
    assert in_force(every, TOMORROW) is None
    assert latest(every, TOMORROW) == second
    assert [state_of(one, every, TOMORROW) for one in every] == [REPLACED, REPEALED]
    assert in_force([*every, Version(3, TOMORROW, UNCHECKED)], TOMORROW) == Version(3, TOMORROW, UNCHECKED)


def test_repealed_before_it_took_effect_it_has_replaced_nothing() -> None:
    first, second = Version(1, DAY, UNCHECKED), Version(2, TOMORROW, UNCHECKED, TOMORROW)
    assert in_force([first, second], TOMORROW) == first
    assert state_of(second, [first, second], DAY) == REPEALED


DAYS = st.integers(-3, 3).map(lambda days: DAY + timedelta(days=days))


@given(
    st.lists(st.tuples(DAYS, st.sampled_from([UNCHECKED, APPROVED, PENDING, RETURNED]), st.none() | DAYS), max_size=6),
    DAYS,
)
def test_at_most_one_is_in_force_and_every_version_stands_somehow(
    drawn: list[tuple[date, str, date | None]], day: date
) -> None:
    every = [Version(number, *one) for number, one in enumerate(drawn, 1)]
    states = [state_of(one, every, day) for one in every]
    assert set(states) <= set(versions.STATES)
    assert states.count(IN_FORCE) == (in_force(every, day) is not None)
