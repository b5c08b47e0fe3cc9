"""What taking a forwarded step back would undo: the steps that it led to, and whether anything has happened to them."""

from __future__ import annotations

from app.engine.taking_back import Undoing, undoing
from tests.engine.runs import Run


class Taking(Run):
    """Steps by name; `done` are the engine tasks of those that were completed, the latest time of each."""

    def __init__(self, *names: str, **values: object) -> None:
        self.completed: dict[str, str] = {}
        super().__init__(*names, **values)  # type: ignore[arg-type]

    def pass_on(self, *steps: str, decision: str | None = None) -> Taking:
        for step in steps:
            self.completed[step] = self.task(step)
            self.do(step, decision=decision)
        return self

    def undoing(self, step: str) -> tuple[list[str], bool] | None:
        """Names of the open steps that would go, and whether something came of it."""
        found: Undoing | None = undoing(self.instance, self.completed[step])
        if found is None:
            return None
        names = {opened.engine_task: opened.step.id for opened in self.instance.open_steps()}
        return sorted(names[task] for task in found.closes), found.moved


def test_a_step_that_led_to_one_and_to_several() -> None:
    run = Taking("parallel").pass_on("a")
    assert run.undoing("a") == (["b", "c"], False)
    run.pass_on("b")
    assert run.undoing("a") == (["c"], True)
    assert run.undoing("b") == ([], False), "it waits at the join"
    run.pass_on("c")
    assert run.undoing("b") == run.undoing("c") == (["d"], False)
    run.pass_on("d")
    assert run.finished
    assert run.undoing("d") is None


def test_a_branch_that_has_ended_while_another_goes_on() -> None:
    run = Taking("parallel_ends")
    first, *_ = run.open
    run.pass_on(first)
    assert run.undoing(first) == ([], False)


def test_into_a_call_and_out_of_it() -> None:
    run = Taking("outer", "inner").pass_on("a")
    assert run.undoing("a") == (["x"], False)
    run.pass_on("x", "y")
    assert run.undoing("y") == (["b"], False)
    assert run.undoing("x") == (["b"], True)
    run.pass_on("b")
    assert run.undoing("y") is None


def test_what_waits_for_a_message_or_a_timer_until_that_has_come() -> None:
    run = Taking("messages").pass_on("a")
    assert run.undoing("a") == ([], False)
    run.send("paid")
    assert run.undoing("a") == ([], True)
    run = Taking("event_gateway").pass_on("a")
    assert run.undoing("a") == ([], False)
    run.fire(run.waiting[0])
    found = run.undoing("a")
    assert found is not None
    assert found[1]


def test_a_timer_on_the_step_itself_did_not_come_of_it() -> None:
    run = Taking("boundary_beside").pass_on("a").fire("late").pass_on("b")
    assert run.undoing("b") == (["c", "remind"], False)
    run.pass_on("remind")
    assert run.undoing("b") == (["c", "chase"], True)


def test_a_timer_on_what_follows_did() -> None:
    run = Taking("boundary_beside").pass_on("a")
    assert run.undoing("a") == (["b"], False)
    run.fire("late")
    assert run.undoing("a") == (["b", "remind"], True)


def test_who_sent_it_round_again_may_take_that_back_until_the_round_has_begun() -> None:
    run = Taking("decision").pass_on("draft").pass_on("review", decision="reject")
    assert run.undoing("review") == (["draft"], False)
    review = run.completed["review"]
    run.pass_on("draft")
    assert undoing(run.instance, review) is None, "the round is forgotten"


def test_one_of_several_items() -> None:
    run = Run("items_parallel", context={"agencies": ["A", "B"]}).do("a")
    first, second = (opened.engine_task for opened in run.instance.open_steps())
    run.do_ref("ask#1")
    assert undoing(run.instance, first) == Undoing((), False)
    run.do_ref("ask#2")
    after = (run.task("b"),)
    assert undoing(run.instance, first) == undoing(run.instance, second) == Undoing(after, False)
    run.instance.go_back(first)
    run.reload()
    assert run.refs == ["ask#1"]


def test_what_is_not_there_or_still_open() -> None:
    run = Taking("linear")
    assert undoing(run.instance, run.task("receive")) is None
    assert undoing(run.instance, "nonsense") is None
    assert undoing(run.instance, "00000000-0000-0000-0000-000000000000") is None
