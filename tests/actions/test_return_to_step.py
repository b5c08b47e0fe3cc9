"""Return: to any earlier step, with a reason, to whoever handled it last, with what is left of that step's limit."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import text

from tests.actions.scene import Scene


@pytest.mark.rule("QT-17.4", "QT-20.1b")
def test_the_step_before_opens_again_for_its_last_handler_with_what_is_left_of_its_limit(scene: Scene) -> None:
    code = scene.at_step("process")  # Monday 08:00
    scene.clock.set_local("2026-11-23 10:00")
    scene.do("forward", "chi", scene.task(code, "process").id)  # two of its 58 working hours are used
    scene.clock.set_local("2026-11-23 15:00")
    review = scene.task(code, "review")
    answer = scene.do("return", "head", review.id, {"comment": "Bổ sung căn cứ pháp lý."})
    (led,) = answer["led_to"]
    assert (answer["outcome"], led["step"], led["assignee"], led["note"]) == (
        "returned",
        "process",
        "chi",
        "Bổ sung căn cứ pháp lý.",
    )
    task = scene.task(code, "process")
    scene.clock.set_local("2026-12-02 15:00")
    assert task.due_at == scene.clock(), "56 working hours after Monday 15:00"
    scene.refused(409, "task_taken", "forward", "binh", task.id)
    row = scene.last(code, "returned")
    assert (row.data["comment"], row.data["to_step"]) == ("Bổ sung căn cứ pháp lý.", "process")
    scene.sound(code)


@pytest.mark.rule("QT-20.1b")
def test_the_time_after_a_return_is_the_earlier_steps_and_its_handlers(scene: Scene) -> None:
    code = scene.at_step("process")
    scene.clock.move(hours=1)
    scene.do("forward", "binh", scene.task(code, "process").id)
    scene.clock.move(minutes=30)
    scene.do("return", "head", scene.task(code, "review").id, {"comment": "Sai mẫu."})
    scene.clock.move(hours=1)
    scene.do("forward", "binh", scene.task(code, "process").id)
    found = [(part.step, part.account, part.seconds, part.charged) for part in scene.segments(code)]
    assert found == [
        ("process", None, 3600, True),  # it waited for the position: nobody had taken it
        ("review", None, 1800, True),
        ("process", "binh", 3600, True),
    ]
    scene.sound(code)


def test_the_task_of_before_stays_as_it_was_ended(scene: Scene) -> None:
    code = scene.at_step("process")
    first = scene.task(code, "process")
    scene.do("forward", "binh", first.id)
    scene.do("return", "head", scene.task(code, "review").id, {"comment": "Xem lại."})
    again = scene.task(code, "process")
    assert again.id != first.id
    states = [(task.step, task.state, task.outcome) for task in scene.every_task(code)]
    assert states[-3:] == [("process", "done", "forwarded"), ("review", "done", "returned"), ("process", "open", None)]


@pytest.mark.rule("QT-17.4")
@pytest.mark.parametrize("to_step", ["receive", "assign", "process", "review"])
def test_to_any_earlier_step(scene: Scene, to_step: str) -> None:
    code = scene.at_step("approve")
    task = scene.task(code, "approve")
    offer = next(o for o in scene.get("director", f"/tasks/{task.id}")["actions"] if o["name"] == "return")
    assert offer["needs"] == ["comment"]
    assert [step["id"] for step in offer["to_steps"]] == ["review", "process", "assign", "receive"]
    scene.do("return", "director", task.id, {"comment": "Làm lại.", "to_step": to_step})
    assert scene.open_steps(code) == [to_step]
    assert scene.dossier(code).status == 4, "it never falls back to accepted"
    scene.sound(code)
    task = scene.task(code, to_step)
    assert task.assignee is not None
    scene.do("forward", task.assignee, task.id)
    scene.sound(code)


def test_without_a_target_it_is_the_step_before(scene: Scene) -> None:
    code = scene.at_step("approve")
    scene.do("return", "director", scene.task(code, "approve").id, {"comment": "Xem lại."})
    assert scene.open_steps(code) == ["review"]


@pytest.mark.parametrize("to_step", ["issue", "approve", "return_result", "nowhere"])
def test_not_to_a_step_that_does_not_lie_before(scene: Scene, to_step: str) -> None:
    task = scene.task(scene.at_step("approve"), "approve")
    body = {"comment": "Làm lại.", "to_step": to_step}
    problem = scene.refused(422, "invalid", "return", "director", task.id, body)
    assert set(problem["errors"]) == {"to_step"}
    assert "review" in problem["detail"]


@pytest.mark.rule("ST-15.1a")
@pytest.mark.parametrize("comment", [None, "", "   ", "\n\t"])
def test_a_reason_is_mandatory(scene: Scene, comment: str | None) -> None:
    task = scene.task(scene.at_step("review"), "review")
    body = {} if comment is None else {"comment": comment}
    problem = scene.refused(422, "comment_required", "return", "head", task.id, body)
    assert set(problem["errors"]) == {"comment"}


def test_the_first_step_has_nothing_before_it(scene: Scene) -> None:
    task = scene.task(scene.register()["code"], "receive")
    problem = scene.refused(409, "wrong_state", "return", "desk", task.id, {"comment": "Trả lại."})
    assert problem["rule"] == "QT-17.4"


def test_another_position_may_not_and_a_finished_task_cannot(scene: Scene) -> None:
    code = scene.at_step("review")
    task = scene.task(code, "review")
    scene.refused(403, "not_a_candidate", "return", "binh", task.id, {"comment": "Trả lại."})
    scene.do("forward", "head", task.id)
    scene.refused(409, "task_finished", "return", "head", task.id, {"comment": "Trả lại."})


@pytest.mark.rule("QT-18.4")
def test_after_the_result_nothing_goes_back(scene: Scene) -> None:
    code = scene.at_step("return_result")
    task = scene.task(code, "return_result")
    scene.do("confirm-result", "desk", task.id)
    problem = scene.refused(409, "wrong_state", "return", "desk", task.id, {"comment": "Trả lại."})
    assert problem["rule"] == "QT-18.4"


def test_a_handler_who_no_longer_holds_the_position_does_not_get_it_back(scene: Scene) -> None:
    code = scene.at_step("process")
    scene.do("forward", "chi", scene.task(code, "process").id)
    with scene.writing() as connection:
        connection.execute(
            text("UPDATE account_positions SET valid_to = :day WHERE account_id = :account"),
            {"day": date(2026, 11, 22), "account": scene.province.accounts["chi"]},
        )
    scene.do("return", "head", scene.task(code, "review").id, {"comment": "Xem lại."})
    task = scene.task(code, "process")
    assert task.assignee is None
    scene.do("forward", "binh", task.id)
    scene.sound(code)


def test_before_a_fork_the_other_branch_is_taken_away(scene: Scene) -> None:
    code = scene.at_step("assign", scene.publish("branches"))
    scene.do("forward", "head", scene.task(code, "assign").id)
    scene.clock.move(hours=1)
    body = {"comment": "Phân công lại.", "to_step": "assign"}
    scene.do("return", "clerk", scene.task(code, "book").id, body)
    assert scene.open_steps(code) == ["assign"]
    ended = {(task.step, task.state, task.outcome) for task in scene.every_task(code) if task.finished_at}
    assert ("process", "cancelled", "returned") in ended
    assert set(scene.timers(code)) & {"step_overdue:process", "step_overdue:book"} == set()
    assert {(part.step, part.seconds) for part in scene.segments(code)} == {("process", 3600), ("book", 3600)}
    scene.sound(code)
    scene.do("forward", "head", scene.task(code, "assign").id)
    assert scene.open_steps(code) == ["book", "process"]
    scene.sound(code)


def test_after_a_join_one_branch_alone_is_done_again(scene: Scene) -> None:
    code = scene.at_step("approve", scene.publish("branches"), path=("book", "process"))
    body = {"comment": "Vào sổ sai.", "to_step": "book"}
    scene.do("return", "director", scene.task(code, "approve").id, body)
    assert scene.open_steps(code) == ["book"]
    scene.sound(code)
    scene.do("forward", "clerk", scene.task(code, "book").id)
    assert scene.open_steps(code) == ["approve"]
    scene.sound(code)


def test_the_side_task_of_the_deadline_watch_has_nothing_before_it(scene: Scene) -> None:
    code = scene.at_step("process")
    scene.clock.set_local("2026-12-31 08:00")
    scene.tick()
    task = scene.task(code, "contact_applicant")
    scene.refused(409, "wrong_state", "return", "desk", task.id, {"comment": "Trả lại."})


def test_fifty_returns_cost_no_more_than_the_first(scene: Scene) -> None:
    code = scene.at_step("review")
    sizes = []
    for _ in range(50):
        scene.clock.move(minutes=1)
        scene.do("return", "head", scene.task(code, "review").id, {"comment": "Xem lại."})
        scene.do("forward", "binh", scene.task(code, "process").id)
        sizes.append(_stored(scene, code))
    assert max(sizes[-10:]) <= max(sizes[:10]) + 200
    scene.sound(code)


def _stored(scene: Scene, code: str) -> int:
    """Bytes of the running diagram and of the folded clock."""
    query = text(
        "SELECT sum(length(i.state)) + min(length(d.clock::text)) FROM instances i JOIN dossiers d ON d.id = i.dossier_id"
        " WHERE d.code = :code AND i.kind = 'main'"
    )
    with scene.reading() as connection:
        return int(connection.execute(query, {"code": code}).scalar_one())
