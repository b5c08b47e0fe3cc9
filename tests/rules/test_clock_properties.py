"""What holds of every history: one event at a time equals the whole fold, time is neither lost nor charged twice."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.rules import events
from app.rules.clock import (
    EMPTY,
    Applied,
    ClockRefusal,
    ClockRules,
    ClockState,
    Segment,
    apply,
    colour,
    facts,
    fold,
    is_overdue,
    warnings,
)
from app.rules.events import KINDS, Event
from tests.rules.calendars import OFFICE_CALENDAR, at
from tests.rules.histories import RULES, step
from tests.rules.lives import DESK_CALENDAR, EVERY_KIND, MANY_CALENDARS, ONE_CALENDAR, Life, lives

EVERY_RULES = [*ONE_CALENDAR, *MANY_CALENDARS]
NOW = at("2027-01-04 09:00")


def through_json(state: ClockState) -> ClockState:
    return ClockState.from_dict(json.loads(json.dumps(state.to_dict())))


def stored(event: Event) -> Event:
    return Event.from_dict(json.loads(json.dumps(event.to_dict())))


def segments_of(life: Life) -> list[Segment]:
    return [segment for applied in life.applied for segment in applied.segments]


# One event at a time ---------------------------------------------------------------------------------------------------


@settings(deadline=None)
@given(lives(EVERY_RULES))
def test_the_fold_equals_one_event_at_a_time_with_the_state_stored_between(life: Life) -> None:
    whole = fold(life.kept, life.rules)
    state, segments, lines = EMPTY, [], []
    for event in life.kept:
        applied: Applied = apply(through_json(state), stored(event), life.rules)
        state = applied.state
        segments += applied.segments
        lines += applied.lines

    assert state == whole.state == life.state
    assert through_json(state) == state
    assert tuple(segments) == whole.segments
    assert tuple(lines) == whole.lines


@settings(deadline=None)
@given(lives(EVERY_RULES))
def test_what_was_allowed_once_is_replayed_to_the_same_clock_without_asking_again(life: Life) -> None:
    assert fold(life.kept, life.rules, check=False) == fold(life.kept, life.rules)


@settings(deadline=None)
@given(lives(EVERY_RULES, check=False))
def test_the_fold_has_an_answer_for_every_order_of_events(life: Life) -> None:
    assert not life.refused
    assert through_json(life.state) == life.state
    assert facts(life.state, NOW, life.rules) is not None


@settings(deadline=None)
@given(lives(EVERY_RULES))
def test_what_is_refused_leaves_no_trace(life: Life) -> None:
    """Refused at its place in the history, by the same rule, however often it is tried."""
    state, refused = EMPTY, dict(life.refused)
    for place, event in enumerate(life.kept):
        if place in refused:
            before = state.to_dict()
            with pytest.raises(ClockRefusal):
                apply(state, refused[place], life.rules)
            assert state.to_dict() == before
        state = apply(state, event, life.rules).state

    assert state == life.state


def test_the_random_lives_know_every_kind_of_event() -> None:
    assert set(EVERY_KIND) == KINDS


# Whose time it is ------------------------------------------------------------------------------------------------------


@settings(deadline=None)
@given(lives(EVERY_RULES))
def test_each_tasks_segments_tile_its_time_without_gap_or_overlap(life: Life) -> None:
    """From where a task was opened to where it was closed, or to where its present holder's stretch begins."""
    spans: dict[str, list[datetime]] = {}
    ends: dict[str, datetime] = {}
    for event, applied in zip(life.kept, life.applied, strict=True):
        counted = applied.state.counted_at
        if event.kind == events.CORRECTED or counted is None:
            continue
        for key in event.closes:
            ends[key] = counted
        for opened in event.opens:
            spans.setdefault(opened.key, []).append(counted)
            ends.pop(opened.key, None)
    ends |= {held.key: held.since for held in life.state.holdings}
    by_task = defaultdict(list)
    for segment in segments_of(life):
        assert segment.from_at < segment.to_at
        by_task[segment.key].append(segment)
    for key, opened_at in spans.items():
        segments = by_task[key]
        if opened_at[0] == ends[key]:
            assert segments == []
            continue
        assert segments[0].from_at == opened_at[0]
        assert all(one.to_at == following.from_at for one, following in pairwise(segments))
        assert segments[-1].to_at == ends[key]


