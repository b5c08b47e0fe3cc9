"""Dossiers that are resolved right after receipt: one screen, three stages (QT-22.2c), a receipt when asked for (QT-15.1b)."""

from __future__ import annotations

from typing import Any

import pytest

from app.actions.receipt import limit_text
from tests import factories
from tests.actions.scene import Scene, is_problem

SAME_DAY = "same_day/15:00"


def holds_as_well(scene: Scene, username: str, *positions: str) -> None:
    """That account sits in these positions too."""
    with scene.writing() as connection:
        for position in positions:
            factories.hold(connection, scene.province.accounts[username], scene.province.positions[position])


def at_once(scene: Scene, diagram: str = "two_steps", **body: Any) -> Any:
    return scene.register(procedure=scene.publish(diagram, limit=SAME_DAY), at_once=True, **body)


def steps_done(scene: Scene, code: str) -> list[tuple[str, str, str | None]]:
    return [(task.step, task.state, task.outcome) for task in scene.every_task(code)]


STAGES = ["registered", "accepted", "watch_started"]


@pytest.mark.rule("QT-22.2c", "QT-15.1b", "QT-16.2")
def test_one_person_in_all_positions_does_it_in_one_act_and_every_stage_is_in_the_history(scene: Scene) -> None:
    holds_as_well(scene, "desk", "officer", "director")
    registered = at_once(scene)
    code = registered["code"]
    assert (registered["status"]["number"], registered["slips"]) == (10, [])
    assert scene.kinds(code) == [*STAGES, *["forwarded"] * 3, "result_confirmed", "delivered"]
    assert steps_done(scene, code) == [
        ("receive", "done", "forwarded"),
        ("check", "done", "forwarded"),
        ("sign", "done", "forwarded"),
        ("give_back", "done", "delivered"),
    ]
    assert [task.stage for task in scene.every_task(code)] == ["receive", "resolve", "resolve", "return"]
    assert {row.at for row in scene.history(code)} == {scene.clock()}
    assert scene.timers(code) == {}
    scene.sound(code)


@pytest.mark.rule("QT-22.2a", "QT-22.2c")
def test_it_stops_where_somebody_else_signs_and_each_goes_on_from_her_inbox(scene: Scene) -> None:
    holds_as_well(scene, "desk", "officer")
    registered = at_once(scene)
    code = registered["code"]
    assert (registered["task"]["step"], registered["status"]["number"]) == ("sign", 4)
    signed = scene.do("complete", "director", scene.task(code, "sign").id, {"comment": "Đã ký."})
    assert [led["step"] for led in signed["led_to"]] == ["give_back"]
    assert scene.last(code, "forwarded").data["comment"] == "Đã ký."
    delivered = scene.do("complete", "desk", scene.task(code, "give_back").id)
    assert delivered["status"]["number"] == 10
    scene.sound(code)


@pytest.mark.rule("QT-22.2c")
def test_a_step_of_hers_and_the_next_that_is_hers_too_but_not_the_one_after(scene: Scene) -> None:
    code = scene.register(procedure=scene.publish("two_steps", limit=SAME_DAY))["code"]
    holds_as_well(scene, "binh", "director")
    scene.do("complete", "desk", scene.task(code, "receive").id)
    assert scene.open_steps(code) == ["check"]
    answer = scene.do("complete", "binh", scene.task(code, "check").id, {"comment": "Đã đối chiếu."})
    assert (answer["state"], [led["step"] for led in answer["led_to"]]) == ("done", ["give_back"])
    assert [row.data.get("comment") for row in scene.history(code) if row.kind == "forwarded"] == [
        None,
        "Đã đối chiếu.",
        None,
    ]


def test_a_decision_or_a_form_stops_it(scene: Scene) -> None:
    holds_as_well(scene, "desk", "head")
    code = at_once(scene, "two_with_decision")["code"]
    assert scene.open_steps(code) == ["review"]
    scene.refused(409, "wrong_state", "complete", "desk", scene.task(code, "review").id)


@pytest.mark.rule("QT-18.4", "QT-18.5")
def test_a_result_that_goes_by_post_is_confirmed_but_not_yet_delivered(scene: Scene) -> None:
    holds_as_well(scene, "desk", "officer", "director")
    registered = at_once(scene, deliver={"mode": "post", "address": "12 Hùng Vương, Đông Hà"})
    code = registered["code"]
    assert (registered["status"]["number"], scene.open_steps(code)) == (9, ["give_back"])
    assert scene.do("complete", "desk", scene.task(code, "give_back").id)["status"]["number"] == 10
    scene.sound(code)


