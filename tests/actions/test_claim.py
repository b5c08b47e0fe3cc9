"""Claim: one of those who hold the position takes the task (QT-22.2b)."""

from __future__ import annotations

import pytest

from tests.actions.scene import Scene


@pytest.mark.rule("QT-22.2b")
def test_time_is_hers_from_the_claim_on_and_the_limit_goes_on(scene: Scene) -> None:
    code = scene.at_step("process")
    task = scene.task(code, "process")
    assert scene.get("desk", f"/dossiers/{code}")["open_tasks"][0]["candidates"] == ["binh", "chi"]
    scene.clock.move(hours=1)
    answer = scene.do("claim", "chi", task.id)
    assert (answer["assignee"], answer["assignee_name"], answer["version"]) == ("chi", "Nguyễn Thị chi", 2)
    assert (answer["state"], answer["led_to"]) == ("open", [])
    assert scene.task(code, "process").due_at == task.due_at
    scene.clock.move(hours=2)
    scene.do("forward", "chi", task.id)
    assert [(part.account, part.seconds) for part in scene.segments(code)] == [(None, 3600), ("chi", 7200)]
    scene.sound(code)


def test_what_was_claimed_is_409_for_the_others(scene: Scene) -> None:
    task = scene.task(scene.at_step("process"), "process")
    scene.do("claim", "binh", task.id)
    for action in ("claim", "release", "forward"):
        scene.refused(409, "task_taken", action, "chi", task.id)
    scene.refused(409, "wrong_state", "claim", "binh", task.id)


def test_another_position_may_not_and_a_finished_task_cannot(scene: Scene) -> None:
    task = scene.task(scene.at_step("process"), "process")
    scene.refused(403, "not_a_candidate", "claim", "head", task.id)
    scene.do("forward", "binh", task.id)
    scene.refused(409, "task_finished", "claim", "binh", task.id)


def test_two_at_once_exactly_one_has_it(scene: Scene) -> None:
    code = scene.at_step("process")
    task = scene.task(code, "process")
    for username in ("binh", "chi"):
        scene.client(username)
    answers = scene.at_once(
        lambda: scene.try_to("claim", "binh", task.id), lambda: scene.try_to("claim", "chi", task.id)
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    (loser,) = [answer.json for answer in answers if answer.status_code == 409]
    assert loser is not None
    assert loser["code"] == "task_taken"
    (winner,) = [answer.json for answer in answers if answer.status_code == 200]
    assert winner is not None
    assert scene.task(code, "process").assignee == winner["assignee"]
    assert scene.kinds(code).count("claimed") == 1
    scene.sound(code)


def test_the_online_intake_may_be_claimed_too(scene: Scene) -> None:
    code = scene.register(channel="online")["code"]
    task = scene.task(code, "check_online")
    assert scene.do("claim", "desk", task.id)["assignee"] == "desk"
    scene.do("accept", "desk", task.id)
    scene.sound(code)
