"""A dossier in memory: what it refuses, what it lets happen, and that its clock is the fold of its events whatever is done."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.config import PROJECT_ROOT
from app.demo.content import content
from app.demo.province import calendar_data
from app.lawbook import profile_named
from app.rules import clock, events
from app.rules.calendar import WorkCalendar
from app.rules.clock import ClockRules
from app.simulation.played import PlayedProcedure
from app.simulation.walk import ALLOWED, Walk, WalkRefused
from app.wording import LOCAL
from tests.actions.diagrams import DIAGRAMS

AT = datetime(2026, 11, 23, 8, 0, tzinfo=LOCAL)
RULES = ClockRules(WorkCalendar.from_dict(calendar_data()), profile_named("quang_tri"))
HERE = "SYT"
DATA = {"asked_agencies": ["SYT", "SNNMT"], "commune": "X.TRIEUPHONG", "amount": 5000}


def small(name: str, limit: str = "P10D") -> PlayedProcedure:
    return PlayedProcedure.of(DIAGRAMS[name], limit)


def shipped() -> dict[str, PlayedProcedure]:
    found = {}
    for one in content("procedures")["procedures"]:
        file = PROJECT_ROOT / Path("bpmn/procedures") / one["diagram"]
        found[one["code"]] = PlayedProcedure.of(file.read_bytes(), one["limit"], one["limit_unit"])
    return found


SHIPPED = shipped()


def begin(played: PlayedProcedure, at: datetime = AT) -> Walk:
    return played.accept(RULES, HERE, at, DATA, by="desk")


def kinds(walk: Walk) -> list[str]:
    return [one.kind for one in walk.log]


@pytest.mark.rule("QT-21c", "QT-18.6")
def test_a_step_warns_and_is_late_and_the_dossier_too() -> None:
    walk = begin(small("linear"))
    walk.complete("receive", AT + timedelta(minutes=5))
    (process,) = walk.open()
    assert (process.position, process.agency) == ("assigned_room_officer", HERE)
    assert process.due_at is not None
    assert process.due_soon_at is not None
    walk.advance(process.due_soon_at)
    assert kinds(walk)[-1] == "step_due_soon"
    walk.advance(process.due_at)
    assert kinds(walk)[-1] == "step_overdue"
    assert walk.colour == "step_late"
    assert walk.deadline_at is not None
    walk.advance(walk.deadline_at + timedelta(hours=1))
    assert [kind for kind in kinds(walk) if kind.endswith("_at")] == ["due_soon_at", "deadline_at"]
    assert walk.overdue
    for _ in range(3):
        walk.complete(walk.open()[0].ref, walk.now)
    assert (walk.finished, walk.status.number, walk.timeliness) == (True, 10, "late")
    assert walk.alarms() == ()


@pytest.mark.rule("QT-19.3a")
def test_a_supplement_holds_everything_and_begins_anew() -> None:
    walk = begin(small("escalation"))
    walk.complete("receive", AT)
    drawn = [one for one in walk.alarms() if one.kind == "event"]
    before = walk.deadline_at
    walk.decide(events.SUPPLEMENT_REQUESTED, AT + timedelta(hours=1))
    assert (walk.held, walk.alarms(), walk.open()[0].due_at) == (True, (), None)
    with pytest.raises(WalkRefused, match="tạm dừng") as refused:
        walk.complete(walk.open()[0].ref, walk.now)
    assert refused.value.rule == "QT-19.3a"
    walk.advance(AT + timedelta(days=3))
    walk.decide(events.SUPPLEMENT_RECEIVED, walk.now)
    assert before is not None
    assert walk.deadline_at is not None
    assert walk.deadline_at > before
    again = [one for one in walk.alarms() if one.kind == "event"]
    assert len(again) == len(drawn)
    assert all(later.at > earlier.at for later, earlier in zip(again, drawn, strict=True))


@pytest.mark.rule("QT-17.4", "QT-20.1b")
def test_a_returned_step_goes_on_with_what_is_left_in_the_hands_it_was_in() -> None:
    walk = begin(small("linear"))
    walk.complete("receive", AT, by="desk")
    walk.complete("process", AT + timedelta(hours=2), by="binh")
    used = walk.clock.used[f"{HERE}/process"]
    (process,) = walk.returned("review", "process", walk.now)
    assert (process.account, used) == ("binh", 2 * 3600)
    assert process.due_at == RULES.calendar.due(walk.now, 8 * 3600 - used)


def test_what_cannot_be_done_is_refused_in_words() -> None:
    walk = begin(small("decision"))
    with pytest.raises(WalkRefused, match="chỉ chạy tới"):
        walk.advance(AT - timedelta(seconds=1))
    with pytest.raises(WalkRefused, match="không còn mở"):
        walk.complete("review", AT)
    walk.complete("receive", AT)
    with pytest.raises(WalkRefused, match="Hãy chọn một kết quả"):
        walk.complete("review", AT)
    with pytest.raises(WalkRefused, match="không chờ tin"):
        walk.message("paid", AT)
    with pytest.raises(WalkRefused, match="Không trả lại"):
        walk.returned("review", "issue", AT)
    with pytest.raises(ValueError, match="delivered"):
        walk.decide(events.DELIVERED, AT)


def test_data_that_is_missing_is_an_incident_with_its_place() -> None:
    walk = small("decision").accept(RULES, HERE, AT)
    walk.complete("receive", AT)
    with pytest.raises(WalkRefused) as refused:
        walk.complete("review", AT, "agree")
    assert refused.value.element is not None


def test_a_copy_goes_its_own_way() -> None:
    walk = begin(small("decision"))
    walk.complete("receive", AT)
    twin = walk.copy()
    walk.complete("review", AT, "agree")
    twin.complete("review", AT, "reject")
    assert ([one.ref for one in walk.open()], [one.ref for one in twin.open()]) == (["approve"], ["explain"])
    assert len(walk.events) == len(twin.events)


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(
        [*sorted(SHIPPED), *sorted(set(DIAGRAMS) & {"linear", "decision", "branches", "escalation", "reminder"})]
    ),
    st.integers(0, 10**6),
)
def test_whatever_is_done_the_clock_is_the_fold_of_the_events(code: str, seed: int) -> None:
    chance = Random(seed)  # noqa: S311
    walk = begin(SHIPPED[code] if code in SHIPPED else small(code))
    for _ in range(25):
        at = walk.now + timedelta(seconds=chance.choice((0, 60, 3600, 30_000, 400_000)))
        try:
            wander(walk, at, chance)
        except WalkRefused as refusal:
            if refusal.element is not None:
                return
        folded = clock.fold(walk.events, RULES)
        assert folded.state == walk.clock
        assert list(folded.segments) == walk.segments
        assert tuple(folded.lines) == walk.explain()
        assert {one.engine_task for one in walk.open()} == {one.key for one in walk.clock.holdings}
        assert all(one.at >= walk.now for one in walk.alarms())
        if chance.random() < 0.2:
            twin = walk.copy()
            assert [one.ref for one in twin.open()] == [one.ref for one in walk.open()]
            assert twin.alarms() == walk.alarms()
            walk = twin
        if walk.finished:
            assert walk.status.number == 10
            return


def wander(walk: Walk, at: datetime, chance: Random) -> None:
    opened = walk.open()
    what = chance.random()
    if what < 0.1:
        more = {"appointment": (at + timedelta(days=20)).isoformat()}
        walk.decide(chance.choice(sorted(ALLOWED)), at, **more)
    elif what < 0.25 or not opened:
        walk.advance(at)
    elif what < 0.35 and (names := walk.messages()):
        walk.message(names[0].message, at)
    else:
        step = chance.choice(opened)
        back = walk.returns(step.ref)
        if back and chance.random() < 0.2:
            walk.returned(step.ref, chance.choice(back)[0], at)
        else:
            values = [one.value for one in step.step.decisions]
            walk.complete(step.ref, at, chance.choice(values) if values else None)
