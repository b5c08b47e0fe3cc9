"""Recall: whoever forwarded takes it back, as long as nobody has opened what it led to."""

from __future__ import annotations

import pytest

from tests.actions.scene import Scene


@pytest.mark.rule("QT-17.4")
def test_what_nobody_has_opened_comes_back_into_the_same_hands(scene: Scene) -> None:
    code = scene.at_step("process")
    task = scene.task(code, "process")
    scene.clock.move(hours=1)
    scene.do("forward", "binh", task.id, {"comment": "Trình."})
    scene.clock.move(minutes=10)
    answer = scene.do("recall", "binh", task.id, {"comment": "Thiếu phụ lục."})
    (led,) = answer["led_to"]
    assert (led["step"], led["assignee"]) == ("process", "binh")
    assert scene.open_steps(code) == ["process"]
    assert [(found.step, found.state, found.outcome) for found in scene.every_task(code)][-2:] == [
        ("review", "cancelled", "recalled"),
        ("process", "open", None),
    ]
    assert scene.last(code, "recalled").data["comment"] == "Thiếu phụ lục."
    scene.refused(409, "task_taken", "forward", "chi", led["id"])
    scene.clock.move(minutes=20)
    scene.do("forward", "binh", led["id"])
    found = [(part.step, part.account, part.seconds) for part in scene.segments(code)]
    assert found == [("process", None, 3600), ("review", None, 600), ("process", "binh", 1200)]
    scene.sound(code)


def test_the_limit_goes_on_where_it_was(scene: Scene) -> None:
    code = scene.at_step("assign")  # 4 working hours, from Monday 08:00
    task = scene.task(code, "assign")
    scene.clock.set_local("2026-11-23 09:00")
    scene.do("forward", "head", task.id)
    scene.clock.set_local("2026-11-23 09:30")
    scene.do("recall", "head", task.id)
    due_at = scene.task(code, "assign").due_at
    assert due_at == scene.clock.set_local("2026-11-23 14:30"), "three hours after 09:30"
    assert set(scene.timers(code)) >= {"step_overdue:assign", "step_due_soon:assign"}
    assert "step_overdue:process" not in scene.timers(code)


def test_what_somebody_of_the_next_position_has_looked_at_stays_there(scene: Scene) -> None:
    code = scene.at_step("process")
    task = scene.task(code, "process")
    scene.do("forward", "binh", task.id)
    review = scene.task(code, "review")
    scene.get("desk", f"/tasks/{review.id}")
    scene.get("binh", f"/tasks/{review.id}")
    assert scene.task(code, "review").opened_at is None, "a look by somebody else does not count"
    scene.get("head", f"/tasks/{review.id}")
    assert scene.task(code, "review").opened_at is not None
    problem = scene.refused(409, "wrong_state", "recall", "binh", task.id)
    assert problem["rule"] == "QT-17.4"


@pytest.mark.parametrize("action", ["claim", "forward"])
def test_what_somebody_has_taken_or_passed_on_stays(scene: Scene, action: str) -> None:
    code = scene.at_step("process")
    task = scene.task(code, "process")
    scene.do("forward", "binh", task.id)
    scene.do(action, "head", scene.task(code, "review").id)
    scene.refused(409, "wrong_state", "recall", "binh", task.id)


def test_what_went_to_one_account_is_taken_already(scene: Scene) -> None:
    code = scene.at_step("assign")
    task = scene.task(code, "assign")
    scene.do("forward", "head", task.id, {"assignee": "chi"})
    scene.refused(409, "wrong_state", "recall", "head", task.id)


@pytest.mark.parametrize("username", ["chi", "head", "desk"])
def test_only_who_forwarded_may(scene: Scene, username: str) -> None:
    code = scene.at_step("process")
    task = scene.task(code, "process")
    scene.do("forward", "binh", task.id)
    scene.refused(409, "wrong_state", "recall", username, task.id)


def test_an_open_task_has_nothing_to_recall(scene: Scene) -> None:
    task = scene.task(scene.at_step("process"), "process")
    scene.refused(409, "wrong_state", "recall", "binh", task.id)


def test_a_return_is_not_recalled(scene: Scene) -> None:
    code = scene.at_step("review")
    task = scene.task(code, "review")
    scene.do("return", "head", task.id, {"comment": "Xem lại."})
    scene.refused(409, "wrong_state", "recall", "head", task.id)


def test_twice_is_once(scene: Scene) -> None:
    code = scene.at_step("process")
    task = scene.task(code, "process")
    scene.do("forward", "binh", task.id)
    scene.do("recall", "binh", task.id)
    scene.refused(409, "wrong_state", "recall", "binh", task.id)
    scene.sound(code)


