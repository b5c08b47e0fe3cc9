"""Release: a claimed task goes back to everybody who holds its position."""

from __future__ import annotations

from tests.actions.scene import Scene


def test_the_others_may_take_it_again_and_the_limit_goes_on(scene: Scene) -> None:
    code = scene.at_step("process")
    task = scene.task(code, "process")
    scene.do("claim", "binh", task.id)
    scene.clock.move(hours=1)
    answer = scene.do("release", "binh", task.id)
    assert (answer["assignee"], answer["assignee_name"], answer["state"]) == (None, None, "open")
    assert scene.task(code, "process").due_at == task.due_at
    scene.clock.move(hours=1)
    scene.do("forward", "chi", task.id)
    assert [(part.account, part.seconds) for part in scene.segments(code)] == [("binh", 3600), (None, 3600)]
    scene.sound(code)


def test_only_who_has_it_may(scene: Scene) -> None:
    task = scene.task(scene.at_step("process"), "process")
    scene.refused(409, "wrong_state", "release", "binh", task.id)
    scene.do("claim", "binh", task.id)
    scene.refused(409, "task_taken", "release", "chi", task.id)
    scene.refused(403, "not_a_candidate", "release", "head", task.id)
    scene.do("forward", "binh", task.id)
    scene.refused(409, "task_finished", "release", "binh", task.id)


def test_a_step_that_opened_in_somebodys_hands_may_be_given_to_the_desk(scene: Scene) -> None:
    code = scene.register()["code"]
    task = scene.task(code, "receive")
    assert task.assignee == "desk"
    scene.do("release", "desk", task.id)
    assert scene.task(code, "receive").assignee is None
    scene.sound(code)
