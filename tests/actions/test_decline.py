"""A request is sent back undone: the dossier goes on where it was, as long as the applicant has not been told."""

from __future__ import annotations

import pytest

from tests.actions.scene import Scene


def asked(scene: Scene, action: str = "request-supplement", **body: object) -> str:
    """A dossier at `process` for which binh has asked; the request waits for the head of the room."""
    code = scene.at_step("process", scene.publish("linear"))
    scene.do(action, "binh", scene.task(code, "process").id, {"comment": "Thiếu giấy khai sinh."} | body)
    return code


def step_of(scene: Scene, code: str) -> int:
    (task,) = [task for task in scene.open_tasks(code) if task.instance_kind != "main"]
    return task.id


@pytest.mark.rule("QT-17.4")
def test_the_dossier_goes_on_where_it_was_with_what_was_left(scene: Scene) -> None:
    code = asked(scene)
    scene.clock.move(hours=1)
    assert scene.dossier(code).held_by == "supplement"
    scene.do("return", "head", step_of(scene, code), {"comment": "Đã có trong hồ sơ cũ."})
    dossier = scene.dossier(code)
    assert (dossier.held_by, dossier.paused_at) == (None, None)
    assert scene.open_steps(code) == ["process"]
    assert scene.last(code, "side_ended").data["comment"] == "Đã có trong hồ sơ cũ."
    assert scene.task(code, "process").due_at is not None
    scene.sound(code)
    scene.do("forward", "binh", scene.task(code, "process").id)
    scene.do("recall", "binh", [task for task in scene.every_task(code) if task.step == "process"][-1].id)
    scene.sound(code)


def test_why_must_be_said(scene: Scene) -> None:
    code = asked(scene)
    scene.refused(422, "comment_required", "return", "head", step_of(scene, code))


def test_it_can_be_asked_again(scene: Scene) -> None:
    code = asked(scene)
    scene.do("return", "head", step_of(scene, code), {"comment": "Ghi rõ hơn."})
    scene.do("request-supplement", "binh", scene.task(code, "process").id, {"comment": "Thiếu bản sao có chứng thực."})
    assert scene.dossier(code).held_by == "supplement"
    scene.sound(code)


@pytest.mark.rule("QT-19.3b")
def test_what_was_approved_too_late_to_be_asked_for_has_a_way_out(scene: Scene) -> None:
    """Past the appointment no supplement can be asked for: the step says so beforehand, and sends the request back."""
    code = asked(scene)
    appointment = scene.dossier(code).appointment_at
    assert appointment is not None
    for username in ("head", "director"):
        scene.do("forward", username, step_of(scene, code), {"decision": "agree"})
    scene.clock.at = appointment
    scene.clock.move(days=1)
    issue = step_of(scene, code)
    offers = {offer["name"]: offer for offer in scene.get("clerk", f"/tasks/{issue}")["actions"]}
    assert (offers["forward"]["allowed"], offers["return"]["allowed"]) == (False, True)
    assert scene.refused(409, "wrong_state", "forward", "clerk", issue)["rule"] == "QT-19.3b"
    scene.do("return", "clerk", issue, {"comment": "Đã quá thời gian hẹn trả."})
    assert scene.open_steps(code)[0] in ("contact_applicant", "process")
    assert scene.dossier(code).held_by is None
    scene.sound(code)


def test_an_extension_that_comes_to_nothing_holds_nobody_up(scene: Scene) -> None:
    code = asked(scene, "request-extension", appointment="2027-01-15T09:00:00+07:00")
    scene.do("return", "head", step_of(scene, code), {"comment": "Làm kịp hạn."})
    assert scene.open_steps(code) == ["process"]
    scene.sound(code)
