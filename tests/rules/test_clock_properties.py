"""What holds of every history: one event at a time equals the whole fold, time is neither lost nor charged twice."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from app.rules.clock import (
    EMPTY,
    Applied,
    ClockRefusal,
    ClockRules,
    ClockState,
    Segment,
    apply,
    colour,
    fold,
    is_overdue,
)
from app.rules.events import Event
from tests.rules.calendars import OFFICE_CALENDAR, at
from tests.rules.histories import RESUMING, RULES, histories, step

BOTH_PROFILES = st.sampled_from([RULES, RESUMING])


def allowed(events: list[Event], rules: ClockRules) -> list[Event]:
    """The history without what the rules refuse in it (a supplement after the appointment, what follows from it)."""
    state, kept = EMPTY, []
    for event in events:
        try:
            state = apply(state, event, rules).state
        except ClockRefusal:
            continue
        kept.append(event)
    return kept


def through_json(state: ClockState) -> ClockState:
    return ClockState.from_dict(json.loads(json.dumps(state.to_dict())))


@settings(deadline=None)
@given(histories(), BOTH_PROFILES)
def test_the_fold_equals_one_event_at_a_time_with_the_state_stored_between(
    events: list[Event], rules: ClockRules
) -> None:
    kept = allowed(events, rules)
    whole = fold(kept, rules)
    state = EMPTY
    segments: list[Segment] = []
    for event in kept:
        stored = Event.from_dict(json.loads(json.dumps(event.to_dict())))
        applied: Applied = apply(through_json(state), stored, rules)
        state = applied.state
        segments += applied.segments

    assert state == whole.state
    assert through_json(state) == state
    assert tuple(segments) == whole.segments


@settings(deadline=None)
@given(histories(), BOTH_PROFILES)
def test_each_tasks_segments_tile_its_time(events: list[Event], rules: ClockRules) -> None:
    kept = allowed(events, rules)
    whole = fold(kept, rules)
    by_task = defaultdict(list)
    for segment in whole.segments:
        by_task[segment.key].append(segment)
        assert segment.from_at < segment.to_at
        assert segment.seconds == OFFICE_CALENDAR.between(segment.from_at, segment.to_at)
    for segments in by_task.values():
        assert all(one.to_at == following.from_at for one, following in pairwise(segments))
    for event in kept:
        for opened in event.opens:
            if event.kind not in ("claimed", "handed_off"):
                first = min((s.from_at for s in by_task[opened.key]), default=None)
                assert first in (None, OFFICE_CALENDAR.counted(event.at))


@settings(deadline=None)
@given(histories(), BOTH_PROFILES)
def test_charged_time_is_the_time_from_acceptance_to_result_less_the_pauses(
    events: list[Event], rules: ClockRules
) -> None:
    """Task by task: what lies inside that window, and nothing else, is charged to whoever held the task."""
    kept = allowed(events, rules)
    windows = []
    began = None
    for event in kept:
        counted = OFFICE_CALENDAR.counted(event.at)
        if event.kind in ("accepted", "supplement_received"):
            began = counted
        elif event.kind in ("supplement_requested", "result_confirmed") and began is not None:
            windows.append((began, counted))
            began = None
    if began is not None:
        windows.append((began, at("2100-01-01 00:00")))
    for segment in fold(kept, rules).segments:
        inside = sum(
            max(0, OFFICE_CALENDAR.between(max(start, segment.from_at), min(end, segment.to_at)))
            for start, end in windows
            if start < segment.to_at and segment.from_at < end
        )

        assert inside == (segment.seconds if segment.charged else 0)


@settings(deadline=None)
@given(histories(), BOTH_PROFILES)
def test_the_overdue_mark_is_never_taken_back(events: list[Event], rules: ClockRules) -> None:
    state, marked = EMPTY, False
    for event in allowed(events, rules):
        state = apply(state, event, rules).state
        assert state.overdue >= marked
        marked = state.overdue


@settings(deadline=None)
@given(histories(), BOTH_PROFILES, st.integers(0, 60 * 86_400))
def test_every_state_has_a_colour_at_any_time_and_alarms_only_while_it_runs(
    events: list[Event], rules: ClockRules, later: int
) -> None:
    state = fold(allowed(events, rules), rules).state
    now = events[-1].at + timedelta(seconds=later)
    shade = colour(state, now, rules)

    assert (shade == "done") == (state.result_at is not None)
    assert (shade == "paused") == (state.paused_at is not None)
    assert is_overdue(state, now) >= state.overdue
    if not state.charging:
        assert set(state.alarms().values()) == {None}
    if not state.running:
        assert {held.due_at for held in state.holdings} <= {None}


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