@settings(deadline=None)
@given(lives(EVERY_RULES))
def test_each_segment_counts_the_working_time_of_its_own_place(life: Life) -> None:
    desks = {opened.key: opened.desk for event in life.kept for opened in event.opens}
    for segment in segments_of(life):
        calendar = life.rules.calendar_of(segment.agency, desks[segment.key])

        assert segment.seconds == calendar.between(segment.from_at, segment.to_at)


@settings(deadline=None)
@given(lives(EVERY_RULES))
def test_only_what_lies_between_acceptance_and_result_and_in_no_pause_is_charged(life: Life) -> None:
    windows = charged_windows(life)
    for segment in segments_of(life):
        inside = any(start <= segment.from_at and segment.to_at <= end for start, end in windows)

        assert segment.charged == inside


@settings(deadline=None)
@given(lives(ONE_CALENDAR, single=True))
def test_charged_time_sums_to_the_working_time_since_acceptance_less_the_pauses(life: Life) -> None:
    """With one holder at a time every working second of the windows is charged once, to somebody."""
    elapsed = sum(OFFICE_CALENDAR.between(start, min(end, last_instant(life))) for start, end in charged_windows(life))
    charged = sum(segment.seconds for segment in segments_of(life) if segment.charged)
    running = sum(
        OFFICE_CALENDAR.between(held.since, last_instant(life)) for held in life.state.holdings if life.state.charging
    )

    assert charged + running == elapsed


def last_instant(life: Life) -> datetime:
    return life.state.counted_at or NOW


def charged_windows(life: Life) -> list[tuple[datetime, datetime]]:
    """Worked out from the events alone: acceptance or taking over from another system, pauses, result."""
    pausing = {events.SUPPLEMENT_REQUESTED, events.RESULT_CONFIRMED, events.WITHDRAWN, events.NOT_ACCEPTED}
    pausing.add(events.IMPORT_WITHDRAWN)
    resuming = {events.ACCEPTED, events.IMPORTED, events.SUPPLEMENT_RECEIVED}
    if life.rules.profile.payment_clock == "pause":
        pausing.add(events.PAYMENT_REQUESTED)
        resuming |= {events.PAYMENT_RECEIVED, events.PAYMENT_WAIT_ENDED}
    windows, began = [], None
    for event, applied in zip(life.kept, life.applied, strict=True):
        counted = applied.state.counted_at
        if event.kind in resuming:
            began = counted
        elif event.kind in pausing and began is not None and counted is not None:
            windows.append((began, counted))
            began = None
    return [*windows, (began, at("2100-01-01 00:00"))] if began is not None else windows


@settings(deadline=None)
@given(lives(EVERY_RULES))
def test_time_never_runs_backwards_and_every_holder_is_remembered(life: Life) -> None:
    instants = [applied.state.counted_at for applied in life.applied]
    assert all(one is None or (two is not None and one <= two) for one, two in pairwise(instants))
    assert set(life.state.agencies) == {opened.agency for event in life.kept for opened in event.opens}


# Marks and colours -----------------------------------------------------------------------------------------------------


@settings(deadline=None)
@given(lives(EVERY_RULES))
def test_the_overdue_mark_is_never_taken_back(life: Life) -> None:
    """Neither is extra time that an agency won, nor the number of requests and late notices."""
    for one, two in pairwise(applied.state for applied in life.applied):
        assert two.overdue >= one.overdue
        assert two.supplements >= one.supplements
        assert two.late_notices >= one.late_notices
        assert all(two.extra[agency] >= won for agency, won in one.extra.items())


@settings(deadline=None)
@given(lives(EVERY_RULES), st.integers(0, 60 * 86_400))
def test_every_state_has_a_colour_at_any_time_and_alarms_only_while_it_runs(life: Life, later: int) -> None:
    state = life.state
    now = life.now + timedelta(seconds=later)
    shade, found = colour(state, now, life.rules), facts(state, now, life.rules)

    assert (shade == "done") == (state.result_at is not None)
    assert (shade == "paused") == (state.paused_at is not None and state.result_at is None)
    assert found.overdue == is_overdue(state, now) >= state.overdue
    assert bool(warnings(state, now, life.rules)) == (shade in ("late", "due_soon", "step_late"))
    assert not (found.appointment_passed and found.due_soon)
    if not state.charging:
        assert set(state.alarms().values()) == {None}
    if not state.running:
        assert {held.due_at for held in state.holdings} <= {None}
        assert {found.appointment_passed, found.transfer_limit_passed, found.due_soon, found.step_late} == {False}


