"""Limits of a delegation: what is covered is the intersection of all of them, and none of them widens another."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.rules.delegation import Limits, step_key

PROCEDURES = st.integers(1, 4)
STEPS = st.sampled_from(["approve", "review", "extension:approve", "rejection:review"])
LIMITS = st.builds(
    Limits,
    procedures=st.frozensets(PROCEDURES),
    steps=st.frozensets(STEPS),
    daily_most=st.none() | st.integers(1, 3),
)


@given(limits=LIMITS, procedure=PROCEDURES, step=STEPS)
def test_covered_is_what_every_limit_covers(limits: Limits, procedure: int, step: str) -> None:
    wanted = (not limits.procedures or procedure in limits.procedures) and (not limits.steps or step in limits.steps)
    assert (limits.why_not(procedure, step) is None) is wanted


@given(limits=LIMITS, other=st.frozensets(STEPS, min_size=1), procedure=PROCEDURES, step=STEPS)
def test_one_limit_more_never_covers_more(limits: Limits, other: frozenset[str], procedure: int, step: str) -> None:
    steps = limits.steps & other if limits.steps else other
    if steps and Limits(limits.procedures, steps).why_not(procedure, step) is None:
        assert limits.why_not(procedure, step) is None


@given(limits=LIMITS, done=st.integers(0, 5))
def test_a_day_has_only_so_many(limits: Limits, done: int) -> None:
    assert limits.spent(done) is (limits.daily_most is not None and done >= limits.daily_most)


def test_steps_of_side_processes_have_names_of_their_own() -> None:
    assert (step_key("main", "approve"), step_key("extension", "approve")) == ("approve", "extension:approve")
