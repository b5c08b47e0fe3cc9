"""Moving a running instance to another version: what is open stays open, what would get stuck is not moved, and going back
offers only what exists."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.engine.instance import Instance
from app.engine.moving import BadMapping, CannotMove, Moved, Mover
from tests.engine.random_walks import CONTEXT, DIAGRAMS
from tests.engine.redrawn import Redrawn, sound
from tests.engine.runs import Run, diagram, examine
from tests.engine.states.keep import told
from tests.engine.test_earlier_releases import RELEASES, context, definition, load, names, states


def redraw(name: str) -> Redrawn:
    return Redrawn(diagram(name))


def move(run: Run, drawn: Redrawn, *called: str, **mapping: str) -> Moved:
    process = run.definition.process_id
    new = drawn.definition(process, **{name: diagram(name) for name in called})
    moved = Mover(run.definition, new, mapping).move(run.state, run.context)
    run.definition, run.instance = new, moved.engine
    run.reload()
    return moved


def refused(run: Run, drawn: Redrawn, *called: str, **mapping: str) -> str:
    with pytest.raises(CannotMove) as caught:
        move(run, drawn, *called, **mapping)
    return " ".join(caught.value.reasons)


@pytest.mark.parametrize("release", RELEASES)
def test_moved_to_the_same_diagram_nothing_is_otherwise(release: str) -> None:
    for name in names(release):
        same = Mover(definition(release, name), definition(release, name), {})
        for state in states(release, name):
            instance = load(release, state)
            if not instance.finished:
                moved = same.move(instance.save(), context(release))
                assert moved.lost == ()
                assert told(moved.engine) == {key: state[key] for key in ("open", "timers", "earlier", "finished")}


def test_a_step_put_in_ahead_is_passed_and_one_put_in_behind_is_not_offered() -> None:
    run = Run("linear").do("receive")
    task = run.task("review")
    moved = move(run, redraw("linear").insert_after("x", "review").insert_after("y", "receive"))
    assert (run.open, run.task("review"), moved.lost) == (["review"], task, ())
    assert run.earlier("review") == ["receive"]
    run.back("review", "receive").do("receive")
    assert run.open == ["y"], "what is done again goes the new way"
    run.do("y", "review")
    assert run.open == ["x"]


def test_a_step_that_is_over_and_gone_cannot_be_gone_back_to_and_what_it_decided_stays() -> None:
    run = Run("linear").do("receive", decision="agree").do("review", decision="reject")
    moved = move(run, redraw("linear").remove("review"))
    assert moved.lost == ("Bước review",)
    assert run.earlier("deliver") == ["receive"]
    assert run.instance.variables() == {"receive_decision": "agree", "review_decision": "reject"}
    run.back("deliver", "receive")
    assert run.instance.variables() == {}


def test_an_open_step_that_is_gone_is_not_moved_unless_somebody_says_what_it_is_now() -> None:
    run = Run("linear").do("receive", "review").back("deliver", "review")
    drawn = redraw("linear").rename("review", "check")
    assert "Bước đang mở" in refused(run, drawn)
    task = run.task("review")
    move(run, drawn, review="check")
    assert (run.open, run.task("check")) == (["check"], task)
    assert run.do("check", "deliver").finished


def test_the_mapping_names_what_there_is_and_once_only() -> None:
    run = Run("linear")
    with pytest.raises(BadMapping) as caught:
        Mover(run.definition, run.definition, {"nowhere": "receive", "receive": "elsewhere", "review": "deliver"})
    assert set(caught.value.faults) == {"nowhere", "receive", "review"}


def test_the_steps_limit_shown_is_the_new_one_and_another_order_of_steps_offers_no_way_back_into_it() -> None:
    run = Run("linear").do("receive", "review")
    drawn = redraw("linear").remove("review").insert_after("review", "deliver")
    moved = move(run, drawn)
    assert run.open == ["deliver"]
    assert run.earlier("deliver") == ["receive"], "b comes after c now"
    assert moved.lost == (run.definition.steps["review"].name,)
    run.do("deliver")
    assert run.open == ["review"]


# Timers and the events on a border -------------------------------------------------------------------------------------


@pytest.mark.parametrize("interrupting", [True, False])
def test_a_timer_that_is_added_waits_from_now_and_fires(interrupting: bool) -> None:
    run = Run("linear").do("receive")
    move(run, redraw("linear").attach("alarm", "review", interrupting=interrupting))
    assert run.waiting == ["alarm"]
    run.fire("alarm")
    assert run.open == (["alarm_step"] if interrupting else ["alarm_step", "review"])
    run.do(*run.open)
    assert run.finished or run.do("deliver").finished


def test_a_timer_added_to_a_step_that_is_over_waits_when_it_is_gone_back_to() -> None:
    run = Run("linear").do("receive", "review")
    move(run, redraw("linear").attach("alarm", "review", interrupting=True))
    assert run.waiting == []
    run.back("deliver", "review")
    assert run.waiting == ["alarm"]
    run.do("review")
    assert run.waiting == []


@pytest.mark.parametrize("name", ["boundary", "boundary_beside"])
def test_a_timer_that_is_gone_waits_no_longer_and_one_that_stays_is_the_same(name: str) -> None:
    run = Run(name).do("a")
    kept = run.timer("late")
    move(run, redraw(name).insert_after("x", "a"))
    assert run.timer("late") == kept
    target = "remind" if name == "boundary_beside" else "over"
    gone = redraw(name).detach("late")
    if target in gone.steps():
        gone.remove(target)
    move(run, gone)
    assert run.waiting == []
    assert run.do("b").open == ["c"]


def test_what_a_reminder_has_started_goes_on_beside_the_step_or_is_not_moved() -> None:
    run = Run("boundary_beside").do("a").fire("late")
    assert run.open == ["b", "remind"]
    told_why = refused(run, redraw("boundary_beside").rename("late", "later"))
    assert "còn đang chạy" in told_why
    move(run, redraw("boundary_beside").insert_after("x", "a"))
    assert run.open == ["b", "remind"]
    assert run.earlier("remind") == []


def test_an_open_call_keeps_its_inner_steps_and_gets_the_timer_on_its_border() -> None:
    run = Run("outer", "inner").do("a")
    inner = run.task("x")
    (call,) = [node.get("id") for node in redraw("outer").root.iter() if str(node.tag).endswith("callActivity")]
    move(run, redraw("outer").attach("alarm", str(call), interrupting=True), "inner")
    assert (run.task("x"), run.waiting) == (inner, ["alarm"])
    run.fire("alarm")
    assert run.open == ["alarm_step"]


def test_a_step_open_in_a_call_that_is_gone_is_not_moved() -> None:
    run = Run("outer", "inner").do("a")
    (call,) = [str(node.get("id")) for node in redraw("outer").root.iter() if str(node.tag).endswith("callActivity")]
    assert "đang chạy" in refused(run, redraw("outer").remove(call))


# Joins -------------------------------------------------------------------------------------------------------------------


def test_a_token_at_a_join_waits_there_and_is_put_back_as_before() -> None:
    run = Run("parallel").do("a", "b")
    move(run, redraw("parallel").insert_after("x", "c"))
    assert run.open == ["c"]
    run.do("c")
    assert run.open == ["x"]
    run.do("x")
    assert run.open == ["d"]
    assert sorted(run.earlier("d")) == ["a", "b", "c", "x"]
    assert run.back("d", "b").open == ["b"]


def test_a_branch_that_lost_its_last_step_before_the_join_still_arrives_at_it() -> None:
    run = Run("parallel").do("a", "b")
    drawn = redraw("parallel")
    (flow,) = [flow for flow in drawn.flows() if flow.get("sourceRef") == "b"]
    move(run, drawn.insert("told", flow, tag="sendTask"))
    assert run.open == ["c"]
    assert run.do("c").open == ["d"]
    assert run.back("d", "b").do("b").open == ["d"]


def test_a_token_that_waits_behind_a_new_step_is_not_moved() -> None:
    run = Run("parallel").do("a", "b")
    assert "không dẫn thẳng" in refused(run, redraw("parallel").insert_after("x", "b"))


def test_a_join_that_waits_for_a_branch_nobody_is_in_is_not_moved_into() -> None:
    run = Run("parallel").do("a")
    drawn = redraw("parallel")
    (flow,) = [flow for flow in drawn.flows() if flow.get("sourceRef") == "split" and flow.get("targetRef") == "b"]
    drawn.insert("third", flow)
    scope = flow.getparent()
    for name, source, target in (("more", "split", "b"), ("rest", "third", "join")):
        made = scope.makeelement(flow.tag, {"id": name, "sourceRef": source, "targetRef": target})
        scope.append(made)
    for leads in drawn.flows():
        if leads.get("id") == "third_on":
            scope.remove(leads)
    assert "bị kẹt" in refused(run, drawn)


def test_a_join_that_is_gone_is_not_moved_while_a_branch_waits_at_it() -> None:
    run = Run("parallel").do("a", "b")
    assert "cổng gộp" in refused(run, redraw("parallel").rename("join", "meet"))
    run.do("c")
    moved = move(run, redraw("parallel").rename("join", "meet"))
    assert run.open == ["d"]
    assert run.earlier("d") == ["a"], "from a branch alone the new join would never be passed"
    assert sorted(moved.lost) == ["Bước b", "Bước c"]
    run.back("d", "a").do("a", "b", "c", "d")
    assert run.finished


def test_a_branch_that_is_gone_is_not_moved_while_it_is_open() -> None:
    run = Run("parallel_three").do("b", "c")
    assert run.open == ["d"]
    drawn = redraw("parallel_three").remove("d")
    for flow in drawn.flows():
        if flow.get("targetRef") == "join" and flow.get("sourceRef") == "split":
            flow.getparent().remove(flow)
    assert "không có" in refused(run, drawn), "the branch that is gone is open"


def test_a_process_may_be_called_otherwise() -> None:
    run = Run("parallel_ends")
    first, *_ = run.open
    run.do(first)
    new = redraw("parallel_ends").rename("parallel_ends", "another").definition("another")
    moved = Mover(run.definition, new, {}).move(run.state, {})
    assert {opened.step.id for opened in moved.engine.open_steps()} == set(run.open)
    go_on(moved.engine, random.Random(1), 40)  # noqa: S311 - the same again


def test_what_has_ended_is_not_moved() -> None:
    run = Run("linear").do("receive", "review", "deliver")
    assert "đã kết thúc" in refused(run, redraw("linear"))


# Whatever is redrawn -----------------------------------------------------------------------------------------------------


def redraw_somehow(name: str, chance: random.Random) -> Redrawn:
    drawn = redraw(name)
    for number in range(chance.randint(1, 3)):
        kind = chance.choice(["insert", "insert", "remove", "rename", "attach", "detach"])
        text, events = drawn.bytes().decode(), drawn.events()
        # A decision that a gateway asks for is made by somebody.
        steps = [step for step in drawn.steps() if f"{step}_decision" not in text]
        if kind == "insert":
            drawn.insert(
                f"new{number}", chance.choice(drawn.flows()), tag=chance.choice(["userTask", "userTask", "sendTask"])
            )
        elif kind == "remove" and steps:
            drawn.remove(chance.choice(steps))
        elif kind == "rename" and steps:
            drawn.rename(chance.choice(steps), f"other{number}")
        elif kind == "attach" and steps:
            drawn.attach(f"alarm{number}", chance.choice(steps), interrupting=chance.random() < 0.5)
        elif kind == "detach" and events:
            drawn.detach(chance.choice(events))
    return drawn


def happen(instance: Instance, chance: random.Random) -> None:
    """An event that is waited for."""
    events = [*instance.timers(), *instance.messages()]
    event = chance.choice(events)
    if event in instance.timers():
        instance.fire(event.engine_task)
    else:
        instance.deliver(event.engine_task, {})


def go_on(instance: Instance, chance: random.Random, moves: int) -> None:
    for number in range(moves):
        examine(instance)
        if instance.finished:
            return
        opened = instance.open_steps()
        earlier = instance.earlier_steps(chance.choice(opened).engine_task) if opened and number < 6 else []
        if earlier and chance.random() < 0.4:
            instance.go_back(chance.choice(earlier).engine_task)
        elif not opened or (number < 10 and (instance.timers() or instance.messages()) and chance.random() < 0.2):
            happen(instance, chance)
        else:
            step = chance.choice(opened)
            decision = "agree" if chance.random() < 0.8 else "reject"
            instance.complete(step.engine_task, {step.step.decision_variable: decision})
        instance = Instance.load(instance._definition, instance.save(), CONTEXT)
    raise AssertionError("does not come to an end")


@settings(max_examples=150, deadline=None)
@given(names=st.sampled_from(DIAGRAMS), seed=st.integers(0, 1_000_000))
def test_however_a_diagram_is_redrawn_what_is_moved_is_sound_and_comes_to_its_end(
    names: tuple[str, ...], seed: int
) -> None:
    chance = random.Random(seed)  # noqa: S311 - the same again
    name, *called = names
    drawn = redraw_somehow(name, chance)
    new = sound(drawn, name, {one: diagram(one) for one in called})
    run = Run(name, *called, context=CONTEXT)
    for _ in range(chance.randint(0, 8)):
        opened = run.instance.open_steps()
        if run.finished:
            return
        if opened and (not (run.instance.timers() or run.instance.messages()) or chance.random() < 0.8):
            step = chance.choice(opened)
            run.instance.complete(step.engine_task, {step.step.decision_variable: chance.choice(["agree", "reject"])})
        else:
            happen(run.instance, chance)
        run.reload()
    if new is None or run.finished:
        return
    mover = Mover(run.definition, new, {})
    try:
        moved = mover.move(run.state, CONTEXT)
    except CannotMove:
        return
    before = {step.engine_task for step in run.instance.open_steps()}
    after = {step.engine_task for step in moved.engine.open_steps()}
    assert before <= after
    state = moved.engine.save()
    for number in range(4):
        go_on(Instance.load(new, state, CONTEXT), random.Random(seed + number), 120)  # noqa: S311
