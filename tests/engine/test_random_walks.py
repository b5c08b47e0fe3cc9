"""Whatever is done in whatever order: `examine` holds after every operation, across saves, and every walk can be ended."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from app.engine.instance import Instance, WaitingTimer
from tests.engine.random_walks import BESIDE, CONTEXT, DIAGRAMS
from tests.engine.runs import Run


class Walk(Run):
    """Ids instead of names: a step may be open in two places, in two called processes."""

    def move(self, choice: int, kind: int) -> None:
        opened, events = self.instance.open_steps(), [*self.instance.timers(), *self.instance.messages()]
        if opened and kind >= 6:
            earlier = self.instance.earlier_steps(opened[choice % len(opened)].engine_task)
            if earlier:
                self.return_to(earlier[choice // 7 % len(earlier)].engine_task)
                return
        if events and (not opened or (kind == 0 and len(opened) < BESIDE)):
            event = events[choice % len(events)]
            if isinstance(event, WaitingTimer):
                self.instance.fire(event.engine_task)
            else:
                self.instance.deliver(event.engine_task, {"said": kind})
        else:
            step = opened[choice % len(opened)]
            decision = "agree" if kind % 2 else "reject"
            self.instance.complete(step.engine_task, {step.step.decision_variable: decision})
        self.reload()

    def return_to(self, target: str) -> None:
        before = {step.engine_task for step in self.instance.open_steps()}
        closing = {
            name
            for step in self.instance.open_steps()
            for earlier in self.instance.earlier_steps(step.engine_task)
            if earlier.engine_task == target
            for name in earlier.closes
        }
        self.instance.go_back(target)
        self.reload()
        after = {step.engine_task for step in self.instance.open_steps()}
        assert target in after
        assert before - after == closing, "what going back closes is what was said"
        assert after - before == {target}, "going back opens one step"

    def finish(self) -> None:
        for _ in range(60):
            if self.finished:
                return
            self.move(0, 1)
        raise AssertionError("the walk cannot be ended")


@settings(max_examples=250, deadline=None)
@given(
    names=st.sampled_from(DIAGRAMS),
    moves=st.lists(st.tuples(st.integers(0, 99), st.integers(0, 8)), max_size=14),
)
def test_any_order_of_completing_firing_and_going_back(names: tuple[str, ...], moves: list[tuple[int, int]]) -> None:
    walk = Walk(*names, context=CONTEXT)
    for choice, kind in moves:
        if walk.finished:
            return
        walk.move(choice, kind)
    walk.finish()


def test_going_back_and_coming_forward_again_changes_nothing() -> None:
    straight = Run("parallel").do("a", "b", "c")
    other = Run("parallel").do("a", "b", "c")
    for _ in range(30):
        other.back("d", "b").do("b").back("d", "a").do("a", "c", "b")
    assert other.open == straight.open
    assert other.instance.size == straight.instance.size
    assert abs(len(other.state) - len(straight.state)) < 16
    assert Instance.load(other.definition, other.state, {}).open_steps()[0].step.id == "d"
