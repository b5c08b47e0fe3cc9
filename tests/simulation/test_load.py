"""Many dossiers at once: the clock of one dossier alone, queues as the theory has them, nothing lost, nobody in two places."""

from __future__ import annotations

from datetime import date, timedelta
from math import factorial
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.rules.calendar import WorkCalendar
from app.simulation.arrivals import arrivals, first_instant, last_instant
from app.simulation.courses import beginner
from app.simulation.draws import Draws, Spread
from app.simulation.figures import figures
from app.simulation.load import Floor, Run
from app.simulation.loading import run_load
from app.simulation.plan import LoadPlan, Stream, Worker
from app.simulation.staff import Hours, people_of
from tests.simulation.loads import AGENCY, OFFICE, ROUND, WHOLE_LIMIT, OneStep, ground, plan

ONE = (AGENCY, "clerk")


def played(asked: LoadPlan, *, of: str = "reduce_public_tuition") -> tuple[Run, Hours]:
    """A run with all that happened in it."""
    on = ground(of)
    floor_of, hours, draws = on.played(), on.hours(), Draws(asked.seed)
    calendar = WorkCalendar.from_dict(hours.default)
    coming = [(at, f"{n}", AGENCY) for n, at in enumerate(arrivals(asked, asked.streams[0], calendar, draws))]
    span = (first_instant(asked, calendar), last_instant(asked, calendar))
    floor = Floor(
        asked, beginner(floor_of, on.rules(), lambda n: {}), people_of(asked, hours, frozenset(), draws), hours, span
    )
    return floor.run(coming, span[1] + timedelta(weeks=26)), hours


def test_one_dossier_whose_every_step_takes_its_whole_limit_ends_when_it_would_when_played_by_hand() -> None:
    on = ground()
    asked = plan(on, weeks=1, per_week=1, spread=WHOLE_LIMIT, agree=1.0, minutes=0)
    calendar = WorkCalendar.from_dict(OFFICE)
    at = calendar.due(first_instant(asked, calendar), 5_000)
    floor = Floor(
        asked,
        beginner(on.played(), on.rules(), lambda n: {}),
        people_of(asked, on.hours(), frozenset(), Draws(1)),
        on.hours(),
        (first_instant(asked, calendar), last_instant(asked, calendar)),
    )
    run = floor.run([(at, "1", AGENCY)], at + timedelta(weeks=20))
    walk = on.played().accept(on.rules()(AGENCY), AGENCY, at)
    while not walk.finished:
        task = walk.open()[0]
        decisions = task.step.decisions
        until = task.due_at or calendar.due(walk.now, 0)
        walk.complete(task.ref, max(until, walk.now), decisions[0].value if decisions else None)
    [dossier] = run.dossiers
    assert dossier.course is not None
    assert dossier.problem is None
    assert (dossier.course.result_at, dossier.late) == (walk.result_at, walk.overdue)
    assert [item.work.step for item in run.items] == [
        step for step in walk.visited if step in walk.procedure.definition.steps
    ]


def test_the_same_seed_gives_the_same_figures_and_another_seed_others() -> None:
    on = ground("certify_free_sale_press")
    asked = plan(on, sent_back=0.1, supplements=0.2, absence=0.1)
    once, again = run_load(on, asked), run_load(on, LoadPlan.from_dict(asked.to_dict()))
    assert once == again
    assert run_load(on, LoadPlan.from_dict({**asked.to_dict(), "seed": 2})) != once


def erlang_wait(servers: int, load: float, service: float) -> float:
    """The mean wait of an M/M/c queue, in the unit of `service` (Erlang's C formula)."""
    top = load**servers / factorial(servers) * servers / (servers - load)
    waiting = top / (sum(load**n / factorial(n) for n in range(servers)) + top)
    return waiting * service / (servers - load)


@pytest.mark.parametrize(("servers", "load"), [(1, 0.6), (2, 1.5), (4, 3.2)])
def test_a_queue_of_chance_waits_as_long_as_erlang_says(servers: int, load: float) -> None:
    asked = LoadPlan(
        first_day(),
        26,
        7,
        (Stream(AGENCY, 5_000 / 26),),
        weekdays=(1,) * 7,
        people=tuple(Worker(f"p{n}", (ONE,)) for n in range(servers)),
        spread=Spread("exponential", 0, 1, 1),
        priority="first",
    )
    each = round(load * 7 * 86_400 / asked.streams[0].per_week)
    hours, draws = Hours(ROUND), Draws(7)
    calendar = WorkCalendar.from_dict(ROUND)
    coming = [(at, f"{n}", AGENCY) for n, at in enumerate(arrivals(asked, asked.streams[0], calendar, draws))]
    span = (first_instant(asked, calendar), last_instant(asked, calendar))
    floor = Floor(asked, lambda *told: OneStep(each), people_of(asked, hours, frozenset(), draws), hours, span)
    run = floor.run(coming, span[1] + timedelta(weeks=4))
    waits = [(item.began_at - item.came_at).total_seconds() for item in run.items if item.began_at is not None]
    expected = erlang_wait(servers, load, each)
    assert sum(waits) / len(waits) == pytest.approx(expected, rel=0.15)
    found = figures(floor, run, span[0], {})
    [place] = found["places"]
    assert place["busy"] == pytest.approx(load / servers, rel=0.06)
    assert place["queue"] == pytest.approx(load * expected / each, rel=0.17)  # Little's law


