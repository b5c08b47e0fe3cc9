"""Confirm result: the clock stops and nothing warns any more (QT-18.4, QT-18.6)."""

from __future__ import annotations

import pytest

from tests.actions.scene import Scene


@pytest.mark.rule("QT-18.4")
def test_the_clock_stops_and_the_watch_ends(scene: Scene) -> None:
    code = scene.at_step("return_result", notify=["email"], applicant={"name": "Bình", "email": "binh@example.org"})
    task = scene.task(code, "return_result")
    scene.clock.set_local("2026-11-24 10:00")
    answer = scene.do("confirm-result", "desk", task.id, {"comment": "Đã có Quyết định số 5."})
    assert (answer["status"]["number"], answer["state"], answer["assignee"]) == (9, "open", "desk")
    assert scene.open_steps(code) == ["return_result"]
    dossier = scene.dossier(code)
    assert (dossier.result_at, dossier.outcome, dossier.overdue) == (scene.clock(), "granted", False)
    assert scene.timers(code) == {}
    assert scene.last(code, "result_confirmed").data["comment"] == "Đã có Quyết định số 5."
    assert _mails(scene, code) == ["receipt_issued", "result_ready"]
    scene.sound(code)
    scene.clock.set_local("2027-06-01 10:00")
    assert scene.tick() == 0


@pytest.mark.rule("QT-18.6")
@pytest.mark.parametrize(
    ("at", "overdue"), [("2026-12-07 08:00", False), ("2026-12-07 08:01", True), ("2026-12-07 07:59", False)]
)
def test_on_time_until_the_deadline_overdue_after_it(scene: Scene, at: str, overdue: bool) -> None:
    code = scene.at_step("return_result")
    assert scene.dossier(code).deadline_at == scene.clock.set_local("2026-12-07 08:00")
    scene.clock.set_local(at)
    scene.do("confirm-result", "desk", scene.task(code, "return_result").id)
    assert scene.dossier(code).overdue is overdue
    scene.sound(code)


def test_a_step_of_the_watch_that_is_open_ends_with_it(scene: Scene) -> None:
    code = scene.at_step("return_result")
    scene.clock.set_local("2026-12-31 08:00")
    scene.tick()
    assert scene.open_steps(code) == ["contact_applicant", "return_result"]
    scene.do("confirm-result", "desk", scene.task(code, "return_result").id)
    assert scene.open_steps(code) == ["return_result"]
    ended = [task for task in scene.every_task(code) if task.step == "contact_applicant"]
    assert [(task.state, task.outcome) for task in ended] == [("cancelled", "ended")]
    scene.refused(409, "task_finished", "forward", "desk", ended[0].id)
    scene.sound(code)


def test_once_only_and_only_at_the_return_step(scene: Scene) -> None:
    code = scene.at_step("process")
    problem = scene.refused(409, "wrong_state", "confirm-result", "binh", scene.task(code, "process").id)
    assert problem["rule"] == "QT-18.4"
    code = scene.at_step("return_result")
    task = scene.task(code, "return_result")
    scene.refused(403, "not_a_candidate", "confirm-result", "director", task.id)
    scene.do("confirm-result", "desk", task.id)
    scene.refused(409, "wrong_state", "confirm-result", "desk", task.id)


@pytest.mark.rule("QT-18.4")
def test_the_return_step_is_not_forwarded(scene: Scene) -> None:
    task = scene.task(scene.at_step("return_result"), "return_result")
    problem = scene.refused(409, "wrong_state", "forward", "desk", task.id)
    assert problem["rule"] == "QT-18.4"


def test_other_branches_are_silent_too(scene: Scene) -> None:
    """A reminder that is still open when the result is there is not told to be late any more."""
    code = scene.at_step("process", scene.publish("reminder"))
    scene.clock.set_local("2026-11-23 15:00")
    scene.tick()
    scene.do("forward", "binh", scene.task(code, "process").id)
    assert scene.open_steps(code) == ["give_back", "look"]
    scene.do("confirm-result", "desk", scene.task(code, "give_back").id)
    assert scene.timers(code) == {}
    scene.clock.set_local("2026-12-31 08:00")
    assert scene.tick() == 0
    scene.sound(code)


def _mails(scene: Scene, code: str) -> list[str]:
    from sqlalchemy import select

    from app.store.deliveries import Delivery

    query = select(Delivery.template).where(Delivery.dossier_id == scene.dossier(code).id).order_by(Delivery.id)
    with scene.reading() as connection:
        return list(connection.execute(query).scalars())
