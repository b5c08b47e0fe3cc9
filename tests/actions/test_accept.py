"""Accept: an online dossier waits outside the clock until the desk takes it in (QT-18.1)."""

from __future__ import annotations

import pytest

from tests.actions.scene import Scene


@pytest.mark.rule("QT-18.1")
def test_the_clock_starts_when_the_desk_accepts(scene: Scene) -> None:
    registered = scene.register(channel="online")
    code = registered["code"]
    assert (registered["status"]["number"], registered["deadline_at"], registered["slips"]) == (1, None, [])
    assert (registered["task"]["step"], registered["task"]["assignee"]) == ("check_online", None)
    assert scene.timers(code) == {}
    scene.clock.set_local("2026-11-24 09:00")
    answer = scene.do("accept", "desk", registered["task"]["id"], {"comment": "Hợp lệ."})
    (led,) = answer["led_to"]
    assert (led["step"], led["assignee"]) == ("receive", "desk")
    assert answer["status"]["number"] == 2
    dossier = scene.dossier(code)
    assert dossier.received_at < scene.clock(), "it was handed in before"
    assert dossier.deadline_at == scene.clock.set_local("2026-12-08 09:00")
    assert len(scene.get("desk", f"/dossiers/{code}/slips")["data"]) == 1
    assert set(scene.timers(code)) == {
        "due_soon_reached",
        "deadline_reached",
        "appointment_reached",
        "step_due_soon:receive",
        "step_overdue:receive",
    }
    assert scene.kinds(code) == ["registered", "submitted", "checked", "accepted", "watch_started", "slip_issued"]
    scene.sound(code)


def test_once_only(scene: Scene) -> None:
    registered = scene.register(channel="online")
    scene.do("accept", "desk", registered["task"]["id"])
    scene.refused(409, "task_finished", "accept", "desk", registered["task"]["id"])


def test_only_the_desk_may(scene: Scene) -> None:
    registered = scene.register(channel="online")
    for username in ("head", "binh", "director"):
        scene.refused(403, "not_a_candidate", "accept", username, registered["task"]["id"])
    scene.refused(404, "not_found", "accept", "official", registered["task"]["id"])  # her agency has no part in it


@pytest.mark.rule("QT-18.1")
def test_before_that_it_can_neither_be_forwarded_nor_get_a_result(scene: Scene) -> None:
    registered = scene.register(channel="online")
    for action in ("forward", "confirm-result", "deliver-result"):
        scene.refused(409, "wrong_state", action, "desk", registered["task"]["id"])
    scene.refused(409, "wrong_state", "return", "desk", registered["task"]["id"], {"comment": "Trả."})


@pytest.mark.parametrize("channel", ["counter", "post"])
def test_what_came_to_the_counter_or_by_post_is_accepted_already(scene: Scene, channel: str) -> None:
    registered = scene.register(channel=channel)
    assert registered["status"]["number"] == 2
    scene.refused(409, "wrong_state", "accept", "desk", registered["task"]["id"])


def test_two_at_once_start_one_procedure(scene: Scene) -> None:
    registered = scene.register(channel="online")
    task = registered["task"]["id"]
    scene.client("desk")
    answers = scene.at_once(*[lambda: scene.try_to("accept", "desk", task)] * 2)
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    assert scene.open_steps(registered["code"]) == ["receive"]
    scene.sound(registered["code"])
