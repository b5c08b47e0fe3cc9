"""Supplement: asked through its approval, paused when the slip is recorded, resumed when the applicant has supplemented."""

from __future__ import annotations

import pytest

from tests.actions.scene import Scene


def slip(scene: Scene, code: str, username: str = "clerk") -> int:
    """A file attached to the dossier; its id."""
    from io import BytesIO

    answer = scene.client(username).post(
        f"/api/v1/dossiers/{code}/attachments", data={"file": (BytesIO(b"%PDF-1.4 slip"), "phieu.pdf")}
    )
    assert answer.status_code == 201, answer.text
    number: int = answer.json["id"]
    return number


def step_of(scene: Scene, code: str, step: str) -> int:
    return scene.task(code, step).id


@pytest.mark.rule("QT-19.3a")
def test_time_stands_still_from_the_recorded_slip_until_the_applicant_has_supplemented(scene: Scene) -> None:
    code = scene.at_step("process")
    main = scene.task(code, "process")
    asked = scene.do(
        "request-supplement", "binh", main.id, {"reason": "Thiếu giấy xác nhận", "items": ["Giấy xác nhận"]}
    )
    assert asked["status"]["number"] == 4
    assert scene.open_steps(code) == ["approve_by_head", "process"]
    scene.refused(409, "task_suspended", "forward", "binh", main.id)
    scene.sound(code)
    scene.do("forward", "head", step_of(scene, code, "approve_by_head"), {"decision": "agree"})
    scene.do("forward", "director", step_of(scene, code, "approve_by_leader"), {"decision": "agree"})
    scene.refused(422, "slip_required", "forward", "clerk", step_of(scene, code, "issue"))
    scene.do("forward", "clerk", step_of(scene, code, "issue"), {"attachments": [slip(scene, code)]})
    paused = scene.dossier(code)
    assert (paused.status, paused.paused_at, paused.held_by) == (5, scene.clock(), "supplement")
    scene.sound(code)
    scene.clock.set_local("2026-12-31 08:00")
    assert scene.tick() == 0
    scene.do("forward", "desk", step_of(scene, code, "inform_applicant"))
    scene.do("forward", "desk", step_of(scene, code, "await_supplement"), {"comment": "Đã nộp đủ"})
    resumed = scene.dossier(code)
    assert (resumed.status, resumed.paused_at, resumed.held_by) == (4, None, None)
    assert scene.open_steps(code) == ["process"]
    assert scene.task(code, "process").due_at is not None
    scene.sound(code)
    scene.do("forward", "binh", main.id)
    scene.sound(code)