def test_from_both_branches_of_a_fork(scene: Scene) -> None:
    code = scene.at_step("assign", scene.publish("branches"))
    task = scene.task(code, "assign")
    scene.do("forward", "head", task.id)
    scene.do("recall", "head", task.id)
    assert scene.open_steps(code) == ["assign"]
    scene.sound(code)


def test_not_from_a_fork_of_which_one_branch_was_opened(scene: Scene) -> None:
    code = scene.at_step("assign", scene.publish("branches"))
    task = scene.task(code, "assign")
    scene.do("forward", "head", task.id)
    scene.get("clerk", f"/tasks/{scene.task(code, 'book').id}")
    scene.refused(409, "wrong_state", "recall", "head", task.id)


def test_across_a_join_only_the_own_branch_comes_back(scene: Scene) -> None:
    code = scene.at_step("assign", scene.publish("branches"))
    scene.do("forward", "head", scene.task(code, "assign").id)
    scene.do("forward", "clerk", scene.task(code, "book").id)
    task = scene.task(code, "process")
    scene.do("forward", "binh", task.id)
    scene.do("recall", "binh", task.id)
    assert scene.open_steps(code) == ["process"]
    scene.sound(code)
    scene.do("forward", "binh", scene.task(code, "process").id)
    assert scene.open_steps(code) == ["approve"]
    scene.sound(code)


# Where nobody has anything yet -----------------------------------------------------------------------------------------------


def halves(scene: Scene) -> str:
    """Both branches of `branches` are open; the code."""
    code = scene.at_step("assign", scene.publish("branches"))
    scene.do("forward", "head", scene.task(code, "assign").id)
    return code


@pytest.mark.rule("QT-17.4")
def test_a_branch_that_waits_for_the_other_comes_back_and_the_other_goes_on_undisturbed(scene: Scene) -> None:
    code = halves(scene)
    scene.clock.move(hours=1)
    book = scene.task(code, "book")
    scene.do("forward", "clerk", book.id)
    process, alarms = scene.task(code, "process"), scene.timers(code)
    scene.do("claim", "binh", process.id)
    scene.clock.move(hours=1)
    offers = {offer["name"]: offer for offer in scene.get("clerk", f"/tasks/{book.id}")["actions"]}
    assert offers["recall"]["allowed"]
    (led,) = scene.do("recall", "clerk", book.id)["led_to"]
    assert (led["step"], led["assignee"]) == ("book", "clerk")
    assert scene.open_steps(code) == ["book", "process"]
    assert (scene.task(code, "process").due_at, scene.task(code, "process").assignee) == (process.due_at, "binh")
    assert {name: at for name, at in scene.timers(code).items() if "process" in name} == {
        name: at for name, at in alarms.items() if "process" in name
    }
    scene.sound(code)
    scene.do("forward", "binh", process.id)
    assert scene.open_steps(code) == ["book"]
    scene.do("forward", "clerk", scene.task(code, "book").id)
    assert scene.open_steps(code) == ["approve"]
    scene.sound(code)


def test_both_branches_may_be_taken_back_while_nobody_has_seen_what_follows_the_join(scene: Scene) -> None:
    code = halves(scene)
    book, process = scene.task(code, "book"), scene.task(code, "process")
    scene.do("forward", "clerk", book.id)
    scene.do("forward", "binh", process.id)
    scene.do("recall", "clerk", book.id)
    assert scene.open_steps(code) == ["book"]
    scene.sound(code)
    scene.do("recall", "binh", process.id)
    assert scene.open_steps(code) == ["book", "process"]
    scene.sound(code)


@pytest.mark.parametrize("touch", ["look", "claim", "forward"])
def test_what_follows_the_join_was_touched_and_no_branch_comes_back(scene: Scene, touch: str) -> None:
    code = halves(scene)
    book, process = scene.task(code, "book"), scene.task(code, "process")
    scene.do("forward", "clerk", book.id)
    scene.do("forward", "binh", process.id)
    approve = scene.task(code, "approve").id
    if touch == "look":
        scene.get("director", f"/tasks/{approve}")
    else:
        scene.do(touch, "director", approve)
    for username, task in (("clerk", book), ("binh", process)):
        assert scene.refused(409, "wrong_state", "recall", username, task.id)["rule"] == "QT-17.4"