@pytest.mark.rule("QT-15.1b")
def test_the_receipt_is_issued_when_asked_for(scene: Scene) -> None:
    assert [slip["kind"] for slip in at_once(scene, receipt=True)["slips"]] == ["receipt"]


@pytest.mark.rule("QT-14.1")
def test_the_receipt_says_until_when_a_result_comes_the_same_day() -> None:
    assert (
        limit_text(SAME_DAY, "working")
        == "trong ngày làm việc; nếu tiếp nhận sau 15 giờ thì trả trong ngày làm việc tiếp theo"
    )


@pytest.mark.rule("QT-15.1b")
def test_who_has_to_come_back_another_day_gets_a_receipt_unasked(scene: Scene) -> None:
    scene.clock.move(hours=8)  # 16:00
    registered = at_once(scene)
    assert [slip["kind"] for slip in registered["slips"]] == ["receipt"]
    assert registered["appointment_at"].startswith("2026-11-24T17:00")


@pytest.mark.rule("QT-14.1")
def test_a_dossier_that_is_not_done_at_once_always_has_its_receipt(scene: Scene) -> None:
    procedure = scene.publish("two_steps", limit=SAME_DAY)
    assert [slip["kind"] for slip in scene.register(procedure=procedure)["slips"]] == ["receipt"]
    with scene.unchanged():
        problem = is_problem(scene.post_dossier(procedure=procedure, receipt=False), 422, "invalid")
    assert set(problem["errors"]) == {"receipt"}


@pytest.mark.parametrize(
    ("diagram", "limit", "channel"),
    [("two_steps", "P10D", "counter"), ("three_steps", SAME_DAY, "counter"), ("two_steps", SAME_DAY, "online")],
)
@pytest.mark.rule("QT-22.2c")
def test_only_what_is_due_the_same_day_with_two_steps_and_is_here_is_done_at_once(
    scene: Scene, diagram: str, limit: str, channel: str
) -> None:
    procedure = scene.publish(diagram, limit=limit)
    scene.client("desk")
    with scene.unchanged():
        answer = scene.post_dossier(procedure=procedure, at_once=True, channel=channel)
        problem = is_problem(answer, 422, "invalid")
    assert set(problem["errors"]) == {"at_once"}


@pytest.mark.rule("QT-22.2c")
def test_it_is_offered_where_it_can_be_done_and_nowhere_else(scene: Scene) -> None:
    def offers(code: str, username: str, step: str) -> dict[str, Any]:
        opened = scene.get(username, f"/tasks/{scene.task(code, step).id}")
        return {offer["name"]: offer for offer in opened["actions"]}

    usual = scene.register()["code"]
    assert "complete" not in offers(usual, "desk", "receive")
    scene.refused(409, "wrong_state", "complete", "desk", scene.task(usual, "receive").id)
    code = scene.register(procedure=scene.publish("two_steps", limit=SAME_DAY))["code"]
    mine = offers(code, "desk", "receive")["complete"]
    assert (mine["allowed"], mine["title"], mine["needs"]) == (True, "Giải quyết ngay", [])
    assert offers(code, "head", "receive")["complete"]["allowed"] is False
    scene.refused(403, "not_a_candidate", "complete", "head", scene.task(code, "receive").id)


def test_a_second_click_and_an_old_version_do_nothing_twice(scene: Scene) -> None:
    code = scene.register(procedure=scene.publish("two_steps", limit=SAME_DAY))["code"]
    task = scene.task(code, "receive")
    scene.refused(412, "stale_version", "complete", "desk", task.id, if_match=f'"{task.version + 1}"')
    scene.do("complete", "desk", task.id)
    scene.refused(409, "task_finished", "complete", "desk", task.id)


@pytest.mark.rule("QT-18.2")
def test_an_online_dossier_is_due_by_the_day_on_which_it_was_accepted(scene: Scene) -> None:
    code = scene.register(procedure=scene.publish("two_steps", limit=SAME_DAY), channel="online")["code"]
    scene.clock.move(hours=30)  # Tuesday 14:00
    scene.do("accept", "desk", scene.task(code, "check_online").id)
    dossier = scene.dossier(code)
    assert dossier.deadline_at is not None
    assert dossier.deadline_at.isoformat() == "2026-11-24T10:00:00+00:00"
    assert scene.get("desk", f"/dossiers/{code}/clock")["cut_off"] == "15:00"
    scene.sound(code)
