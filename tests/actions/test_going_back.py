"""Going back, everywhere (issue 5): into calls and out of them, among branches, past timers, again and again.

What goes back takes along what came of it and nothing else: the other branches keep their due times and their timers. What is
offered works, and what cannot be meant is not offered.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.actions.scene import Scene
from tests.journey.machine.winding import OFFICES, publish_winding

BACK = {"comment": "Xem lại."}


@pytest.fixture
def winding(scene: Scene) -> Scene:
    """The procedures that wind are there, beside those of the scene."""
    with scene.writing() as connection:
        publish_winding(connection, scene.province.health)
    return scene


def begin(scene: Scene, procedure: str) -> str:
    code: str = scene.register(procedure=procedure, data={"offices": OFFICES})["code"]
    forward(scene, code, "receive")
    return code


def forward(scene: Scene, code: str, *steps: str, decision: str = "agree") -> None:
    for step in steps:
        task = scene.task(code, step)
        asked = {"decision": decision} if decides(scene, task.id) else {}
        scene.do("forward", scene.holder(task), task.id, asked)


def decides(scene: Scene, task: int) -> bool:
    offers = {offer["name"]: offer for offer in scene.get("control", f"/tasks/{task}")["actions"]}
    return bool(offers["forward"]["decisions"])


def offered(scene: Scene, code: str, step: str) -> list[str]:
    """Where the step may be sent back to, nearest first."""
    task = scene.task(code, step)
    (found,) = [one for one in scene.get(scene.holder(task), f"/tasks/{task.id}")["actions"] if one["name"] == "return"]
    return [to["id"] for to in found["to_steps"]] if found["allowed"] else []


def back(scene: Scene, code: str, step: str, to: str) -> None:
    task = scene.task(code, step)
    scene.do("return", scene.holder(task), task.id, {**BACK, "to_step": to})
    scene.sound(code)


def dues(scene: Scene, code: str, *steps: str) -> dict[str, Any]:
    """When these steps are due, and the timers, alarms included, that belong to them or are called like them."""
    found = {task.step: task.due_at for task in scene.open_tasks(code) if task.step in steps}
    return found | {name: at for name, at in scene.timers(code).items() if name.rpartition(":")[2] in steps}


# Calls -------------------------------------------------------------------------------------------------------------------


def test_within_a_call_while_its_timer_goes_on(winding: Scene) -> None:
    code = begin(winding, "calling")
    slow = dues(winding, code, "slow")
    winding.clock.move(hours=1)
    forward(winding, code, "inquire")
    assert offered(winding, code, "conclude") == ["inquire", "receive"]
    back(winding, code, "conclude", "inquire")
    assert winding.open_steps(code) == ["inquire"]
    assert dues(winding, code, "slow") == slow, "the timer on the border of the call"


def test_out_of_a_call_to_before_it_and_in_again(winding: Scene) -> None:
    code = begin(winding, "calling")
    forward(winding, code, "inquire")
    back(winding, code, "conclude", "receive")
    assert (winding.open_steps(code), set(winding.timers(code)) & {"slow", "nudge"}) == (["receive"], set())
    forward(winding, code, "receive")
    assert (winding.open_steps(code), set(winding.timers(code)) & {"slow", "nudge"}) == (["inquire"], {"slow", "nudge"})
    winding.sound(code)


def test_into_a_call_that_has_ended_again_and_again(winding: Scene) -> None:
    code = begin(winding, "calling")
    forward(winding, code, "inquire", "conclude")
    for to in ("conclude", "inquire", "conclude", "receive", "inquire") * 2:
        assert offered(winding, code, "judge") == ["conclude", "inquire", "receive"]
        back(winding, code, "judge", to)
        assert winding.open_steps(code) == [to]
        assert "slow" in winding.timers(code) or to == "receive"
        line = ["receive", "inquire", "conclude"]
        forward(winding, code, *line[line.index(to) :])
    assert (winding.open_steps(code), "slow" in winding.timers(code)) == (["judge"], False)
    winding.sound(code)


def test_a_process_that_is_called_twice_is_gone_back_into_call_by_call(winding: Scene) -> None:
    code = begin(winding, "calling")
    forward(winding, code, "inquire", "conclude", "judge", "inquire")
    assert offered(winding, code, "conclude") == ["inquire", "judge", "conclude", "inquire", "receive"]
    back(winding, code, "conclude", "judge")
    assert winding.open_steps(code) == ["judge"]
    forward(winding, code, "judge", "inquire", "conclude")
    assert winding.open_steps(code) == ["give_back"]
    winding.sound(code)


def test_from_where_a_failed_call_led_to_before_it(winding: Scene) -> None:
    code = begin(winding, "calling")
    forward(winding, code, "inquire")
    forward(winding, code, "conclude", decision="reject")
    assert winding.open_steps(code) == ["rescue"]
    assert offered(winding, code, "rescue") == ["receive"], "what was broken off is over"
    back(winding, code, "rescue", "receive")
    forward(winding, code, "receive", "inquire", "conclude")
    assert winding.open_steps(code) == ["judge"]
    winding.sound(code)


# Branches and timers -------------------------------------------------------------------------------------------------------


def test_a_branch_goes_round_and_back_while_the_others_keep_their_times(winding: Scene) -> None:
    code = begin(winding, "forking")
    others = ("process", "opinion", "posted", "too_long", "half_time")
    times = dues(winding, code, *others)
    assert set(times) >= set(others)
    winding.clock.move(minutes=30)
    forward(winding, code, "check", decision="reject")
    forward(winding, code, "check")
    check = [task for task in winding.every_task(code) if task.step == "check"][-1]
    winding.do("recall", "director", check.id)
    assert dues(winding, code, *others) == times
    winding.sound(code)


def test_before_the_fork_takes_every_branch_along_and_its_timers(winding: Scene) -> None:
    code = begin(winding, "forking")
    task = winding.task(code, "opinion")
    assert offered(winding, code, "opinion") == ["receive"]
    winding.do("return", "official", task.id, {**BACK, "to_step": "receive"})
    assert winding.open_steps(code) == ["receive"]
    assert set(winding.timers(code)) & {"posted", "too_long", "half_time"} == set()
    winding.sound(code)
    forward(winding, code, "receive")
    assert set(winding.timers(code)) >= {"posted", "too_long", "half_time"}
    winding.sound(code)


def test_past_the_join_one_branch_opens_and_the_others_stay_done(winding: Scene) -> None:
    code = begin(winding, "forking")
    winding.clock.move(days=2)
    winding.tick()
    assert winding.open_steps(code) == ["book", "check", "look", "opinion", "take_over"]
    forward(winding, code, "opinion", "take_over", "check", "book")
    assert set(offered(winding, code, "decide")) == {"book", "check", "take_over", "opinion", "receive"}
    look = dues(winding, code, "look")
    for to in ("opinion", "take_over", "check", "book"):
        back(winding, code, "decide", to)
        assert winding.open_steps(code) == sorted([to, "look"])
        assert dues(winding, code, "look") == look
        forward(winding, code, to)
    assert winding.open_steps(code) == ["decide", "look"]
    winding.sound(code)


def test_what_a_timer_has_taken_over_is_not_returned_to_whom_it_was_taken_from(winding: Scene) -> None:
    code = begin(winding, "forking")
    winding.clock.move(days=2)
    winding.tick()
    assert offered(winding, code, "take_over") == ["receive"]
    assert offered(winding, code, "look") == [], "a reminder beside a step has no step before it"


def test_a_step_opens_again_with_its_timers_anew_and_the_rest_of_its_limit(winding: Scene) -> None:
    code = begin(winding, "forking")
    winding.clock.move(hours=1)
    forward(winding, code, "process")
    process = [task for task in winding.every_task(code) if task.step == "process"][-1]
    assert set(winding.timers(code)) & {"too_long", "half_time"} == set()
    winding.clock.move(hours=1)
    winding.do("recall", "binh", process.id)
    again = winding.task(code, "process")
    assert again.due_at is not None
    assert process.due_at is not None
    assert (again.due_at - process.due_at).total_seconds() == 3600, "an hour was not its own"
    assert set(winding.timers(code)) >= {"too_long", "half_time"}
    winding.sound(code)


def test_the_whole_goes_round_again_and_back_into_the_round_before(winding: Scene) -> None:
    code = begin(winding, "forking")
    winding.clock.move(days=2)
    winding.tick()
    forward(winding, code, "look", "opinion", "take_over", "check", "book")
    forward(winding, code, "decide", decision="reject")
    assert winding.open_steps(code) == ["check", "opinion", "process"]
    decide = [task for task in winding.every_task(code) if task.step == "decide"][-1]
    assert "decide" in offered(winding, code, "process")
    winding.refused(409, "wrong_state", "recall", "head", decide.id)
    back(winding, code, "process", "decide")
    assert winding.open_steps(code) == ["decide"]
    winding.sound(code)


def test_who_sent_it_round_again_takes_that_back_before_anybody_has_looked(winding: Scene) -> None:
    code = begin(winding, "calling")
    forward(winding, code, "inquire", "conclude")
    forward(winding, code, "judge", decision="reject")
    assert winding.open_steps(code) == ["inquire"]
    judge = [task for task in winding.every_task(code) if task.step == "judge"][-1]
    winding.do("recall", "head", judge.id)
    assert (winding.open_steps(code), "nudge" in winding.timers(code)) == (["judge"], False)
    winding.sound(code)


# Gateways of events, several ways at once, a block -------------------------------------------------------------------------


def test_before_the_wait_of_what_came_first_and_it_is_waited_for_anew(winding: Scene) -> None:
    code = begin(winding, "waiting")
    assert set(winding.timers(code)) >= {"soon", "later"}
    winding.clock.move(hours=3)
    winding.tick()
    assert winding.open_steps(code) == ["after_soon"]
    assert "later" not in winding.timers(code)
    assert offered(winding, code, "after_soon") == ["receive"]
    back(winding, code, "after_soon", "receive")
    assert set(winding.timers(code)) & {"soon", "later"} == set()
    forward(winding, code, "receive")
    assert set(winding.timers(code)) >= {"soon", "later"}
    winding.sound(code)


def test_into_a_block_that_has_ended_and_out_of_it_to_several_ways(winding: Scene) -> None:
    code = begin(winding, "waiting")
    winding.clock.move(hours=3)
    winding.tick()
    forward(winding, code, "after_soon")
    forward(winding, code, "assign", decision="two")
    assert winding.open_steps(code) == ["room_way"]
    pause = dues(winding, code, "pause")
    forward(winding, code, "room_way")
    room_way = [task for task in winding.every_task(code) if task.step == "room_way"][-1]
    winding.do("recall", "binh", room_way.id)
    assert dues(winding, code, "pause") == pause, "the other way waits as before"
    forward(winding, code, "room_way")
    winding.clock.move(days=1)
    winding.tick()
    assert winding.open_steps(code) == ["draft", "seal"]
    cut_short = dues(winding, code, "cut_short")
    forward(winding, code, "draft")
    draft = [task for task in winding.every_task(code) if task.step == "draft"][-1]
    winding.do("recall", "binh", draft.id)
    assert dues(winding, code, "cut_short") == cut_short
    forward(winding, code, "draft", "seal")
    assert offered(winding, code, "give_back")[:2] in (["draft", "seal"], ["seal", "draft"])
    back(winding, code, "give_back", "seal")
    assert (winding.open_steps(code), "cut_short" in winding.timers(code)) == (["seal"], True)
    back(winding, code, "seal", "room_way")
    assert (winding.open_steps(code), "cut_short" in winding.timers(code)) == (["room_way"], False)
    winding.sound(code)


# Lists -----------------------------------------------------------------------------------------------------------------------


def test_one_item_comes_back_and_the_others_keep_what_they_have(winding: Scene) -> None:
    code = begin(winding, "listing")
    opened = [task for task in winding.open_tasks(code) if task.step == "asked"]
    assert len(opened) == 3
    times = {task.id: task.due_at for task in opened}
    winding.do("forward", "binh", opened[1].id, {"decision": "agree"})
    winding.do("recall", "binh", opened[1].id)
    after = {task.id: task.due_at for task in winding.open_tasks(code)}
    assert {name: due for name, due in after.items() if name in times} == {
        name: due for name, due in times.items() if name != opened[1].id
    }
    winding.sound(code)
    for task in [task for task in winding.open_tasks(code) if task.step == "asked"]:
        winding.do("forward", "binh", task.id, {"decision": "agree"})
    assert winding.open_steps(code) == ["gather"]
    assert offered(winding, code, "gather") == ["asked#1", "asked#2", "asked#3", "receive"]
    back(winding, code, "gather", "asked#3")
    assert winding.open_steps(code) == ["asked"]


def test_among_the_items_that_come_one_after_the_other(winding: Scene) -> None:
    code = begin(winding, "listing")
    for task in [task for task in winding.open_tasks(code) if task.step == "asked"]:
        winding.do("forward", "binh", task.id, {"decision": "agree"})
    forward(winding, code, "gather", "read", "answer", "read")
    names = offered(winding, code, "answer")
    assert names[:3] == ["read#2", "answer#1", "read#1"]
    back(winding, code, "answer", "answer#1")
    assert winding.open_steps(code) == ["answer"]
    forward(winding, code, "answer", "read", "answer")
    assert winding.open_steps(code) == ["give_back"], "two of three are enough"
    winding.sound(code)


# While something else has the dossier ----------------------------------------------------------------------------------------


@pytest.mark.rule("QT-19.3a")
def test_while_a_request_holds_the_dossier_nothing_goes_back_and_then_everything_may(winding: Scene) -> None:
    code = begin(winding, "calling")
    forward(winding, code, "inquire")
    task = winding.task(code, "conclude")
    inquire = [one for one in winding.every_task(code) if one.step == "inquire"][-1]
    winding.do("request-supplement", "clerk", task.id, {"comment": "Thiếu giấy."})
    assert offered(winding, code, "conclude") == []
    winding.refused(409, "task_suspended", "return", "clerk", task.id, {**BACK, "to_step": "inquire"})
    winding.refused(409, "task_suspended", "recall", "binh", inquire.id)
    (asked,) = [one for one in winding.open_tasks(code) if one.instance_kind == "supplement"]
    winding.do("return", winding.holder(asked), asked.id, {"comment": "Không cần."})
    back(winding, code, "conclude", "inquire")
    assert winding.open_steps(code) == ["inquire"]