def test_a_branch_that_was_returned_to_before_the_fork_is_nobodys_to_recall(scene: Scene) -> None:
    code = halves(scene)
    book = scene.task(code, "book")
    scene.do("forward", "clerk", book.id)
    scene.do("return", "binh", scene.task(code, "process").id, {"comment": "Giao lại.", "to_step": "assign"})
    scene.refused(409, "wrong_state", "recall", "clerk", book.id)


def test_an_earlier_time_of_a_step_is_not_recalled_in_the_place_of_its_last(scene: Scene) -> None:
    code = halves(scene)
    first = scene.task(code, "book")
    scene.do("forward", "clerk", first.id)
    scene.do("recall", "clerk", first.id)
    again = scene.task(code, "book")
    scene.do("forward", "clerk", again.id)
    scene.refused(409, "wrong_state", "recall", "clerk", first.id)
    scene.do("recall", "clerk", again.id)


def test_what_waits_for_a_timer_comes_back_and_the_timer_is_gone(scene: Scene) -> None:
    code = scene.register(procedure=scene.publish("posting"))["code"]
    task = scene.task(code, "receive")
    scene.do("forward", "desk", task.id)
    assert (scene.open_steps(code), "posted" in scene.timers(code)) == ([], True)
    first = scene.timers(code)["posted"]
    scene.clock.move(hours=2)
    scene.do("recall", "desk", task.id)
    assert (scene.open_steps(code), "posted" in scene.timers(code)) == (["receive"], False)
    scene.sound(code)
    again = scene.task(code, "receive")
    scene.do("forward", "desk", again.id)
    assert scene.timers(code)["posted"] > first, "the posting starts anew"
    scene.clock.move(days=16)
    scene.tick()
    assert "conclude" in scene.open_steps(code)
    scene.refused(409, "wrong_state", "recall", "desk", again.id)
    scene.sound(code)


def test_a_reminder_that_somebody_has_looked_at_keeps_the_step_from_coming_back(scene: Scene) -> None:
    for looked in (False, True):
        procedure = "reminder" if looked else scene.publish("reminder")
        code = scene.at_step("process", procedure)
        scene.clock.move(days=1)
        scene.tick()
        assert scene.open_steps(code) == ["look", "process"]
        task = scene.task(code, "process")
        scene.do("forward", "binh", task.id)
        if looked:
            scene.get("head", f"/tasks/{scene.task(code, 'look').id}")
            scene.refused(409, "wrong_state", "recall", "binh", task.id)
            continue
        scene.do("recall", "binh", task.id)
        assert scene.open_steps(code) == ["process"]
        assert "half_time" in scene.timers(code)
        scene.sound(code)


def test_while_a_request_holds_the_dossier_nothing_is_recalled(scene: Scene) -> None:
    code = halves(scene)
    book = scene.task(code, "book")
    scene.do("forward", "clerk", book.id)
    scene.do("request-supplement", "binh", scene.task(code, "process").id, {"comment": "Thiếu bản vẽ."})
    scene.refused(409, "task_suspended", "recall", "clerk", book.id)
    offers = {offer["name"]: offer for offer in scene.get("clerk", f"/tasks/{book.id}")["actions"]}
    assert not offers["recall"]["allowed"]
    (asked,) = [task for task in scene.open_tasks(code) if task.instance_kind == "supplement"]
    scene.do("return", scene.holder(asked), asked.id, {"comment": "Không cần."})
    scene.do("recall", "clerk", book.id)
    assert scene.open_steps(code) == ["book", "process"]
    scene.sound(code)


def test_after_a_handler_has_lost_the_position_it_cannot_be_recalled(scene: Scene) -> None:
    """The offer says the same as the action: what a task's page allows works, what it refuses does not."""
    code = scene.at_step("process")
    task = scene.task(code, "process")
    scene.do("forward", "binh", task.id)
    offers = {offer["name"]: offer for offer in scene.get("binh", f"/tasks/{task.id}")["actions"]}
    assert offers["recall"]["allowed"]
    assert not any(offer["allowed"] for name, offer in offers.items() if name != "recall")
    scene.do("recall", "binh", task.id)


def test_recall_and_the_next_step_at_once_exactly_one_wins(scene: Scene) -> None:
    code = scene.at_step("process")
    task = scene.task(code, "process")
    scene.do("forward", "binh", task.id)
    review = scene.task(code, "review")
    for username in ("binh", "head"):
        scene.client(username)
    answers = scene.at_once(
        lambda: scene.try_to("recall", "binh", task.id), lambda: scene.try_to("forward", "head", review.id)
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    assert scene.open_steps(code) in (["process"], ["approve"])
    scene.sound(code)
