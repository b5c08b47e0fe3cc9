"""Deliver result: the applicant has it and the dossier is closed (QT-18.5)."""

from __future__ import annotations

import pytest

from tests.actions.scene import Scene


@pytest.mark.rule("QT-18.5", "ST-16.1a")
def test_the_dossier_is_closed_and_nothing_is_left(scene: Scene) -> None:
    code = scene.at_step("return_result")
    task = scene.task(code, "return_result")
    scene.do("confirm-result", "desk", task.id)
    scene.clock.set_local("2027-03-01 10:00")
    answer = scene.do("deliver-result", "desk", task.id, {"comment": "Trả tận tay."})
    assert (answer["status"]["number"], answer["state"], answer["led_to"]) == (10, "done", [])
    dossier = scene.dossier(code)
    assert (dossier.closed_at, dossier.outcome, dossier.overdue) == (scene.clock(), "granted", False)
    assert (scene.open_tasks(code), scene.timers(code)) == ([], {})
    assert scene.last(code, "delivered").data["comment"] == "Trả tận tay."
    assert [part.seconds for part in scene.segments(code) if part.charged and part.step == "return_result"] == []
    scene.sound(code)


@pytest.mark.rule("QT-18.4")
def test_not_before_the_result_is_confirmed(scene: Scene) -> None:
    task = scene.task(scene.at_step("return_result"), "return_result")
    problem = scene.refused(409, "wrong_state", "deliver-result", "desk", task.id)
    assert problem["rule"] == "QT-18.4"


def test_not_at_another_step_nor_by_another_position(scene: Scene) -> None:
    code = scene.at_step("process")
    scene.refused(409, "wrong_state", "deliver-result", "binh", scene.task(code, "process").id)
    code = scene.at_step("return_result")
    task = scene.task(code, "return_result")
    scene.do("confirm-result", "desk", task.id)
    scene.refused(403, "not_a_candidate", "deliver-result", "clerk", task.id)


@pytest.mark.rule("QT-18.5")
def test_not_while_another_step_is_open(scene: Scene) -> None:
    code = scene.at_step("process", scene.publish("reminder"))
    scene.clock.set_local("2026-11-23 15:00")
    scene.tick()
    scene.do("forward", "binh", scene.task(code, "process").id)
    task = scene.task(code, "give_back")
    scene.do("confirm-result", "desk", task.id)
    problem = scene.refused(409, "wrong_state", "deliver-result", "desk", task.id)
    assert problem["rule"] == "QT-18.5"
    scene.do("forward", "head", scene.task(code, "look").id)
    assert scene.do("deliver-result", "desk", task.id)["status"]["number"] == 10
    scene.sound(code)


def test_a_closed_dossier_takes_no_action_any_more(scene: Scene) -> None:
    code = scene.at_step("return_result")
    task = scene.task(code, "return_result")
    scene.do("confirm-result", "desk", task.id)
    scene.do("deliver-result", "desk", task.id)
    bodies = {"return": {"comment": "Trả."}, "handoff": {"account": "desk", "reason": "Nghỉ."}}
    for action in ("forward", "claim", "release", "return", "handoff", "accept", "confirm-result", "deliver-result"):
        scene.refused(409, "task_finished", action, "desk", task.id, bodies.get(action))
    scene.refused(409, "wrong_state", "recall", "desk", task.id)
    for done in scene.every_task(code):
        assert not any(offer["allowed"] for offer in scene.get(scene.holder(done), f"/tasks/{done.id}")["actions"]), (
            done.step
        )