# Limits and size -------------------------------------------------------------------------------------------------------


@settings(deadline=None)
@given(st.lists(st.integers(0, 5 * 3600), min_size=1, max_size=8))
def test_returns_and_takeovers_never_give_a_step_more_than_its_limit(gaps: list[int]) -> None:
    """However often the specialist's step comes back or changes hands, it is due when its one limit is used up."""
    now = at("2026-08-24 07:00")
    state = apply(
        EMPTY, Event("accepted", now, opens=(step("specialist", "t0"),), data={"limit_seconds": 144_000}), RULES
    ).state
    used = 0
    for index, gap in enumerate(gaps):
        later = now + timedelta(seconds=gap)
        used += OFFICE_CALENDAR.between(OFFICE_CALENDAR.counted(now), OFFICE_CALENDAR.counted(later))
        away = Event("forwarded", later, (f"t{index}",), (step("desk", "d"),))
        again = Event("returned", later + timedelta(hours=1), ("d",), (step("specialist", f"t{index + 1}"),))
        state = apply(apply(state, away, RULES).state, again, RULES).state
        now = again.at
        held = state.holding(f"t{index + 1}")

        assert held is not None
        assert held.due_at is not None
        assert state.used["A/specialist"] == used
        if used < 16 * 3600:
            assert held.due_at == OFFICE_CALENDAR.due(OFFICE_CALENDAR.counted(now), 16 * 3600 - used)
        else:
            assert held.due_at <= OFFICE_CALENDAR.counted(now)


def test_five_hundred_returns_do_not_make_the_state_larger() -> None:
    now = at("2026-01-05 07:00")
    state = apply(
        EMPTY, Event("accepted", now, opens=(step("specialist", "t0"),), data={"limit_seconds": 144_000}), RULES
    ).state
    sizes = []
    for index in range(500):
        now += timedelta(minutes=17)
        name, kind = (("head", "forwarded"), ("specialist", "returned"))[index % 2]
        event = Event(kind, now, (f"t{index}",), (step(name, f"t{index + 1}", "lan"),))
        state = apply(state, event, RULES).state
        sizes.append(len(json.dumps(state.to_dict())))

    assert max(sizes[250:]) <= max(sizes[:10]) + 10  # the task's number and the seconds used gain a few digits


# Another calendar, another order ---------------------------------------------------------------------------------------


@settings(deadline=None)
@given(lives([RULES]))
def test_under_another_calendar_the_deadline_is_recounted_and_the_issued_appointment_kept(life: Life) -> None:
    """What the job does when hours change: fold everything by the new calendar, put back what the applicant has in writing."""
    if life.state.result_at is not None or life.state.appointment_at is None:
        return
    changed = ClockRules(DESK_CALENDAR, life.rules.profile)
    recounted = fold(life.kept, changed, check=False).state
    back = Event(events.CALENDAR_CHANGED, life.now, data={"appointment": life.state.appointment_at.isoformat()})
    kept = apply(recounted, back, changed, check=False).state

    assert kept.appointment_at == life.state.appointment_at
    assert kept.deadline_at == recounted.deadline_at
    assert kept.holdings == recounted.holdings
    assert fold([*life.kept, back], changed, check=False).state == kept


@settings(deadline=None)
@given(lives(EVERY_RULES))
def test_events_of_one_instant_apply_in_the_order_in_which_they_stand(life: Life) -> None:
    """Moving them all to one instant keeps their order, and gives them all the same counted instant: nobody is charged."""
    together = [Event(one.kind, life.now, one.closes, one.opens, one.data) for one in life.kept]
    whole = fold(together, life.rules, check=False)

    assert whole.segments == () or {one.from_at < one.to_at for one in whole.segments} == {True}
    assert [held.key for held in whole.state.holdings] == [held.key for held in life.state.holdings]
    assert whole.state.last_at == (
        life.now.astimezone(UTC) if any(e.kind != events.CORRECTED for e in together) else None
    )