def first_day() -> date:
    return plan(ground()).from_on


def test_a_fifth_fewer_dossiers_are_the_same_dossiers_a_little_later() -> None:
    calendar, draws = WorkCalendar.from_dict(OFFICE), Draws(3)
    asked = plan(ground(), weeks=8)
    many = arrivals(asked, Stream(AGENCY, 50), calendar, draws)
    few = arrivals(asked, Stream(AGENCY, 40), calendar, draws)
    assert len(few) == pytest.approx(len(many) * 0.8, rel=0.1)
    assert all(later >= sooner for sooner, later in zip(many, few, strict=False))
    assert all(calendar.counted(at) == at for at in many)


def test_one_more_person_where_it_is_slow_makes_fewer_late_and_nobody_slower() -> None:
    on = ground("register_private_social_facility")
    asked = plan(on, weeks=3, per_week=40, spread=Spread("fixed", 0, 0.6, 1))
    before = run_load(on, asked)
    slowest = max(before["places"], key=lambda one: one["wait"])
    after = run_load(on, asked.staffed((slowest["agency"], slowest["position"]), 3))
    assert after["dossiers"]["arrived"] == before["dossiers"]["arrived"]
    assert after["taken"]["p50"] < before["taken"]["p50"]
    assert after["late"]["share"] <= before["late"]["share"]


def test_one_who_holds_two_positions_works_for_both_inboxes_one_at_a_time() -> None:
    on = ground()
    places = tuple(sorted({place for worker in plan(on).people for place in worker.places}))
    asked = LoadPlan(first_day(), 2, 1, (Stream(AGENCY, 5),), people=(Worker("một mình", places),))
    run, _ = played(asked)
    [person] = run.people
    assert run.missing == ()
    assert all(end <= begin for (_, end), (begin, _) in zip(person.spans, person.spans[1:], strict=False))
    assert {item.place for item in run.items if item.person is person} == {item.place for item in run.items}


def test_a_place_that_the_plan_forgot_has_somebody_and_says_so() -> None:
    on = ground()
    found = run_load(on, LoadPlan(first_day(), 1, 1, (Stream(AGENCY, 5),)))
    assert found["missing"]
    assert found["dossiers"]["open"] == 0


@settings(max_examples=12, deadline=None)
@given(
    name=st.sampled_from(["reduce_public_tuition", "certify_free_sale_press", "declare_emission_fee"]),
    per_week=st.sampled_from([1, 15, 40]),
    people=st.integers(1, 3),
    absence=st.sampled_from([0.0, 0.3]),
    back=st.sampled_from([0.0, 0.3]),
    supplements=st.sampled_from([0.0, 0.5]),
    priority=st.sampled_from(["due", "first"]),
    seed=st.integers(1, 1_000),
)
def test_nothing_is_lost_and_nobody_works_on_two_things_or_out_of_hours(
    name: str,
    per_week: float,
    people: int,
    absence: float,
    back: float,
    supplements: float,
    priority: Any,
    seed: int,
) -> None:
    asked = plan(
        ground(name),
        weeks=1,
        per_week=per_week,
        people=people,
        absence=absence,
        sent_back=back,
        supplements=supplements,
        priority=priority,
        seed=seed,
    )
    run, hours = played(asked, of=name)
    office = WorkCalendar.from_dict(hours.default)
    ended = [one for one in run.dossiers if one.ended_at is not None]
    assert len(ended) + sum(bool(one.open) or one.ended_at is None for one in run.dossiers) == len(run.dossiers)
    assert all(one.course is not None and (one.course.finished or one.problem) for one in ended)
    for item in run.items:
        assert (item.outcome == "") == (item.ended_at is None) == (item.dossier.open.get(item.work.key) is item)
        assert item.began_at is None or item.came_at <= item.began_at
    for person in run.people:
        for begin, end in person.spans:
            assert office.due(begin, 0) == begin  # begun in working hours, not at the end of a day
            assert person.calendar.due(begin, 0) == begin
            assert office.counted(end) == end
        assert all(end <= begin for (_, end), (begin, _) in zip(person.spans, person.spans[1:], strict=False))
